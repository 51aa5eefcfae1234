# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pace: when a request may be sent, and what answers in the meantime change about it."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils import pace
from ansible_collections.mailsec.cloudflare.plugins.module_utils.pace import Pace

NOTHING_LEFT = {"ratelimit": '"default";r=0;t=30'}
SOME_LEFT = {"ratelimit": '"default";r=2;t=30'}


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.time, "monotonic", lambda: 1000.0)


def enter(paced: Pace) -> None:
    assert paced.enter(300) is None


def test_nothing_is_waited_for_while_something_remains(waits: list[float]) -> None:
    paced = Pace()
    enter(paced)
    paced.leave(SOME_LEFT)

    enter(paced)
    enter(paced)

    assert waits == []


def test_when_nothing_remains_the_next_window_is_waited_for(waits: list[float]) -> None:
    paced = Pace()
    enter(paced)
    paced.leave(NOTHING_LEFT)

    enter(paced)
    enter(paced)

    assert len(waits) == 1
    assert 30 <= waits[0] <= 31
    assert paced.waited == waits[0]


def test_a_wait_is_longer_by_a_part_of_a_second_and_all_waits_are_counted(
    waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([0.0, 1.0])
    monkeypatch.setattr(pace.random, "uniform", lambda low, high: low + (high - low) * next(drawn))
    now = 1000.0
    monkeypatch.setattr(pace.time, "monotonic", lambda: now)
    paced = Pace()
    for passed in (29.5, 0.0):
        enter(paced)
        paced.leave(NOTHING_LEFT)
        now += passed
        enter(paced)
        paced.leave({})

    assert waits == [0.5, 31.0]
    assert paced.waited == 31.5


def test_a_window_that_is_over_is_not_waited_for(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    paced = Pace()
    enter(paced)
    paced.leave(NOTHING_LEFT)
    monkeypatch.setattr(pace.time, "monotonic", lambda: 1031.0)

    enter(paced)

    assert waits == []


def test_requests_under_way_count_as_sent(waits: list[float]) -> None:
    paced = Pace()
    for _number in range(3):
        enter(paced)
    paced.leave(SOME_LEFT)  # two are still under way, and the server may not have counted them

    enter(paced)

    assert len(waits) == 1


def test_a_wait_longer_than_allowed_is_not_begun(waits: list[float]) -> None:
    paced = Pace()
    enter(paced)
    paced.leave(NOTHING_LEFT)

    assert paced.enter(29) == 30
    assert waits == []


def test_answers_are_taken_in_while_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    paced = Pace()
    enter(paced)
    enter(paced)
    paced.leave(NOTHING_LEFT)
    taken_in = []

    def sleep(_seconds: float) -> None:
        answer = threading.Thread(target=paced.leave, args=(NOTHING_LEFT,), daemon=True)
        answer.start()
        answer.join(10)
        taken_in.append(not answer.is_alive())

    monkeypatch.setattr(pace.time, "sleep", sleep)

    enter(paced)
    enter(paced)

    assert taken_in == [True]  # and so the stale answer did not make the second one wait
