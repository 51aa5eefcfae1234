# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong, in words for the person who runs the task."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Callable

#: The most characters of a message about what a user wrote, however much that was.
LONGEST_MESSAGE = 2000
#: How many wrong entries of a list are named.
MOST_ENTRIES = 10
#: Half of a character: nothing that can be sent or printed. Ansible itself fails when it logs one.
SURROGATE = re.compile("[\ud800-\udfff]")
#: What stands for it where a server sent one.
UNREADABLE = "\ufffd"


class CollectionError(Exception):
    """A task cannot go on. ``str(error)`` is the sentence that the user reads as ``msg``."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        #: What the task returns beside ``msg``, for a playbook to branch on.
        self.details = details
        #: What the user should know beside.
        self.warnings: list[str] = []


class InputError(CollectionError):
    """An option is missing or its value cannot be used. Raised before anything is changed."""


class OptionsError(InputError):
    """What is wrong with the options of a task, all of it. Raised before the first request."""


class Mistakes:
    """What is wrong with the options of a task, gathered so that one message names it all.

    Args:
        sentences: what is known already.
    """

    def __init__(self, sentences: Iterable[str]) -> None:
        self._sentences = list(sentences)
        self._lines: list[str] = []
        self._details: dict[str, Any] = {}

    @contextmanager
    def gather(self) -> Iterator[None]:
        """Note the InputError of what is done within."""
        try:
            yield
        except InputError as error:
            # One that has details is about the entries of a list, with a line for each.
            (self._lines if error.details else self._sentences).append(str(error))
            self._details.update(error.details)

    def raise_any(self) -> None:
        """Raise OptionsError where there is a mistake."""
        lines = [" ".join(self._sentences)] if self._sentences else []
        if lines or self._lines:
            raise OptionsError("\n".join(lines + self._lines), **self._details)


class ApiError(CollectionError):
    """A request failed.

    Args:
        message: the sentence for the user.
        failure: ``method``, ``url``, ``status`` (int, or None where no answer came), ``errors`` (as the API
            sent them) and ``ray_id`` (what Cloudflare support asks for).
        transient: the same request may succeed a little later.
        not_done: the server surely did not act on the request.
        wait: the seconds that the server asked to wait, or None.
        undecided: an answer came, but does not tell whether the server did what it was asked. A repeat would not
            tell more, unless the failure is transient too.
        says_missing: the API says that there is no such record; a page that is not there is something else.
    """

    def __init__(
        self,
        message: str,
        failure: dict[str, Any],
        transient: bool = False,
        not_done: bool = False,
        wait: float | None = None,
        undecided: bool = False,
        says_missing: bool = False,
    ) -> None:
        super().__init__(message, failure=failure)
        self.failure = failure
        #: The HTTP status, None where no answer came.
        self.status: int | None = failure["status"]
        self.transient = transient
        self.not_done = not_done
        self.wait = wait
        self.undecided = undecided
        self.says_missing = says_missing
        #: The request, or an earlier try of it, may have had its effect.
        self.in_doubt = False

    def extended(self, sentences: list[str], in_doubt: bool) -> ApiError:
        """Add some more sentences, and what is known of the request's effect. Return this error."""
        if in_doubt:
            sentences = [*sentences, "Whether the change was made is not known: run the task again, it finds out."]
        self.args = (" ".join([str(self), *sentences]),)
        self.in_doubt = in_doubt
        return self


def of_each(items: Iterable[Any], check: Callable[[Any], Any]) -> list[Any]:
    """Return what a function makes of each entry of a list. Raises ValueError, which names every wrong entry."""
    taken: list[Any] = []
    wrong: list[str] = []
    for position, item in enumerate(items, start=1):
        try:
            taken.append(check(item))
        except ValueError as error:
            wrong.append(f"entry {position} {error}")
    more = len(wrong) - MOST_ENTRIES
    if more > 0:
        wrong[MOST_ENTRIES:] = [f"and {more} more entries are wrong"]
    if wrong:
        raise ValueError("; ".join(wrong))
    return taken


def quoted(value: object, longest: int = 80) -> str:
    """Return a value for a message: on one line, quoted and cut when long."""
    text = repr(str(value))
    return text if len(text) <= longest else f"{text[:longest]}...'"


def unquoted(value: object, longest: int = 80) -> str:
    """Return a value for a message: on one line and cut when long, without quotes."""
    return quoted(value, longest)[1:-1]


def one_line(text: str) -> str:
    """Return a text with what cannot be printed written in a way that can."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def shortened(message: str) -> str:
    """Return a message, cut where it is too long to be read."""
    return message if len(message) <= LONGEST_MESSAGE else f"{message[: LONGEST_MESSAGE - 3]}..."
