# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request, and the error that it ends with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .errors import ApiError
from .text import printable, shorten, truncate

if TYPE_CHECKING:
    from .response import Response


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

    @property
    def writes(self) -> bool:
        """Return whether the request can change something."""
        return self.method != "GET"

    def build_error(self, reason: str, hint: str = "", response: Response | None = None, **properties: Any) -> ApiError:
        """Return an error, without secrets.

        Args:
            reason: what happened.
            hint: what to do about it.
            response: the response, if there was one.
            properties: those of ApiError, such as retryable.
        """
        failure = {
            "method": self.method,
            "url": self.url,
            "status": response.status if response else None,
            "errors": response.errors if response else [],
            "ray_id": response.headers.get("cf-ray") if response else None,
        }
        # Redact before cutting and escaping: a part of a secret is not recognized.
        reason = truncate(printable(self.redact(reason)))
        ray_id = shorten(self.redact(failure["ray_id"])) if failure["ray_id"] else ""
        where = printable(f"{self.method} {self.url}") + (f", ray id {ray_id}" if ray_id else "")
        message = " ".join(part for part in (reason, hint, f"({where})") if part)
        failure = {name: self.redact(value) for name, value in failure.items()}
        return ApiError(self.redact(message), failure, **properties)
