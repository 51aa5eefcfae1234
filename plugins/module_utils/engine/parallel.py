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


def run_parallel(work: Callable[[T], None], items: Iterable[T], concurrency: int) -> None:
    """Do some work for each item, in the order of the items. Raises what the work raises.

    Not with concurrent.futures: at the end of the process it waits for its threads, even for one that waits minutes for
    the rate limit of an interrupted task.

    Args:
        work: what is done with an item.
        items: the items.
        concurrency: how many are worked on at the same time, at most.
    """
    queue: SimpleQueue[T] = SimpleQueue()
    for item in items:
        queue.put(item)
    errors: list[BaseException] = []

    def work_on_queue() -> None:
        while not errors:
            try:
                item = queue.get_nowait()
            except Empty:
                return
            try:
                work(item)
            except BaseException as error:
                errors.append(error)

    threads = [
        threading.Thread(target=work_on_queue, daemon=True) for _number in range(min(concurrency, queue.qsize()))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
