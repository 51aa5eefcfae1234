# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers: what a server said, or why it said nothing, as data or as a sentence.

Facts about status codes, error codes and headers: the API's error tables and rate limit pages at
https://developers.cloudflare.com/fundamentals/api/.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.pace import limits

LONGEST_EXCERPT = 200
#: 408 and 429 ask for it; anything from 500 on is the server's trouble, not the request's.
TRANSIENT_STATUSES = frozenset([408, 429, *range(500, 600)])

CREDENTIALS_MISSING = "No credentials arrived. Check api_token, or api_email with api_key."
CREDENTIALS_MALFORMED = "The credentials have the wrong form. Is the token cut, or is a key used as a token?"
CREDENTIALS_REFUSED = (
    "The token or key is wrong or expired, or is not for this account_id, or lacks the permission "
    "Cloud Email Security: Write (to read, Cloud Email Security: Read will do)."
)
RATE_LIMIT_ADVICE = "All that one user does shares 1,200 requests in five minutes, the dashboard included."
ADVICE_BY_CODE = {
    9106: CREDENTIALS_MISSING,
    6100: CREDENTIALS_MISSING,
    6101: CREDENTIALS_MISSING,
    6003: CREDENTIALS_MALFORMED,
    6103: CREDENTIALS_MALFORMED,
    6111: CREDENTIALS_MALFORMED,
    10000: CREDENTIALS_REFUSED,
    9109: CREDENTIALS_REFUSED,
    7003: "Check account_id and api_url.",
}
ADVICE_BY_STATUS = {
    401: CREDENTIALS_REFUSED,
    403: CREDENTIALS_REFUSED,
    404: "There is no such record in this account, or no longer.",
    407: "A proxy stands in between and asks for credentials.",
    429: RATE_LIMIT_ADVICE,
}
NO_PLAN = "not available in the current subscription"
NO_PLAN_ADVICE = "Email Security is not part of this account's plan."
SERVER_TROUBLE = "The trouble is on the side of the server. Try again later; see https://www.cloudflarestatus.com."


class Request:
    """What is asked of the server.

    Args:
        method: the HTTP method.
        url: the complete address.
        redact: takes the secrets out of text and data.
    """

    def __init__(self, method: str, url: str, redact: Callable[[Any], Any]) -> None:
        self.method = method
        self.url = url
        self.redact = redact

    @property
    def writes(self) -> bool:
        """Tell whether the request can change something."""
        return self.method != "GET"

    def failed(self, reason: str, advice: str = "", answer: Answer | None = None, **marks: Any) -> ApiError:
        """Return the error for a reason (what happened) and an advice (what to do), without secrets.

        ``marks`` are those of ApiError: transient, not_done, wait.
        """
        failure = {
            "method": self.method,
            "url": self.url,
            "status": answer.status if answer else None,
            "errors": answer.errors if answer else [],
            "ray_id": answer.headers.get("cf-ray") if answer else None,
        }
        where = f"{self.method} {self.url}" + (f", ray id {failure['ray_id']}" if failure["ray_id"] else "")
        message = " ".join(part for part in (reason, advice, f"({where})") if part)
        # Its names are ours: a token that is a word of them does not change them.
        return ApiError(self.redact(message), {name: self.redact(value) for name, value in failure.items()}, **marks)


