# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors about the entries of a list: what the message has, and how much."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.entries import EntryErrors


@pytest.mark.parametrize(("length", "shown"), [(1900, 2), (1901, 1)])
def test_the_message_has_a_limited_number_of_errors(length: int, shown: int) -> None:
    errors = EntryErrors("rules")
    errors.add(1, "b", "y")
    errors.add(0, "a", "x" * (length - 2 * len("rules[0] (a): ") - 1))

    with pytest.raises(InputError) as failed:
        errors.raise_any()

    lines = str(failed.value).split("\n")
    assert [error["index"] for error in failed.value.details["entry_errors"]] == [0, 1]
    assert lines[0].startswith("rules[0] (a): x")
    assert lines[1] == ("rules[1] (b): y" if shown == 2 else "... and 1 more: see entry_errors.")


def test_a_single_error_is_shown_and_cut() -> None:
    errors = EntryErrors("rules")
    errors.add(3, None, "x" * 3000)

    with pytest.raises(InputError, match=r"^rules\[3\]: x{1987}\.\.\.$"):
        errors.raise_any()


def test_without_errors_nothing_is_raised() -> None:
    errors = EntryErrors("rules")
    errors.raise_any()
    assert len(errors) == 0
