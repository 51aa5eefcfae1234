# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limit: when a request may be sent, and how responses change that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import rate_limit as module
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import (
    Limit,
    RateLimit,
    parse_limits,
    retry_after,
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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "random", SimpleNamespace(uniform=clock.uniform))
    return clock


@pytest.fixture
def limit(clock: Clock) -> RateLimit:
    return RateLimit()


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


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"default";r=50;t=30', [Limit('"default"', 50, 30)]),
        (' "default" ; r=50 ; t=30 ', [Limit('"default"', 50, 30)]),
        ('"default";t=30;q=1200;r=0', [Limit('"default"', 0, 30)]),
        ('"a";r=1;t=2, "b";r=3;t=4', [Limit('"a"', 1, 2), Limit('"b"', 3, 4)]),
        ('"a, b;c";r=1;t=2,"d=e";r=3;t=4', [Limit('"a, b;c"', 1, 2), Limit('"d=e"', 3, 4)]),
        ("burst;r=1;t=2, day;r=3;t=4", [Limit("burst", 1, 2), Limit("day", 3, 4)]),
        # What remains is no part of the name.
        ("day=9=1;r=1;t=2", [Limit("day", 1, 2)]),
        (";r=1;t=2,;r=3;t=4", [Limit("0", 1, 2), Limit("1", 3, 4)]),
        ('"a;r=1;t=2', [Limit("0", 1, 2)]),
        ("default;r=999999999;t=1", [Limit("default", 999999999, 1)]),
        ("default;r=9999999999;t=1", []),
        ("default;r=-1;t=1", []),
        ("default;r=1", []),
        ("default;t=1", []),
        ("default;r=1;t=x", []),
        ("default;r=x;t=1", []),
        ("default;r=1=2;t=1", []),
        ("default;r=²;t=1", []),
        ("", []),
    ],
)
def test_what_a_response_says_about_each_policy(header: str, expected: list[Limit]) -> None:
    assert parse_limits({"ratelimit": header}) == expected


def test_a_response_without_the_header_has_no_limits() -> None:
    assert parse_limits({"ratelimit-policy": '"default";r=0;t=30'}) == []


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
def test_no_wait_that_is_too_long(limit: RateLimit, clock: Clock, longest: float, wait: float | None) -> None:
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


def test_requests_under_way_count_as_sent(limit: RateLimit, clock: Clock) -> None:
    acquire(limit, 4)
    # Three are still under way, and the server may not have counted them.
    release(limit, header(4, 30))

    acquire(limit)
    assert clock.slept == []
    acquire(limit)
    assert clock.slept == [30.0]


def test_responses_that_overtake_each_other_do_not_raise_what_remains(limit: RateLimit, clock: Clock) -> None:
    acquire(limit, 3)
    # The first that was counted comes last.
    release(limit, header(1, 50), header(2, 50), header(3, 50))

    acquire(limit, 2)
    assert clock.slept == [50.0]


def test_responses_lower_what_remains(limit: RateLimit, clock: Clock) -> None:
    acquire(limit, 3)
    # Another client sends requests too.
    release(limit, header(9, 50), header(5, 50), header(1, 50))

    acquire(limit)
    assert clock.slept == []
    acquire(limit)
    assert clock.slept == [50.0]


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


def test_responses_are_noted_while_others_wait(limit: RateLimit, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire(limit, 2)
    release(limit, header(0, 250))
    noted = []

    def sleep(seconds: float) -> None:
        response = threading.Thread(target=limit.release, args=[header(0, 250)], daemon=True)
        response.start()
        response.join(10)
        noted.append(not response.is_alive())
        clock.now += seconds

    monkeypatch.setattr(clock, "sleep", sleep)
    acquire(limit, 2)

    # What came in during the wait is about the window that is over: the second does not wait.
    assert noted == [True]


def test_a_response_during_a_wait_may_extend_it(
    limit: RateLimit, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquire(limit, 2)
    release(limit, header(0, 10))
    sleep = clock.sleep

    def sleep_and_respond(seconds: float) -> None:
        if not clock.slept:
            limit.release(header(0, 250))
        sleep(seconds)

    monkeypatch.setattr(clock, "sleep", sleep_and_respond)
    acquire(limit)

    assert clock.slept == [10.0, 240.0]
    assert limit.waited == 250.0


def test_others_wait_for_the_same_window(limit: RateLimit, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire(limit)
    release(limit, header(0, 30))
    others = [threading.Thread(target=acquire, args=[limit], daemon=True) for _number in range(3)]
    sleep = clock.sleep

    def sleep_while_others_come(seconds: float) -> None:
        if not clock.slept:
            for other in others:
                other.start()
                other.join(0.05)
        sleep(seconds)

    monkeypatch.setattr(clock, "sleep", sleep_while_others_come)
    acquire(limit)
    for other in others:
        other.join(10)

    assert clock.slept == [30.0]
    assert not any(other.is_alive() for other in others)


NOW = 1_792_000_000.0  # Wed, 14 Oct 2026 17:46:40 GMT


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "time", lambda: NOW)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        (" 30 ", 30),
        ("007", 7),
        ("86400", 86400),
        ("9" * 400, float("inf")),
        ("Wed, 14 Oct 2026 17:47:40 GMT", 60),
        ("Wed, 14 Oct 2026 19:47:40 +0200", 60),
        ("Wednesday, 14-Oct-26 17:47:40 GMT", 60),
        ("Wed, 14 Oct 2026 17:46:40 GMT", 0),
        ("Wed, 14 Oct 2020 17:46:40 GMT", 0),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(stopped_clock: None, value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value, "ratelimit": '"default";r=0;t=5'}) == seconds


@pytest.mark.parametrize(
    "rubbish",
    ["", " ", "-5", "1.5", "1e3", "soon", "0x10", "Wed, 99 Foo 2026", "14 Oct 99999999999 17:46:40 GMT", "\u00b2", ";"],
)
def test_a_retry_after_that_is_neither_is_ignored(rubbish: str) -> None:
    assert retry_after({"retry-after": rubbish}) is None
    assert retry_after({"retry-after": rubbish, "ratelimit": '"default";r=0;t=30'}) == 30


@pytest.mark.parametrize(
    ("ratelimit", "seconds"),
    [
        ('"default";r=0;t=30', 30),
        ('"default";r=00;t=30', 30),
        ('"default";r=0;x=1;t=30', 30),
        ('"default";r=1;t=30', None),
        ('"default";r=10;t=30', None),
        ('"default";r=0', None),
        ('"default";t=30', None),
        ('"default";r=0;t=x', None),
        ('"default";rr=0;t=30', None),
        ("", None),
    ],
)
def test_without_retry_after_the_end_of_an_empty_window_counts(ratelimit: str, seconds: float | None) -> None:
    assert retry_after({"ratelimit": ratelimit}) == seconds


@given(st.dictionaries(st.sampled_from(["retry-after", "ratelimit"]), st.text()))
def test_no_header_raises(headers: dict[str, str]) -> None:
    wait = retry_after(headers)
    assert wait is None or wait >= 0
