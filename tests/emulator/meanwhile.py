# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else happens on the server while a client is at work: for tests in the process of the emulator."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .requestlog import Entry

Moment = Literal["before", "after"]


@dataclass(frozen=True)
class Happening:
    """Something that is done when a request comes in, or when it has been served and its answer not yet sent."""

    action: Callable[[Entry], object]
    moment: Moment
    method: str
    path: str
    once: bool


class Meanwhile:
    """The happenings that are due. An action gets the request's entry in the log, and may send requests of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: list[Happening] = []

    def before(self, method: str, path: str, action: Callable[[Entry], object], once: bool = True) -> None:
        """Does something before a request is served. `path` is a regular expression, searched in path and query."""
        self._add(Happening(action, "before", method, path, once))

    def after(self, method: str, path: str, action: Callable[[Entry], object], once: bool = True) -> None:
        """Does something when a request has been served, whatever goes wrong with its answer."""
        self._add(Happening(action, "after", method, path, once))

    def clear(self) -> None:
        """Nothing happens any more."""
        with self._lock:
            self._due.clear()

    @property
    def pending(self) -> list[Happening]:
        """What has not happened, or may happen again."""
        with self._lock:
            return list(self._due)

    def run(self, moment: Moment, entry: Entry, path: str) -> None:
        """Does what is due at this moment of a request; `path` has its query."""
        with self._lock:
            hit = [
                each
                for each in self._due
                if each.moment == moment and each.method == entry.method and re.search(each.path, path)
            ]
            # Before it is done: its own requests are not to set it off again.
            self._due = [each for each in self._due if not (each.once and each in hit)]
        for each in hit:
            each.action(entry)

    def _add(self, happening: Happening) -> None:
        with self._lock:
            self._due.append(happening)
