# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applying changes with single requests, and what the response has to confirm."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from support.resources import RULE
from support.rule import PROTECTED
from support.script import Exchange, envelope
from support.tasks import run_task

KEY = {"pattern": "user1@example.com", "kind": "EMAIL"}


def run_rule(*exchanges: Exchange, **params: Any) -> Any:
    return run_task(SINGLE, RULE, *exchanges, **{**KEY, **params})


def created(body: dict[str, Any], **fields: Any) -> Exchange:
    return Exchange("POST", RULE.path, body=body, status=201, answer=envelope(RULE.numbered(**{**body, **fields})))


def test_a_create_of_a_record_that_compares_letter_by_letter_is_no_change_of_another() -> None:
    body = {**KEY, "is_regex": True, "verify_sender": True, "pattern": "User1@example.com"}
    result = run_rule(
        RULE.listing(RULE.numbered(), RULE.numbered(3, pattern="user1@example.com", is_regex=True)),
        created(body, id=4),
        **body,
    )

    assert result.result["id"] == 4


def test_a_lost_create_is_found_by_its_key() -> None:
    body = {**KEY, "is_regex": False, "verify_sender": True}
    lost = Exchange("POST", RULE.path, body=body, status=502, text="")

    result = run_rule(
        RULE.listing(), lost, RULE.listing(RULE.numbered()), RULE.listing(RULE.numbered()), verify_sender=True
    )
    assert (result.changed, result.result) == (True, RULE.numbered())


def test_a_key_that_the_api_stores_in_another_spelling_is_confirmed() -> None:
    body = {"pattern": "USER1@example.com", "kind": "EMAIL", "is_regex": False, "verify_sender": True}

    result = run_rule(RULE.listing(), created(body, pattern="user1@example.com"), **body)
    assert (result.changed, result.warnings) == (True, [])


def test_a_key_that_the_api_stores_as_another_key_is_an_error() -> None:
    body = {**KEY, "is_regex": False, "verify_sender": True}

    result = run_rule(RULE.listing(), created(body, pattern="user9@example.com"), **body)
    assert (result.failed, result.changed) == (True, True)
    sentence = "pattern: is 'user9@example.com', not 'user1@example.com'."
    assert result.msg.startswith(f"The API reported success but did not apply: {sentence} (POST ")

    patch = RULE.patching(RULE.numbered(), {"pattern": "a"}, answer=envelope(RULE.numbered(pattern="b")))
    result = run_rule(RULE.reading(RULE.numbered()), RULE.listing(RULE.numbered()), patch, rule_id=1, pattern="a")
    assert result.failed
    assert result.msg.startswith("The API reported success but did not apply: pattern: is 'b', not 'a'. (PATCH ")


@pytest.mark.parametrize("params", [{"state": "absent"}, {"comments": "why"}])
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_protected_record_is_an_error_before_any_change(params: dict[str, Any], check_mode: bool) -> None:
    result = run_rule(RULE.listing(RULE.numbered(source="directory")), check_mode=check_mode, **params)

    assert (result.failed, result.changed, result.msg) == (True, False, f"{RULE.label_of(1)}: {PROTECTED}")


def test_an_invalid_option_is_not_called_missing() -> None:
    result = run_task(SINGLE, RULE, **{**KEY, "pattern": ["x"]})

    assert result.msg == "pattern: must be a string, not a list."
