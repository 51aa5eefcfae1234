# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A response of the API, or of something between us and the API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .error_hints import (
    HINT_BY_CODE,
    HINT_BY_STATUS,
    NO_PLAN,
    NO_PLAN_HINT,
    NOT_ROUTED,
    NOT_THE_API,
    RECORD_NOT_FOUND,
    SERVER_ERROR,
)
from .errors import ApiError
from .rate_limit import retry_after
from .request import Request
from .text import printable, truncate

#: 408 and 429 ask for a retry; with 5xx, the request itself may be fine.
RETRYABLE_STATUSES = frozenset([408, 429, *range(500, 600)])
#: Where proxies and gateways put their reason in JSON.
FOREIGN_REASONS = ("message", "detail")
MAX_EXCERPT_LENGTH = 200
#: Bytes of a body that are searched for a reason.
MAX_SEARCHED = 200_000


class Response:
    """What came back for a request.

    Args:
        request: the request.
        status: the HTTP status.
        headers: the headers, case-insensitive.
        body: the bytes of the body.
    """

    def __init__(self, request: Request, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.request = request
        self.status = status
        self.headers = headers
        self.body = body
        #: An earlier attempt of the request may have been applied too.
        self.after_unknown_outcome = False
        try:
            payload, self._is_json = json.loads(body), True
        except (ValueError, RecursionError):
            payload, self._is_json = None, False
        self._payload: dict[str, Any] = payload if isinstance(payload, dict) else {}

    @property
    def errors(self) -> list[Any]:
        """Return the entries of ``errors``."""
        return self._entries("errors")

    @property
    def messages(self) -> list[str]:
        """Return the entries of ``messages`` as text."""
        return [truncate(self.request.redact(message)) for message in format_errors(self._entries("messages"))]

    def _entries(self, key: str) -> list[Any]:
        entries = self._payload.get(key)
        return entries if isinstance(entries, list) else []

    @property
    def succeeded(self) -> bool:
        """Return whether the API applied the request: a 2xx response can still have ``success: false``."""
        return 200 <= self.status < 300 and self._payload.get("success") is True

    @property
    def _not_found(self) -> bool:
        """Return whether the API itself reports that the record does not exist."""
        from_api = self.status == 404 and self._payload.get("success") is False and bool(self.errors)
        return from_api and NOT_ROUTED.isdisjoint(error_codes(self.errors))

    @property
    def record(self) -> dict[str, Any] | None:
        """Return the record of a successful response, or None."""
        result = self._payload.get("result")
        return result if isinstance(result, dict) and result else None

    @property
    def records(self) -> list[dict[str, Any]]:
        """Return the records of a successful response to a list request. Raises ApiError."""
        result = self._payload.get("result", "missing")
        records = [] if result is None else result
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise self.build_error(f"HTTP {self.status}: the response has no list of records.")
        return records

    @property
    def page_info(self) -> dict[str, int]:
        """Return the numbers of ``result_info``."""
        info = self._payload.get("result_info")
        return (
            {name: number for name, number in info.items() if isinstance(number, int)} if isinstance(info, dict) else {}
        )

    def build_error(self, reason: str, hint: str = "", **properties: Any) -> ApiError:
        """Return an error about this response, see Request.build_error."""
        ray_id = self.headers.get("cf-ray")
        return self.request.build_error(reason, hint, self.status, self.errors, ray_id, **properties)

    def to_error(self) -> ApiError:
        """Return the error of a response that did not succeed."""
        if self.status < 200:
            return self.build_error(f"HTTP {self.status}: no final response.", retryable=True, outcome_unknown=True)
        if 200 <= self.status < 300 and self._payload.get("success") is not False:
            return self._unusable()
        target = self.headers.get("location")
        if 300 <= self.status < 400 and target is not None:
            return self.build_error(
                f"HTTP {self.status}: the server redirects to {target or 'an empty URL'}.",
                "Redirects are not followed, because they would forward the credentials. Check api_url.",
            )
        retryable = self.status in RETRYABLE_STATUSES
        no_reason = "success is not true, no reason given" if self.status < 300 else "no reason given"
        return self.build_error(
            f"HTTP {self.status}: {self._excerpt() or no_reason}.",
            self._hint(),
            retryable=retryable,
            outcome_unknown=300 <= self.status < 400 or (retryable and self.status != 429),
            retry_after=retry_after(self.headers),
            not_found=self._not_found,
        )

    def _unusable(self) -> ApiError:
        """Return the error of a 2xx response without ``success``: it may come from something else than the API."""
        if not self._is_json and self.status != 204 and "json" in self.headers.get("content-type", ""):
            return self.build_error(
                f"HTTP {self.status}: the response is truncated.", retryable=True, outcome_unknown=True
            )
        problem = "reports neither success nor failure" if self._is_json else "is not JSON"
        if not self.body.strip():
            problem = "is empty"
        excerpt = self._excerpt()
        words = f": {excerpt}" if excerpt else ""
        return self.build_error(
            f"HTTP {self.status}: the response {problem}{words}.", NOT_THE_API, outcome_unknown=True
        )

    @property
    def _text(self) -> str:
        # Redacted before it is cut: a part of a secret is not recognized.
        return str(self.request.redact(self.body[:MAX_SEARCHED].decode("utf-8", "replace")))

    def _excerpt(self) -> str:
        """Return the reason in the response, or an empty string."""
        if not self._is_json:
            return page_excerpt(self._text)
        if self.errors:
            return "; ".join(format_errors(self.errors))
        reasons = map(self._payload.get, FOREIGN_REASONS)
        return next((text.rstrip(".") for text in reasons if isinstance(text, str) and text.rstrip(".")), "")

    def _hint(self) -> str:
        if NO_PLAN in self._text:
            return NO_PLAN_HINT
        by_code = (HINT_BY_CODE.get(code) for code in error_codes(self.errors))
        by_status = SERVER_ERROR if self.status >= 500 else HINT_BY_STATUS.get(self.status, "")
        return next(filter(None, by_code), RECORD_NOT_FOUND if self._not_found else by_status)


def page_excerpt(text: str) -> str:
    """Return the title of an HTML page, or the beginning of its text."""
    # No quantifier can match the same text twice: the time is linear for any page.
    title = re.search(r"<title[^<>]*>([^<]*)</title>", text, re.IGNORECASE)
    words = " ".join((title.group(1) if title else re.sub(r"<[^<>]*>", " ", text)).split())
    return words if len(words) <= MAX_EXCERPT_LENGTH else words[:MAX_EXCERPT_LENGTH] + "..."


def format_errors(entries: list[Any]) -> Iterator[str]:
    """Yield each entry of ``errors`` or ``messages`` as text, followed by the entries of its ``error_chain``."""
    for entry in entries:
        if not isinstance(entry, dict):
            yield printable(str(entry))
            continue
        text = str(entry.get("message") or "no message").rstrip(".")
        if entry.get("code") is not None:
            text += f" (code {entry['code']})"
        source = entry.get("source")
        if isinstance(source, dict) and source.get("pointer"):
            text += f" at {source['pointer']}"
        yield printable(text)
        yield from format_errors(error_chain(entry))


def error_codes(entries: list[Any]) -> Iterator[int]:
    """Yield the codes of ``errors``, those of the ``error_chain`` first: they are more precise."""
    for entry in entries:
        if isinstance(entry, dict):
            yield from error_codes(error_chain(entry))
            if isinstance(entry.get("code"), int):
                yield entry["code"]


def error_chain(entry: dict[str, Any]) -> list[Any]:
    """Return the causes of an entry of ``errors``."""
    causes = entry.get("error_chain")
    return causes if isinstance(causes, list) else []
