# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quota: so many requests in a window, and a blocked window for whoever goes over it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import errors
from .behaviour import Behaviour


@dataclass
class _Window:
    ends: float
    used: int = 0
    blocked: bool = False


class RateLimit:
    """Counts requests per user. Going over the quota blocks every call for one whole window more."""

    def __init__(self, behaviour: Behaviour, clock: Callable[[], float] = time.monotonic) -> None:
        self._behaviour = behaviour
        self._clock = clock
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Forgets what was used."""
        with self._lock:
            self._windows.clear()

    def count(self, user: str) -> None:
        """Counts one request, and refuses it when the user is, or thereby becomes, blocked."""
        with self._lock:
            window = self._current(user)
            window.used += 1
            if not window.blocked and window.used > self._behaviour.quota:
                window.blocked = True
                window.ends = self._clock() + self._behaviour.window
            if window.blocked:
                wait = {"Retry-After": str(self._left(window))} if self._behaviour.retry_after else {}
                raise errors.too_many_requests(wait)

    def headers(self, user: str | None) -> dict[str, str]:
        """What every answer says about the quota."""
        with self._lock:
            window = self._current(user) if user is not None else _Window(self._clock() + self._behaviour.window)
            quota, length = self._behaviour.quota, math.ceil(self._behaviour.window)
            remaining = 0 if window.blocked else max(0, quota - window.used)
            return {
                "Ratelimit": f'"default";r={remaining};t={self._left(window)}',
                "Ratelimit-Policy": f'"default";q={quota};w={length}',
            }

    def _left(self, window: _Window) -> int:
        # A difference of two times is a little more than what was added.
        return max(0, math.ceil(round(window.ends - self._clock(), 6)))

    def _current(self, user: str) -> _Window:
        now = self._clock()
        window = self._windows.get(user)
        if window is None or window.ends <= now:
            window = self._windows[user] = _Window(now + self._behaviour.window)
        return window
