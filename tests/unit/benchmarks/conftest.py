# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running emulator, and results that were not measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from benchmarks import counting, execution, growth
from benchmarks.api import Api
from benchmarks.cases import Case
from benchmarks.module_cost import Cost, ModuleCost
from benchmarks.partners import Ratio
from benchmarks.results import Results
from benchmarks.runs import Run, Spread
from benchmarks.wall import COLLECTION, SDK, SDK_BATCH, URI, Row, Taken
from support.resources import DOMAIN


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Return the emulator, as the benchmark starts it."""
    with Api(tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture
def made_up() -> Callable[[bool], Results]:
    """Return a function that returns results of every part: they reach all targets, or they miss all."""
    return results


def results(good: bool) -> Results:
    """Return results that reach all targets, or miss all."""
    sent = counting.measure(lambda _case: Run(0.0, ["GET"] * (1 if good else 2000), {}), 1000)
    ratio = Ratio("1,000 domains", "a task", "another", 1.15, Spread.of([1.1 if good else 1.2]), Spread.of([1.0]))
    planned = [
        growth.Planned("domains", 1000, Spread.of([0.1]), 1000),
        growth.Planned("domains", 10000, Spread.of([1.0 if good else 2.0]), 10000),
    ]
    seconds, peak = (1.0, 200_000_000) if good else (4.0, 400_000_000)
    costs = [
        Cost(Case(DOMAIN, size, size, differing), Spread.of([cpu]), peak)
        for size, cpu in ((1000, 0.1), (10000, seconds))
        for differing in (0, size)
    ]
    module = ModuleCost(costs, Spread.of([0.05 if good else 0.07]))
    uri, sdk = (200.0, 2.5) if good else (80.0, 1.5)
    taken = {
        COLLECTION: Taken(Spread(2.0, 1.0, 3.0, 3)),
        URI: Taken(Spread.of([uri]), 20),
        SDK: Taken(Spread.of([sdk])),
        SDK_BATCH: Taken(Spread.of([1.0])),
    }
    wall = [Row(Case(DOMAIN, 1000, 1000, 1000), taken)]
    # One setting is enough to miss a target.
    executed = [execution_times("HTTP", True), execution_times("HTTPS", good)]
    return Results("a machine", sent, wall, executed, [ratio], planned, module)


def execution_times(setting: str, good: bool) -> execution.Execution:
    """Return times in one setting."""
    times = {execution.DEBUG: Spread.of([0.01]), execution.IN_PROCESS: Spread.of([0.02])}
    times |= {execution.MODULE: Spread.of([0.5]), execution.GET: Spread.of([0.5 if good else 0.4])}
    loops = execution.Loops(times, round_trip=Spread.of([0.004]), own=Spread.of([0.006 if good else 0.009]))
    return execution.Execution(setting, loops, times, times, saved=Spread.of([0.6 if good else 0.4]))
