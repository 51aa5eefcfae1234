# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault at every request of every kind, once and for ever: see troubles.py and jobs.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from . import figures
from .extent import LONG
from .jobs import Job, Target, jobs, name_of, seed
from .oracle import by_name, check_failure, check_truth, held
from .rig import Rig
from .troubles import Times, Trouble, troubles


@dataclass(frozen=True)
class Case:
    """A task, one of its requests, and what goes wrong there."""

    job: Job
    target: Target
    trouble: Trouble
    times: Times

    def __str__(self) -> str:
        return f"{self.job.name}, {self.target.name}, {self.trouble.name}, {self.times}"

    @property
    def may_succeed(self) -> bool:
        """Tell whether the task can reach its end in spite of the trouble."""
        return self.must_succeed or (self.acted and self.target.writes) or self.falls_back or self.finds_it_gone

    @property
    def acted(self) -> bool:
        """Tell whether the server did what it was asked; what it has no endpoint for, it cannot do."""
        return self.trouble.acted and not (self.target.batch and "domain_batch" in self.job.behaviour)

    @property
    def must_succeed(self) -> bool:
        """Tell whether the task has to get over the trouble."""
        # A batch is not sent again where it may have been done: the task tells what came of it.
        safe = not self.target.batch or not self.trouble.in_doubt or self.acted
        return self.trouble.passing and self.times == "once" and safe

    @property
    def finds_it_gone(self) -> bool:
        """Tell whether the record is gone before the task gets to it, and shall be, or is only asked for."""
        return self.trouble.overtaken and (self.target.method == "DELETE" or not any(self.job.wanted.values()))

    @property
    def falls_back(self) -> bool:
        """Tell whether the answer says that there is no batch."""
        return self.target.batch and self.trouble.status == 404


def cases() -> list[Case]:
    """Return the whole matrix."""
    return [
        Case(job, target, trouble, times)
        for job in jobs()
        for target in job.targets
        for trouble in troubles(target)
        for times in ("once", "always")
        if not (trouble.overtaken and times == "always")
    ]


def sample(every: list[Case]) -> list[Case]:
    """Return a part of the matrix, always the same: two troubles of each request, and each trouble at least once."""
    requests: dict[tuple[str, str], list[Case]] = {}
    troubles_met: dict[str, list[Case]] = {}
    for case in every:
        requests.setdefault((case.job.name, case.target.name), []).append(case)
        troubles_met.setdefault(case.trouble.name, []).append(case)
    chosen: dict[str, Case] = {}
    for number, group in enumerate(requests.values()):
        # Not the same ones for each request.
        for place in (7 * number, 7 * number + len(group) // 2):
            case = group[place % len(group)]
            chosen[str(case)] = case
    for name, group in troubles_met.items():
        if all(case.trouble.name != name for case in chosen.values()):
            chosen[str(group[0])] = group[0]
    return list(chosen.values())


ALL = cases()
CHOSEN = ALL if LONG else sample(ALL)


def test_the_matrix_is_whole(tell: Callable[[str], None]) -> None:
    """Say how large the matrix is, and that the short form leaves no trouble and no request out."""
    requests = {(case.job.name, case.target.name) for case in ALL}
    kinds = {case.trouble.name for case in ALL}
    extent = f"of {len(ALL)} cases: {len(requests)} requests, {len(kinds)} faults, each once and always"
    tell(f"fault matrix: {len(CHOSEN)} {extent}")

    assert figures.recorded()["fault matrix"] == f"fault matrix: {len(ALL)} {extent}"
    assert len({str(case) for case in ALL}) == len(ALL)
    assert {case.trouble.name for case in CHOSEN} == kinds
    assert {(case.job.name, case.target.name) for case in CHOSEN} == requests


@pytest.mark.parametrize("case", CHOSEN, ids=str)
def test_a_task_ends_well_or_says_why_not(rig: Rig, case: Case) -> None:
    job, target, trouble = case.job, case.target, case.trouble
    emulator = rig.emulator
    emulator.behaviour.update(job.behaviour)
    rig.seed(job.kind.collection, seed(job.kind))
    rig.watch_creates(job.kind.collection)
    before = held(emulator, job.kind)
    trouble.arrange(rig, target, None if case.times == "always" else 1)

    run = rig.run(job.module, **job.params)

    assert rig.met_trouble, "the request was not sent"
    if rig.found is not None:
        before = by_name(rig.found[job.kind.collection])
    check_truth(run, job, before, held(emulator, job.kind))
    assert rig.second_creates == []
    if run.failed:
        assert not case.must_succeed, run.msg
        check_failure(run, trouble.status, (target.method,))
    else:
        assert case.may_succeed, run.text
    if not (trouble.status == 404 and trouble.overtaken and job.by_id and job.wanted.get(name_of(3))):
        check_convergence(rig, job)


def check_convergence(rig: Rig, job: Job) -> None:
    """Check that the task, run again without trouble, does what is left to do, and then nothing more."""
    rig.heal()
    before = held(rig.emulator, job.kind)
    again = rig.run(job.module, **job.params)
    assert not again.failed, again.msg
    check_truth(again, job, before, held(rig.emulator, job.kind))

    writes = len(rig.emulator.writes)
    third = rig.run(job.module, **job.params)
    assert not third.failed, third.msg
    assert not third.changed
    assert rig.writes_since(writes) == []
