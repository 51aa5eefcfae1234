# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for the tests of plugins: a clean environment, no real waiting, and a module to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import COLLECTION, Run, forget_environment, run_module
from support.resources import ALL_SAMPLES
from support.sample import CREDENTIALS, Sample
from support.script import Script


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine's own environment would add."""
    forget_environment(monkeypatch)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the list of the seconds that the client would have waited."""
    waited: list[float] = []
    monkeypatch.setattr(f"{COLLECTION}.module_utils.api.client.time.sleep", waited.append)
    return waited


@pytest.fixture
def run() -> Callable[..., Run]:
    """Return a function that runs a module against a script, with credentials by default."""

    def run_against(
        name: str, /, script: Script | None = None, check_mode: bool = False, credentials: bool = True, **params: Any
    ) -> Run:
        given = {**CREDENTIALS, **params} if credentials else params
        with script or Script():
            return run_module(name, given, check_mode)

    return run_against


@pytest.fixture(params=ALL_SAMPLES, ids=str)
def sample(request: pytest.FixtureRequest) -> Sample:
    """Return the sample of each resource in turn, that of the tests' own resource too."""
    sample: Sample = request.param
    return sample
