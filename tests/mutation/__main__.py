# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command behind ``make test-mutation``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence

import pytest

from faults.figures import record

from . import quick, thorough
from .apart import OPTIONS, SURVIVED, start
from .baseline import CACHE, TESTS, Baseline, measure
from .mutants import MUTATED, UNCHANGED, Key, Mutant, mutants_of
from .page import listed

#: The mutants that survived the last time.
SURVIVORS = CACHE / "survivors.json"


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="make test-mutation", description=__doc__)
    options.add_argument("files", nargs="*", help="files of plugins/module_utils; all of them, if none is named")
    options.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at the same time")
    options.add_argument("--keep", action="store_true", help="which test runs which line is as it was the last time")
    options.add_argument("--again", action="store_true", help="only the mutants that survived the last time")
    options.add_argument("--only", default="", help="only the mutants whose changed line has this text in it")
    options.add_argument(
        "--near", action="store_true", help="only with the tests whose file is named after the changed one"
    )
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants, print the survivors and the figure, and hold both against the table.

    The figure of a run with all mutants goes into the table of promises, where the run passed.
    """
    options = parser().parse_args(arguments)
    paths = [MUTATED / name for name in options.files] or sorted(MUTATED.glob("*.py"))
    # Python's own tests of chance are the same in every run, and so are those of hypothesis.
    os.environ["CI"] = "true"
    begin = time.monotonic()
    baseline = measure(again=not options.keep)
    say(f"The tests are measured after {time.monotonic() - begin:.0f} s.")
    mutants = {mutant.key: mutant for path in paths for mutant in mutants_of(path)}
    if options.again:
        before = {Key(*key) for key, _line in json.loads(SURVIVORS.read_text())}
        mutants = {key: mutant for key, mutant in mutants.items() if key in before}
    mutants = {key: mutant for key, mutant in mutants.items() if options.only in key.text}
    say(f"{len(mutants)} mutants.")
    survivors = survivors_of(list(mutants.values()), baseline, options.jobs, options.near)
    SURVIVORS.write_text(json.dumps([[key, mutants[key].before] for key in survivors], indent=1))
    say(f"After {time.monotonic() - begin:.0f} s:")
    a_part = options.again or options.only or options.near
    known = {key for key in listed() if MUTATED / key.file in paths and (key in mutants or not a_part)}
    status = judge(mutants, survivors, known)
    if not (status or options.files or a_part):
        record([figure(mutants, survivors)])
    return status


def judge(mutants: dict[Key, Mutant], survivors: list[Key], known: set[Key]) -> int:
    """Print what came of it, and return the status of the command."""
    for key in survivors:
        if key not in known:
            say(f"Survived: {key.file}, {key.function}\n  - {mutants[key].before}\n  + {key.text}")
    for key in sorted(known.difference(survivors)):
        what = "noticed by a test" if key in mutants else "not a mutant, or no longer"
        say(f"Listed in docs/reliability.md, but {what}: {key.file}, {key.function}: {key.text}")
    unknown = set(survivors) - known
    say(f"{figure(mutants, survivors)}; {len(unknown)} of them are not listed")
    return int(set(survivors) != known)


def figure(mutants: dict[Key, Mutant], survivors: list[Key]) -> str:
    """Return what came of it in one line."""
    files = len({key.file for key in mutants})
    noticed = len(mutants) - len(survivors)
    return f"mutants: {len(mutants)} in {files} files: {noticed} noticed, {len(survivors)} left"


def survivors_of(mutants: list[Mutant], baseline: Baseline, jobs: int, near: bool) -> list[Key]:
    """Return the mutants that no test noticed, in their order."""
    thorough.load_beforehand()
    noticed: set[Key] = set()

    def left(of: list[Mutant]) -> list[Mutant]:
        return [mutant for mutant in of if mutant.key not in noticed]

    noticed |= run_quick(mutants, baseline, jobs, near)
    # What is used while modules are loaded and tests are collected was used, in the quick way, as it is.
    loading = [
        mutant
        for mutant in mutants
        if baseline.loads(mutant.key.file, mutant.lines) or not quick.changes_a_function(mutant)
    ]
    for first in (True,) if near else (True, False):
        kind = "the first tests" if first else "all tests"
        say(f"{len(noticed)} of {len(mutants)} are noticed; {len(left(loading))} are loaded anew for {kind}.")
        noticed |= run_thorough(left(loading), baseline, jobs, first)
    return [mutant.key for mutant in left(mutants)]


def run_quick(mutants: list[Mutant], baseline: Baseline, jobs: int, near: bool) -> set[Key]:
    """Return the mutants that a test noticed."""
    if not mutants:
        return set()
    logs = [CACHE / f"quick-{job}.jsonl" for job in range(jobs)]

    def work(job: int) -> None:
        with open(logs[job], "w", buffering=1) as log:

            def tell(key: Key, noticed: bool) -> None:
                log.write(json.dumps([key, noticed]) + "\n")

            loop = quick.Loop(mutants[job::jobs], baseline, tell, unchanged=job == 0, near=near)
            # To nobody: the mutants' own processes say nothing either.
            if pytest.main([TESTS, *OPTIONS], plugins=[loop]):
                raise SystemExit

    processes = [start(lambda job=job: work(job))[0] for job in range(jobs)]  # type: ignore[misc]  # job has a default
    for process in processes:
        if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) != SURVIVED:
            raise SystemExit("A process that tries mutants ended too early.")
    told = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    assert len(told) == len(mutants) + 1
    noticed = {Key(*key) for key, noticed in told if noticed}
    check_unchanged(noticed)
    return noticed


def check_unchanged(noticed: set[Key]) -> None:
    """End where the tests do not pass here, with the code as it is."""
    if UNCHANGED in noticed:
        raise SystemExit("The tests fail here without any change.")


def run_thorough(mutants: list[Mutant], baseline: Baseline, jobs: int, first: bool) -> set[Key]:
    """Return the mutants that a test noticed, each tried in a process of its own."""
    if not mutants:
        return set()
    running: dict[int, Key] = {}
    noticed: set[Key] = set()

    def wait() -> None:
        process, status = os.wait()
        key = running.pop(process)
        if os.waitstatus_to_exitcode(status) != SURVIVED:
            noticed.add(key)

    unchanged = Mutant(UNCHANGED, "", range(0), (MUTATED / UNCHANGED.file).read_text())
    for mutant in (unchanged, *mutants):
        if len(running) == jobs:
            wait()
        process, names = thorough.begin(mutant, baseline, first)
        os.close(names)
        running[process] = mutant.key
    while running:
        wait()
    check_unchanged(noticed)
    return noticed


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
