# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limit: a client that stays below it.

Above the limit, Cloudflare blocks every request of the user for five minutes, the dashboard included. Every response
has what remains: ``Ratelimit: "default";r=50;t=30`` are 50 requests for the next 30 seconds.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple

#: The name of a policy, and its parameters.
POLICY = re.compile(r'(?:^|,)\s*("[^"]*"|[\w.*-]+)\s*((?:;[^;,]*)+)')
NUMBER = re.compile(r"[0-9]{1,9}")
#: Seconds. The server rounds up to whole seconds, and a response takes a while.
ROUNDING = 2.0
#: The name of the window that begins with a 429; no policy has it.
BLOCK = ""


class Limit(NamedTuple):
    """What a response says about one policy of the server."""

    policy: str
    #: Requests until the end of the window.
    remaining: int
    #: Until the next window.
    seconds: int


def parse_limits(headers: Mapping[str, str]) -> list[Limit]:
    """Return what a response says about each policy; a policy that cannot be parsed is left out."""
    limits = []
    for policy, parameters in POLICY.findall(headers.get("ratelimit", "")):
        values = dict(part.strip().partition("=")[::2] for part in parameters.split(";"))
        remaining, seconds = values.get("r", ""), values.get("t", "")
        if NUMBER.fullmatch(remaining) and NUMBER.fullmatch(seconds):
            limits.append(Limit(policy, int(remaining), int(seconds)))
    return limits


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the server asks to wait, or None.

    ``Retry-After`` is a number of seconds or a date. Without it, the end of a window in which nothing remains counts.
    """
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return max((float(limit.seconds) for limit in parse_limits(headers) if limit.remaining == 0), default=None)


class Window:
    """The requests that remain of one policy until its window ends, at a time of ``time.monotonic``."""

    def __init__(self, remaining: int, ends: float) -> None:
        self.remaining = remaining
        self.ends = ends


class RateLimit:
    """What remains of the rate limit. Threads may share it."""

    def __init__(self) -> None:
        self._waiting = threading.Lock()
        self._lock = threading.Lock()
        self._in_flight = 0
        #: By policy; empty until a response has the header.
        self._windows: dict[str, Window] = {}
        #: Seconds, in all.
        self.waited = 0.0

    def acquire(self, max_wait: float) -> float | None:
        """Wait until a request may be sent. ``release`` has to follow.

        Args:
            max_wait: the seconds to wait at most.

        Returns:
            None, or the seconds that are too many to wait: the request may not be sent.
        """
        # One at a time, so that all wait for the same window. Responses still come in.
        with self._waiting:
            while True:
                ends = self._ends()
                wait = ends - time.monotonic()
                if wait <= 0:
                    break
                # Rounded, because the seconds of the server come back as a difference.
                if round(wait, 3) > max_wait:
                    return wait
                wait += random.uniform(0.0, 1.0)
                time.sleep(wait)
                self.waited += wait
                # A response may have announced a longer wait since.
                self._forget(ends)
            with self._lock:
                for window in self._windows.values():
                    window.remaining -= 1
                self._in_flight += 1
            return None

    def _ends(self) -> float:
        """Return the time of ``time.monotonic`` from which the next request may be sent."""
        with self._lock:
            return max([window.ends for window in self._windows.values() if window.remaining <= 0], default=0.0)

    def _forget(self, ends: float) -> None:
        """Forget the windows that end at this time or before."""
        with self._lock:
            self._windows = {policy: window for policy, window in self._windows.items() if window.ends > ends}

    def release(self, headers: Mapping[str, str]) -> None:
        """Note what a response says about the limit; without a response, pass no headers."""
        limits = parse_limits(headers)
        with self._lock:
            self._in_flight -= 1
            now = time.monotonic()
            for policy, remaining, seconds in limits:
                self._note(policy, remaining, now, now + seconds)

    def _note(self, policy: str, remaining: int, now: float, ends: float) -> None:
        # The server may not have counted the requests that are under way.
        left = remaining - self._in_flight
        window = self._windows.get(policy)
        if window is None or now >= window.ends:
            self._windows[policy] = Window(left, ends)
            return
        # Responses overtake each other: within a window, what remains only falls.
        window.remaining = min(window.remaining, left)
        if remaining == 0 and ends > window.ends + ROUNDING:
            # A block lasts longer than the window in which it began.
            window.ends = ends

    def block(self, seconds: float) -> None:
        """Let every thread wait, because the server asks for it. After that, nothing is known of the limit."""
        with self._lock:
            ends = time.monotonic() + seconds
            known = self._windows.get(BLOCK)
            self._windows = {BLOCK: Window(0, max(ends, known.ends) if known else ends)}
