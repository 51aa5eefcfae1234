# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual time for client and server: hours pass in no time, and every run is the same.

One thread runs at a time, until it sleeps or waits for a lock or another thread. Then the one runs that wakes first,
and the clock moves to that moment. Requests are real; they take virtual time in both directions, so they overtake each
other.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from emulator import Emulator
from support.module_runner import COLLECTION

#: Seconds that a request or a response travels: at least and at most.
LATENCY = (0.02, 0.12)
#: Changes a response on its way back.
Change = Callable[[requests.Response], None]


class Simulation:
    """A clock that moves while all threads wait."""

    def __init__(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        #: The waits of the client, without those of requests that travel.
        self.slept: list[float] = []
        self.change: Change = lambda _response: None
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, threading.Semaphore]] = []
        self._chance = Random(7)
        self._ended = False
        self._patch(emulator, monkeypatch)

    def sleep(self, seconds: float) -> None:
        """Wait, as C(time.sleep) does."""
        self.slept.append(seconds)
        self.let_pass(seconds)

    def let_pass(self, seconds: float) -> None:
        """Wait, without a note in ``slept``."""
        turn = threading.Semaphore(0)
        self.wake(turn, seconds)
        self.wait(turn)

    def wake(self, turn: threading.Semaphore, seconds: float = 0.0) -> None:
        """Run the thread that waits for a turn after some seconds."""
        heapq.heappush(self._waiting, (self.now + seconds, next(self._order), turn))

    def wait(self, turn: threading.Semaphore) -> None:
        """Let others run until the turn comes."""
        self.give_up()
        # A defect of a test must not hang.
        assert turn.acquire(timeout=120), "no thread runs"
        if self._ended:
            raise SystemExit

    def end(self) -> None:
        """End the threads that still wait."""
        self._ended = True
        for _seconds, _order, turn in self._waiting:
            turn.release()

    def give_up(self) -> None:
        """Let another thread run."""
        if self._waiting:
            self.now, _order, turn = heapq.heappop(self._waiting)
            turn.release()

    def start(self, target: Callable[[], object]) -> Thread:
        """Start a thread."""
        thread = Thread(self, target)
        thread.start()
        return thread

    def _patch(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        time = SimpleNamespace(sleep=self.sleep, monotonic=lambda: self.now)
        locks = SimpleNamespace(Lock=lambda: Lock(self))
        threads = SimpleNamespace(Thread=lambda target, daemon: Thread(self, target))
        for name, stand_in in {
            "api.client.time": time,
            "api.rate_limit.time": time,
            "api.rate_limit.random": self._chance,
            "api.rate_limit.threading": locks,
            "api.retries.random": self._chance,
            "engine.parallel.threading": threads,
        }.items():
            monkeypatch.setattr(f"{COLLECTION}.module_utils.{name}", stand_in)
        monkeypatch.setattr(emulator.world.limit, "_clock", lambda: self.now)
        send = requests.adapters.HTTPAdapter.send

        def slow_send(*args: Any, **options: Any) -> requests.Response:
            self.let_pass(self._chance.uniform(*LATENCY))
            response = send(*args, **options)
            self.change(response)
            self.let_pass(self._chance.uniform(*LATENCY))
            return response

        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", slow_send)


class Lock:
    """A lock that goes to the thread that waits for it the longest. Only one thread runs, so it needs no other lock."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._held = False
        self._waiting: list[threading.Semaphore] = []

    def __enter__(self) -> None:
        if self._held:
            turn = threading.Semaphore(0)
            self._waiting.append(turn)
            self._simulation.wait(turn)
        self._held = True

    def __exit__(self, *_error: object) -> None:
        if self._waiting:
            self._simulation.wake(self._waiting.pop(0))
        else:
            self._held = False


class Thread:
    """A thread of the simulation."""

    def __init__(self, simulation: Simulation, target: Callable[[], object]) -> None:
        self._simulation = simulation
        self._target = target
        self._begin = threading.Semaphore(0)
        self._waiting: list[threading.Semaphore] = []
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin as soon as no other thread runs."""
        self._simulation.wake(self._begin)
        self._thread.start()

    def join(self) -> None:
        """Wait for its end."""
        if not self._ended:
            turn = threading.Semaphore(0)
            self._waiting.append(turn)
            self._simulation.wait(turn)
        self._thread.join(10)

    def _run(self) -> None:
        assert self._begin.acquire(timeout=120), "its turn never came"
        try:
            with suppress(SystemExit):
                self._target()
        finally:
            self._ended = True
            for turn in self._waiting:
                self._simulation.wake(turn)
            self._simulation.give_up()
