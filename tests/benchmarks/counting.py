# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests: how many are sent in each case, counted from the emulator's log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from .cases import MEASURED, Case, cases
from .runs import Run


class Sent(NamedTuple):
    """What was sent in a case."""

    case: Case
    methods: Counter[str]

    @property
    def total(self) -> int:
        """Return how many requests there were."""
        return self.methods.total()


def measure(converge: Callable[[Case], Run], many: int) -> list[Sent]:
    """Count the requests in every case."""
    return [Sent(case, Counter(converge(case).sent)) for sample in MEASURED for case in cases(sample, many)]


def one_by_one(case: Case) -> int:
    """Return how many requests it takes to read every desired record, and to write those that differ."""
    return case.desired + case.differing
