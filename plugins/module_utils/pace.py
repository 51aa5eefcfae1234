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
from typing import Mapping

RATELIMIT = re.compile(r"\br=(\d+);.*?\bt=(\d+)")


def rate_limit(headers: Mapping[str, str]) -> tuple[int, int] | None:
    """Return how many requests remain and the seconds to the next window, None where an answer does not say."""
    said = RATELIMIT.search(headers.get("ratelimit", ""))
    return (int(said.group(1)), int(said.group(2))) if said else None


class Pace:
    """What remains of the rate limit. Any number of threads may share it."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._lock = threading.Lock()
        self._in_flight = 0
        #: What may still be sent in this window; None where nobody has said so.
        self._remaining: int | None = None
        self._window_ends = 0.0
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
            wait = self._wait()
            if wait > longest:
                return wait
            if wait > 0:
                wait += random.uniform(0.0, 1.0)
                time.sleep(wait)
                self.waited += wait
                self.forget()
            with self._lock:
                if self._remaining is not None:
                    self._remaining -= 1
                self._in_flight += 1
            return None

    def _wait(self) -> float:
        """Return the seconds until something may be sent."""
        with self._lock:
            if self._remaining is None or self._remaining > 0:
                return 0.0
            return max(0.0, self._window_ends - time.monotonic())

    def leave(self, headers: Mapping[str, str]) -> None:
        """Note what an answer says about the limit; without an answer, there are no headers."""
        said = rate_limit(headers)
        with self._lock:
            self._in_flight -= 1
            if not said:
                return
            now = time.monotonic()
            ends = now + said[1]
            # The server may not have counted what is still on its way.
            remaining = said[0] - self._in_flight
            if self._remaining is None or now >= self._window_ends:
                self._remaining, self._window_ends = remaining, ends
                return
            # Answers overtake each other: within a window, less and less remains.
            self._remaining = min(self._remaining, remaining)
            if said[0] == 0:
                # A block lasts longer than the window it began in.
                self._window_ends = max(self._window_ends, ends)

    def forget(self) -> None:
        """Forget what remains: the server has asked for a wait of its own, and it is over."""
        with self._lock:
            self._remaining = None
