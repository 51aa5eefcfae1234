# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what a server sent: JSON that can be worked with, what a page says, and how long to wait.

Whoever sent it may mean harm: nothing here takes longer than the length of a text times a constant.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import SURROGATE, UNREADABLE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.pace import limits

LONGEST_EXCERPT = 200
#: So much of a page is looked at: what it says is at its beginning.
LONGEST_PAGE = 100_000
#: Lists and objects in each other. The API needs six; Python fails at about a thousand.
DEEPEST = 100
DAY = 86400
#: Perhaps half of a character, as it is or as an escape.
SUSPECT = re.compile("[\ud800-\udfff]|\\\\u[dD]")


class TooDeep(ValueError):
    """JSON has too many lists and objects in each other."""


def parsed(body: bytes) -> Any:
    """Return what JSON holds. Raises ValueError where it is none, and TooDeep."""
    text = body.decode(json.detect_encoding(body), "surrogatepass")
    try:
        payload = json.loads(text)
    except RecursionError:
        raise TooDeep from None
    level = [payload]
    for _floor in range(DEEPEST):
        level = [inner for each in level for inner in inside(each)]
    if level:
        raise TooDeep
    # Half of a character can be neither printed nor sent.
    return whole(payload) if SUSPECT.search(text) else payload


def inside(value: Any) -> list[Any]:
    """Return what a list or an object holds."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def whole(value: Any) -> Any:
    """Return a value with a sign for every half of a character. It must not be too deep."""
    if isinstance(value, str):
        return SURROGATE.sub(UNREADABLE, value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    return value


def excerpt(text: str) -> str:
    """Return what a page says, short: its title, or the beginning of its text."""
    text = text[:LONGEST_PAGE]
    # No part of these can begin a second time within itself, or a page of thousands of them would take hours.
    title = re.search(r"<title[^<>]*>([^<]*)</title>", text, re.IGNORECASE)
    words = " ".join((title.group(1) if title else re.sub(r"<[^<>]*>", " ", text)).split())
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


def told(seconds: float) -> str:
    """Return a wait in words: whoever asks for more than a day may ask for thousands of digits."""
    return f"{seconds:.0f} seconds" if seconds <= DAY else "more than a day"
