# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for the tests of plugins: a clean environment, no real waiting, and a module to run."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from support.module_runner import COLLECTION, Run, run_module
from support.script import Script

ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"
CREDENTIALS = {"account_id": ACCOUNT, "api_token": TOKEN}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine's own environment would add."""
    for name in ("ACCOUNT_ID", "API_TOKEN", "EMAIL", "API_KEY", "BASE_URL"):
        monkeypatch.delenv(f"CLOUDFLARE_{name}", raising=False)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the list of the seconds that the client would have waited."""
    waited: list[float] = []
    monkeypatch.setattr(f"{COLLECTION}.module_utils.client.time.sleep", waited.append)
    return waited


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Return a function that runs a module against a script, with credentials unless told otherwise."""

    def run_against(
        name: str, script: Script | None = None, check_mode: bool = False, credentials: bool = True, **params: Any
    ) -> Run:
        given = {**CREDENTIALS, **params} if credentials else params
        with script or Script():
            return run_module(name, monkeypatch, capsys, given, check_mode)

    return run_against
