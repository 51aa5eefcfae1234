# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches themselves: what they accept, and how they start."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.behaviour import Behaviour
from emulator.testing import DOMAIN, Client


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, "no such switch: colour"),
        ({"rename": "maybe"}, "rename is one of"),
        ({"last_modified": "yes"}, "last_modified cannot be"),
        ({"omitted_fields": "status"}, "omitted_fields is a list"),
        ({"omitted_fields": [1]}, "omitted_fields is a list"),
        ({"delay": -1}, "delay cannot be"),
        ({"delay": None}, "delay cannot be"),
        ({"page_size_cap": 0}, "page_size_cap cannot be"),
        ({"quota": True}, "quota cannot be"),
    ],
)
def test_a_switch_that_does_not_exist_changes_nothing(changes: dict[str, Any], message: str) -> None:
    behaviour = Behaviour()
    with pytest.raises(ValueError, match=message):
        behaviour.update({"last_modified": True, **changes})
    assert behaviour == Behaviour()


def test_switches_at_the_start_survive_a_reset() -> None:
    with Emulator(behaviour={"status_case": "upper"}, seed={"domains": [DOMAIN]}) as emulator, Client(emulator) as api:
        emulator.behaviour.update({"status_case": "lower", "rename": "refused"})
        emulator.reset()
        assert api.get("domains").json()["result"][0]["status"] == "ACTIVE"
        assert emulator.behaviour.rename == "honoured"
