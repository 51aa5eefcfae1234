# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers: what a server said, or why it said nothing, as data or as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.advice import (
    ADVICE_BY_CODE,
    ADVICE_BY_STATUS,
    NO_PLAN,
    NO_PLAN_ADVICE,
    NO_RECORD,
    NOT_ROUTED,
    SERVER_TROUBLE,
    SOMETHING_ELSE,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import ApiError, one_line, shortened, unquoted
from ansible_collections.mailsec.cloudflare.plugins.module_utils.reading import (
    LONGEST_PAGE,
    TooDeep,
    asked_wait,
    excerpt,
    parsed,
)

#: 408 and 429 ask for it; anything from 500 on is the server's trouble, not the request's.
TRANSIENT_STATUSES = frozenset([408, 429, *range(500, 600)])
#: Where others than the API say what is wrong.
REASONS = ("message", "detail")
NOT_JSON = "is not JSON"


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

        ``marks`` are those of ApiError, such as transient.
        """
        failure = {
            "method": self.method,
            "url": self.url,
            "status": answer.status if answer else None,
            "errors": answer.errors if answer else [],
            "ray_id": answer.headers.get("cf-ray") if answer else None,
        }
        # Redacted before it is cut or escaped: a part of a secret would not be known as one.
        reason = shortened(one_line(self.redact(reason)))
        ray_id = unquoted(self.redact(failure["ray_id"])) if failure["ray_id"] else ""
        where = one_line(f"{self.method} {self.url}") + (f", ray id {ray_id}" if ray_id else "")
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
        #: What is wrong with the body where it cannot be read, else empty.
        self.unread = ""
        self.payload: Any = None
        try:
            self.payload = parsed(body)
        except TooDeep:
            self.unread = "is nested too deep"
        except ValueError:
            self.unread = NOT_JSON

    @property
    def errors(self) -> list[Any]:
        """Return the entries of ``errors``."""
        return self._entries("errors")

    @property
    def messages(self) -> list[str]:
        """Return the entries of ``messages`` as words."""
        return [shortened(self.request.redact(message)) for message in spoken(self._entries("messages"))]

    def _entries(self, key: str) -> list[Any]:
        entries = self.payload.get(key) if isinstance(self.payload, dict) else None
        return entries if isinstance(entries, list) else []

    @property
    def succeeded(self) -> bool:
        """Tell whether the API did what it was asked: a 2xx answer can still say ``success: false``."""
        return 200 <= self.status < 300 and self._said is True

    @property
    def _said(self) -> object:
        """Return what the answer says of success: true or false, or something that the API does not say."""
        return self.payload.get("success") if isinstance(self.payload, dict) else None

    @property
    def _says_missing(self) -> bool:
        """Tell whether the API says, in its own form, that there is no such record."""
        of_api = self.status == 404 and self._said is False and bool(self.errors)
        return of_api and NOT_ROUTED.isdisjoint(codes(self.errors))

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

    @property
    def _info(self) -> dict[str, int]:
        """Return the numbers of ``result_info``."""
        info = self.payload.get("result_info")
        if not isinstance(info, dict):
            return {}
        # True is an int for Python, and no number.
        return {key: value for key, value in info.items() if isinstance(value, int) and not isinstance(value, bool)}

    @property
    def total(self) -> int | None:
        """Return how many records the whole list has, None where the answer does not say."""
        return self._info.get("total_count")

    def was_last_page(self, page: int, received: int) -> bool:
        """Tell whether the answer says that no page comes after it; False where it does not say.

        Args:
            page: the number of this page, from 1.
            received: the records of this page and of those before it.
        """
        numbers = self._info
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
        if self.status < 200:
            return self.failed(f"HTTP {self.status}: the final answer did not come.", transient=True)
        if 200 <= self.status < 300 and self._said is not False:
            return self._unusable()
        target = self.headers.get("location")
        if 300 <= self.status < 400 and target is not None:
            return self.failed(
                f"HTTP {self.status}: the server redirects to {target or 'nowhere'}.",
                "Redirects are not followed, because the credentials would go along. Check api_url.",
            )
        return self.failed(
            f"HTTP {self.status}: {self._reason()}.",
            self._advice(),
            transient=self.status in TRANSIENT_STATUSES,
            undecided=300 <= self.status < 400,
            not_done=self.status == 429,
            wait=asked_wait(self.headers),
            says_missing=self._says_missing,
        )

    def _unusable(self) -> ApiError:
        """Return the error of an answer that says neither that it was done nor that it was not."""
        if self.unread == NOT_JSON and self.status != 204 and "json" in self.headers.get("content-type", ""):
            return self.failed(f"HTTP {self.status}: the answer is cut short.", transient=True)
        said = self._words()
        what = self.unread or "tells neither success nor failure"
        if said:
            what += f" but says: {said}"
        elif self.unread:
            what = "is empty"
        return self.failed(f"HTTP {self.status}: the answer {what}.", SOMETHING_ELSE, undecided=True)

    @cached_property
    def _text(self) -> str:
        """Return the beginning of the body as text."""
        # Redacted before any of it is cut away: a part of a secret would not be known as one.
        return str(self.request.redact(self.body[: 2 * LONGEST_PAGE].decode("utf-8", "replace")))

    def _words(self) -> str:
        """Return what the answer says of what is wrong, empty where that is nothing."""
        if self.unread:
            return excerpt(self._text)
        if self.errors:
            return "; ".join(spoken(self.errors))
        words = [self.payload.get(name) for name in REASONS] if isinstance(self.payload, dict) else []
        return next((text.rstrip(".") for text in words if isinstance(text, str) and text.rstrip(".")), "")

    def _reason(self) -> str:
        nothing = "success is not true, and no reason is given" if self.status < 300 else "no reason given"
        return self._words() or nothing

    def _advice(self) -> str:
        if NO_PLAN in self._text:
            return NO_PLAN_ADVICE
        by_code = (ADVICE_BY_CODE.get(code) for code in codes(self.errors))
        by_status = SERVER_TROUBLE if self.status >= 500 else ADVICE_BY_STATUS.get(self.status, "")
        return next(filter(None, by_code), NO_RECORD if self._says_missing else by_status)


def spoken(entries: list[Any]) -> Iterator[str]:
    """Yield each entry of ``errors`` or ``messages`` as words, the entries of its ``error_chain`` behind it."""
    for entry in entries:
        if not isinstance(entry, dict):
            yield one_line(str(entry))
            continue
        text = str(entry.get("message") or "no message").rstrip(".")
        if entry.get("code") is not None:
            text += f" (code {entry['code']})"
        source = entry.get("source")
        if isinstance(source, dict) and source.get("pointer"):
            text += f" at {source['pointer']}"
        yield one_line(text)
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
