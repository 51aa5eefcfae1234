# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running emulator, and results that were not measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks import counting, execution, growth
from benchmarks.api import Api
from benchmarks.cases import Case
from benchmarks.module_cost import Cost, ModuleCost
from benchmarks.partners import Ratio
from benchmarks.plans import FULL
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
def results() -> Results:
    """Return results of every part."""
    ratios = [
        Ratio("1,000 domains", "a task", "another", most, Spread.of([1.2]), Spread.of([1.0])) for most in (1.15, 1.3)
    ]
    module = ModuleCost(
        [
            Cost(Case(DOMAIN, size, size, differing), Spread.of([size / 4000]), size * 20_000)
            for size in (1000, 10000)
            for differing in (0, size)
        ],
        Spread.of([0.05]),
    )
    seconds = {COLLECTION: Taken(Spread(2.0, 1.0, 3.0, 3)), URI: Taken(Spread(80.0, 70.0, 90.0, 2), 20)}
    taken = {**seconds, SDK: Taken(Spread(1.5, 1.0, 2.0, 2)), SDK_BATCH: Taken(Spread(1.0, 1.0, 1.0, 2))}
    rows = [Row(Case(DOMAIN, 1000, 1000, 1000), delay, taken) for delay in FULL.delays]
    grown = [
        growth.Planned("domains", 1000, Spread(0.3, 0.3, 0.3, 1), 1000),
        growth.Planned("domains", 10000, Spread(6.0, 6.0, 6.0, 1), 10000),
    ]
    sent = counting.measure(lambda _case: Run(0.0, ["GET"], {}), 1000)
    return Results("a machine", sent, rows, [execution_times()], ratios, grown, module)


def execution_times() -> execution.Execution:
    """Return times in one setting: 16 ms of an item's own, 6 ms beside debug, 0.6 s saved."""
    item = {title: Spread(0.5, 0.4, 0.6, 3) for title in (execution.PING, execution.GET, execution.MODULE)}
    item |= {execution.DEBUG: Spread.of([0.01]), execution.IN_PROCESS: Spread.of([0.02])}
    loops = execution.Loops(
        item,
        items={execution.MODULE: 4, execution.IN_PROCESS: 50},
        connections={execution.MODULE: 4, execution.IN_PROCESS: 1},
        round_trip=Spread.of([0.004]),
        own=Spread.of([0.016]),
        over_debug=Spread.of([0.006]),
    )
    command = {execution.MODULE: Spread.of([1.5]), execution.IN_PROCESS: Spread.of([0.9])}
    return execution.Execution("TLS", loops, item, command, Spread.of([0.6]))
