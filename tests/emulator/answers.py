# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers on their way out, whole or broken."""

from __future__ import annotations

import html
import json
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from .errors import ApiError, entry
from .faults import Fault

_PAGE = """<!DOCTYPE html>
<html><head><title>{status}</title></head><body><h1>{phrase}</h1></body></html>
"""
Break = Literal["drop", "reset", "truncate", "cut_chunks"]


@dataclass
class Answer:
    """A status, headers and a body; and how the connection breaks while it is sent, if it does."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    breaks: Break | None = None


def json_answer(status: int, value: Any, headers: dict[str, str] | None = None) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(value).encode(), dict(headers or {}))


def failure(error: ApiError) -> Answer:
    """A failure as the API writes it."""
    return json_answer(error.status, error.body(), error.headers)


def success(result: Any, messages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The envelope of a success."""
    return {"success": True, "errors": [], "messages": messages, "result": result, **more}


def ray() -> str:
    """A new identifier of a request, as Cloudflare writes them."""
    return f"{secrets.token_hex(8)}-AMS"


def faulty(fault: Fault, answer: Answer) -> Answer:
    """What a client gets to see of an answer when this fault hits."""
    if fault.kind == "slow":
        return answer
    if fault.kind == "drop":
        answer.breaks = "reset" if fault.reset else "drop"
        return answer
    if fault.kind in ("truncate", "cut_chunks"):
        answer.headers.update(fault.headers)
        answer.breaks = "truncate" if fault.kind == "truncate" else "cut_chunks"
        return answer
    if fault.kind == "redirect":
        answer = Answer(fault.status or 307, b"", {"Location": fault.location})
    elif fault.kind == "not_success":
        errors = [entry(1999, "The change was not made")]
        value = fault.body if fault.body is not None else {"success": False, "errors": errors, "messages": []}
        answer = json_answer(fault.status or 200, value)
    else:
        answer = _status(fault)
    answer.headers.update(fault.headers)
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer


def _status(fault: Fault) -> Answer:
    """A bare status with the body that goes with it."""
    status = fault.status or 500
    names = {each.value: each.phrase for each in HTTPStatus}
    phrase = names.get(status, "Web server is returning an unknown error")
    if fault.html or isinstance(fault.body, str):
        page = fault.body or _PAGE.format(status=status, phrase=html.escape(phrase))
        return Answer(status, page.encode(), content_type="text/html; charset=UTF-8")
    if fault.body is not None:
        return json_answer(status, fault.body)
    code = 971 if status == 429 else 1000
    text = "Please wait and consider throttling your request speed" if status == 429 else phrase
    return json_answer(status, {"success": False, "errors": [entry(code, text)], "messages": [], "result": None})
