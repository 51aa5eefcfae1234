# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limit: when a request may be sent, and how long one waits for the next window or the end of a block."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import (
    RateLimit,
)
from support.rate_limits import Clock, acquire, header, release


def test_no_wait_while_something_remains(limit: RateLimit, clock: Clock) -> None:
    acquire(limit)
    release(limit, header(3, 30))

    acquire(limit, 3)
    assert clock.slept == []
    acquire(limit)
    assert clock.slept == [30.0]


def test_when_nothing_remains_one_wait_for_the_next_window(limit: RateLimit, clock: Clock) -> None:
    acquire(limit)
    release(limit, header(0, 30))

    acquire(limit, 2)

    assert clock.slept == [30.0]
    assert limit.waited == 30.0


def test_a_wait_is_longer_by_a_part_of_a_second_and_all_waits_are_counted(limit: RateLimit, clock: Clock) -> None:
    clock.jitter = iter([0.0, 1.0])
    for passed in (29.5, 0.0):
        acquire(limit)
        release(limit, header(0, 30))
        clock.now += passed
        acquire(limit)
        release(limit, {})

    assert clock.slept == [0.5, 31.0]
    assert limit.waited == 31.5


@pytest.mark.parametrize(("passed", "slept"), [(29.5, [0.5]), (30.0, []), (31.0, [])])
def test_a_window_that_is_over_is_not_waited_for(
    limit: RateLimit, clock: Clock, passed: float, slept: list[float]
) -> None:
    # A part of a second more would show that there was a wait, if a short one.
    clock.jitter = iter([0.0] if slept else [1.0])
    acquire(limit)
    release(limit, header(0, 30))
    clock.now += passed

    acquire(limit)

    assert clock.slept == slept


def test_no_wait_where_the_limit_is_unknown(clock: Clock) -> None:
    # The clock begins when the machine does.
    clock.now = 0.25
    limit = RateLimit()
    acquire(limit)
    release(limit, {})
    acquire(limit)

    assert clock.slept == []
    assert limit.waited == 0.0


@pytest.mark.parametrize(
    ("longest", "wait"),
    [(29, 30.0), (30, None), (29.999, 30.0), (31, None)],
)
def test_a_wait_above_the_maximum_is_refused(
    limit: RateLimit, clock: Clock, longest: float, wait: float | None
) -> None:
    acquire(limit)
    release(limit, header(0, 30))

    assert limit.acquire(longest) == wait
    assert clock.slept == ([] if wait else [30.0])


@pytest.mark.parametrize(("later", "wait"), [(0.0004, None), (0.0006, 30.0006)])
def test_less_than_a_thousandth_of_a_second_is_not_too_long(
    limit: RateLimit, clock: Clock, later: float, wait: float | None
) -> None:
    acquire(limit)
    clock.now += later
    release(limit, header(0, 30))
    clock.now -= later

    assert limit.acquire(30) == pytest.approx(wait)


@pytest.mark.parametrize(
    ("block", "slept"),
    # The seconds are rounded, so two more are the same window.
    [(header(0, 290), 290.0), (header(0, 13), 13.0), (header(0, 12), 10.0), (header(1, 290), 10.0)],
)
def test_a_wait_until_the_end_of_a_block(limit: RateLimit, clock: Clock, block: dict[str, str], slept: float) -> None:
    acquire(limit, 2)
    release(limit, header(1, 10))
    # Another client went over the limit.
    release(limit, block)

    acquire(limit, 2)
    assert clock.slept == [slept]


def test_the_first_responses_of_a_new_window_do_not_extend_the_old_one(limit: RateLimit, clock: Clock) -> None:
    acquire(limit, 2)
    release(limit, header(2, 10))
    # The seconds are rounded up, so the next window may begin a little before they are over.
    clock.now += 9.5
    release(limit, header(1199, 300))

    acquire(limit, 2)
    assert clock.slept == [0.5]


@pytest.mark.parametrize("passed", [50, 51])
def test_a_new_window_is_a_new_start(limit: RateLimit, clock: Clock, passed: int) -> None:
    acquire(limit)
    release(limit, header(1, 50))
    clock.now += passed
    acquire(limit)
    release(limit, header(1199, 300))

    acquire(limit, 1199)
    assert clock.slept == []
    acquire(limit)
    assert clock.slept == [300.0]


def test_the_policy_with_the_longest_wait_decides(limit: RateLimit, clock: Clock) -> None:
    acquire(limit)
    release(limit, {"ratelimit": '"burst";r=0;t=5, "day";r=0;t=80, "hour";r=0;t=60, "user";r=1;t=290'})

    acquire(limit)

    # After that nothing is known of those three; of the fourth, one request was left.
    assert clock.slept == [80.0]
    acquire(limit)
    assert clock.slept == [80.0, 210.0]


def test_policies_are_independent(limit: RateLimit, clock: Clock) -> None:
    acquire(limit, 2)
    release(limit, header(0, 5, "burst"), header(1000, 290, "day"))

    acquire(limit, 2)
    assert clock.slept == [5.0]


def test_a_block_stops_all_requests_and_replaces_the_windows_before_it(limit: RateLimit, clock: Clock) -> None:
    acquire(limit)
    release(limit, header(0, 300))
    limit.block(20)

    acquire(limit, 9)
    assert clock.slept == [20.0]


@pytest.mark.parametrize(("first", "second"), [(20, 300), (300, 20)])
def test_of_two_blocks_the_longer_one_counts(limit: RateLimit, clock: Clock, first: int, second: int) -> None:
    limit.block(first)
    limit.block(second)

    acquire(limit)
    assert clock.slept == [300.0]


def test_a_response_from_before_a_block_does_not_end_it(limit: RateLimit, clock: Clock) -> None:
    acquire(limit, 2)
    limit.release({})
    limit.block(20)
    release(limit, {"ratelimit": ";r=900;t=300"})

    acquire(limit)
    assert clock.slept == [20.0]
