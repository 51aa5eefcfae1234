# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the bulk module costs by itself: CPU and memory without Ansible's executor, and its import."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from support.resources import DOMAIN

from .cases import Case
from .lean import LeanApi
from .places import TESTS, environment
from .plans import Plan
from .runs import Spread


class Cost(NamedTuple):
    """The cost of a task for a number of domains."""

    case: Case
    #: Seconds.
    cpu: Spread
    #: Bytes, of the process at its peak.
    peak: int


class ModuleCost(NamedTuple):
    """The costs of all tasks, and the seconds of the import beside requests and Ansible."""

    costs: list[Cost]
    imported: Spread


def measure(folder: Path, collections: Path, plan: Plan, say: Callable[[str], None]) -> ModuleCost:
    """Measure every size, converged and changed."""
    costs = []
    options = folder / "options.json"
    with LeanApi(folder) as api:
        for size in plan.sizes:
            for case in (Case(DOMAIN, size, size, 0), Case(DOMAIN, size, size, size)):
                say(f"{case}, without the executor")
                options.write_text(json.dumps({DOMAIN.entries_option: case.entries()}), encoding="utf-8")
                runs = []
                for _repeat in range(plan.plannings):
                    api.reset(case.seed())
                    runs.append(run(collections, "run", str(options), **api.credentials))
                    if runs[-1]["updated"] != case.differing:
                        raise AssertionError("not every record was changed")
                cpu, peak = Spread.of(each["cpu"] for each in runs), max(int(each["peak"]) for each in runs)
                costs.append(Cost(case, cpu, peak))
    say("import")
    imports = [run(collections, "import", str(collections))["seconds"] for _repeat in range(plan.plannings)]
    return ModuleCost(costs, Spread.of(imports))


def run(collections: Path, *arguments: str, **variables: str) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    output = subprocess.check_output(
        [sys.executable, "-m", "benchmarks.module_run", *arguments],
        env=environment(PYTHONPATH=f"{collections}:{TESTS}", **variables),
    )
    measured: dict[str, float] = json.loads(output)
    return measured
