# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pace: when a request may be sent, and what answers in the meantime change about it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils import pace as module
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import Limit, RateLimit, parse_limits


class Clock:
    """A clock that moves when somebody sleeps, and the chance in how long that is."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        #: The parts of a second by which the next waits are longer.
        self.chances: Iterator[float] = iter(())

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * next(self.chances, 0.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "random", SimpleNamespace(uniform=clock.uniform))
    return clock


@pytest.fixture
def pace(clock: Clock) -> RateLimit:
    return RateLimit()


def said(remaining: int, seconds: int, policy: str = "default") -> dict[str, str]:
    """Return the header that tells what remains."""
    return {"ratelimit": f'"{policy}";r={remaining};t={seconds}'}


def enter(pace: RateLimit, times: int = 1) -> None:
    """Begin some requests, however long that has to wait."""
    for _time in range(times):
        assert pace.enter(300) is None


def answered(pace: RateLimit, *headers: dict[str, str]) -> None:
    """Note some answers."""
    for each in headers:
        pace.leave(each)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"default";r=50;t=30', [Limit('"default"', 50, 30)]),
        (' "default" ; r=50 ; t=30 ', [Limit('"default"', 50, 30)]),
        ('"default";t=30;q=1200;r=0', [Limit('"default"', 0, 30)]),
        ('"a";r=1;t=2, "b";r=3;t=4', [Limit('"a"', 1, 2), Limit('"b"', 3, 4)]),
        ('"a, b;c";r=1;t=2,"d=e";r=3;t=4', [Limit('"a, b;c"', 1, 2), Limit('"d=e"', 3, 4)]),
        ("burst;r=1;t=2, day;r=3;t=4", [Limit("burst", 1, 2), Limit("day", 3, 4)]),
        # A name of its own for each, however it is written: what remains is no part of it.
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
def test_what_an_answer_says_about_each_policy_is_read(header: str, expected: list[Limit]) -> None:
    assert parse_limits({"ratelimit": header}) == expected


def test_an_answer_without_the_header_says_nothing() -> None:
    assert parse_limits({"ratelimit-policy": '"default";r=0;t=30'}) == []


def test_nothing_is_waited_for_while_something_remains(pace: RateLimit, clock: Clock) -> None:
    enter(pace)
    answered(pace, said(3, 30))

    enter(pace, 3)
    assert clock.slept == []
    enter(pace)
    assert clock.slept == [30.0]


def test_when_nothing_remains_the_next_window_is_waited_for_once(pace: RateLimit, clock: Clock) -> None:
    enter(pace)
    answered(pace, said(0, 30))

    enter(pace, 2)

    assert clock.slept == [30.0]
    assert pace.waited == 30.0


def test_a_wait_is_longer_by_a_part_of_a_second_and_all_waits_are_counted(pace: RateLimit, clock: Clock) -> None:
    clock.chances = iter([0.0, 1.0])
    for passed in (29.5, 0.0):
        enter(pace)
        answered(pace, said(0, 30))
        clock.now += passed
        enter(pace)
        answered(pace, {})

    assert clock.slept == [0.5, 31.0]
    assert pace.waited == 31.5


@pytest.mark.parametrize(("passed", "slept"), [(29.5, [0.5]), (30.0, []), (31.0, [])])
def test_a_window_that_is_over_is_not_waited_for(
    pace: RateLimit, clock: Clock, passed: float, slept: list[float]
) -> None:
    # A part of a second more would show that there was a wait, if a short one.
    clock.chances = iter([0.0] if slept else [1.0])
    enter(pace)
    answered(pace, said(0, 30))
    clock.now += passed

    enter(pace)

    assert clock.slept == slept


def test_where_nobody_has_said_anything_nothing_is_waited_for(clock: Clock) -> None:
    # The clock begins when the machine does.
    clock.now = 0.25
    pace = RateLimit()
    enter(pace)
    answered(pace, {})
    enter(pace)

    assert clock.slept == []
    assert pace.waited == 0.0


@pytest.mark.parametrize(
    ("longest", "wait"),
    [(29, 30.0), (30, None), (29.999, 30.0), (31, None)],
)
def test_a_wait_longer_than_allowed_is_not_begun(
    pace: RateLimit, clock: Clock, longest: float, wait: float | None
) -> None:
    enter(pace)
    answered(pace, said(0, 30))

    assert pace.enter(longest) == wait
    assert clock.slept == ([] if wait else [30.0])


@pytest.mark.parametrize(("later", "wait"), [(0.0004, None), (0.0006, 30.0006)])
def test_less_than_a_thousandth_of_a_second_is_not_too_long(
    pace: RateLimit, clock: Clock, later: float, wait: float | None
) -> None:
    enter(pace)
    clock.now += later
    answered(pace, said(0, 30))
    clock.now -= later

    assert pace.enter(30) == pytest.approx(wait)


def test_requests_under_way_count_as_sent(pace: RateLimit, clock: Clock) -> None:
    enter(pace, 4)
    # Three are still under way, and the server may not have counted them.
    answered(pace, said(4, 30))

    enter(pace)
    assert clock.slept == []
    enter(pace)
    assert clock.slept == [30.0]


def test_answers_that_overtake_each_other_do_not_raise_what_remains(pace: RateLimit, clock: Clock) -> None:
    enter(pace, 3)
    # The first that was counted comes last.
    answered(pace, said(1, 50), said(2, 50), said(3, 50))

    enter(pace, 2)
    assert clock.slept == [50.0]


def test_answers_lower_what_remains(pace: RateLimit, clock: Clock) -> None:
    enter(pace, 3)
    # Somebody else sends requests, too.
    answered(pace, said(9, 50), said(5, 50), said(1, 50))

    enter(pace)
    assert clock.slept == []
    enter(pace)
    assert clock.slept == [50.0]


@pytest.mark.parametrize(
    ("block", "slept"),
    # The seconds are rounded, so two more are the same window.
    [(said(0, 290), 290.0), (said(0, 13), 13.0), (said(0, 12), 10.0), (said(1, 290), 10.0)],
)
def test_a_block_is_waited_for_to_its_end(pace: RateLimit, clock: Clock, block: dict[str, str], slept: float) -> None:
    enter(pace, 2)
    answered(pace, said(1, 10))
    # Somebody else was quicker, and went over the limit.
    answered(pace, block)

    enter(pace, 2)
    assert clock.slept == [slept]


def test_the_first_answers_of_a_new_window_do_not_make_the_old_one_longer(pace: RateLimit, clock: Clock) -> None:
    enter(pace, 2)
    answered(pace, said(2, 10))
    # The seconds are rounded up, so the next window may begin a little before they are over.
    clock.now += 9.5
    answered(pace, said(1199, 300))

    enter(pace, 2)
    assert clock.slept == [0.5]


@pytest.mark.parametrize("passed", [50, 51])
def test_a_new_window_is_a_new_start(pace: RateLimit, clock: Clock, passed: int) -> None:
    enter(pace)
    answered(pace, said(1, 50))
    clock.now += passed
    enter(pace)
    answered(pace, said(1199, 300))

    enter(pace, 1199)
    assert clock.slept == []
    enter(pace)
    assert clock.slept == [300.0]


def test_the_policy_with_the_longest_wait_decides(pace: RateLimit, clock: Clock) -> None:
    enter(pace)
    answered(pace, {"ratelimit": '"burst";r=0;t=5, "day";r=0;t=80, "hour";r=0;t=60, "user";r=1;t=290'})

    enter(pace)

    # After that nothing is known of those three; of the fourth, one request was left.
    assert clock.slept == [80.0]
    enter(pace)
    assert clock.slept == [80.0, 210.0]


def test_a_policy_with_much_left_says_nothing_of_another(pace: RateLimit, clock: Clock) -> None:
    enter(pace, 2)
    answered(pace, said(0, 5, "burst"), said(1000, 290, "day"))

    enter(pace, 2)
    assert clock.slept == [5.0]


def test_a_block_stops_all_and_forgets_what_was_said_before_it(pace: RateLimit, clock: Clock) -> None:
    enter(pace)
    answered(pace, said(0, 300))
    pace.block(20)

    enter(pace, 9)
    assert clock.slept == [20.0]


@pytest.mark.parametrize(("first", "second"), [(20, 300), (300, 20)])
def test_of_two_blocks_the_longer_one_counts(pace: RateLimit, clock: Clock, first: int, second: int) -> None:
    pace.block(first)
    pace.block(second)

    enter(pace)
    assert clock.slept == [300.0]


def test_an_answer_from_before_a_block_does_not_end_it(pace: RateLimit, clock: Clock) -> None:
    enter(pace, 2)
    pace.leave({})
    pace.block(20)
    answered(pace, {"ratelimit": ";r=900;t=300"})

    enter(pace)
    assert clock.slept == [20.0]


def test_answers_are_taken_in_while_others_wait(pace: RateLimit, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(pace, 2)
    answered(pace, said(0, 250))
    taken_in = []

    def sleep(seconds: float) -> None:
        answer = threading.Thread(target=pace.leave, args=[said(0, 250)], daemon=True)
        answer.start()
        answer.join(10)
        taken_in.append(not answer.is_alive())
        clock.now += seconds

    monkeypatch.setattr(clock, "sleep", sleep)
    enter(pace, 2)

    # What came in meanwhile is about the window that is over: the second does not wait.
    assert taken_in == [True]


def test_what_comes_in_meanwhile_may_ask_for_a_longer_wait(
    pace: RateLimit, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(pace, 2)
    answered(pace, said(0, 10))
    sleep = clock.sleep

    def sleep_while_an_answer_comes(seconds: float) -> None:
        if not clock.slept:
            pace.leave(said(0, 250))
        sleep(seconds)

    monkeypatch.setattr(clock, "sleep", sleep_while_an_answer_comes)
    enter(pace)

    assert clock.slept == [10.0, 240.0]
    assert pace.waited == 250.0


def test_others_wait_for_the_same_window(pace: RateLimit, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(pace)
    answered(pace, said(0, 30))
    others = [threading.Thread(target=enter, args=[pace], daemon=True) for _number in range(3)]
    sleep = clock.sleep

    def sleep_while_others_come(seconds: float) -> None:
        if not clock.slept:
            for other in others:
                other.start()
                other.join(0.05)
        sleep(seconds)

    monkeypatch.setattr(clock, "sleep", sleep_while_others_come)
    enter(pace)
    for other in others:
        other.join(10)

    assert clock.slept == [30.0]
    assert not any(other.is_alive() for other in others)
