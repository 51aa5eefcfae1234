# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages, filters, order and search."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.testing import UNKNOWN_ID, Client


@pytest.mark.parametrize("collection", ["domains", "sending_domain_restrictions"])
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
    names = [record["domain"] for record in envelope["result"]]
    expected = [record["domain"] for record in emulator.state()[collection]]
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
