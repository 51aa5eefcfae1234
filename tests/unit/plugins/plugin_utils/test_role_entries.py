# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a variable become those of a bulk task, and every mistake in them has a line."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.role_entries import convert, validate
from support.resources import BLOCK_SENDER, DOMAIN

NOON = datetime(2026, 12, 31, 12, tzinfo=timezone.utc)
OMITTED = "__omit_place_holder__0123456789abcdef"


def entries(given: list[Any], **defaults: Any) -> list[Any]:
    return [each.entry for each in convert(given, defaults, NOON)]


def test_defaults_and_expiry_become_an_entry_of_a_bulk_task() -> None:
    given = [
        {"domain": "a.example", "expires": "2026-12-31"},
        {"domain": "b.example", "expires": "2027-01-01", "folder": None},
        {"domain": "c.example", "expires": OMITTED, "transport": OMITTED},
    ]
    assert entries(given, folder="Inbox") == [
        {"domain": "a.example", "folder": "Inbox", "state": "absent"},
        {"domain": "b.example", "folder": None},
        {"domain": "c.example", "folder": "Inbox"},
    ]
    assert given[0]["expires"] == "2026-12-31", "the variables of the user are not changed"


def test_what_is_not_an_entry_is_left_to_the_validation() -> None:
    assert entries(["text", 5], folder="Inbox") == ["text", 5]
    (invalid,) = convert([{"domain": "a.example", "expires": "soon"}], {}, NOON)
    assert invalid.entry == {"domain": "a.example"}
    assert invalid.error is not None


def test_every_invalid_entry_has_a_line() -> None:
    given = [
        "text",
        {"pattern": "a@example.com", "pattern_type": "EMAIL", "expires": "soon", "reason": "x"},
        {"pattern": "b@example.com", "pattern_type": "EMAIL"},
        {"pattern": "B@example.com", "pattern_type": "EMAIL"},
        {"pattern": "10.0.0.1", "pattern_type": "IP"},
        {"pattern": "10.0.0.1", "pattern_type": "IP", "expires": "2026-01-01", "is_regex": True},
    ]
    lines = validate(BLOCK_SENDER.resource, given, {}, "blocks", NOON)
    assert [line.partition(":")[0] for line in lines] == [
        "blocks[0]",
        "blocks[1] (a@example.com)",
        "blocks[3] (B@example.com (EMAIL))",
        "blocks[4] (10.0.0.1)",
    ]
    assert "expires: must be a date" in lines[1]
    assert "reason" in lines[1]
    assert "is already in blocks[2]" in lines[2]


def test_defaults_are_validated_with_each_entry() -> None:
    lines = validate(DOMAIN.resource, [{"domain": "a.example"}], {"lookback_hops": 0}, "domains", NOON)
    assert lines == ["domains[0] (a.example): lookback_hops: must be a number from 1 to 20, not 0."]
