# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of record: one declaration each. Everything else of the emulator is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from . import rules
from .behaviour import Behaviour

Record = dict[str, Any]
LISTS = ("deletes", "patches", "puts", "posts")


@dataclass(frozen=True)
class Kind:
    """One kind of record: its collection, what a client may set, and the values of a record that nobody touched."""

    name: str
    one: str
    """What one record is called in the names of operations, ..."""
    many: str
    """... and what several are."""
    collection: str
    key: tuple[str, ...]
    """The fields that people know a record by."""
    settable: Mapping[str, Any]
    """The settings with the value that a reset gives them."""
    example: Callable[[int], Record]
    """The settings of a generated record with a number, at least the key."""
    searched: tuple[str, ...] = ()
    seeded: Mapping[str, Any] = field(default_factory=dict)
    """The settings that a seeded record has when the seed does not say: a plausible record, not an empty one."""
    made: Callable[[Behaviour], Record] = lambda behaviour: {}
    """The fields that only the server writes, for a record that is new."""
    filters: Mapping[str, Callable[[Record, str], bool]] = field(default_factory=dict)
    """Filters that do more than to compare the field of their name."""
    check: Callable[[Record, Behaviour], Iterator[tuple[str, str]]] = lambda record, behaviour: iter(())
    """Yields what is wrong with the settings of a record: a field and a sentence."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Deprecated names of fields, with their successors."""
    locked: Callable[[Record], bool] = lambda record: False
    """Whether a record cannot be changed or deleted, where the server refuses that."""
    unique: bool = False
    """No two records may ever have one key."""
    last_modified: bool = True
    put: bool = False
    batch: tuple[str, ...] = LISTS
    atomic: bool = True
    """A batch is said to do everything or nothing."""

    @property
    def lists(self) -> set[str]:
        """The fields with lists."""
        return {name for name, value in self.settable.items() if isinstance(value, list)}

    @property
    def flags(self) -> set[str]:
        """The fields that are true or false."""
        return {name for name, value in self.settable.items() if isinstance(value, bool)}


