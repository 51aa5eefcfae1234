# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired state of a record, from the options of a task."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from support.resources import RULE
from support.sample import Sample
from support.tasks import parse_task


def test_with_an_id_and_a_part_of_the_key_the_rest_of_the_key_is_unknown() -> None:
    desired = parse_task(RULE, rule_id=7, pattern="a", kind="DOMAIN")

    assert (desired.key, desired.label) == (None, "7")
    assert "is_regex" not in desired.settings
    whole = parse_task(RULE, rule_id=7, pattern="a", kind="DOMAIN", is_regex=True)
    assert (whole.key, whole.label) == (RULE.resource.key_of(whole.settings), "a (DOMAIN, is_regex)")


@pytest.mark.parametrize("params", [{}, {"rule_id": 7}])
def test_an_empty_key_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^pattern: must not be empty\.$"):
        parse_task(RULE, pattern="", kind="DOMAIN", **params)


def test_every_invalid_option_is_named_and_left_out(sample: Sample) -> None:
    first = next(iter(sample.respelled))
    with pytest.raises(InputError) as error:
        parse_task(sample, **{**sample.respelled, sample.id_option: _invalid(sample), first: "x" * 3000})

    assert str(error.value).count(": must") + str(error.value).count(": may") == 2


def _invalid(sample: Sample) -> Any:
    return 0 if isinstance(sample.record["id"], int) else "x"
