# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request of every task meets every fault: the task ends well, or with the right error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from .extent import LONG
from .jobs import Job, Target, jobs, seed
from .oracle import by_name, check_failure, check_truth, held
from .rig import Rig
from .troubles import Times, Trouble, troubles


@dataclass(frozen=True)
class Case:
    """A task, one of its requests, and the fault that it meets."""

    job: Job
    target: Target
    trouble: Trouble
    times: Times

    def __str__(self) -> str:
        return f"{self.job.name}, {self.target.name}, {self.trouble.name}, {self.times}"

    @property
    def applied(self) -> bool:
        """Return whether the server applies the request; it cannot where it has no endpoint."""
        return self.trouble.applied and not (self.target.batch and "batch" in self.job.behaviour)

    @property
    def must_succeed(self) -> bool:
        """Return whether the task has to succeed in spite of the fault."""
        # A batch that may have been applied is not sent again: the task reports what became of it.
        safe = not self.target.batch or not self.trouble.outcome_unknown or self.applied
        return self.trouble.retryable and self.times == "once" and safe

    @property
    def may_succeed(self) -> bool:
        """Return whether the task can succeed in spite of the fault."""
        no_batch = self.target.batch and self.trouble.status == 404
        gone = self.trouble.overtaken and (self.target.method == "DELETE" or not any(self.job.desired.values()))
        return self.must_succeed or (self.applied and self.target.writes) or no_batch or gone


ALL = [
    Case(job, target, trouble, times)
    for job in jobs()
    for target in job.targets
    for trouble in troubles(target)
    for times in ("once", "always")
    if not (trouble.overtaken and times == "always")
]


def sample(every: list[Case]) -> list[Case]:
    """Return a part of the matrix, always the same: two faults of each request, and each fault at least once."""
    requests: dict[tuple[str, str], list[Case]] = {}
    for case in every:
        requests.setdefault((case.job.name, case.target.name), []).append(case)
    chosen: dict[str, Case] = {}
    for number, group in enumerate(requests.values()):
        # Other faults for each request.
        for place in (7 * number, 7 * number + len(group) // 2):
            case = group[place % len(group)]
            chosen[str(case)] = case
    met = {case.trouble.name for case in chosen.values()}
    for case in every:
        if case.trouble.name not in met:
            met.add(case.trouble.name)
            chosen[str(case)] = case
    return list(chosen.values())


CHOSEN = ALL if LONG else sample(ALL)


def test_the_short_form_has_every_fault_and_every_request() -> None:
    assert {case.trouble.name for case in CHOSEN} == {case.trouble.name for case in ALL}
    assert {(case.job.name, case.target.name) for case in CHOSEN} == {(case.job.name, case.target.name) for case in ALL}


@pytest.mark.parametrize("case", CHOSEN, ids=str)
def test_a_task_ends_well_or_with_the_right_error(rig: Rig, case: Case) -> None:
    job, target, trouble = case.job, case.target, case.trouble
    emulator = rig.emulator
    emulator.behaviour.update(job.behaviour)
    rig.seed(job.kind.collection, seed(job.kind))
    rig.watch_creates(job.kind)
    before = held(emulator, job.kind)
    trouble.arrange(rig, target, None if case.times == "always" else 1)

    # One request after the other, so that the account at the time of the fault is not that of the end.
    ordered: dict[str, Any] = {"concurrency": 1} if trouble.overtaken and job.module == job.kind.bulk_module else {}
    run = rig.run(job.module, **job.params, **ordered)

    assert rig.met_fault, "the request was not sent"
    if rig.found is not None:
        before = by_name(job.kind, rig.found[job.kind.collection])
    check_truth(run, job, before, held(emulator, job.kind))
    assert rig.second_creates == []
    if run.failed:
        assert not case.must_succeed, run.msg
        check_failure(run, trouble.status, (target.method,))
    else:
        assert case.may_succeed, run.text
    if not (trouble.status == 404 and trouble.overtaken and job.by_id and job.desired.get(job.kind.label_of(3))):
        check_convergence(rig, job)


def check_convergence(rig: Rig, job: Job) -> None:
    """Check that the task, run again without a fault, does what is left to do, and then nothing more."""
    rig.heal()
    before = held(rig.emulator, job.kind)
    again = rig.run(job.module, **job.params)
    assert not again.failed, again.msg
    check_truth(again, job, before, held(rig.emulator, job.kind))

    writes = len(rig.emulator.writes)
    third = rig.run(job.module, **job.params)
    assert not third.failed, third.msg
    assert not third.changed
    assert len(rig.emulator.writes) == writes
