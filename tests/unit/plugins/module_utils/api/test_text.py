# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text for messages: whatever a user or a server wrote, it stays on one line and short."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import (
    MAX_INVALID_ENTRIES,
    format_duration,
    printable,
    quote,
    shorten,
    truncate,
    validate_each,
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


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (86400, "86400 s"), (86400.5, "more than a day")])
def test_format_duration(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize(("more", "end"), [(0, ""), (2, "; and 2 more entries are invalid")])
def test_every_invalid_entry_is_named_up_to_a_number(more: int, end: str) -> None:
    count = MAX_INVALID_ENTRIES + more
    with pytest.raises(ValueError, match=r"^entry 2 ") as error:
        validate_each(["5", *["x"] * count], int)

    named = [part.split(" invalid")[0] for part in str(error.value)[: -len(end) or None].split("; ")]
    assert [part.split(" ")[1] for part in named] == [str(number + 2) for number in range(MAX_INVALID_ENTRIES)]
    assert str(error.value).endswith(end)
    assert validate_each(["5", "6"], int) == [5, 6]
