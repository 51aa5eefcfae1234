# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired state of a record, from the options of a task."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from support.cases import Case, desired
from support.rule import RULE


def test_the_key_of_a_task_is_that_of_its_record(case: Case) -> None:
    wanted = desired(case.resource, **case.respelled, **case.change)

    assert wanted.key == case.resource.key_of(case.record)
    assert wanted.label == case.resource.label(case.respelled)
    assert (wanted.record_id, wanted.absent) == (None, False)
    assert wanted.settings == {**case.resource.key.defaults, **case.respelled, **case.change}


def test_with_an_id_nothing_else_is_managed_that_the_task_does_not_set(case: Case) -> None:
    wanted = desired(case.resource, **{case.id_option: case.record["id"]}, **case.change, state="absent")

    assert (wanted.record_id, wanted.label, wanted.absent) == (case.record["id"], str(case.record["id"]), True)
    assert (wanted.key, wanted.settings) == (None, case.change)


def test_with_an_id_and_a_part_of_the_key_the_rest_of_the_key_is_unknown() -> None:
    wanted = desired(RULE, rule_id=7, pattern="a", kind="DOMAIN")

    assert (wanted.key, wanted.label) == (None, "7")
    assert "is_regex" not in wanted.settings
    whole = desired(RULE, rule_id=7, pattern="a", kind="DOMAIN", is_regex=True)
    assert (whole.key, whole.label) == (RULE.key_of(whole.settings), "a (DOMAIN, is_regex)")


@pytest.mark.parametrize("params", [{}, {"rule_id": 7}])
def test_an_empty_key_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^pattern: must not be empty\.$"):
        desired(RULE, pattern="", kind="DOMAIN", **params)


def test_every_invalid_option_is_named_and_left_out(case: Case) -> None:
    first = next(iter(case.respelled))
    with pytest.raises(InputError) as error:
        desired(case.resource, **{**case.respelled, case.id_option: _invalid(case), first: "x" * 300})

    assert str(error.value).count(": must") + str(error.value).count(": may") == 2


def _invalid(case: Case) -> Any:
    return 0 if isinstance(case.record["id"], int) else "x"
