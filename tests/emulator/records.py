# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the two kinds of record look like, and how one is made from whatever parts are given."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of record: its collection, what a client may set, and the values of a record that nobody touched."""

    name: str
    collection: str
    settable: Mapping[str, Any]
    """The settings with the value that a reset gives them."""
    lists: frozenset[str]
    flags: frozenset[str]
    searched: tuple[str, ...]
    made: Callable[[], Record]
    """The fields that only the server writes, for a record that is new."""


def timestamp(ago: timedelta = timedelta()) -> str:
    """A moment as the API writes it."""
    return (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _domain_made() -> Record:
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
    collection="domains",
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
    lists=frozenset({"allowed_delivery_modes", "drop_dispositions", "ip_restrictions", "regions"}),
    flags=frozenset({"require_tls_inbound", "require_tls_outbound"}),
    searched=("domain", "transport"),
    made=_domain_made,
)

RESTRICTION = Kind(
    name="Sending domain restriction",
    collection="sending_domain_restrictions",
    settable={"domain": "", "exclude": [], "comments": None},
    lists=frozenset({"exclude"}),
    flags=frozenset(),
    searched=("domain", "comments", "exclude"),
    made=dict,
)

KINDS = {kind.collection: kind for kind in (DOMAIN, RESTRICTION)}
_SERVER_MADE = {"id", "created_at", "modified_at", "last_modified"}


def copied(value: Any) -> Any:
    """A JSON value that shares nothing with the given one. (`copy.deepcopy` is ten times slower.)"""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def new_record(kind: Kind, given: Mapping[str, Any]) -> Record:
    """A whole record; what is not given has the value of a new one."""
    made = kind.made()
    unknown = set(given) - set(kind.settable) - set(made) - _SERVER_MADE
    if unknown:
        raise ValueError(f"a record of {kind.collection} has no {', '.join(sorted(unknown))}")
    if not given.get("domain"):
        raise ValueError(f"a record of {kind.collection} needs a domain")
    now = timestamp()
    record: Record = {"id": str(uuid.uuid4()), **copied(dict(kind.settable)), **made, **copied(dict(given))}
    record.setdefault("created_at", now)
    record.setdefault("modified_at", record["created_at"])
    record["last_modified"] = record["modified_at"]
    return record


def seed_defaults(kind: Kind) -> Record:
    """The settings that a seeded record has when the seed does not say: a plausible record, not an empty one."""
    if kind is RESTRICTION:
        return {}
    return {
        "allowed_delivery_modes": ["DIRECT"],
        "drop_dispositions": ["MALICIOUS"],
        "regions": ["GLOBAL"],
        "lookback_hops": 2,
        "transport": "mx.example.net",
    }


def generated(kind: Kind, count: int) -> list[Record]:
    """Many seeds with names in order, created a second after one another."""
    stem = "domain" if kind is DOMAIN else "partner"
    return [
        {"domain": f"{stem}-{number:05}.example", "created_at": timestamp(timedelta(seconds=count - number))}
        for number in range(1, count + 1)
    ]
