# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a user wrote, the message about it stays on one line and short."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import printable, quote, shorten, truncate


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "'x'"),
        ("a\nb", r"'a\nb'"),
        ("x" * 78, "'" + "x" * 78 + "'"),
        ("x" * 79, "'" + "x" * 79 + "...'"),
        (10**6, "'1000000'"),
    ],
)
def test_a_value_in_a_message_is_quoted_on_one_line_and_cut(value: object, text: str) -> None:
    assert quote(value) == text
    assert shorten(value) == text[1:-1]
    assert shorten("x" * 9, longest=5) == "xxxx..."


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("it's \u00fc", "it's \u00fc"),
        ("a\\b\n", r"a\b\n"),
        ("a\r\n\u202eb's", r"a\r\n\u202eb's"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_cannot_be_printed_is_written_in_a_way_that_can(text: str, line: str) -> None:
    assert printable(text) == line


def test_a_message_is_cut_where_it_is_too_long_to_be_read() -> None:
    fits = "x" * 2000

    assert truncate(fits) == fits
    assert truncate(fits + "x") == "x" * 1997 + "..."


def test_of_a_failed_request_nothing_is_taken_for_granted() -> None:
    error = ApiError("It failed.", {"status": 404})

    assert (error.transient, error.not_done, error.wait, error.undecided, error.says_missing, error.in_doubt) == (
        False,
        False,
        None,
        False,
        False,
        False,
    )
