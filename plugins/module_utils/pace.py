# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pace: a client that stays under the rate limit instead of running into it.

Going over the limit blocks every call of the user for five minutes, the dashboard included. Every answer says what
remains: ``Ratelimit: "default";r=50;t=30`` are 50 requests for the next 30 seconds.
"""

from __future__ import annotations

import random
import re
import threading
import time
from typing import Mapping, NamedTuple

QUOTED = re.compile(r'"[^"]*"')
NUMBER = re.compile(r"[0-9]{1,9}")
#: Seconds. The server rounds up to whole ones, and an answer takes a while.
ROUNDING = 2.0
#: The name of the window that a 429 begins. No policy has it.
BLOCK = ""


class Limit(NamedTuple):
    """What an answer says about one policy of the server."""

    policy: str
    remaining: int
    #: Until the next window.
    seconds: int


def limits(headers: Mapping[str, str]) -> list[Limit]:
    """Return what an answer says about each policy; nothing where it does not say, or in a way that nobody can read."""
    found = []
    said = headers.get("ratelimit", "")
    names = iter(QUOTED.findall(said))
    for number, item in enumerate(QUOTED.sub('"', said).split(",")):
        parts = [part.strip() for part in item.split(";")]
        values = {key: value for key, _equals, value in (part.partition("=") for part in parts)}
        policy = next(names, "") if '"' in parts[0] else parts[0].partition("=")[0]
        remaining, seconds = values.get("r", ""), values.get("t", "")
        if NUMBER.fullmatch(remaining) and NUMBER.fullmatch(seconds):
            found.append(Limit(policy or str(number), int(remaining), int(seconds)))
    return found


class Window:
    """What may be sent of one policy until its window ends."""

    def __init__(self, remaining: int, ends: float) -> None:
        self.remaining = remaining
        self.ends = ends


class Pace:
    """What remains of the rate limit. Any number of threads may share it."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._lock = threading.Lock()
        self._in_flight = 0
        #: By policy. Where nobody has said anything, there is none, and nothing is waited for.
        self._windows: dict[str, Window] = {}
        #: Seconds that were waited in all.
        self.waited = 0.0

    def enter(self, longest: float) -> float | None:
        """Wait until a request may be sent.

        Args:
            longest: the seconds that may be waited.

        Returns:
            None, or the seconds that would have to be waited where those are too many: the request may not be sent.
        """
        # One at a time, so that all wait for the same window. Answers still come in meanwhile.
        with self._gate:
            while True:
                ends = self._ends()
                wait = ends - time.monotonic()
                if wait <= 0:
                    break
                # Rounded, because the seconds that the server said come back as a difference.
                if round(wait, 3) > longest:
                    return wait
                wait += random.uniform(0.0, 1.0)
                time.sleep(wait)
                self.waited += wait
                # An answer may have told of a longer wait meanwhile.
                self._forget(ends)
            with self._lock:
                for window in self._windows.values():
                    window.remaining -= 1
                self._in_flight += 1
            return None

    def _ends(self) -> float:
        """Return when something may be sent."""
        with self._lock:
            return max([window.ends for window in self._windows.values() if window.remaining <= 0], default=0.0)

    def _forget(self, ends: float) -> None:
        """Forget the windows that have ended."""
        with self._lock:
            self._windows = {policy: window for policy, window in self._windows.items() if window.ends > ends}

    def leave(self, headers: Mapping[str, str]) -> None:
        """Note what an answer says about the limit; without an answer, there are no headers."""
        said = limits(headers)
        with self._lock:
            self._in_flight -= 1
            now = time.monotonic()
            for policy, remaining, seconds in said:
                self._note(policy, remaining, now, now + seconds)

    def _note(self, policy: str, remaining: int, now: float, ends: float) -> None:
        # The server may not have counted what is still on its way.
        left = remaining - self._in_flight
        window = self._windows.get(policy)
        if window is None or now >= window.ends:
            self._windows[policy] = Window(left, ends)
            return
        # Answers overtake each other: within a window, less and less remains.
        window.remaining = min(window.remaining, left)
        if remaining == 0 and ends > window.ends + ROUNDING:
            # A block lasts longer than the window it began in.
            window.ends = ends

    def block(self, seconds: float) -> None:
        """Let nobody send anything for so long, because the server has asked for it. After that, nothing is known."""
        with self._lock:
            ends = time.monotonic() + seconds
            known = self._windows.get(BLOCK)
            self._windows = {BLOCK: Window(0, max(ends, known.ends) if known else ends)}
