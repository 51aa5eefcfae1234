# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both doors: a converged record in the controller's process and as a module, beside what comes with Ansible."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .api import Api
from .certificates import make
from .plans import Plan
from .runs import Runner, Spread
from .task import CASE
from .ways import DEBUG, IN_PROCESS, MODULE, ways

#: Seconds that every answer takes longer, where there is a delay.
DELAY = 0.05
#: What gives the name of the record in a playbook.
NAME = "{{ item.domain }}"


class Loops(NamedTuple):
    """What an item of a loop over the record costs, by way.

    The first item of a loop has to wait for more and is left out. A measurement is the mean of the others.
    """

    item: Mapping[str, Spread]
    #: In one loop: the items, and the connections that they came over.
    items: Mapping[str, int]
    connections: Mapping[str, int]
    #: The GET of the module, from a session that does nothing else.
    round_trip: Spread
    #: In-process, turn by turn: without its round trip, and without what debug takes either.
    own: Spread
    over_debug: Spread


class AdHoc(NamedTuple):
    """What a command costs, from the start of its process to its end."""

    #: By way.
    command: Mapping[str, Spread]
    #: Turn by turn, by how much the command is quicker in-process than as a module.
    saved: Spread


class DoorTimes(NamedTuple):
    """How long everything took in one setting."""

    setting: str
    loops: Loops
    #: By way, a task in a play that has run it before.
    task: Mapping[str, Spread]
    ad_hoc: AdHoc


def measure(runner: Runner, plan: Plan, say: Callable[[str], None]) -> list[DoorTimes]:
    """Measure it all in every setting."""
    folder = runner.folder / "tls"
    folder.mkdir()
    with Api(folder, make(folder)) as api:
        tls = Runner(api, folder, runner.collections)
        settings = [("http", runner, 0.0), ("TLS", tls, 0.0), (f"TLS, {1000 * DELAY:.0f} ms", tls, DELAY)]
        return [measure_setting(setting, used, delay, plan, say) for setting, used, delay in settings]


def measure_setting(setting: str, runner: Runner, delay: float, plan: Plan, say: Callable[[str], None]) -> DoorTimes:
    """Measure it all in one setting."""
    say(f"both doors, {setting}: loops by turns, {plan.loops} times")
    loops = measure_loops(runner, delay, plan)
    say(f"both doors, {setting}: tasks by turns, {plan.turns} times")
    task = measure_tasks(runner, delay, plan)
    say(f"both doors, {setting}: ad-hoc commands by turns, {plan.calls} times")
    return DoorTimes(setting, loops, task, measure_ad_hoc(runner, delay, plan))


def measure_loops(runner: Runner, delay: float, plan: Plan) -> Loops:
    """Run the loops and the bare GETs by turns, so that noise meets all of them."""
    compared = ways(runner.api, NAME)
    items = {way.title: plan.slow_items if way.starts_process else plan.quick_items for way in compared}
    seconds: dict[str, list[float]] = defaultdict(list)
    connections: dict[str, int] = defaultdict(int)
    bare = []
    for _turn in range(plan.loops):
        for way in compared:
            task = {**way.task(), "loop": "{{ wanted * times }}"}
            run = runner.tasks(CASE, delay, [task], wanted=CASE.entries(), times=items[way.title])
            seconds[way.title].append(statistics.mean(run.items[way.title]))
            connections[way.title] = max(connections[way.title], runner.api.connections())
            if way.title == IN_PROCESS:
                bare.append(round_trip(runner.api, plan.quick_items))
    own = differences(seconds[IN_PROCESS], bare)
    return Loops(
        {way: Spread.of(values) for way, values in seconds.items()},
        items,
        connections,
        Spread.of(bare),
        Spread.of(own),
        Spread.of(differences(own, seconds[DEBUG])),
    )


def round_trip(api: Api, times: int) -> float:
    """Return what the request that was sent last takes, when it is sent again and again over one connection."""
    address = api.last_address()
    seconds = []
    with api.session() as session:
        session.headers["Authorization"] = f"Bearer {api.token}"
        for _repeat in range(times):
            start = time.perf_counter()
            session.get(address, timeout=60).raise_for_status()
            seconds.append(time.perf_counter() - start)
    # The first opens the connection, as the first item of a loop does.
    return statistics.mean(seconds[1:])


def measure_tasks(runner: Runner, delay: float, plan: Plan) -> Mapping[str, Spread]:
    """Run single tasks by turns in one play."""
    turn = [way.task() for way in ways(runner.api, NAME)]
    # The first of each also loads or builds what it needs.
    times = runner.tasks(CASE, delay, turn * (plan.turns + 1), item=CASE.entries()[0]).tasks
    return {way: Spread.of(values[1:]) for way, values in times.items()}


def measure_ad_hoc(runner: Runner, delay: float, plan: Plan) -> AdHoc:
    """Run ad-hoc commands by turns."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for _turn in range(plan.calls):
        for way in ways(runner.api, CASE.kind.name(0)):
            run = runner.ad_hoc(CASE, delay, way.action, way.options, way.variables)
            seconds[way.title].append(run.seconds)
    saved = differences(seconds[MODULE], seconds[IN_PROCESS])
    return AdHoc({way: Spread.of(values) for way, values in seconds.items()}, Spread.of(saved))


def differences(values: list[float], others: list[float]) -> list[float]:
    """Return what is left of values without others, turn by turn."""
    return [value - other for value, other in zip(values, others, strict=True)]
