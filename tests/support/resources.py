# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests know of each resource: one ``Sample``. A new resource is one more of them, listed in ``SAMPLES``.

Everything that a resource declares comes from its declaration.
"""

from __future__ import annotations

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources import (
    allow_policy,
    block_sender,
    content_policy,
    domain,
    impersonation_entry,
    sending_domain_restriction,
    trusted_domain,
    url_ignore_pattern,
)
from support import rule
from support.sample import ID, Sample, Settings

INTEGRATION = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
#: Several spellings of few names.
NAMES = [
    "a.example",
    "A.Example",
    "b.example",
    "b.example.",
    "bücher.example",
    "xn--bcher-kva.example",
    "sub.a.example",
]
NETWORKS = ["192.0.2.7", "192.0.2.7/32", "198.51.100.0/24", "2001:DB8::/32", "2001:db8:0::/32", "203.0.113.0/25"]
#: With blanks, which some servers do not keep.
TEXTS = ["", "mx2.example.net", " mx2.example.net", "Grüße  an alle "]
#: Several spellings of few patterns.
SENDERS: list[Settings] = [
    *({"pattern": f"{local}@{name}", "pattern_type": "EMAIL"} for local in "aA" for name in NAMES[:2]),
    *({"pattern": name, "pattern_type": "DOMAIN"} for name in NAMES),
    *({"pattern": network, "pattern_type": "IP"} for network in NETWORKS),
    *({"pattern": name, "pattern_type": "DOMAIN", "is_regex": True} for name in NAMES[:2]),
]

DOMAIN = Sample(
    domain.DOMAIN,
    record={
        "id": ID,
        "domain": "example.com",
        "allowed_delivery_modes": ["DIRECT", "BCC"],
        "drop_dispositions": ["SPAM", "MALICIOUS"],
        "folder": None,
        "integration_id": INTEGRATION,
        "ip_restrictions": ["192.0.2.0/24", "2001:db8::/32"],
        "lookback_hops": 2,
        "regions": ["GLOBAL"],
        "require_tls_inbound": False,
        "require_tls_outbound": True,
        "transport": "mx.example.com",
        "status": "active",
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    key_of=lambda number: {"domain": f"d{number}.example"},
    respelled={"domain": "Example.COM."},
    change={"lookback_hops": 7, "require_tls_inbound": True},
    same={"require_tls_outbound": True, "drop_dispositions": ["MALICIOUS", "SPAM"]},
    settings={
        "allowed_delivery_modes": ["DIRECT"],
        "drop_dispositions": ["SPAM"],
        "ip_restrictions": ["192.0.2.0/24"],
        "regions": ["GLOBAL"],
    },
    keys=[{"domain": name} for name in NAMES],
    values={
        "allowed_delivery_modes": ["DIRECT", "BCC", "API"],
        "drop_dispositions": ["SPAM", "BULK", "MALICIOUS-BEC"],
        "folder": ["", "AllItems", "Inbox"],
        "integration_id": ["", INTEGRATION, INTEGRATION.upper()],
        "ip_restrictions": NETWORKS,
        "regions": ["GLOBAL", "DE", "US"],
        "transport": TEXTS,
    },
)
RESTRICTION = Sample(
    sending_domain_restriction.SENDING_DOMAIN_RESTRICTION,
    record={
        "id": ID,
        "domain": "partner.example",
        "exclude": ["legacy.partner.example", "fax.partner.example"],
        "comments": "Agreed on 2026-11-01",
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    key_of=lambda number: {"domain": f"d{number}.example"},
    respelled={"domain": "Partner.EXAMPLE."},
    change={"comments": "Agreed again", "exclude": ["fax.example", "legacy.example"]},
    same={"exclude": ["fax.partner.example", "legacy.partner.example"]},
    settings={"exclude": ["fax.example"]},
    keys=[{"domain": name} for name in NAMES],
    values={"comments": TEXTS, "exclude": NAMES},
)
ALLOW_POLICY = Sample(
    allow_policy.ALLOW_POLICY,
    record={
        "id": ID,
        "pattern": "news@partner.example",
        "pattern_type": "EMAIL",
        "is_regex": False,
        "is_acceptable_sender": True,
        "is_exempt_recipient": False,
        "is_trusted_sender": False,
        "verify_sender": True,
        "comments": "Agreed on 2026-11-01",
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    key_of=lambda number: {"pattern": f"user{number}@example.com", "pattern_type": "EMAIL"},
    respelled={"pattern": "News@PARTNER.example", "pattern_type": "EMAIL"},
    change={"is_trusted_sender": True, "comments": "Agreed again"},
    same={"is_exempt_recipient": False, "verify_sender": True},
    settings={"is_acceptable_sender": True},
    keys=SENDERS,
    values={"comments": TEXTS},
)
BLOCK_SENDER = Sample(
    block_sender.BLOCK_SENDER,
    record={
        "id": ID,
        "pattern": "1.2.3.0/24",
        "pattern_type": "IP",
        "is_regex": False,
        "comments": None,
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    key_of=lambda number: {"pattern": f"1.2.{number // 256}.{number % 256}", "pattern_type": "IP"},
    respelled={"pattern": "1.2.3.4/24", "pattern_type": "IP"},
    change={"comments": "Reported again"},
    same={"comments": ""},
    settings={"comments": "Reported"},
    keys=SENDERS,
    values={"comments": TEXTS},
)
TRUSTED_DOMAIN = Sample(
    trusted_domain.TRUSTED_DOMAIN,
    record={
        "id": ID,
        "pattern": "partner.example",
        "is_regex": False,
        "is_recent": True,
        "is_similarity": False,
        "comments": None,
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    key_of=lambda number: {"pattern": f"d{number}.example"},
    respelled={"pattern": "Partner.EXAMPLE."},
    change={"is_similarity": True, "comments": "A partner"},
    same={"is_recent": True},
    settings={"is_recent": True},
    keys=[*({"pattern": name} for name in NAMES), {"pattern": "a.example", "is_regex": True}],
    values={"comments": TEXTS},
)
IMPERSONATION_ENTRY = Sample(
    impersonation_entry.IMPERSONATION_ENTRY,
    record={
        "id": ID,
        "email": "ceo@example.com, jane@example.com",
        "name": "Jane Roe",
        "is_email_regex": False,
        "comments": None,
        "provenance": "A1S_INTERNAL",
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    key_of=lambda number: {"email": f"user{number}@example.com", "name": f"User {number}"},
    respelled={"email": "Jane@example.com,CEO@Example.com", "name": " Jane Roe"},
    change={"comments": "Chief executive"},
    same={"is_email_regex": False},
    settings={"comments": "Board"},
    keys=[
        {"email": email, "name": name}
        for email in ("a@a.example", "A@A.Example", "a@b.example,c@b.example", "A@b.example, c@b.example.")
        for name in ("Jane Roe", " Jane Roe", "jane roe")
    ],
    values={"comments": TEXTS},
)
CONTENT_POLICY = Sample(
    content_policy.CONTENT_POLICY,
    record={
        "id": ID,
        "name": "Invoice fraud",
        "pattern": "urgent.*invoice",
        "targets": ["SUBJECT", "BODY"],
        "enabled": True,
        "notes": "Agreed on 2026-11-01",
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    key_of=lambda number: {"name": f"Policy {number}"},
    respelled={"name": " Invoice fraud "},
    change={"pattern": "urgent.*(invoice|payment)", "targets": ["BODY"]},
    same={"targets": ["BODY", "SUBJECT"], "enabled": True},
    settings={"pattern": "verify.*account", "targets": ["SUBJECT"]},
    keys=[{"name": name} for name in ("A", " A", "a", "B", "B ")],
    values={"notes": TEXTS, "pattern": ["a.*b", "A.*b", " a.*b"], "targets": ["SUBJECT", "BODY"]},
)
URL_IGNORE_PATTERN = Sample(
    url_ignore_pattern.URL_IGNORE_PATTERN,
    record={
        "id": ID,
        "pattern": "https://intranet\\.example/.*",
        "comments": "Internal links",
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    key_of=lambda number: {"pattern": f"https://d{number}\\.example/.*"},
    # A regular expression has one spelling.
    respelled={"pattern": "https://intranet\\.example/.*"},
    change={"comments": "Links of the intranet"},
    same={"comments": "Internal links"},
    settings={"comments": "Internal"},
    keys=[{"pattern": pattern} for pattern in ("a.example", "A.example", "a\\.example", " a.example", "b.*")],
    values={"comments": TEXTS},
)
#: The resource that only the tests have, ...
RULE = Sample(
    rule.RULE,
    record={
        "id": 4711,
        "pattern": "user@partner.example",
        "kind": "EMAIL",
        "is_regex": False,
        "comments": None,
        "tags": [],
        "verify_sender": True,
        "source": "user",
    },
    key_of=lambda number: {"pattern": f"user{number}@example.com", "kind": "EMAIL"},
    respelled={"pattern": "User@PARTNER.example", "kind": "EMAIL"},
    change={"comments": "why", "tags": ["a", "b"]},
    same={"verify_sender": True},
    settings={"verify_sender": False},
    values={"comments": TEXTS, "tags": ["a", "b"]},
)
#: ... and the same with all that an API may have.
FULL_RULE = Sample(
    rule.FULL_RULE, RULE.record, RULE.key_of, RULE.respelled, RULE.change, RULE.same, RULE.settings, RULE.values
)
#: The resources of the collection.
SAMPLES = (
    DOMAIN,
    RESTRICTION,
    ALLOW_POLICY,
    BLOCK_SENDER,
    TRUSTED_DOMAIN,
    IMPERSONATION_ENTRY,
    CONTENT_POLICY,
    URL_IGNORE_PATTERN,
)
ALL_SAMPLES = (*SAMPLES, RULE, FULL_RULE)
