# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator for the whole folder, as new for every test, and a client that speaks plain HTTP to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from emulator import Emulator
from emulator.testing import Client


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """The emulator that all tests share."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Iterator[Emulator]:
    """The shared emulator as it was at its start; it has to keep its own contract in every test."""
    running.reset()
    yield running
    assert running.violations == []


@pytest.fixture
def api(emulator: Emulator) -> Iterator[Client]:
    """A client with the token that may write."""
    with Client(emulator) as client:
        yield client


@pytest.fixture
def control(emulator: Emulator) -> Iterator[requests.Session]:
    """A client without credentials, for the control plane."""
    with requests.Session() as client:
        client.trust_env = False
        yield client
