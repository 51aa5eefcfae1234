# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command of ``make bench``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from . import counting, execution, growth, module_cost, page, partners, wall
from .api import Api
from .places import PAGE, snapshot
from .plans import FULL, QUICK
from .results import Results
from .runs import Runner
from .tables import tables
from .targets import targets

PARTS = ("requests", "wall", "execution", "ratios", "growth", "module")


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="make bench", description=__doc__)
    options.add_argument("--quick", action="store_true", help="a small form in a few minutes; writes no page")
    options.add_argument("--only", help=f"some of {','.join(PARTS)}; writes no page")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page after a complete run."""
    options = parser().parse_args(arguments)
    parts = set(options.only.split(",") if options.only else PARTS)
    if parts - set(PARTS):
        parser().error(f"--only takes some of {','.join(PARTS)}")
    plan = QUICK if options.quick else FULL
    results = Results(describe_machine())
    print(f"{results.machine}\n", flush=True)
    with tempfile.TemporaryDirectory() as folder, Api(Path(folder)) as api:
        runner = Runner(api, Path(folder), snapshot(Path(folder)))
        if "requests" in parts:
            say("requests")
            results.requests = counting.measure(runner.collection, plan.many)
        if "wall" in parts:
            results.wall = wall.measure(runner, plan, say)
        if "execution" in parts:
            results.execution = execution.measure(runner, plan, say)
        if "ratios" in parts:
            results.ratios = partners.measure(Path(folder), runner.collections, plan, say)
        if "module" in parts:
            results.module = module_cost.measure(Path(folder), runner.collections, plan, say)
        if "growth" in parts:
            results.growth = growth.measure(runner.collections, plan, say)
    print()
    for table in tables(results):
        print(f"{table.title}\n\n{table.markdown()}\n")
    if options.quick:
        print("The targets are for the numbers of a complete run; these are smaller:")
    for target in targets(results):
        print(f"{'reached    ' if target.reached else 'NOT REACHED'} {target.title}:\n            {target.figure}")
    if not options.quick and parts == set(PARTS):
        PAGE.write_text(page.written(results, plan), encoding="utf-8")
        print(f"\nWritten: docs/{PAGE.name}")
    return 0


def describe_machine() -> str:
    """Return the machine and the versions, as a sentence."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("ansible-core", "requests", "cloudflare"))
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}; "
        f"load at the start {os.getloadavg()[0]:.1f}"
    )


def say(text: str) -> None:
    """Print what is measured now."""
    print(f"... {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
