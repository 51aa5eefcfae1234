# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wall time: each case with the collection, with a loop of uri, and with a script over the official SDK."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from support.sample import Sample

from .api import Api
from .cases import TIMED, Case, cases
from .plans import DELAY, Plan
from .runs import Run, Runner, Spread

COLLECTION = "this collection"
URI = "uri loop"
SDK = "SDK, 8 threads"
SDK_BATCH = "SDK, list and batch"


class Taken(NamedTuple):
    """The time of a case."""

    seconds: Spread
    #: The number of records that was measured, where the time is calculated from that.
    calculated_from: int | None = None


@dataclass(frozen=True)
class Row:
    """One case."""

    case: Case
    taken: dict[str, Taken]

    def ratio(self, other: str) -> float:
        """Return how much longer another solution takes than this collection."""
        return self.taken[other].seconds.median / self.taken[COLLECTION].seconds.median


class LoopCost(NamedTuple):
    """The seconds of a loop of uri: once, and for each item."""

    start: float
    get: float
    patch: float

    def of(self, case: Case) -> float:
        """Return the seconds of a case."""
        return self.start + case.desired * self.get + case.differing * self.patch


def measure(runner: Runner[Api], plan: Plan, say: Callable[[str], None]) -> list[Row]:
    """Measure every case."""
    rows = []
    for sample in TIMED:
        say(f"the loop of uri, {sample.entries_option}")
        loop = loop_costs(runner, sample, plan)
        for case in cases(sample, plan.many):
            say(str(case))
            rows.append(Row(case, measure_case(runner, plan, case, loop)))
    return rows


def measure_case(runner: Runner[Api], plan: Plan, case: Case, loop: list[LoopCost]) -> dict[str, Taken]:
    """Measure a case with every solution, in turns, so that noise affects all of them."""
    runs: dict[str, tuple[int, Callable[[], Run]]] = {
        COLLECTION: (plan.repeats, lambda: runner.collection(case, DELAY)),
        SDK_BATCH: (plan.repeats, lambda: runner.sdk(case, DELAY, batch=True)),
        SDK: (plan.repeats if case.single else plan.sdk_repeats, lambda: runner.sdk(case, DELAY)),
    }
    if case.single:
        runs[URI] = (plan.repeats, lambda: runner.uri(case, DELAY))
    seconds: dict[str, list[float]] = {title: [] for title in runs}
    for turn in range(plan.repeats):
        for title, (repeats, run) in runs.items():
            if turn < repeats:
                seconds[title].append(run().seconds)
    taken = {title: Taken(Spread.of(values)) for title, values in seconds.items()}
    if not case.single:
        taken[URI] = Taken(Spread.of(cost.of(case) for cost in loop), plan.loop_records)
    return taken


def loop_costs(runner: Runner[Api], sample: Sample, plan: Plan) -> list[LoopCost]:
    """Run the loop of uri over a few records, all of which differ, and calculate the cost of one of them."""
    number = plan.loop_records
    costs = []
    for _repeat in range(plan.loop_repeats):
        run = runner.uri(Case(sample, number, number, number), DELAY)
        get, patch = (statistics.mean(run.tasks[task]) for task in ("GET", "PATCH"))
        costs.append(LoopCost(run.seconds - get - patch, get / number, patch / number))
    return costs
