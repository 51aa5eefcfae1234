# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests with each supported ansible-core, on the newest Python of this machine that both it and the tests run on.

Usage: matrix.py [VERSION ...] [--only PART,PART] [--target NAME,NAME], for example: 2.16 2.21 --only units,sanity
Without arguments: everything. Ends with a table of what was run and what was not, and fails where something failed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from checkout import CACHE, HOME, ROOT
from pythons import find_python
from supported import CORES, Core, numbers

MATRIX = CACHE / "matrix"
PINS = ROOT / "requirements-dev.txt"
PARTS = ("units", "sanity", "integration")
#: The tests are written for it, whatever older Python an ansible-core may run on.
OLDEST_PYTHON_OF_TESTS = "3.11"
#: What the tests need beside ansible-core. The versions are those of requirements-dev.txt.
PACKAGES = (
    "cloudflare",
    "flask",
    "hypothesis",
    "openapi-core",
    "pytest",
    "pytest-xdist",
    "requests",
    "responses",
    "trustme",
)
#: How much of a failure is shown.
TAIL = 60
LINE = "{:<6}{:<13}{:<9}{}"


class Row(NamedTuple):
    """One line of the table at the end."""

    core: str
    part: str
    verdict: str
    remark: str


def main(arguments: list[str]) -> int:
    options = read(arguments)
    rows: list[Row] = []
    for core in CORES.values():
        for row in rows_of(core, options):
            rows.append(row)
            if row.verdict != "not run":
                print(LINE.format(*row), flush=True)
    print("\n=== summary\n" + "\n".join(summary(rows)))
    verdicts = {row.verdict for row in rows}
    return 0 if "ok" in verdicts and "FAILED" not in verdicts else 1


def summary(rows: list[Row]) -> Iterator[str]:
    """What was run, line by line, and what was not, with the same reason on one line."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        if row.verdict == "not run":
            reasons.setdefault(row.remark, {}).setdefault(row.core, []).append(row.part)
        else:
            yield LINE.format(*row)
    for reason, left in reasons.items():
        yield f"not run, {reason}: " + "; ".join(f"{core} {', '.join(parts)}" for core, parts in left.items())


def read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test-matrix", description="Tests with each supported ansible-core.")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"of ansible-core: {', '.join(CORES)}")
    parser.add_argument("--only", type=words, default=list(PARTS), help=f"parts, with commas: {', '.join(PARTS)}")
    parser.add_argument("--target", type=words, default=[], help="integration targets, with commas")
    options = parser.parse_args(arguments)
    unknown = {*options.versions} - {*CORES} | {*options.only} - {*PARTS}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return options


def words(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def rows_of(core: Core, options: argparse.Namespace) -> Iterator[Row]:
    """What came of each part with one ansible-core."""
    chosen = [part for part in PARTS if part in options.only and core.version in (options.versions or CORES)]
    python, version = newest_python(core)
    if chosen and python:
        print(f"=== ansible-core {core.release} on Python {version}", flush=True)
        venv = make_venv(core, python)
    for part in PARTS:
        if part not in chosen:
            yield Row(core.version, part, "not run", "for it was not chosen")
        elif not python:
            yield Row(core.version, part, "not run", f"for no Python {' or '.join(candidates(core))} is installed")
        else:
            yield run(core, part, venv, version, options.target)


def candidates(core: Core) -> list[str]:
    """Its Pythons, newest first."""
    able = [version for version in core.pythons if numbers(version) >= numbers(OLDEST_PYTHON_OF_TESTS)]
    return sorted(able, key=numbers, reverse=True)


def newest_python(core: Core) -> tuple[str, str]:
    found = ((find_python(version), version) for version in candidates(core))
    return next(((python, version) for python, version in found if python), ("", ""))


def make_venv(core: Core, python: str) -> Path:
    """An environment with this ansible-core, made anew only where something about it has changed."""
    venv = MATRIX / core.version
    pins = [line for line in PINS.read_text(encoding="utf-8").splitlines() if not line.startswith("ansible-core=")]
    packages = [f"ansible-core=={core.release}", *PACKAGES]
    known_by = hashlib.sha256("\0".join([*pins, *packages, python, str(venv)]).encode()).hexdigest()
    stamp = venv / "installed"
    if stamp.exists() and stamp.read_text() == known_by:
        return venv
    print(f"Installing into {venv.relative_to(ROOT)} (once) ...", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([python, "-m", "venv", venv], check=True)
    constraints = venv / "constraints.txt"
    constraints.write_text("\n".join(pins) + "\n", encoding="utf-8")
    pip = [venv / "bin/python", "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "-c", constraints, *packages], check=True, stdin=subprocess.DEVNULL)
    stamp.write_text(known_by)
    return venv


def run(core: Core, part: str, venv: Path, version: str, targets: list[str]) -> Row:
    """One part; what it prints goes into a file, and is shown where it fails."""
    ansible_test = [venv / "bin/python", ROOT / "tests/tools/run_ansible_test.py"]
    command = {
        # What does not depend on ansible-core is tested by "make test".
        "units": [venv / "bin/pytest", "-q", "--tb=short", "tests/unit/plugins"],
        "sanity": [*ansible_test, "sanity", "--color", "no"],
        "integration": [*ansible_test, "integration", "--color", "no", *targets],
    }[part]
    log = MATRIX / f"{core.version}-{part}.log"
    begin = time.monotonic()
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(venv),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    took = f"{time.monotonic() - begin:4.0f} s  Python {version}"
    if done.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        # Of what ansible-test prints, most is about installing things.
        errors = [line for line in lines if line.startswith(("ERROR: ", "FATAL: "))] if part == "sanity" else []
        print("\n".join(errors or lines[-TAIL:]), flush=True)
        return Row(core.version, part, "FAILED", f"{took}  {log.relative_to(ROOT)}")
    return Row(core.version, part, "ok", took)


def environment(venv: Path) -> dict[str, str]:
    """As the Makefile has it, with another environment first on PATH."""
    return {**os.environ, "HOME": str(HOME), "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(f"Set-up failed: {error}")