class Answer:
    """What the server said.

    Args:
        request: what it was asked.
        status: the HTTP status.
        headers: the headers, found in any case.
        body: the bytes of the body.
    """

    def __init__(self, request: Request, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.request = request
        self.status = status
        self.headers = headers
        self.body = body
        #: An earlier try of the request may have had its effect too.
        self.after_doubt = False
        try:
            self.payload = json.loads(body)
        except (ValueError, RecursionError):
            self.payload = None

    @property
    def errors(self) -> list[Any]:
        """Return the entries of ``errors``."""
        return self._entries("errors")

    @property
    def messages(self) -> list[str]:
        """Return the entries of ``messages`` as words."""
        return [self.request.redact(message) for message in spoken(self._entries("messages"))]

    def _entries(self, key: str) -> list[Any]:
        entries = self.payload.get(key) if isinstance(self.payload, dict) else None
        return entries if isinstance(entries, list) else []

    @property
    def succeeded(self) -> bool:
        """Tell whether the API did what it was asked: a 2xx answer can still say ``success: false``."""
        return 200 <= self.status < 300 and isinstance(self.payload, dict) and self.payload.get("success") is True

    @property
    def record(self) -> dict[str, Any] | None:
        """Return the record that a successful answer holds, or None."""
        result = self.payload.get("result")
        return result if isinstance(result, dict) and result else None

    @property
    def records(self) -> list[dict[str, Any]]:
        """Return the records of a successful answer to a list request. Raises ApiError."""
        result = self.payload.get("result", "missing")
        records = [] if result is None else result
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise self.failed(f"HTTP {self.status}: the answer holds no list of records.")
        return records

    def was_last_page(self, page: int, received: int) -> bool:
        """Tell whether the answer says that no page comes after it; False where it does not say.

        Args:
            page: the number of this page, from 1.
            received: the records of this page and of those before it.
        """
        info = self.payload.get("result_info")
        numbers = (
            {key: value for key, value in info.items() if isinstance(value, int)} if isinstance(info, dict) else {}
        )
        if "total_count" in numbers:
            return received == numbers["total_count"]
        if "total_pages" in numbers:
            return page >= numbers["total_pages"]
        return len(self.records) < numbers.get("per_page", 0)

    def failed(self, reason: str, advice: str = "", **marks: Any) -> ApiError:
        """Return an error about this answer, see Request.failed."""
        return self.request.failed(reason, advice, self, **marks)

    def error(self) -> ApiError:
        """Return the error that this answer is."""
        if 300 <= self.status < 400:
            target = self.headers.get("location", "an address that it does not name")
            return self.failed(
                f"HTTP {self.status}: the server redirects to {target}.",
                "Redirects are not followed, because the credentials would go along. Check api_url.",
            )
        if 200 <= self.status < 300 and self.payload is None:
            if "json" in self.headers.get("content-type", ""):
                return self.failed(f"HTTP {self.status}: the answer is cut short.", transient=True)
            said = excerpt(self._text)
            return self.failed(
                f"HTTP {self.status}: the answer {f'is not JSON but says: {said}' if said else 'is empty'}.",
                "Something other than the Cloudflare API seems to answer. Check api_url and proxies.",
            )
        return self.failed(
            f"HTTP {self.status}: {self._reason()}.",
            self._advice(),
            transient=self.status in TRANSIENT_STATUSES,
            not_done=self.status == 429,
            wait=asked_wait(self.headers),
            by_api=isinstance(self.payload, dict),
        )

    @property
    def _text(self) -> str:
        # Redacted before any of it is cut away: a part of a secret would not be known as one.
        return str(self.request.redact(self.body.decode("utf-8", "replace")))

    def _reason(self) -> str:
        if self.errors:
            return "; ".join(spoken(self.errors))
        if self.payload is None:
            return excerpt(self._text) or "no reason given"
        return "success is not true, and no reason is given" if self.status < 300 else "no reason given"

    def _advice(self) -> str:
        if NO_PLAN in self._text:
            return NO_PLAN_ADVICE
        by_code = (ADVICE_BY_CODE.get(code) for code in codes(self.errors))
        by_status = SERVER_TROUBLE if self.status >= 500 else ADVICE_BY_STATUS.get(self.status, "")
        return next(filter(None, by_code), by_status)


def spoken(entries: list[Any]) -> Iterator[str]:
    """Yield each entry of ``errors`` or ``messages`` as words, the entries of its ``error_chain`` behind it."""
    for entry in entries:
        if not isinstance(entry, dict):
            yield str(entry)
            continue
        text = str(entry.get("message") or "no message").rstrip(".")
        if entry.get("code") is not None:
            text += f" (code {entry['code']})"
        source = entry.get("source")
        if isinstance(source, dict) and source.get("pointer"):
            text += f" at {source['pointer']}"
        yield text
        yield from spoken(chain(entry))


def codes(entries: list[Any]) -> Iterator[int]:
    """Yield the codes of ``errors``, those of the ``error_chain`` first: they are the more exact ones."""
    for entry in entries:
        if isinstance(entry, dict):
            yield from codes(chain(entry))
            if isinstance(entry.get("code"), int):
                yield entry["code"]


def chain(entry: dict[str, Any]) -> list[Any]:
    """Return the causes that the API names behind an error."""
    causes = entry.get("error_chain")
    return causes if isinstance(causes, list) else []


def excerpt(text: str) -> str:
    """Return what a page says, short: its title, or the beginning of its text."""
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    words = " ".join((title.group(1) if title else re.sub(r"<[^>]*>", " ", text)).split())
    return words if len(words) <= LONGEST_EXCERPT else words[:LONGEST_EXCERPT] + "..."


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the server asks to wait, or None where it does not say.

    ``Retry-After`` is a number of seconds or a date. Where it is missing, ``Ratelimit: "default";r=0;t=30`` says
    when the next window of the rate limit begins.
    """
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return max((float(limit.seconds) for limit in limits(headers) if limit.remaining == 0), default=None)
