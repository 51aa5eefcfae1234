# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action of a module, with a real task, a real connection and real templates, in this process."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins import loader as plugins
from ansible.template import Templar

from support.module_runner import COLLECTION
from support.resources import DOMAIN
from support.sample import CREDENTIALS
from support.script import Script

MODULE_RAN = {"changed": False, "by": "the module"}
AS_MODULE = {"mailsec_cloudflare_in_process": False}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def action_for(
    name: str, options: dict[str, Any], variables: dict[str, Any] | None = None, connection: str = "local", **task: Any
) -> Any:
    """Return the action of a module.

    Args:
        name: the name of the module.
        options: the options of the task.
        variables: what the task's templates can see.
        connection: the connection plugin.
        task: further keywords of the task.
    """
    data_loader = DataLoader()
    # Not Task.load, which looks for the module among installed collections.
    loaded = Task()
    for keyword, value in {"action": f"mailsec.cloudflare.{name}", "args": options, **task}.items():
        setattr(loaded, keyword, value)
    context = PlayContext()
    action_class = importlib.import_module(f"{COLLECTION}.action.{name}").ActionModule
    return action_class(
        task=loaded,
        connection=plugins.connection_loader.get(connection, context),
        play_context=context,
        loader=data_loader,
        templar=Templar(data_loader, variables or {}),
        shared_loader_obj=plugins,
    )


class Actions:
    """Runs actions. A module does not run, but what it is given is kept."""

    def __init__(self) -> None:
        self.passed_on: Any = None
        self.verbose: list[str] = []

    def __call__(
        self,
        script: Script | None = None,
        name: str = DOMAIN.module,
        options: Any = None,
        variables: dict[str, Any] | None = None,
        prepare: Callable[[Any], None] = lambda action: None,
        **task: Any,
    ) -> dict[str, Any]:
        given = {**CREDENTIALS, "domain": DOMAIN.label} if options is None else options
        action = action_for(name, given, variables, **task)
        prepare(action)
        with script or Script():
            result: dict[str, Any] = action.run(task_vars=variables)
            return result

    def run_module(self, action: Any) -> dict[str, Any]:
        self.passed_on = action._task.args
        return dict(MODULE_RAN)


def found() -> Script:
    return Script(DOMAIN.found())
