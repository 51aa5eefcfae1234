# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In-process execution and module execution of a task that changes nothing, compared with tasks of Ansible itself."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from support.resources import DOMAIN

from .api import Api
from .cases import Case, settings_of
from .certificates import make
from .plans import DELAY, Plan
from .runs import Runner, Spread

#: Disables in-process execution.
AS_MODULE = {"mailsec_cloudflare_in_process": False}
DEBUG, IN_PROCESS, MODULE, GET = "debug", "in-process", "as a module", "uri GET"
#: One converged domain, in an account with no other.
CASE = Case(DOMAIN, 1, 1, 0, single=True)
#: The name of the record in a playbook.
NAME = "{{ item.domain }}"


class Compared(NamedTuple):
    """A task that is compared."""

    title: str
    action: str
    options: dict[str, Any]
    #: Variables of the task.
    variables: dict[str, Any]

    @property
    def starts_process(self) -> bool:
        """Return whether each run starts a process, which takes most of its time."""
        return self.title not in (DEBUG, IN_PROCESS)

    def task(self) -> dict[str, Any]:
        """Return it for a play."""
        return {"name": self.title, self.action: self.options, "vars": self.variables}


def compared(api: Api, name: str) -> list[Compared]:
    """Return all tasks that are compared.

    Args:
        api: the emulator.
        name: the name of the record, or the template for it.
    """
    trusted = {"ca_path": api.ca_path} if api.ca_path else {}
    record = f"{api.settings_url}/{DOMAIN.collection}/{DOMAIN.id_of(0)}"
    get = {"url": record, "headers": {"Authorization": f"Bearer {api.token}"}, **trusted}
    module = f"mailsec.cloudflare.{DOMAIN.module}"
    desired = {"domain": name, **settings_of(DOMAIN), **trusted}
    return [
        Compared(DEBUG, "ansible.builtin.debug", {"msg": name}, {}),
        Compared(IN_PROCESS, module, desired, {}),
        Compared(MODULE, module, desired, AS_MODULE),
        Compared(GET, "ansible.builtin.uri", get, {}),
    ]


class Loops(NamedTuple):
    """The cost of one item of a loop, by title. Each value is the mean of a loop without its first item."""

    item: Mapping[str, Spread]
    #: The GET of the module, from a session that does nothing else.
    round_trip: Spread
    #: In-process, turn by turn: without the round trip, and without what debug takes.
    own: Spread


class Execution(NamedTuple):
    """What everything takes in one setting, by title."""

    setting: str
    loops: Loops
    #: A task in a play that has run it before.
    task: Mapping[str, Spread]
    #: An ad-hoc command, from the start of its process to its end.
    ad_hoc: Mapping[str, Spread]
    #: Turn by turn, by how much the ad-hoc command is faster in-process than as a module.
    saved: Spread


def measure(runner: Runner[Api], plan: Plan, say: Callable[[str], None]) -> list[Execution]:
    """Measure everything in every setting."""
    folder = runner.folder / "tls"
    folder.mkdir()
    with Api(folder, make(folder)) as api:
        tls = Runner(api, folder, runner.collections)
        settings = [("HTTP", runner, 0.0), ("HTTPS", tls, 0.0), (f"HTTPS, {1000 * DELAY:.0f} ms", tls, DELAY)]
        results = []
        for setting, used, delay in settings:
            say(f"execution, {setting}: {plan.loops} loops, {plan.turns} tasks, {plan.calls} ad-hoc commands of each")
            loops, task = measure_loops(used, delay, plan), measure_tasks(used, delay, plan)
            results.append(Execution(setting, loops, task, *measure_ad_hoc(used, delay, plan)))
        return results


def measure_loops(runner: Runner[Api], delay: float, plan: Plan) -> Loops:
    """Run the loops and the plain GETs in turns, so that noise affects all of them."""
    every = compared(runner.api, NAME)
    seconds: dict[str, list[float]] = defaultdict(list)
    plain = []
    for _turn in range(plan.loops):
        for each in every:
            task = {**each.task(), "loop": "{{ desired * times }}"}
            times = plan.slow_items if each.starts_process else plan.quick_items
            run = runner.tasks(CASE, delay, [task], desired=CASE.entries(), times=times)
            seconds[each.title].append(statistics.mean(run.items[each.title]))
            if each.title == IN_PROCESS:
                plain.append(round_trip(runner.api, plan.quick_items))
    own = differences(differences(seconds[IN_PROCESS], plain), seconds[DEBUG])
    return Loops(spreads(seconds), Spread.of(plain), Spread.of(own))


def round_trip(api: Api, times: int) -> float:
    """Return the seconds of the last request, sent again and again over one connection."""
    url = api.last_url()
    seconds = []
    with api.session() as session:
        session.headers["Authorization"] = f"Bearer {api.token}"
        for _repeat in range(times):
            start = time.perf_counter()
            session.get(url, timeout=60).raise_for_status()
            seconds.append(time.perf_counter() - start)
    # The first opens the connection, as the first item of a loop does.
    return statistics.mean(seconds[1:])


def measure_tasks(runner: Runner[Api], delay: float, plan: Plan) -> Mapping[str, Spread]:
    """Run single tasks in turns in one play."""
    turn = [each.task() for each in compared(runner.api, NAME)]
    # The first of each also loads or builds what it needs.
    times = runner.tasks(CASE, delay, turn * (plan.turns + 1), item=CASE.entries()[0]).tasks
    return spreads({title: values[1:] for title, values in times.items()})


def measure_ad_hoc(runner: Runner[Api], delay: float, plan: Plan) -> tuple[Mapping[str, Spread], Spread]:
    """Run ad-hoc commands in turns."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for _turn in range(plan.calls):
        for each in compared(runner.api, CASE.sample.label_of(0)):
            run = runner.ad_hoc(CASE, delay, each.action, each.options, each.variables)
            seconds[each.title].append(run.seconds)
    return spreads(seconds), Spread.of(differences(seconds[MODULE], seconds[IN_PROCESS]))


def spreads(seconds: Mapping[str, list[float]]) -> Mapping[str, Spread]:
    """Return the spread of each list of values."""
    return {title: Spread.of(values) for title, values in seconds.items()}


def differences(values: list[float], others: list[float]) -> list[float]:
    """Return values less others, turn by turn."""
    return [value - other for value, other in zip(values, others, strict=True)]
