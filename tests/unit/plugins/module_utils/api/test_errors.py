# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors: what they carry, and how the errors about options are collected."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError, ErrorCollector, InputError


def test_an_error_without_a_request_does_not_mention_one() -> None:
    error = ApiError("It failed.", {"status": 404})

    assert (error.retryable, error.outcome_unknown, error.retry_after, error.not_found) == (False, False, None, False)
    assert error.status == 404
    assert error.details == {"failure": {"status": 404}}


def test_a_message_can_be_extended() -> None:
    error = ApiError("It failed.", {"status": None})
    error.extend(["Tried 3 times.", "Run the task again."])

    assert str(error) == "It failed. Tried 3 times. Run the task again."


def test_every_error_is_in_one_message_with_the_details_of_all() -> None:
    errors = ErrorCollector(["a: is wrong."], ["a"])
    with errors.collect("b"):
        raise InputError("b: is wrong.", entry_errors=[1])
    errors.add("c: is wrong.")

    with pytest.raises(InputError) as raised:
        errors.raise_any()
    assert str(raised.value) == "a: is wrong. c: is wrong.\nb: is wrong."
    assert raised.value.details == {"entry_errors": [1]}


def test_an_option_that_is_known_to_be_invalid_gets_no_second_error() -> None:
    errors = ErrorCollector(["a: is wrong."], ["a"])
    with errors.collect("b", "a"):
        raise InputError("b: needs a.")

    assert errors.messages == ["a: is wrong."]


def test_only_errors_of_input_are_collected() -> None:
    errors = ErrorCollector()
    with pytest.raises(ValueError, match="a defect"), errors.collect("a"):
        raise ValueError("a defect")
    errors.raise_any()


def test_the_message_is_cut() -> None:
    with pytest.raises(InputError) as raised:
        ErrorCollector(["x" * 1500, "y" * 1500]).raise_any()

    assert len(str(raised.value)) == 2000
