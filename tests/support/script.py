# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An exact, ordered script of HTTP exchanges: what is sent, and what comes back.

A script with a single GET proves that nothing else was sent.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import responses

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass
class Exchange:
    """One request that is expected, and the answer to it.

    ``path`` and ``query`` are compared as a whole, ``body`` as JSON. An ``error`` is raised instead of an answer;
    ``text`` is sent as it is instead of JSON.
    """

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    body: Any = None
    status: int = 200
    answer: Any = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None
    ray_id: str | None = "8f2b7c1d3e4a5b6c-FRA"


class Script:
    """Answers requests in the order of its exchanges; fails the test at the first that is not the expected one."""

    def __init__(self, *exchanges: Exchange) -> None:
        self.left = list(exchanges)
        self.requests: list[requests.PreparedRequest] = []

    def __enter__(self) -> Script:
        self._mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        self._mock.start()
        for method in METHODS:
            # The url is checked below, exactly, and not by a pattern.
            self._mock.add_callback(method, re.compile(""), callback=self._answer)
        return self

    def __exit__(self, error_type: type[BaseException] | None, *_rest: object) -> None:
        self._mock.stop(allow_assert=False)
        if error_type is None:
            assert not self.left, f"never sent: {[(exchange.method, exchange.path) for exchange in self.left]}"

    def _answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        self.requests.append(request)
        sent = f"{request.method} {request.url} {request.body!r}"
        # An AssertionError, which no client takes for trouble with the network.
        assert self.left, f"sent after the end of the script: {sent}"
        exchange = self.left.pop(0)
        url = urlsplit(str(request.url))
        assert (request.method, url.path) == (exchange.method, exchange.path), sent
        assert parse_qs(url.query, keep_blank_values=True) == exchange.query, sent
        assert (json.loads(request.body) if request.body else None) == exchange.body, sent
        if exchange.error is not None:
            raise exchange.error
        text = json.dumps(exchange.answer) if exchange.text is None else exchange.text
        kind = "application/json" if exchange.text is None else "text/html; charset=UTF-8"
        headers = {"content-type": kind, **exchange.headers}
        if exchange.ray_id is not None:
            headers.setdefault("cf-ray", exchange.ray_id)
        return exchange.status, headers, text


def envelope(result: Any = None, messages: list[Any] | None = None, **rest: Any) -> dict[str, Any]:
    """Return an answer of the API that says success."""
    return {"success": True, "errors": [], "messages": messages or [], "result": result, **rest}


def page(records: list[dict[str, Any]], page_number: int = 1, total: int | None = None) -> dict[str, Any]:
    """Return an answer that holds a page of a list."""
    info = {
        "count": len(records),
        "page": page_number,
        "per_page": 1000,
        "total_count": len(records) if total is None else total,
    }
    return envelope(records, result_info=info)


def refusal(*errors: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of the API that says why not."""
    return {"success": False, "errors": list(errors), "messages": [], "result": None}
