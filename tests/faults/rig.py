# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test needs: the emulator, the network to it, and the modules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import SessionCache
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from emulator import Emulator
from emulator.requestlog import Entry
from support.actions import action_for
from support.module_runner import Run, run_module
from support.sample import Sample, Settings

from .network import Network

#: Enough for a fault that happens once, and soon over where it lasts.
RETRIES = 2


class Rig:
    """The emulator, the network to it, and the modules."""

    def __init__(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = emulator
        self.network = Network(emulator, monkeypatch)
        #: The names of existing records that a task tried to create.
        self.second_creates: list[str | None] = []
        #: What the account held after someone else changed it, None where no one did.
        self.found: dict[str, list[Settings]] | None = None

    @property
    def connection(self) -> Settings:
        """Return the options with which a module reaches the emulator."""
        emulator = self.emulator
        return {"api_url": emulator.url, "account_id": emulator.account_id, "api_token": emulator.token}

    def run(self, module: str, check_mode: bool = False, **params: Any) -> Run:
        """Run a module. A result that is not for a person, such as an exception, fails the test."""
        return self._check(run_module(module, {**self.connection, "retries": RETRIES, **params}, check_mode))

    def act(self, module: str, environment: Mapping[str, str], check_mode: bool = False, **params: Any) -> Run:
        """Run the action of a module, with the environment that the task sets."""
        options = {**self.connection, "retries": RETRIES, **params}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(in_process, "SESSIONS", SessionCache())
            action = action_for(module, options, environment=[dict(environment)], check_mode=check_mode)
            result = action.run(task_vars={})
        # The action did not start the module.
        assert "module_args" in result["invocation"]
        return self._check(Run(json.loads(json.dumps({"warnings": [], **result}))))

    def _check(self, run: Run) -> Run:
        assert self.emulator.token not in run.text
        assert "Traceback" not in run.text
        assert "defect of the collection" not in run.text or "cannot send" in run.text
        assert self.emulator.violations == []
        assert [entry.broke_contract for entry in self.emulator.rejected] == []
        return run

    def heal(self) -> None:
        """End all faults."""
        self.network.clear()
        self.emulator.faults.clear()
        self.emulator.meanwhile.clear()
        self.found = None

    def seed(self, collection: str, records: list[Settings]) -> None:
        """Add records to the account."""
        seed: dict[str, Any] = {collection: records}
        self.emulator.seed(**seed)

    @property
    def met_fault(self) -> bool:
        """Return whether a request met a fault."""
        return self.found is not None or self.network.refusals > 0 or any(entry.fault for entry in self.emulator.log)

    def overtaken(self) -> None:
        """Note that someone else was quicker, and what the account holds since."""
        self.found = self.emulator.state()

    def watch_creates(self, kind: Sample) -> None:
        """Note every create that is sent for an existing record."""

        def look(entry: Entry) -> None:
            bodies = entry.body["posts"] if entry.path.endswith("/batch") else [entry.body]
            existing = kind.labels(self.emulator.state()[kind.collection])
            self.second_creates += [label for label in kind.labels(bodies) if label in existing]

        self.emulator.meanwhile.before("POST", f"/{kind.collection}$", look, once=False)
        if "posts" in kind.resource.batch:
            self.emulator.meanwhile.before("POST", f"/{kind.collection}/batch$", look, once=False)
