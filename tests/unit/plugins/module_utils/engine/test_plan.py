# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for one record: the least change, creations, deletions, protected records, differences."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import (
    CREATED,
    DELETED,
    UNCHANGED,
    UPDATED,
    ProtectedError,
    diff,
    needs_full_read,
    plan,
    usable_id,
)
from support.cases import Case, desired
from support.rule import PROTECTED, RULE, label, record


def test_a_record_in_the_desired_state_is_not_changed(case: Case) -> None:
    change = plan(case.resource, desired(case.resource, **case.respelled), case.record, "replace", [])

    assert (change.action, change.body, change.label) == (UNCHANGED, {}, case.label)


def test_a_change_has_the_difference_and_the_id_as_the_api_spells_it(case: Case) -> None:
    wanted = desired(case.resource, **case.respelled, **case.change)
    change = plan(case.resource, wanted, case.record, "replace", [])

    assert (change.action, change.body, change.record_id) == (UPDATED, case.change, case.record["id"])
    assert change.expected == {**case.record, **case.change}


def test_the_key_of_a_record_is_changed_by_id(case: Case) -> None:
    wanted = desired(case.resource, **{case.id_option: case.record["id"]}, **case.key_of(case.other))
    change = plan(case.resource, wanted, case.record, "replace", [])

    assert change.action == UPDATED
    assert change.body == {
        field: value for field, value in case.key_of(case.other).items() if value != case.record[field]
    }


def test_a_creation_has_the_whole_key_and_the_defaults(case: Case) -> None:
    wanted = desired(case.resource, **case.respelled, **case.needed)
    change = plan(case.resource, wanted, None, "replace", [])
    defaults = {
        field.name: field.create_default for field in case.resource.fields.values() if field.create_default is not None
    }

    assert (change.action, change.record_id) == (CREATED, None)
    assert change.body == {**defaults, **case.resource.key.defaults, **case.respelled, **case.needed}


def test_a_creation_needs_what_is_required(case: Case) -> None:
    wanted = desired(case.resource, **case.respelled)
    if not case.needed:
        assert plan(case.resource, wanted, None, "replace", []).action == CREATED
        return
    with pytest.raises(CollectionError) as error:
        plan(case.resource, wanted, None, "replace", [case.other])

    assert str(error.value).startswith(
        f"{next(iter(case.respelled))}: this account has no {case.resource.noun} named {wanted.label}: "
    )
    assert str(error.value).endswith(f"To create {wanted.label}, the task needs {', '.join(case.needed)} too.")


@pytest.mark.parametrize(
    ("pattern", "suggestion"),
    [
        ("user21@example.com", "The closest: user2@example.com (EMAIL, not is_regex)."),
        # That both are an address and no expression does not make them alike.
        ("zz", "None of the 2 names it has is close to that."),
    ],
)
def test_the_closest_names_are_those_of_the_first_key_field(pattern: str, suggestion: str) -> None:
    with pytest.raises(CollectionError) as error:
        plan(RULE, desired(RULE, pattern=pattern, kind="EMAIL"), None, "replace", [record(2), {"id": 5}])

    assert suggestion in str(error.value)


def test_an_id_that_does_not_exist_creates_nothing(case: Case) -> None:
    record_id = case.record["id"]
    with pytest.raises(CollectionError) as error:
        plan(case.resource, desired(case.resource, **{case.id_option: record_id}), None, "replace", [])

    assert str(error.value) == f"{case.id_option}: this account has no {case.resource.noun} with the id {record_id}."


def test_a_deletion_by_id_needs_the_key_that_the_record_has(case: Case) -> None:
    by_id = {case.id_option: case.record["id"], "state": "absent"}
    assert plan(
        case.resource, desired(case.resource, **by_id, **case.respelled), case.record, "replace", []
    ).action == (DELETED)
    with pytest.raises(CollectionError) as error:
        plan(case.resource, desired(case.resource, **by_id, **case.key_of(case.other)), case.record, "replace", [])

    assert str(error.value) == (
        f"{next(iter(case.respelled))}: the {case.resource.noun} with the id {case.record['id']} is {case.label}, "
        f"not {case.resource.label(case.other)}. Nothing was deleted."
    )


def test_the_key_field_that_differs_is_named() -> None:
    wanted = desired(RULE, rule_id=1, pattern="USER1@example.com", kind="DOMAIN", state="absent")

    with pytest.raises(CollectionError, match=r"^kind: the rule with the id 1 is user1@example\.com \(EMAIL, not"):
        plan(RULE, wanted, record(), "replace", [])


@pytest.mark.parametrize("params", [{"comments": "why"}, {"state": "absent"}, {"is_regex": True, "rule_id": 1}])
def test_a_protected_record_is_not_changed(params: dict[str, Any]) -> None:
    wanted = desired(RULE, pattern="user1@example.com", kind="EMAIL", **params)

    with pytest.raises(ProtectedError) as error:
        plan(RULE, wanted, record(source="directory"), "replace", [])
    assert str(error.value) == f"{label()}: {PROTECTED}"


def test_a_protected_record_in_the_desired_state_is_no_error() -> None:
    wanted = desired(RULE, pattern="user1@example.com", kind="EMAIL", verify_sender=True)

    assert plan(RULE, wanted, record(source="directory"), "replace", []).action == UNCHANGED


@pytest.mark.parametrize("record_id", [None, "", ".", "..", True, [], {"a": 1}, 1.5])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_record_without_a_usable_id_is_not_changed(case: Case, record_id: Any, state: str) -> None:
    wanted = desired(case.resource, **case.respelled, **case.change, state=state)

    with pytest.raises(CollectionError, match=r"^The API returned no usable id for "):
        plan(case.resource, wanted, {**case.record, "id": record_id}, "replace", [])


def test_numbers_are_ids() -> None:
    assert [usable_id({"id": record_id}) for record_id in (0, 7, "7", "a/b")] == [0, 7, "7", "a/b"]


def test_lists_are_merged() -> None:
    wanted = desired(RULE, pattern="user1@example.com", kind="EMAIL", tags=["b", "c"])
    stored = record(tags=["a", "b"])

    bodies = [plan(RULE, wanted, stored, list_mode, []).body["tags"] for list_mode in ("replace", "append", "remove")]
    assert bodies == [["b", "c"], ["a", "b", "c"], ["a"]]


def test_what_a_list_leaves_out_is_read(case: Case) -> None:
    wanted = desired(case.resource, **case.respelled, **case.change)
    left_out = {field: value for field, value in case.record.items() if field not in case.change}

    assert needs_full_read(case.resource, wanted, left_out, "replace")
    assert not needs_full_read(case.resource, wanted, case.record, "replace")
    assert not needs_full_read(case.resource, wanted._replace(absent=True), left_out, "replace")


def test_a_default_of_the_key_that_a_list_leaves_out_is_not_read() -> None:
    wanted = desired(RULE, pattern="user1@example.com", kind="EMAIL")
    left_out = {field: value for field, value in record().items() if field != "is_regex"}

    assert not needs_full_read(RULE, wanted, left_out, "replace")


def test_the_difference_in_check_mode(case: Case) -> None:
    change = plan(case.resource, desired(case.resource, **case.respelled, **case.change), case.record, "replace", [])
    shown = diff(case.resource, change, change.expected)

    assert shown["before_header"] == shown["after_header"] == f"{case.resource.noun} {case.label}"
    assert set(shown["before"]) == set(case.resource.fields)
    assert shown["after"] == {**shown["before"], **case.change}
