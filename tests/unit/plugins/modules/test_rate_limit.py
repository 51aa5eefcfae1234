# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limit: a task waits for the next window rather than run into the block of five minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import RateLimit
from emulator import Emulator
from support.module_runner import COLLECTION, Run
from support.resources import DOMAIN, RESTRICTION
from support.sample import Sample
from support.script import Script, page, refusal


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

        self.rate_limits: list[RateLimit] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        # However long it takes here, in the time of this clock every response comes in before a wait is over.
        while any(rate_limit._in_flight for rate_limit in self.rate_limits):
            threading.Event().wait(0.001)
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds

    def rate_limit(self) -> RateLimit:
        self.rate_limits.append(RateLimit())
        return self.rate_limits[-1]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of everything that waits."""
    clock = Clock()
    monkeypatch.setattr(f"{COLLECTION}.module_utils.api.rate_limit.time", clock)
    monkeypatch.setattr(f"{COLLECTION}.module_utils.api.client.time", clock)
    monkeypatch.setattr(f"{COLLECTION}.module_utils.api.sessions.RateLimit", clock.rate_limit)
    return clock


@pytest.fixture
def jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take chance away: the client's own delays are as long as they can be."""
    random = SimpleNamespace(uniform=lambda _least, most: most)
    monkeypatch.setattr(f"{COLLECTION}.module_utils.api.rate_limit.random", random)
    monkeypatch.setattr(f"{COLLECTION}.module_utils.api.retries.random", random)


def said(remaining: int, seconds: int) -> dict[str, str]:
    """Return the header with what remains."""
    return {"Ratelimit": f'"default";r={remaining};t={seconds}'}


def two_requests(sample: Sample, **first: Any) -> Script:
    """Return a listing and a change."""
    record = sample.numbered(1)
    return Script(sample.listing(answer=page([record]), **first), sample.patching(record, sample.change))


def changing(sample: Sample) -> dict[str, Any]:
    return {sample.entries_option: [{**sample.key_of(1), **sample.change}]}


@pytest.mark.usefixtures("jitter")
def test_where_nothing_remains_the_next_window_is_waited_for(
    run: Callable[..., Run], sample: Sample, clock: Clock
) -> None:
    result = run(sample.bulk_module, two_requests(sample, headers=said(0, 30)), **changing(sample))

    assert result.changed
    # A little more than was said, so that not all come at once.
    assert clock.slept == [31.0]


def test_the_single_module_respects_the_rate_limit(run: Callable[..., Run], sample: Sample, clock: Clock) -> None:
    script = Script(sample.lookup(answer=page([sample.record]), headers=said(0, 30)), sample.patching())

    assert run(sample.module, script, **sample.key, **sample.change).changed
    assert len(clock.slept) == 1


def test_pages_respect_the_rate_limit(run: Callable[..., Run], clock: Clock) -> None:
    records = DOMAIN.records(1001)
    script = Script(
        DOMAIN.listing(answer=page(records[:1000], 1, 1001), headers=said(0, 7)),
        DOMAIN.listing(records[1000], number=2, total=1001),
    )

    assert len(run(DOMAIN.info_module, script).result) == 1001
    assert len(clock.slept) == 1


@pytest.mark.usefixtures("jitter")
@pytest.mark.parametrize(("seconds", "warned"), [(8, False), (9, True), (250, True)])
def test_a_long_wait_is_a_warning(
    run: Callable[..., Run], sample: Sample, clock: Clock, seconds: int, warned: bool
) -> None:
    result = run(sample.bulk_module, two_requests(sample, headers=said(0, seconds)), **changing(sample))

    warning = f"Waited {seconds + 1} seconds for the Cloudflare API rate limit."
    assert result.warnings == ([warning] if warned else [])


def test_a_wait_above_the_maximum_fails_without_waiting(run: Callable[..., Run], sample: Sample, clock: Clock) -> None:
    record = sample.numbered(1)
    script = Script(sample.listing(answer=page([record]), headers=said(0, 250)))

    result = run(sample.bulk_module, script, **changing(sample), retry_max_wait=249)

    assert result.failed
    assert not result.changed
    assert clock.slept == []
    assert (
        "The rate limit resets in 250 s, which exceeds retry_max_wait (249 s). "
        "Run the task again later, or raise retry_max_wait. "
        "Cloudflare allows 1,200 requests per user in five minutes, including the dashboard. (PATCH "
    ) in result.msg


@pytest.mark.usefixtures("jitter")
def test_server_errors_do_not_reset_the_rate_limit(run: Callable[..., Run], sample: Sample, clock: Clock) -> None:
    script = Script(
        sample.listing(status=503, text="<h1>Busy</h1>", headers={**said(0, 200), "Retry-After": "5"}),
        sample.listing(sample.numbered(1)),
    )

    assert not run(sample.bulk_module, script, **{sample.entries_option: [sample.key_of(1)]}).failed
    assert clock.slept == [6.0, 195.0]


@pytest.mark.usefixtures("jitter")
def test_after_the_wait_that_a_429_asks_for_there_is_no_second_one(
    run: Callable[..., Run], sample: Sample, clock: Clock
) -> None:
    limited = refusal({"code": 971, "message": "Wait"})
    script = Script(
        sample.listing(status=429, answer=limited, headers={**said(0, 300), "Retry-After": "20"}),
        sample.listing(sample.numbered(1)),
    )

    assert not run(sample.bulk_module, script, **{sample.entries_option: [sample.key_of(1)]}).failed
    assert clock.slept == [21.0]


@pytest.mark.parametrize("concurrency", [1, 4, 8])
def test_threads_never_run_into_the_limit(
    run_emulated: Callable[..., Run],
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
    concurrency: int,
) -> None:
    monkeypatch.setattr(emulator.world.limit, "_clock", clock.monotonic)
    emulator.behaviour.update({"quota": 20, "window": 60.0})
    emulator.world.limit.reset()

    result = run_emulated(
        RESTRICTION.bulk_module,
        restrictions=[{"domain": RESTRICTION.label_of(number)} for number in range(75)],
        concurrency=concurrency,
    )

    assert result.summary["counts"]["created"] == 75
    assert [entry.status for entry in emulator.log if entry.status == 429] == []
    # Three windows are over before the 76 requests are: each was waited for once, if at times a little early.
    assert 3 <= len(clock.slept) <= 6
    assert any("Waited" in warning for warning in result.warnings)
