# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ratios: the same work with this collection and in the most direct way, against a server that costs nothing."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from support.resources import DOMAIN, SAMPLES

from .cases import Case, Record, settings_of
from .lean import LeanApi
from .plans import Plan
from .runs import Runner, Spread

ROLE = "mailsec.cloudflare.email_security"
#: As mailsec.cloudflare.apply includes it: without the validation of Ansible, which copies all lists once more.
AS_IN_PLAYBOOK = {"rolespec_validate": False}
VALIDATED_ROLE = "the role with Ansible's validation"


class Ratio(NamedTuple):
    """Two solutions for one piece of work, measured in turns."""

    title: str
    this: str
    other: str
    #: How many times as long this solution may take.
    most: float
    seconds: Spread
    other_seconds: Spread

    @property
    def value(self) -> float:
        """Return how many times as long this solution takes."""
        return self.seconds.median / self.other_seconds.median


class Pair(NamedTuple):
    """Two solutions that are measured: each returns the seconds of a run."""

    title: str
    this: str
    other: str
    most: float
    run: Callable[[], float]
    run_other: Callable[[], float]


@dataclass(frozen=True)
class AllLists:
    """An account with converged records in every list."""

    number: int

    @property
    def cases(self) -> list[Case]:
        """Return the case of each list."""
        return [Case(sample, self.number, self.number, 0) for sample in SAMPLES]

    def seed(self) -> dict[str, list[Record]]:
        """Return the records of the account."""
        return {name: records for case in self.cases for name, records in case.seed().items()}


def measure(folder: Path, collections: Path, plan: Plan, say: Callable[[str], None]) -> list[Ratio]:
    """Measure every pair in turns, so that noise affects both."""
    with LeanApi(folder) as api:
        ratios = []
        for pair in pairs(Runner(api, folder, collections), plan):
            say(f"{pair.title}: {pair.this} and {pair.other}")
            runs = [(pair.run(), pair.run_other()) for _turn in range(plan.turns_of_pairs)]
            spreads = (Spread.of(values) for values in zip(*runs, strict=True))
            ratios.append(Ratio(pair.title, pair.this, pair.other, pair.most, *spreads))
        return ratios


def pairs(runner: Runner[LeanApi], plan: Plan) -> list[Pair]:
    """Return what is compared."""
    many = plan.many
    bulk, single, bare = DOMAIN.bulk_module, DOMAIN.module, "a bare action"
    converged, changed = Case(DOMAIN, many, many, 0), Case(DOMAIN, many, many, many)
    domains, reported, everything = Case(DOMAIN, 5 * many, 5 * many, 0), Case(DOMAIN, 2 * many, 1, 0), AllLists(many)

    def whole(case: Case | AllLists, *tasks: Record, **variables: Any) -> Callable[[], float]:
        return lambda: runner.tasks(case, 0.0, list(tasks), **variables).seconds

    def of_case(case: Case) -> Callable[[], float]:
        return lambda: runner.collection(case).seconds

    def of_bare(case: Case) -> Callable[[], float]:
        task = {"bare": {DOMAIN.entries_option: "{{ desired }}"}}
        return lambda: runner.converge(case, 0.0, task, desired=case.entries()).seconds

    def item(action: str) -> Callable[[], float]:
        options = {"domain": "{{ item.domain }}", **settings_of(DOMAIN)}
        task = {"name": "Item", action: options, "loop": "{{ desired * times }}"}
        case = Case(DOMAIN, 1, 1, 0)
        variables = {"desired": case.entries(), "times": plan.quick_items}
        return lambda: statistics.mean(runner.tasks(case, 0.0, [task], **variables).items["Item"])

    def role(**options: Any) -> Record:
        return {"name": "Role", "ansible.builtin.include_role": {"name": ROLE, **options}}

    def lists(prefix: str) -> Record:
        return {f"{prefix}{case.sample.resource.list_name}": case.entries() for case in everything.cases}

    tasks_of_lists = [
        {f"mailsec.cloudflare.{each.bulk_module}": {each.entries_option: f"{{{{ {each.resource.list_name} }}}}"}}
        for each in SAMPLES
    ]
    files = {
        "email_security_report_dir": str(runner.folder / "report"),
        "email_security_export_path": str(runner.folder / "export.yml"),
    }
    return [
        Pair(f"{many:,} converged domains", bulk, bare, 1.15, of_case(converged), of_bare(converged)),
        Pair(f"{many:,} changed domains without --diff", bulk, bare, 1.15, of_case(changed), of_bare(changed)),
        Pair(
            "one converged item of a loop", single, bare, 1.3, item(f"mailsec.cloudflare.{DOMAIN.module}"), item("bare")
        ),
        Pair(
            f"{5 * many:,} converged domains",
            "the role",
            bulk,
            1.4,
            whole(domains, role(**AS_IN_PLAYBOOK), email_security_domains=domains.entries()),
            of_case(domains),
        ),
        Pair(
            f"{5 * many:,} converged domains",
            VALIDATED_ROLE,
            bulk,
            1.4,
            whole(domains, role(), email_security_domains=domains.entries()),
            of_case(domains),
        ),
        Pair(
            f"{many:,} converged records in each of {len(SAMPLES)} lists",
            "the role",
            f"{len(SAMPLES)} tasks",
            1.5,
            whole(everything, role(**AS_IN_PLAYBOOK), **lists("email_security_")),
            whole(everything, *tasks_of_lists, **lists("")),
        ),
        Pair(
            f"an account with {2 * many:,} domains",
            "the report",
            "the export",
            2.0,
            whole(reported, role(tasks_from="report"), **files),
            whole(reported, role(tasks_from="export"), **files),
        ),
    ]
