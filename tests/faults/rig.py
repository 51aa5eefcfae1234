# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules against an emulator whose network fails on demand, and remembers what was sent."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.requestlog import Entry
from support.module_runner import Run, run_module

from .network import Network

#: Enough to get over what happens once, and soon over with what never ends.
RETRIES = 2


class Rig:
    """The emulator, the network to it, and the modules."""

    def __init__(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.emulator = emulator
        self.network = Network(emulator, monkeypatch)
        #: The names that were to be created although they were there.
        self.second_creates: list[str] = []
        #: What the account held after somebody else was quicker, None where nobody was.
        self.found: dict[str, list[dict[str, Any]]] | None = None
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, module: str, check_mode: bool = False, **params: Any) -> Run:
        """Run a module. What is no error for a person, such as an exception, fails the test."""
        emulator = self.emulator
        connection = {"api_url": emulator.url, "account_id": emulator.account_id, "api_token": emulator.token}
        given = {**connection, "retries": RETRIES, **params}
        run = run_module(module, self._monkeypatch, self._capsys, given, check_mode)
        assert emulator.token not in run.text
        assert "Traceback" not in run.text
        assert emulator.violations == []
        assert [entry.broke_contract for entry in emulator.rejected] == []
        return run

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.network.clear()
        self.emulator.faults.clear()
        self.emulator.meanwhile.clear()
        self.found = None

    def seed(self, collection: str, records: list[dict[str, Any]]) -> None:
        """Put records onto the server, as they are."""
        self.emulator.world.store.seed(self.emulator.account_id, {collection: records})

    @property
    def met_trouble(self) -> bool:
        """Tell whether a request met what was arranged for it."""
        return self.found is not None or self.network.refusals > 0 or any(entry.fault for entry in self.emulator.log)

    def overtaken(self) -> None:
        """Note that somebody else was quicker, and what the account holds since."""
        self.found = self.emulator.state()

    def watch_creates(self, collection: str) -> None:
        """Note every create that is sent for a record which is there already."""

        def look(entry: Entry) -> None:
            bodies = entry.body["posts"] if entry.path.endswith("/batch") else [entry.body]
            there = {record["domain"] for record in self.emulator.state()[collection]}
            self.second_creates += [body["domain"] for body in bodies if body["domain"] in there]

        self.emulator.meanwhile.before("POST", f"/{collection}$", look, once=False)
        if collection == "domains":
            self.emulator.meanwhile.before("POST", f"/{collection}/batch$", look, once=False)

    def writes_since(self, count: int) -> list[Entry]:
        """Return the writes but the first ones."""
        return self.emulator.writes[count:]
