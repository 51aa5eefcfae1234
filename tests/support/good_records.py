# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records that the report has nothing to say about."""

from __future__ import annotations

from typing import Any

#: A record of each list without findings.
GOOD: dict[str, dict[str, Any]] = {
    "domains": {
        "domain": "example.com",
        "status": "active",
        "drop_dispositions": ["SPAM", "MALICIOUS"],
        "require_tls_inbound": True,
        "require_tls_outbound": True,
        "spf_status": "good",
        "dmarc_status": "good",
        "authorization": {"authorized": True, "timestamp": "2026-10-27T18:11:19.117Z", "status_message": None},
    },
    "sending_domain_restrictions": {"domain": "partner.example", "exclude": ["a.partner.example"], "comments": None},
    "block_senders": {"pattern": "bad.example", "pattern_type": "DOMAIN", "is_regex": False},
    "content_policies": {"name": "Invoices", "pattern": "urgent.*invoice", "targets": ["SUBJECT"], "enabled": True},
    "impersonation_entries": {"name": "Jane Doe", "email": "jane.doe@example.com", "is_email_regex": False},
    "allow_policies": {
        "pattern": "news@partner.example",
        "pattern_type": "EMAIL",
        "is_regex": False,
        "is_acceptable_sender": False,
        "is_exempt_recipient": False,
        "is_trusted_sender": True,
        "verify_sender": True,
    },
    "trusted_domains": {"pattern": "examp1e.example", "is_regex": False, "is_recent": False, "is_similarity": True},
    "url_ignore_patterns": {"pattern": r"https://intranet\.example\.com/.*"},
}
