# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages, filters, order and search."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.kinds import KINDS
from emulator.testing import UNKNOWN_ID, Client


@pytest.mark.parametrize("collection", KINDS)
@pytest.mark.parametrize(
    ("query", "first", "count", "info"),
    [
        ({}, 1, 20, {"page": 1, "per_page": 20}),
        ({"page": 3}, 41, 5, {"page": 3, "per_page": 20}),
        ({"page": 4}, None, 0, {"page": 4, "per_page": 20}),
        ({"page": 2, "per_page": 7}, 8, 7, {"page": 2, "per_page": 7}),
        ({"per_page": 1000}, 1, 45, {"page": 1, "per_page": 1000}),
    ],
)
def test_pages(
    api: Client,
    emulator: Emulator,
    collection: str,
    query: dict[str, Any],
    first: int | None,
    count: int,
    info: dict[str, int],
) -> None:
    emulator.seed(**{collection: 45})
    envelope = api.get(collection, params=query).json()
    names = [record["id"] for record in envelope["result"]]
    expected = [record["id"] for record in emulator.state()[collection]]
    assert names == (expected[first - 1 : first - 1 + count] if first else [])
    assert envelope["result_info"] == {"count": count, "total_count": 45, **info}


@pytest.fixture
def several(emulator: Emulator, api: Client) -> Client:
    """Four domains that differ in everything a filter looks at."""
    emulator.seed(
        domains=[
            {"domain": "b.example", "created_at": "2025-01-04T00:00:00.000000Z", "status": "pending"},
            {"domain": "A.example", "created_at": "2025-01-02T00:00:00.000000Z", "integration_id": UNKNOWN_ID},
            {"domain": "c.b.example", "created_at": "2025-01-03T00:00:00.000000Z", "transport": "mx.mail.example"},
            {
                "domain": "d.example",
                "created_at": "2025-01-01T00:00:00.000000Z",
                "allowed_delivery_modes": ["API", "BCC"],
            },
        ]
    )
    return api


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["b.example", "A.example", "c.b.example", "d.example"]),
        ({"direction": "desc"}, ["d.example", "c.b.example", "A.example", "b.example"]),
        ({"order": "domain"}, ["A.example", "b.example", "c.b.example", "d.example"]),
        ({"order": "domain", "direction": "desc"}, ["d.example", "c.b.example", "b.example", "A.example"]),
        ({"order": "created_at"}, ["d.example", "A.example", "c.b.example", "b.example"]),
        ({"domain": "b.example"}, ["b.example"]),
        ({"domain": ["b.example", "d.example", "x.example"]}, ["b.example", "d.example"]),
        ({"domain": "a.example"}, []),
        ({"status": "pending"}, ["b.example"]),
        ({"status": "PENDING"}, ["b.example"]),
        ({"status": "failed"}, []),
        ({"allowed_delivery_mode": "BCC"}, ["d.example"]),
        ({"active_delivery_mode": "BCC"}, []),
        ({"active_delivery_mode": "API"}, ["d.example"]),
        ({"integration_id": UNKNOWN_ID}, ["A.example"]),
        ({"search": "B.EXAMPLE"}, ["b.example", "c.b.example"]),
        ({"search": "mail"}, ["c.b.example"]),
        ({"search": "example", "per_page": 1, "page": 2}, ["A.example"]),
    ],
)
def test_filters_and_order(several: Client, query: dict[str, Any], expected: list[str]) -> None:
    assert several.names(**query) == expected


def test_search_looks_into_restrictions(api: Client, emulator: Emulator) -> None:
    emulator.seed(
        sending_domain_restrictions=[
            {"domain": "a.example", "comments": "Bank"},
            {"domain": "b.example", "exclude": ["bank.b.example"]},
            {"domain": "c.example"},
        ]
    )
    found = api.get("sending_domain_restrictions", params={"search": "bank"}).json()["result"]
    assert [record["domain"] for record in found] == ["a.example", "b.example"]


RECORDS: dict[str, list[dict[str, Any]]] = {
    "allow_policies": [
        {"pattern": "b@example.com", "is_trusted_sender": True, "comments": "Bank"},
        {"pattern": "A.*", "is_regex": True, "is_trusted_sender": False, "is_exempt_recipient": True},
        {"pattern": "1.2.3.0/24", "pattern_type": "IP", "is_acceptable_sender": True, "verify_sender": False},
    ],
    "block_senders": [{"pattern": "b@example.com"}, {"pattern": "example.com", "pattern_type": "DOMAIN"}],
    "trusted_domains": [{"pattern": "b.example"}, {"pattern": "a.example", "is_recent": False, "is_similarity": True}],
    "impersonation_registry": [
        {"email": "b@example.com", "name": "A", "provenance": "SNOOPY-OFFICE_365"},
        {"email": "a@example.com", "name": "B"},
    ],
    "content_policies": [{"name": "B"}, {"name": "A", "enabled": False, "pattern": "Bank.*"}],
}


@pytest.mark.parametrize(
    ("collection", "query", "expected"),
    [
        ("allow_policies", {"pattern": "b@example.com"}, [0]),
        ("allow_policies", {"pattern": "B@example.com"}, []),
        ("allow_policies", {"pattern_type": "EMAIL"}, [0, 1]),
        ("allow_policies", {"pattern_type": "UNKNOWN"}, []),
        ("allow_policies", {"is_trusted_sender": "true"}, [0, 2]),
        ("allow_policies", {"is_trusted_sender": "false"}, [1]),
        ("allow_policies", {"is_exempt_recipient": "true"}, [1]),
        ("allow_policies", {"is_acceptable_sender": "true", "verify_sender": "false"}, [2]),
        ("allow_policies", {"order": "pattern"}, [2, 1, 0]),
        ("allow_policies", {"search": "bank"}, [0]),
        ("block_senders", {"pattern": "example.com"}, [1]),
        ("block_senders", {"pattern_type": "DOMAIN"}, [1]),
        ("trusted_domains", {"pattern": "a.example"}, [1]),
        ("trusted_domains", {"is_recent": "false", "is_similarity": "true"}, [1]),
        ("trusted_domains", {"order": "pattern"}, [1, 0]),
        ("impersonation_registry", {"provenance": "A1S_INTERNAL"}, [1]),
        ("impersonation_registry", {"order": "email"}, [1, 0]),
        ("impersonation_registry", {"order": "name", "direction": "desc"}, [1, 0]),
        ("content_policies", {"name": "A"}, [1]),
        ("content_policies", {"enabled": "true"}, [0]),
        ("content_policies", {"search": "bank"}, [1]),
        ("content_policies", {"order": "name"}, [1, 0]),
    ],
)
def test_filters_of_the_other_kinds(
    api: Client, emulator: Emulator, collection: str, query: dict[str, str], expected: list[int]
) -> None:
    emulator.seed(**RECORDS)
    ids = [record["id"] for record in emulator.state()[collection]]
    found = api.get(collection, params=query).json()["result"]
    assert [ids.index(record["id"]) for record in found] == expected
