# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for tests of modules: the bulk module of each resource, and an emulated API for state and threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator import Emulator
from support.module_runner import Run, run_module
from support.resources import SAMPLES
from support.sample import Sample


@pytest.fixture(params=SAMPLES, ids=str)
def served(request: pytest.FixtureRequest) -> Sample:
    """Return the sample of each resource that the emulator serves in turn."""
    sample: Sample = request.param
    return sample


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """Return the emulator that all tests share."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Iterator[Emulator]:
    """Return the shared emulator as it was at its start. Nothing may be sent that breaks the API's contract."""
    running.reset()
    yield running
    assert running.violations == []
    assert [entry.broke_contract for entry in running.rejected] == []


@pytest.fixture
def run_emulated(emulator: Emulator) -> Callable[..., Run]:
    """Return a function that runs a module against the emulator."""

    def run_against(name: str, /, check_mode: bool = False, **params: Any) -> Run:
        connection = {"api_url": emulator.url, "account_id": emulator.account_id, "api_token": emulator.token}
        return run_module(name, {**connection, **params}, check_mode)

    return run_against
