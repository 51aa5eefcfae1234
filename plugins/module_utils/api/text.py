# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text for messages: values on one line, cut where they are long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable

#: Characters. The longest message about what a user wrote.
MAX_MESSAGE_LENGTH = 2000
MAX_VALUE_LENGTH = 80
#: How many invalid entries of a list a message names.
MAX_INVALID_ENTRIES = 10
#: Seconds.
DAY = 86400


def quote(value: object) -> str:
    """Return a value for a message: on one line, quoted, cut where it is long."""
    text = repr(str(value))
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}...'"


def shorten(value: object) -> str:
    """Return a value for a message: on one line, without quotes, cut where it is long."""
    text = printable(str(value))
    # As long as in quotes.
    return text if len(text) <= MAX_VALUE_LENGTH - 2 else f"{text[: MAX_VALUE_LENGTH - 1]}..."


def printable(text: str) -> str:
    """Return a string with its control characters escaped."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def truncate(message: str) -> str:
    """Return a message, cut to MAX_MESSAGE_LENGTH."""
    return message if len(message) <= MAX_MESSAGE_LENGTH else f"{message[: MAX_MESSAGE_LENGTH - 3]}..."


def format_duration(seconds: float) -> str:
    """Return a number of seconds with its unit, without the many digits that a server can send."""
    return f"{seconds:.0f} s" if seconds <= DAY else "more than a day"


def validate_each(items: Iterable[Any], validate: Callable[[Any], Any]) -> list[Any]:
    """Return what a function returns for each entry of a list. Raises ValueError, which names every invalid entry."""
    valid: list[Any] = []
    problems: list[str] = []
    for position, item in enumerate(items, start=1):
        try:
            valid.append(validate(item))
        except ValueError as error:
            problems.append(f"entry {position} {error}")
    more = len(problems) - MAX_INVALID_ENTRIES
    if more > 0:
        problems[MAX_INVALID_ENTRIES:] = [f"and {more} more entries are invalid"]
    if problems:
        raise ValueError("; ".join(problems))
    return valid
