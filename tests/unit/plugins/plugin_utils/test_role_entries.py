# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a variable become those of a bulk task, and every mistake in them has a line."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.list_checks import check
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.role_entries import convert
from support.resources import BLOCK_SENDER, DOMAIN
from support.sample import ID

NOON = datetime(2026, 12, 31, 12, tzinfo=timezone.utc)


def entries(given: list[Any], **defaults: Any) -> list[Any]:
    return [each.entry for each in convert(given, defaults, NOON)]


def test_defaults_and_expiry_become_an_entry_of_a_bulk_task() -> None:
    given = [
        {"domain": "a.example", "expires": "2026-12-31"},
        {"domain": "b.example", "expires": "2027-01-01", "folder": None},
        {"domain": "c.example", "expires": ""},
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
    checked = check(BLOCK_SENDER.resource, given, {}, NOON)
    assert [line.partition(":")[0] for line in checked.errors] == [
        "email_security_block_senders[0]",
        "email_security_block_senders[1] (a@example.com)",
        "email_security_block_senders[3] (B@example.com (EMAIL))",
        "email_security_block_senders[4] (10.0.0.1)",
    ]
    assert "expires: must be a date" in checked.errors[1]
    assert "Unsupported parameters: reason. Supported parameters include: expires, comments" in checked.errors[1]
    assert "is already in email_security_block_senders[2]" in checked.errors[2]
    assert checked.expired == ["10.0.0.1 (IP, is_regex)"]
    assert checked.has_present


def test_defaults_are_validated_with_each_entry() -> None:
    errors = check(DOMAIN.resource, [{"domain": "a.example"}], {"lookback_hops": 0}, NOON).errors
    assert errors == ["email_security_domains[0] (a.example): lookback_hops: must be a number from 1 to 20, not 0."]


def test_entries_that_have_expired_are_named() -> None:
    given = [{"domain_id": ID, "expires": "2026-01-01"}, {"domain": "A.example", "expires": "2026-01-01"}]
    assert check(DOMAIN.resource, given, {}, NOON) == ([], [ID, "A.example"], False)
