# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work on several items at the same time, also when it goes wrong or somebody cannot wait for it."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.parallel import run_parallel


def test_every_item_has_its_turn_in_the_order_of_the_items() -> None:
    done: list[int] = []

    run_parallel(done.append, range(100), 1)

    assert done == list(range(100))


def test_so_many_are_worked_on_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=10)

    run_parallel(lambda _item: together.wait() and None, range(9), 3)


def test_no_items_no_threads() -> None:
    run_parallel(lambda _item: pytest.fail("there is nothing to do"), [], 8)


def test_an_error_ends_it_and_is_raised() -> None:
    done: list[int] = []

    def work(item: int) -> None:
        done.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        run_parallel(work, range(100), 1)
    assert done == [0]


def test_who_is_interrupted_does_not_wait() -> None:
    going_on = threading.Event()

    class Interrupted(BaseException):
        """What a signal raises here, as the timeout of a task does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Interrupted):
            run_parallel(lambda _item: going_on.wait(60) and None, range(2), 2)
        assert not going_on.is_set()
        # Nor does the end of the process.
        assert all(thread.daemon for thread in threading.enumerate() if "work_on" in thread.name)
    finally:
        signal.signal(signal.SIGALRM, before)
        going_on.set()
