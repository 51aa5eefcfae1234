# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One converged task, run as a module, beside one GET: how long each takes, and where the time goes."""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import run
from typing import NamedTuple

from .cases import DOMAINS, Case
from .imports import blame
from .plans import Plan
from .runs import AS_MODULE, Runner, Spread

MODULE = "email_security_domain"
GET = "uri GET"
#: The task for one domain that is as it is wanted, in an account that has no other.
CASE = Case(DOMAINS, 1, 1, 0, single=True)


class TaskTimes(NamedTuple):
    """By way, how long things took, and by way and part, where it went."""

    #: A task in a play that has run it before.
    again: Mapping[str, Spread]
    #: Module minus GET, pair by pair: the median, and between what it lies with 95 % confidence.
    difference: float
    interval: tuple[float, float]
    #: A whole playbook with one task.
    playbook: Mapping[str, Spread]
    #: The module's own process, without Ansible around it.
    process: Mapping[str, Spread]
    parts: Mapping[str, Mapping[str, float]]


def measure(runner: Runner, plan: Plan, say: Callable[[str], None]) -> TaskTimes:
    """Measure it all."""
    say(f"one task and one GET by turns, {plan.pairs} times")
    times = runner.play(CASE, "pairs", pairs=plan.pairs + 1, record_id=DOMAINS.id(0), **AS_MODULE).tasks
    # The first of each also builds what is sent to the target.
    pairs = list(zip(times["Module"][1:], times["GET"][1:], strict=True))
    again = {MODULE: Spread.of(pair[0] for pair in pairs), GET: Spread.of(pair[1] for pair in pairs)}
    differences = [module - get for module, get in pairs]
    say(f"playbooks with one task, {plan.alone} times")
    whole: dict[str, list[float]] = {MODULE: [], GET: []}
    for _repeat in range(plan.alone):
        whole[MODULE].append(runner.play(CASE, MODULE, **AS_MODULE).seconds)
        whole[GET].append(runner.play(CASE, "uri_get", record_id=DOMAINS.id(0)).seconds)
    say(f"modules alone, {2 * plan.alone} times")
    process, parts = measure_processes(runner, plan)
    playbook = {way: Spread.of(values) for way, values in whole.items()}
    return TaskTimes(again, statistics.median(differences), interval(differences), playbook, process, parts)


def interval(values: Iterable[float]) -> tuple[float, float]:
    """Return between what the median lies with 95 % confidence (or more), whatever the distribution."""
    known = sorted(values)
    chance, outside = 0.5 ** len(known), 0
    while chance <= 0.025 and outside < len(known) // 2:
        outside += 1
        chance += math.comb(len(known), outside) * 0.5 ** len(known)
    return known[max(outside - 1, 0)], known[-max(outside, 1)]


def measure_processes(runner: Runner, plan: Plan) -> tuple[Mapping[str, Spread], Mapping[str, Mapping[str, float]]]:
    """Run the modules as Ansible runs them, but by hand."""
    with payloads(runner) as files:
        seconds: dict[str, list[float]] = defaultdict(list)
        spent: dict[str, list[Mapping[str, float]]] = defaultdict(list)
        for _repeat in range(2 * plan.alone):
            seconds["python -c pass"].append(timed(runner, ["-c", "pass"])[0])
            for way, file in files.items():
                seconds[way].append(timed(runner, [str(file)])[0])
                spent[way].append(blame(timed(runner, ["-X", "importtime", str(file)])[1]))
    parts = {
        way: {
            part: statistics.median(each.get(part, 0.0) for each in several)
            for part in sorted({part for each in several for part in each})
        }
        for way, several in spent.items()
    }
    return {way: Spread.of(values) for way, values in seconds.items()}, parts


def timed(runner: Runner, arguments: list[str]) -> tuple[float, str]:
    """Run Python, and return the seconds and what it wrote to stderr."""
    start = time.perf_counter()
    done = run(
        [sys.executable, *arguments],
        env=runner.environment(),
        capture_output=True,
        check=True,
        text=True,
    )
    return time.perf_counter() - start, done.stderr


@contextmanager
def payloads(runner: Runner) -> Iterator[Mapping[str, Path]]:
    """Give the files that Ansible makes of the module and of uri, with the account in the state of the case."""
    files = {}
    for way, module, playbook in ((MODULE, MODULE, MODULE), (GET, "uri", "uri_get")):
        folder = runner.folder / f"kept-{module}"
        command = runner.playbook(
            playbook,
            wanted=CASE.entries(),
            record_id=DOMAINS.id(0),
            collection_url=f"{runner.api.settings_url}/{DOMAINS.collection}",
            **AS_MODULE,
        )
        runner.run(CASE, 0.0, command, ANSIBLE_KEEP_REMOTE_FILES="1", ANSIBLE_REMOTE_TMP=str(folder))
        (files[way],) = folder.rglob(f"AnsiballZ_{module}.py")
    yield files