def timestamp(ago: timedelta = timedelta()) -> str:
    """A moment as the API writes it."""
    return (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _domain_made(_behaviour: Behaviour) -> Record:
    now = timestamp()
    return {
        "status": "active",
        "inbox_provider": "Microsoft",
        "o365_tenant_id": None,
        "dmarc_status": "good",
        "spf_status": "good",
        "authorization": {"authorized": True, "timestamp": now, "status_message": None},
        "emails_processed": {"timestamp": now, "total_emails_processed": 0, "total_emails_processed_previous": 0},
    }


DOMAIN = Kind(
    name="Domain",
    one="Domain",
    many="Domains",
    collection="domains",
    key=("domain",),
    settable={
        "domain": "",
        "allowed_delivery_modes": [],
        "drop_dispositions": [],
        "ip_restrictions": [],
        "regions": [],
        "lookback_hops": 1,
        "folder": None,
        "integration_id": None,
        "require_tls_inbound": False,
        "require_tls_outbound": False,
        "transport": "",
    },
    example=lambda number: {"domain": f"domain-{number:05}.example"},
    searched=("domain", "transport"),
    seeded={
        "allowed_delivery_modes": ["DIRECT"],
        "drop_dispositions": ["MALICIOUS"],
        "regions": ["GLOBAL"],
        "lookback_hops": 2,
        "transport": "mx.example.net",
    },
    made=_domain_made,
    filters={
        "status": lambda record, value: str(record["status"]).lower() == value.lower(),
        "allowed_delivery_mode": lambda record, value: value in (record["allowed_delivery_modes"] or []),
        # No field of the record tells the active mode: here it is the first of the allowed ones.
        "active_delivery_mode": lambda record, value: value in (record["allowed_delivery_modes"] or [])[:1],
    },
    unique=True,
    put=True,
    atomic=False,
)
RESTRICTION = Kind(
    name="Sending domain restriction",
    one="Restriction",
    many="Restrictions",
    collection="sending_domain_restrictions",
    key=("domain",),
    settable={"domain": "", "exclude": [], "comments": None},
    example=lambda number: {"domain": f"partner-{number:05}.example"},
    searched=("domain", "comments", "exclude"),
    batch=("deletes",),
)
ALLOW_POLICY = Kind(
    name="Allow policy",
    one="AllowPolicy",
    many="AllowPolicies",
    collection="allow_policies",
    key=("pattern", "pattern_type", "is_regex"),
    settable={
        "pattern": "",
        "pattern_type": "EMAIL",
        "is_regex": False,
        "is_acceptable_sender": False,
        "is_exempt_recipient": False,
        "is_trusted_sender": False,
        "verify_sender": False,
        "comments": None,
    },
    example=lambda number: {"pattern": f"user-{number:05}@example.com"},
    searched=("pattern", "comments"),
    seeded={"is_trusted_sender": True, "verify_sender": True},
    check=rules.check_policy,
    aliases={
        "is_spoof": "is_acceptable_sender",
        "is_recipient": "is_exempt_recipient",
        "is_sender": "is_trusted_sender",
    },
    put=True,
)
BLOCK_SENDER = Kind(
    name="Block sender",
    one="BlockSender",
    many="BlockSenders",
    collection="block_senders",
    key=("pattern", "pattern_type", "is_regex"),
    settable={"pattern": "", "pattern_type": "EMAIL", "is_regex": False, "comments": None},
    example=lambda number: {"pattern": f"spammer-{number:05}@example.com"},
    searched=("pattern", "comments"),
    check=rules.check_pattern,
    put=True,
)
TRUSTED_DOMAIN = Kind(
    name="Trusted domain",
    one="TrustedDomain",
    many="TrustedDomains",
    collection="trusted_domains",
    key=("pattern", "is_regex"),
    settable={"pattern": "", "is_regex": False, "is_recent": False, "is_similarity": False, "comments": None},
    example=lambda number: {"pattern": f"trusted-{number:05}.example"},
    searched=("pattern", "comments"),
    seeded={"is_recent": True},
    check=rules.check_trusted_domain,
    put=True,
)
IMPERSONATION_ENTRY = Kind(
    name="Impersonation entry",
    one="ImpersonationEntry",
    many="ImpersonationEntries",
    collection="impersonation_registry",
    key=("email", "name"),
    settable={"email": "", "name": "", "is_email_regex": False, "comments": None},
    example=lambda number: {"email": f"person-{number:05}@example.com", "name": f"Person {number}"},
    searched=("email", "name", "comments"),
    made=lambda behaviour: {
        "provenance": behaviour.provenance,
        "directory_id": None,
        "directory_node_id": None,
        "external_directory_node_id": None,
    },
    check=rules.check_entry,
    locked=lambda record: record["provenance"] not in (None, "A1S_INTERNAL"),
    batch=(),
)
CONTENT_POLICY = Kind(
    name="Content policy",
    one="ContentPolicy",
    many="ContentPolicies",
    collection="content_policies",
    key=("name",),
    settable={"name": "", "pattern": "", "targets": [], "enabled": False, "notes": None},
    example=lambda number: {"name": f"Policy {number:05}", "pattern": f"invoice.*{number}"},
    searched=("name", "pattern"),
    seeded={"pattern": "urgent.*verify", "targets": ["SUBJECT"], "enabled": True},
    made=lambda behaviour: {"expires_at": None} if behaviour.expires_at else {},
    last_modified=False,
)
URL_IGNORE_PATTERN = Kind(
    name="URL ignore pattern",
    one="UrlIgnorePattern",
    many="UrlIgnorePatterns",
    collection="url_ignore_patterns",
    key=("pattern",),
    settable={"pattern": "", "comments": None},
    example=lambda number: {"pattern": f"https://link-{number:05}\\.example/.*"},
)
KINDS = {
    kind.collection: kind
    for kind in (
        DOMAIN,
        RESTRICTION,
        ALLOW_POLICY,
        BLOCK_SENDER,
        TRUSTED_DOMAIN,
        IMPERSONATION_ENTRY,
        CONTENT_POLICY,
        URL_IGNORE_PATTERN,
    )
}
