# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Growth: the cost of planning alone for more and more records."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .cases import MEASURED
from .places import TESTS, environment
from .plans import Plan
from .runs import Spread


class Planned(NamedTuple):
    """The cost of a plan for a number of records."""

    title: str
    records: int
    #: Seconds of CPU.
    cpu: Spread
    #: Bytes, the most that was allocated at one time while planning.
    peak: int


def measure(collections: Path, plan: Plan, say: Callable[[str], None]) -> list[Planned]:
    """Measure every size of every sort of record."""
    rows = []
    for title in [sample.entries_option for sample in MEASURED]:
        for size in plan.sizes:
            say(f"planning {size:,} {title}")
            cpu = Spread.of(planning(collections, "cpu", title, size)["seconds"] for _repeat in range(plan.plannings))
            rows.append(Planned(title, size, cpu, int(planning(collections, "memory", title, size)["peak"])))
    return rows


def planning(collections: Path, what: str, title: str, size: int) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    output = subprocess.check_output(
        [sys.executable, "-m", "benchmarks.planning", what, title, str(size)],
        env=environment(PYTHONPATH=f"{collections}:{TESTS}"),
    )
    measured: dict[str, float] = json.loads(output)
    return measured


def scaling(rows: list[Planned]) -> tuple[float, float]:
    """Return how much more CPU and memory a record takes in the largest number than in the next smaller.

    That of the list in which it is most; 1 is linear.
    """
    titles = dict.fromkeys(row.title for row in rows)
    # The least of all runs: other work on the machine can only add to it.
    cpu = max(growth(rows, title, lambda row: row.cpu.least) for title in titles)
    return cpu, max(growth(rows, title, lambda row: row.peak) for title in titles)


def growth(rows: list[Planned], title: str, of: Callable[[Planned], float]) -> float:
    """Return how much more a record of a list takes in the largest number than in the next smaller."""
    smaller, largest = sorted((row for row in rows if row.title == title), key=lambda row: row.records)[-2:]
    return (of(largest) / largest.records) / (of(smaller) / smaller.records)
