# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the first records come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DEMO: dict[str, Any] = {
    "domains": [
        {
            "domain": "example.com",
            "allowed_delivery_modes": ["DIRECT"],
            "drop_dispositions": ["MALICIOUS"],
            "ip_restrictions": [],
            "regions": ["GLOBAL"],
            "lookback_hops": 2,
            "transport": "mx.example.com",
        },
        {
            "domain": "example.org",
            "allowed_delivery_modes": ["API", "RETRO_SCAN"],
            "drop_dispositions": ["MALICIOUS", "SPAM"],
            "ip_restrictions": ["192.0.2.0/24", "2001:db8::/32"],
            "regions": ["DE"],
            "lookback_hops": 1,
            "folder": "Inbox",
            "integration_id": "3f0b3c5a-6d0e-4f57-9c43-6c6f5a0f2a11",
            "inbox_provider": "Google",
            "require_tls_inbound": True,
        },
        {
            "domain": "shop.example.net",
            "allowed_delivery_modes": ["BCC"],
            "drop_dispositions": [],
            "regions": ["GLOBAL"],
            "status": "pending",
            "authorization": None,
            "emails_processed": None,
        },
    ],
    "sending_domain_restrictions": [
        {"domain": "partner.example", "exclude": [], "comments": "Agreed on 2026-05-04"},
        {"domain": "bank.example", "exclude": ["news.bank.example", "legacy.bank.example"], "comments": None},
    ],
}


def load(seed: str | None) -> dict[str, Any]:
    """Nothing, the demo's records, or those of a JSON file."""
    if seed is None:
        return {}
    if seed == "demo":
        return DEMO
    found = json.loads(Path(seed).read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError(f"{seed} does not hold a JSON object")
    return found
