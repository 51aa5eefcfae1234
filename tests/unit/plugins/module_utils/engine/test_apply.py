# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applying changes with single requests, and what the response has to confirm."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from support.cases import CASES, Case, run_task
from support.rule import PROTECTED, RULE, label, record
from support.script import Exchange, envelope

RULES = CASES["rule"]
KEY = {"pattern": "user1@example.com", "kind": "EMAIL"}


def run_rule(*exchanges: Exchange, **params: Any) -> Any:
    return run_task(SINGLE, RULE, *exchanges, **{**KEY, **params})


def created(body: dict[str, Any], **fields: Any) -> Exchange:
    return Exchange("POST", RULES.path, body=body, status=201, answer=envelope(record(**{**body, **fields})))


def test_a_change_is_one_patch(case: Case) -> None:
    requests = [case.list_key(case.record), case.request("PATCH", body=case.change)]
    result = run_task(SINGLE, case.resource, *requests, **case.key_of(case.record), **case.change)

    assert (result.changed, result.result) == (True, {**case.record, **case.change})


def test_check_mode_has_the_result_of_the_real_run(case: Case) -> None:
    params = {**case.key_of(case.record), **case.change}
    requests = [case.list_key(case.record), case.request("PATCH", body=case.change)]
    check = run_task(SINGLE, case.resource, requests[0], check_mode=True, **params)

    assert check.output == run_task(SINGLE, case.resource, *requests, **params).output


def test_another_key_is_one_patch_by_id(case: Case) -> None:
    key = case.key_of(case.other)
    body = {name: value for name, value in key.items() if value != case.record[name]}
    requests = [case.request("GET"), case.request("PATCH", body=body)]

    assert run_task(SINGLE, case.resource, *requests, **{case.id_option: case.record["id"]}, **key).changed


def test_a_record_is_deleted(case: Case) -> None:
    params = {case.id_option: case.record["id"], "state": "absent"}
    gone = {"status": 404, "answer": {"success": False, "errors": [{"code": 1, "message": "gone"}]}}

    assert run_task(SINGLE, case.resource, case.request("GET"), case.request("DELETE"), **params).changed
    assert not run_task(SINGLE, case.resource, case.request("GET", **gone), **params).changed


def test_a_create_has_the_whole_key_and_a_second_run_changes_nothing() -> None:
    body = {**KEY, "is_regex": False, "verify_sender": False}
    result = run_rule(RULES.list_all(record(2)), created(body), verify_sender=False)
    assert (result.changed, result.result["id"]) == (True, 1)

    assert not run_rule(RULES.list_all(record(2), result.result), verify_sender=False).changed


def test_a_create_of_a_record_that_compares_letter_by_letter_is_no_change_of_another() -> None:
    body = {**KEY, "is_regex": True, "verify_sender": True, "pattern": "User1@example.com"}
    result = run_rule(
        RULES.list_all(record(), record(3, pattern="user1@example.com", is_regex=True)), created(body, id=4), **body
    )

    assert result.result["id"] == 4


def test_a_boolean_may_be_required_for_a_create() -> None:
    result = run_rule(RULES.list_all())

    assert result.failed
    assert result.msg.endswith(f"To create {label()}, the task needs verify_sender too.")


def test_a_lost_create_is_found_by_its_key() -> None:
    body = {**KEY, "is_regex": False, "verify_sender": True}
    lost = Exchange("POST", RULES.path, body=body, status=502, text="")

    result = run_rule(RULES.list_all(), lost, RULES.list_all(record()), RULES.list_all(record()), verify_sender=True)
    assert (result.changed, result.result) == (True, record())


def test_a_key_that_the_api_stores_in_another_spelling_is_confirmed() -> None:
    body = {"pattern": "USER1@example.com", "kind": "EMAIL", "is_regex": False, "verify_sender": True}

    result = run_rule(RULES.list_all(), created(body, pattern="user1@example.com"), **body)
    assert (result.changed, result.warnings) == (True, [])


def test_a_key_that_the_api_stores_as_another_key_is_an_error() -> None:
    body = {**KEY, "is_regex": False, "verify_sender": True}

    result = run_rule(RULES.list_all(), created(body, pattern="user9@example.com"), **body)
    assert (result.failed, result.changed) == (True, True)
    sentence = "pattern: is 'user9@example.com', not 'user1@example.com'."
    assert result.msg.startswith(f"The API reported success but did not apply: {sentence} (POST ")

    patch = RULES.request("PATCH", body={"pattern": "a"}, answer=envelope(record(pattern="b")))
    result = run_rule(RULES.request("GET"), patch, rule_id=1, pattern="a")
    assert result.failed
    assert result.msg.startswith("The API reported success but did not apply: pattern: is 'b', not 'a'. (PATCH ")


def test_other_text_that_the_api_stores_in_other_words_is_a_warning() -> None:
    stored = record(comments="WHY")
    requests = [RULES.list_all(record()), RULES.request("PATCH", body={"comments": "why"}, answer=envelope(stored))]

    result = run_rule(*requests, comments="why")
    assert result.changed
    assert result.warnings == ["The API stored something else than it was sent. comments: is 'WHY', not 'why'."]


def test_a_response_about_another_id_is_read_again() -> None:
    patch = RULES.request("PATCH", body={"comments": "why"}, answer=envelope(record(2, comments="why")))
    stored = record(comments="why")

    result = run_rule(RULES.list_all(record()), patch, RULES.request("GET", stored), comments="why")
    assert result.result == stored


@pytest.mark.parametrize("params", [{"state": "absent"}, {"comments": "why"}])
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_protected_record_is_an_error_before_any_change(params: dict[str, Any], check_mode: bool) -> None:
    result = run_rule(RULES.list_all(record(source="directory")), check_mode=check_mode, **params)

    assert (result.failed, result.changed, result.msg) == (True, False, f"{label()}: {PROTECTED}")


def test_every_missing_option_is_named() -> None:
    result = run_task(SINGLE, RULE)

    assert result.msg == (
        "one of the following is required: rule_id, pattern. one of the following is required: rule_id, kind."
    )


def test_an_invalid_option_is_not_called_missing() -> None:
    result = run_task(SINGLE, RULE, **{**KEY, "pattern": ["x"]})

    assert result.msg == "pattern: must be a text, not a list."
