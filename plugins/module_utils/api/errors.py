# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions. ``str(error)`` is the sentence that the user reads as ``msg``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .text import truncate


class CollectionError(Exception):
    """A task cannot go on.

    Args:
        message: the sentence for the user.
        details: what the task returns beside ``msg``, for a playbook to branch on.
    """

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details
        self.warnings: list[str] = []


class InputError(CollectionError):
    """An option is missing or its value cannot be used. Raised before any change is made."""


class ApiError(CollectionError):
    """A request failed.

    Args:
        message: the sentence for the user.
        failure: ``method``, ``url``, ``status`` (int, or None without a response), ``errors`` (as the API sent them)
            and ``ray_id`` (what Cloudflare support asks for).
        retryable: the same request may succeed a little later.
        outcome_unknown: the server may have applied the request. False: it certainly did not.
        retry_after: the seconds that the server asks to wait, or None.
        not_found: the API reports that the record does not exist; a URL that does not exist is something else.
    """

    def __init__(
        self,
        message: str,
        failure: dict[str, Any],
        retryable: bool = False,
        outcome_unknown: bool = False,
        retry_after: float | None = None,
        not_found: bool = False,
    ) -> None:
        super().__init__(message, failure=failure)
        self.failure = failure
        #: The HTTP status, None without a response.
        self.status: int | None = failure["status"]
        self.retryable = retryable
        self.outcome_unknown = outcome_unknown
        self.retry_after = retry_after
        self.not_found = not_found

    def extend(self, sentences: Iterable[str]) -> None:
        """Add sentences to the message."""
        self.args = (" ".join([str(self), *sentences]),)


class ErrorCollector:
    """Collects the errors in the options of a task, so that one message has them all.

    Args:
        messages: messages that are known already.
        invalid: the options that they are about.
    """

    def __init__(self, messages: Iterable[str] = (), invalid: Iterable[str] = ()) -> None:
        self.messages = list(messages)
        #: Messages of several lines.
        self._texts: list[str] = []
        self._invalid = frozenset(invalid)
        self._details: dict[str, Any] = {}

    def add(self, message: str, **details: Any) -> None:
        """Add a message, or with what the task returns beside ``msg`` a text of several lines."""
        (self._texts if details else self.messages).append(message)
        self._details.update(details)

    @contextmanager
    def collect(self, *options: str) -> Iterator[None]:
        """Keep the message of an InputError instead of raising it.

        Args:
            options: what the error is about. It adds nothing where one of them is known to be invalid.
        """
        try:
            yield
        except InputError as error:
            self.add_error(error, *options)

    def add_error(self, error: InputError, *options: str) -> None:
        """Add the message of an error about options, unless one of them is known to be invalid."""
        if self._invalid.isdisjoint(options):
            self.add(str(error), **error.details)

    def raise_any(self) -> None:
        """Raise InputError with every message, if there is one."""
        lines = [" ".join(self.messages)] if self.messages else []
        if lines or self._texts:
            raise InputError(truncate("\n".join(lines + self._texts)), **self._details)
