# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wall time: each case with the collection, with a loop of uri, and with a script over the official SDK."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from .cases import DOMAINS, KINDS, Case, Kind, cases
from .plans import Plan
from .runs import Run, Runner, Spread

COLLECTION = "this collection"
URI = "uri loop"
SDK = "SDK, 8 threads"
SDK_ALONE = "SDK, 1 thread"


class Taken(NamedTuple):
    """How long a case took."""

    seconds: Spread
    #: Over how many records it was measured, where the rest is reckoned.
    reckoned_from: int | None = None


@dataclass(frozen=True)
class Row:
    """One case with one delay."""

    case: Case
    delay: float
    taken: dict[str, Taken]

    def ratio(self, other: str) -> float:
        """Return how many times longer another way takes than this collection."""
        return self.taken[other].seconds.median / self.taken[COLLECTION].seconds.median


class LoopCost(NamedTuple):
    """What a loop of uri costs: once, and for each item."""

    start: float
    get: float
    patch: float

    def of(self, case: Case) -> float:
        """Return the seconds that a case takes."""
        return self.start + case.wanted * self.get + case.differing * self.patch


def measure(runner: Runner, plan: Plan, say: Callable[[str], None]) -> list[Row]:
    """Measure every case with every delay."""
    rows = []
    for delay in plan.delays:
        for kind in KINDS:
            say(f"the loop of uri, {kind.title}, {delay * 1000:.0f} ms")
            loop = loop_costs(runner, kind, delay, plan)
            for case in cases(kind, plan.many):
                say(f"{kind.title}, {case.title}, {delay * 1000:.0f} ms")
                rows.append(Row(case, delay, measure_case(runner, plan, case, delay, loop)))
    return rows


def measure_case(runner: Runner, plan: Plan, case: Case, delay: float, loop: list[LoopCost]) -> dict[str, Taken]:
    """Measure a case in every way; the ways take turns, so that noise meets all of them."""
    ways: dict[str, Callable[[], Run]] = {
        COLLECTION: lambda: runner.collection(case, delay),
        SDK: lambda: runner.sdk(case, delay),
    }
    repeats = {COLLECTION: plan.repeats, SDK: plan.repeats if case.single else plan.sdk_repeats}
    if case.single:
        ways[URI] = lambda: runner.uri(case, delay)
        repeats[URI] = plan.repeats
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(max(repeats.values())):
        for way, run in ways.items():
            if turn < repeats[way]:
                seconds[way].append(run().seconds)
    taken = {way: Taken(Spread.of(values)) for way, values in seconds.items()}
    if not case.single:
        taken[URI] = Taken(Spread.of(cost.of(case) for cost in loop), plan.loop_records)
    if case.kind is DOMAINS and case.differing == case.wanted > 1:
        part = min(case.wanted, 5 * plan.loop_records)
        small = replace(case, account=part, wanted=part, differing=part)
        alone = runner.sdk(small, delay, threads=1)
        taken[SDK_ALONE] = Taken(Spread.of([alone.seconds * case.wanted / part]), part)
    return taken


def loop_costs(runner: Runner, kind: Kind, delay: float, plan: Plan) -> list[LoopCost]:
    """Run the loop of uri over a few records, all of which differ, and reckon what one of them costs."""
    number = plan.loop_records
    costs = []
    for _repeat in range(plan.loop_repeats):
        run = runner.uri(Case(kind, number, number, number), delay)
        get, patch = (statistics.mean(run.tasks[task]) for task in ("GET", "PATCH"))
        costs.append(LoopCost(run.seconds - get - patch, get / number, patch / number))
    return costs
