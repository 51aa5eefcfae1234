# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work on several items at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import Callable, TypeVar

T = TypeVar("T")


def side_by_side(work: Callable[[T], None], items: Iterable[T], concurrency: int) -> None:
    """Do some work for each item, in the order of the items. Raises what the work raises.

    Not by a pool of concurrent.futures: whoever ends the process would have to wait for its threads, also for one that
    waits minutes for the rate limit of a task that has been interrupted.

    Args:
        work: what is done with an item.
        items: the items.
        concurrency: how many are worked on at the same time, at most.
    """
    todo: SimpleQueue[T] = SimpleQueue()
    for item in items:
        todo.put(item)
    errors: list[BaseException] = []

    def work_on() -> None:
        while not errors:
            try:
                item = todo.get_nowait()
            except Empty:
                return
            try:
                work(item)
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work_on, daemon=True) for _number in range(min(concurrency, todo.qsize()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
