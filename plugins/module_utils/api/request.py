# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request, and the error that it ends with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .errors import ApiError
from .text import printable, shorten, truncate


class Request:
    """One request to the API.

    Args:
        method: the HTTP method.
        url: the complete URL.
        redact: masks the secrets in text and data.
    """

    def __init__(self, method: str, url: str, redact: Callable[[Any], Any]) -> None:
        self.method = method
        self.url = url
        self.redact = redact

    def build_error(
        self,
        reason: str,
        hint: str = "",
        status: int | None = None,
        errors: Sequence[Any] = (),
        ray_id: str | None = None,
        **properties: Any,
    ) -> ApiError:
        """Return an error, without secrets.

        Args:
            reason: what happened.
            hint: what to do about it.
            status: the HTTP status, None without a response.
            errors: the errors in the response.
            ray_id: the id of the response.
            properties: those of ApiError, such as retryable.
        """
        # Redact before cutting and escaping: a part of a secret is not recognized.
        reason = truncate(printable(self.redact(reason)))
        where = printable(f"{self.method} {self.url}")
        if ray_id:
            where += f", ray id {shorten(self.redact(ray_id))}"
        message = " ".join(part for part in (reason, hint, f"({where})") if part)
        failure = {
            "method": self.method,
            "url": self.redact(self.url),
            "status": status,
            "errors": self.redact(list(errors)),
            "ray_id": self.redact(ray_id),
        }
        return ApiError(self.redact(message), failure, **properties)
