# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock for the tests of the rate limit, and requests that keep it."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import (
    RateLimit,
)


class Clock:
    """A clock that moves on sleep, and the random part of each wait."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        #: The random parts of the next waits.
        self.jitter: Iterator[float] = iter(())

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * next(self.jitter, 0.0)


def header(remaining: int, seconds: int, policy: str = "default") -> dict[str, str]:
    """Return a header with what remains."""
    return {"ratelimit": f'"{policy}";r={remaining};t={seconds}'}


def acquire(limit: RateLimit, times: int = 1) -> None:
    """Begin some requests, after any wait."""
    for _time in range(times):
        assert limit.acquire(300) is None


def release(limit: RateLimit, *headers: dict[str, str]) -> None:
    """End requests with these responses."""
    for each in headers:
        limit.release(each)
