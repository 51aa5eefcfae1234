# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The retry policy alone: how long to wait after which error, and what to say at the end. In use: test_client.py."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import retries
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.retries import TRY_LATER, RetryPolicy

UNKNOWN = "The change may or may not have been applied. Run the task again."


def error(status: int = 500, retryable: bool = True, **properties: Any) -> ApiError:
    return ApiError("It failed.", {"status": status}, retryable, **properties)


@pytest.mark.parametrize(("share", "delays"), [(1.0, [1, 2, 4, 8, 16, 30, 30]), (0.5, [0.5, 1, 2, 4, 8, 15, 15])])
def test_delays_double_up_to_half_a_minute_with_a_jitter_of_half(
    monkeypatch: pytest.MonkeyPatch, share: float, delays: list[float]
) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, most: least + (most - least) * (share * 2 - 1))

    assert [RetryPolicy(7, 300).delay(error(), attempt) for attempt in range(1, 8)] == delays


def test_the_hundredth_delay_is_a_number_too() -> None:
    delays = [RetryPolicy(100, 300).delay(error(), 100) for _time in range(50)]

    assert all(delay is not None and 15 <= delay <= 30 for delay in delays)
    assert len(set(delays)) > 25


def test_no_delay_is_longer_than_the_longest_wait() -> None:
    assert RetryPolicy(5, 0.25).delay(error(), 1) == 0.25
    assert RetryPolicy(5, 25).delay(error(429), 5) == 25


def test_after_a_429_without_retry_after_five_retries_outlast_a_block_of_five_minutes() -> None:
    delays = [RetryPolicy(5, 300).delay(error(429), attempt) for attempt in range(1, 6)]

    # The jitter comes from the rate limit, for all threads together.
    assert delays == [10, 20, 40, 80, 160]
    assert retries.MAX_DELAY < 300 < sum(filter(None, delays))


@pytest.mark.parametrize(("status", "most"), [(408, 121.0), (429, 120.0), (500, 121.0), (503, 121.0)])
def test_retry_after_is_honoured_with_a_jitter(status: int, most: float) -> None:
    for attempt in (1, 5):
        delay = RetryPolicy(5, 300).delay(error(status, retry_after=120.0), attempt)
        assert delay is not None
        assert 120 <= delay <= most


def test_no_retry_of_what_is_not_retryable_or_waits_too_long() -> None:
    policy = RetryPolicy(5, 300)

    assert policy.delay(error(400, retryable=False), 1) is None
    assert policy.delay(error(429, retry_after=300.0), 1) == 300
    assert policy.delay(error(429, retry_after=300.5), 1) is None


@pytest.mark.parametrize(
    ("failure", "attempt", "outcome_unknown", "sentences"),
    [
        (error(), 1, False, []),
        (error(), 3, False, ["Tried 3 times."]),
        (error(), 1, True, [UNKNOWN]),
        (
            error(503, retry_after=301.0),
            2,
            True,
            ["Retry-After (301 s) exceeds retry_max_wait (300 s).", TRY_LATER, "Tried 2 times.", UNKNOWN],
        ),
        (
            error(429, retry_after=float("inf")),
            1,
            False,
            ["Retry-After (more than a day) exceeds retry_max_wait (300 s).", TRY_LATER],
        ),
    ],
)
def test_why_there_is_no_further_attempt(
    failure: ApiError, attempt: int, outcome_unknown: bool, sentences: list[str]
) -> None:
    assert list(RetryPolicy(5, 300).explain(failure, attempt, outcome_unknown)) == sentences
