# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the campaign, its two forms, and the figures that it prints at its end."""

from __future__ import annotations

import importlib
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from hypothesis import Phase, configuration, settings

from emulator import Emulator
from support.module_runner import COLLECTION, forget_environment

from . import figures
from .extent import LONG
from .keeper import Keeper
from .rig import Rig

configuration.set_hypothesis_home_dir(Path(__file__).parents[2] / ".cache/hypothesis")
# The short form tries the same examples in every run, so that a failure is the change's own.
# It leaves to the long form to look for the smallest example, which takes minutes.
AT_ONCE = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)]
settings.register_profile("short", deadline=None, derandomize=True, database=None, print_blob=True, phases=AT_ONCE)
settings.register_profile("long", deadline=None, print_blob=True)
settings.load_profile("long" if LONG else "short")

FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin without figures."""
    config.stash[FIGURES] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the figures over, where this is one of several processes."""
    handed_over = getattr(session.config, "workeroutput", None)
    if handed_over is not None:
        handed_over["figures"] = session.config.stash[FIGURES]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over the figures of another process."""
    node.config.stash[FIGURES] += getattr(node, "workeroutput", {}).get("figures", [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode, config: pytest.Config
) -> None:
    """Print the figures, and where all of the long form has passed, write them into the documentation."""
    terminalreporter.section(f"the campaign, {'long' if LONG else 'short'} form")
    for figure in config.stash[FIGURES]:
        terminalreporter.write_line(figure)
    if LONG and exitstatus == pytest.ExitCode.OK and not config.getoption("keyword"):
        figures.record(config.stash[FIGURES])
        terminalreporter.write_line(f"{figures.PAGE.name} has these figures.")


@pytest.fixture(scope="session")
def tell(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Return a function that has a figure printed at the end."""
    return pytestconfig.stash[FIGURES].append


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine's own environment would add."""
    forget_environment(monkeypatch)
    monkeypatch.setattr(basic, "HAS_SYSLOG", False)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the list of the seconds that the client would have waited. The emulator's clock is left alone."""
    waited: list[float] = []
    for module in ("client", "pace"):
        path = f"{COLLECTION}.module_utils.{module}.time"
        time = importlib.import_module(f"{COLLECTION}.module_utils.{module}").time
        clock = types.SimpleNamespace(sleep=waited.append, monotonic=time.monotonic, time=time.time)
        monkeypatch.setattr(path, clock)
    return waited


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """Return the emulator that all tests share."""
    # Its own tests check its answers; here that takes half of the time.
    with Emulator(check_answers=False) as emulator:
        yield emulator


@pytest.fixture
def rig(running: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Rig:
    """Return modules, network and emulator, the latter as it was at its start."""
    running.reset()
    return Rig(running, monkeypatch, capsys)


@pytest.fixture
def keeper(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """Return the modules, and a search for secrets in what they return."""
    return Keeper(rig, monkeypatch)
