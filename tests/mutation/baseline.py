# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tests as they are: how long each takes, and which lines it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from coverage import CoverageData

from .mutants import MUTATED, ROOT

TESTS = "tests/unit/plugins"
CACHE = ROOT / ".cache/mutation"
#: Where this file, as a plugin of pytest, leaves the times.
TIMES = "MUTATION_TIMES"
#: A test that takes longer than this, and many times what it took, hangs.
PATIENCE = 10.0
#: Coverage's context of what runs when a module is loaded, and when tests are collected.
LOADING = ""


class Baseline:
    """What is known of the tests.

    Args:
        times: the seconds that each test takes.
        lines: for each file, which tests run a line.
    """

    def __init__(self, times: Mapping[str, float], lines: Mapping[str, Mapping[int, set[str]]]) -> None:
        self._times = times
        self._lines = lines

    def tests(self, lines: Mapping[str, Iterable[int]]) -> list[str]:
        """Return the tests that run one of some lines of some files, the quickest first."""
        found: set[str] = set()
        for file, numbers in lines.items():
            found.update(*(self._lines.get(file, {}).get(number, ()) for number in numbers))
        return sorted(found - {LOADING}, key=lambda test: (self._times[test], test))

    def knows(self, test: str) -> bool:
        """Tell whether a test was measured."""
        return test in self._times

    def loads(self, file: str, lines: Iterable[int]) -> bool:
        """Tell whether one of some lines runs before the tests do."""
        return any(LOADING in self._lines[file].get(line, ()) for line in lines)

    def patience(self, test: str) -> float:
        """Return the seconds after which a test hangs."""
        return PATIENCE + 20 * self._times.get(test, 0.0)


def measure(again: bool = True) -> Baseline:
    """Run the tests once. Raises CalledProcessError where one fails.

    Args:
        again: also where they have been run before.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    data, times = CACHE / "coverage", CACHE / "times.json"
    environment = {**os.environ, "COVERAGE_FILE": str(data), TIMES: str(times), "PYTHONPATH": str(ROOT / "tests")}
    command = [sys.executable, "-m", "pytest", TESTS, "-q", "-x", "-p", "mutation.baseline", f"--cov={MUTATED}"]
    command += ["--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
    if again or not times.exists():
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    coverage = CoverageData(str(data))
    coverage.read()
    lines = {Path(file).name: tests_by_line(coverage, file) for file in coverage.measured_files()}
    return Baseline(json.loads(times.read_text()), lines)


def tests_by_line(coverage: CoverageData, file: str) -> dict[int, set[str]]:
    """Return the tests that run each line of a file."""
    # A context is a test and one of its phases, joined by "|".
    found = coverage.contexts_by_lineno(file)
    return {line: {context.rpartition("|")[0] for context in contexts} for line, contexts in found.items()}


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Iterator[None]:
    """Write down the times, at the end."""
    yield
    Path(os.environ[TIMES]).write_text(json.dumps(measured))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add the time of a phase of a test."""
    measured[report.nodeid] = measured.get(report.nodeid, 0.0) + report.duration


measured: dict[str, float] = {}
