# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulated account and a controller that manages it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import Emulator
from emulator.seeds import DEMO
from support.controller import Controller


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    """Return a controller for an account that holds the records of the demonstration."""
    with Emulator(seed=DEMO) as emulator:
        yield Controller(tmp_path, emulator)
        assert [entry.broke_contract for entry in emulator.rejected] == []
        assert emulator.violations == []
