# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for one record: the least change, creations, deletions, protected records, differences."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import (
    UNCHANGED,
    needs_full_read,
    plan,
    usable_id,
)
from support.resources import RULE
from support.sample import Sample
from support.tasks import parse_task


@pytest.mark.parametrize(
    ("pattern", "suggestion"),
    [
        ("user21@example.com", "Did you mean: user2@example.com (EMAIL)?"),
        # That both are an address and no expression does not make them alike.
        ("zz", "None of the 2 existing names is similar."),
    ],
)
def test_similar_names_are_those_of_the_first_key_field(pattern: str, suggestion: str) -> None:
    desired = parse_task(RULE, pattern=pattern, kind="EMAIL")
    with pytest.raises(CollectionError) as error:
        plan(RULE.resource, desired, None, "replace", [RULE.numbered(2), {"id": 5}])

    assert suggestion in str(error.value)


def test_the_key_field_that_differs_is_named() -> None:
    desired = parse_task(RULE, rule_id=1, pattern="USER1@example.com", kind="DOMAIN", state="absent")

    with pytest.raises(CollectionError, match=r"^kind: the rule with the id 1 is user1@example\.com \(EMAIL\), not"):
        plan(RULE.resource, desired, RULE.numbered(), "replace", [])


def test_a_protected_record_in_the_desired_state_is_no_error() -> None:
    desired = parse_task(RULE, pattern="user1@example.com", kind="EMAIL", verify_sender=True)

    assert plan(RULE.resource, desired, RULE.numbered(source="directory"), "replace", []).action == UNCHANGED


def test_numbers_are_ids() -> None:
    assert [usable_id({"id": record_id}) for record_id in (0, 7, "7", "a/b")] == [0, 7, "7", "a/b"]


def test_lists_are_merged() -> None:
    desired = parse_task(RULE, pattern="user1@example.com", kind="EMAIL", tags=["b", "c"])
    stored = RULE.numbered(tags=["a", "b"])

    list_modes = ("replace", "append", "remove")
    bodies = [plan(RULE.resource, desired, stored, list_mode, []).body["tags"] for list_mode in list_modes]
    assert bodies == [["b", "c"], ["a", "b", "c"], ["a"]]


def test_what_a_list_leaves_out_is_read(sample: Sample) -> None:
    desired = parse_task(sample, **sample.respelled, **sample.change)
    left_out = {field: value for field, value in sample.record.items() if field not in sample.change}

    assert needs_full_read(sample.resource, desired, left_out, "replace")
    assert not needs_full_read(sample.resource, desired, sample.record, "replace")
    assert not needs_full_read(sample.resource, desired._replace(absent=True), left_out, "replace")


def test_a_default_of_the_key_that_a_list_leaves_out_is_not_read() -> None:
    desired = parse_task(RULE, pattern="user1@example.com", kind="EMAIL")
    left_out = {field: value for field, value in RULE.numbered().items() if field != "is_regex"}

    assert not needs_full_read(RULE.resource, desired, left_out, "replace")
