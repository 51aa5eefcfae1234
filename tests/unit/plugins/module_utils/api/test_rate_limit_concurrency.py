# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limit of several requests at a time: what counts as sent, and responses that come while others wait."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import (
    RateLimit,
)
from support.rate_limits import Clock, acquire, header, release


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
