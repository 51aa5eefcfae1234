# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two doors of a task, both in this process: the module, and the action that runs it where the controller is."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import SessionCache
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from support.actions import action_for
from support.module_runner import Run

from .extent import LONG
from .jobs import KINDS
from .rig import RETRIES, Rig

#: Runs a module, with an environment and options.
Door = Callable[..., Run]
NAME = "way.example"
#: Options with which each module sends a request.
TASKS: dict[str, dict[str, Any]] = {
    **{kind.one: {"domain": NAME, **kind.needed} for kind in KINDS},
    **{kind.many: {kind.option: [{"domain": NAME, **kind.needed}]} for kind in KINDS},
    **{kind.info: {} for kind in KINDS},
}
assert set(TASKS) == {file.stem for file in (Path(in_process.__file__).parents[1] / "modules").glob("*.py")}


def as_module(rig: Rig, name: str, environment: Mapping[str, str], **params: Any) -> Run:
    """Run a module as a program of its own, whose environment Ansible has made."""
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in environment.items():
            patch.setenv(variable, value)
        return rig.run(name, **params)


def as_action(rig: Rig, name: str, environment: Mapping[str, str], **params: Any) -> Run:
    """Run a module in the process of the controller. The environment is that of C(environment:)."""
    emulator = rig.emulator
    connection = {"api_url": emulator.url, "account_id": emulator.account_id, "api_token": emulator.token}
    options = {**connection, "retries": RETRIES, **params}
    action = action_for(name, options, environment=[dict(environment)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_process, "KEPT", SessionCache())
        # It has to be this door.
        patch.setattr(in_process.InProcess, "_needs_module", lambda *_args: None)
        result = action.run(task_vars={})
    text = json.dumps(result, default=str)
    assert emulator.token not in text
    assert "Traceback" not in text
    return Run(result, text)


DOORS = {"module": as_module, "in process": as_action}
#: In the short form one of five.
CASES = list(itertools.product(DOORS, TASKS))[:: 1 if LONG else 5]
every_door = pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))
every_module = pytest.mark.parametrize(
    ("door", "module"), [pytest.param(DOORS[door], module, id=f"{module}, {door}") for door, module in CASES]
)
