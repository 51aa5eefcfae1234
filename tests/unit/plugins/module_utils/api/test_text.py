# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text for messages: whatever a user or a server wrote, it stays on one line and short."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import (
    format_duration,
    printable,
    quote,
    shorten,
    truncate,
)


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


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("it's \u00fc", "it's \u00fc"),
        ("a\\b\n", r"a\b\n"),
        ("a\r\n\u202eb's", r"a\r\n\u202eb's"),
        ("\ud800", r"\ud800"),
    ],
)
def test_control_characters_are_escaped(text: str, line: str) -> None:
    assert printable(text) == line


def test_a_long_message_is_cut() -> None:
    fits = "x" * 2000

    assert truncate(fits) == fits
    assert truncate(fits + "x") == "x" * 1997 + "..."


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 seconds"), (86400, "86400 seconds"), (86400.5, "more than a day")]
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert format_duration(seconds) == words
