# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retries: whether a failed request is sent again, and when."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from .errors import ApiError
from .text import format_duration

#: Seconds, doubled after each attempt, up to the longest.
FIRST_DELAY = 1.0
MAX_DELAY = 30.0
#: The same after a 429 without Retry-After: five retries outlast Cloudflare's block of five minutes.
FIRST_DELAY_AFTER_429 = 10.0


class RetryPolicy(NamedTuple):
    """How often a request is repeated, and how long a single wait may be."""

    retries: int
    #: Seconds.
    max_wait: float

    def delay(self, error: ApiError, attempt: int) -> float | None:
        """Return the seconds to wait after a failed attempt, None where a retry makes no sense or waits too long.

        Args:
            error: how the attempt failed.
            attempt: its number, from 1.
        """
        if not error.retryable or self._waits_too_long(error):
            return None
        if error.retry_after is not None:
            # A 429 is waited for by all threads together, see RateLimit.acquire, which adds the jitter.
            return error.retry_after + (0.0 if error.status == 429 else random.uniform(0.0, 1.0))
        if error.status == 429:
            return min(FIRST_DELAY_AFTER_429 * 2.0 ** (attempt - 1), self.max_wait)
        delay = min(FIRST_DELAY * 2.0 ** (attempt - 1), MAX_DELAY)
        return min(delay * random.uniform(0.5, 1.0), self.max_wait)

    def explain(self, error: ApiError, attempt: int, outcome_unknown: bool) -> Iterator[str]:
        """Yield sentences about why there is no further attempt.

        Args:
            error: how the last attempt failed.
            attempt: its number, from 1.
            outcome_unknown: an attempt may have been applied.
        """
        if error.retry_after is not None and self._waits_too_long(error):
            delay = format_duration(error.retry_after)
            yield f"Retry-After ({delay}) exceeds retry_max_wait ({self.max_wait:g} s)."
            yield TRY_LATER
        if attempt > 1:
            yield f"Tried {attempt} times."
        if outcome_unknown:
            yield "The change may or may not have been applied. Run the task again."

    def _waits_too_long(self, error: ApiError) -> bool:
        return error.retry_after is not None and error.retry_after > self.max_wait


TRY_LATER = "Run the task again later, or raise retry_max_wait."
