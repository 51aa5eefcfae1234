# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong, in words for the person who runs the task."""

from __future__ import annotations

from typing import Any


class CollectionError(Exception):
    """A task cannot go on. ``str(error)`` is the sentence that the user reads as ``msg``."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        #: What the task returns beside ``msg``, for a playbook to branch on.
        self.details = details


class InputError(CollectionError):
    """An option is missing or its value cannot be used. Raised before any request is sent."""


class ApiError(CollectionError):
    """A request failed.

    Args:
        message: the sentence for the user.
        failure: ``method``, ``url``, ``status`` (int, or None where no answer came), ``errors`` (as the API
            sent them) and ``ray_id`` (what Cloudflare support asks for).
        transient: the same request may succeed a little later.
        not_done: the server surely did not act on the request.
        wait: the seconds that the server asked to wait, or None.
    """

    def __init__(
        self,
        message: str,
        failure: dict[str, Any],
        transient: bool = False,
        not_done: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(message, failure=failure)
        self.failure = failure
        #: The HTTP status, None where no answer came.
        self.status: int | None = failure["status"]
        self.transient = transient
        self.not_done = not_done
        self.wait = wait
        #: The request, or an earlier try of it, may have had its effect.
        self.in_doubt = False

    def extended(self, sentences: list[str], in_doubt: bool) -> ApiError:
        """Return this error with some more sentences, and with what is known of the request's effect."""
        if in_doubt:
            sentences = [*sentences, "Whether the change was made is not known: run the task again, it finds out."]
        error = ApiError(" ".join([str(self), *sentences]), self.failure, self.transient, self.not_done, self.wait)
        error.in_doubt = in_doubt
        return error
