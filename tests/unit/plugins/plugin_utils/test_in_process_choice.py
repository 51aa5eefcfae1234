# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a task runs in the process of Ansible, and when its module runs."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from support.actions import AS_MODULE, MODULE_RAN, Actions, found
from support.module_runner import COLLECTION
from support.modules import MODULES
from support.resources import DOMAIN

try:
    # Since ansible-core 2.19 a string is a template only where it is marked as one.
    from ansible.template import trust_as_template as template
except ImportError:
    template = str


NAMES = sorted(file.stem for file in (Path(in_process.__file__).parents[1] / "modules").glob("*.py"))


@pytest.mark.parametrize(
    ("variables", "task", "reason"),
    [
        (AS_MODULE, {}, "mailsec_cloudflare_in_process is false"),
        ({"mailsec_cloudflare_in_process": "no"}, {}, "mailsec_cloudflare_in_process is false"),
        ({}, {"async_val": 10}, "it uses async"),
        ({}, {"vars": {"ansible_python_interpreter": "/usr/bin/python3"}}, "the task sets ansible_python_interpreter"),
        ({}, {"vars": {"ansible_remote_tmp": "/elsewhere"}}, "the task sets ansible_remote_tmp"),
        ({}, {"connection": "ssh"}, "its connection is not local"),
    ],
)
def test_when_the_module_runs(act: Actions, variables: dict[str, Any], task: dict[str, Any], reason: str) -> None:
    assert act(variables=variables, **task) == MODULE_RAN
    assert act.verbose == [f"mailsec.cloudflare.{DOMAIN.module}: runs as a module, because {reason}."]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HAS_REQUESTS", False, "the controller's Python has no requests package"),
        ("sys", SimpleNamespace(platform="darwin"), "a forked process of macOS may crash when it looks for proxies"),
    ],
)
def test_when_the_module_runs_because_of_the_controller(
    act: Actions, monkeypatch: pytest.MonkeyPatch, name: str, value: Any, reason: str
) -> None:
    monkeypatch.setattr(in_process, name, value)

    assert act() == MODULE_RAN
    assert act.verbose[0].endswith(f", because {reason}.")


@pytest.mark.parametrize(
    "variables",
    [
        {"mailsec_cloudflare_in_process": True},
        {"mailsec_cloudflare_in_process": "yes"},
        {"ansible_python_interpreter": "/usr/bin/python3", "ansible_remote_tmp": "/elsewhere"},
        {},
        None,
    ],
)
def test_when_it_runs_in_this_process(act: Actions, variables: dict[str, Any] | None) -> None:
    assert act(found(), variables=variables)["result"]["domain"] == DOMAIN.label
    assert act.verbose == [f"mailsec.cloudflare.{DOMAIN.module}: runs in this process, with {sys.executable}."]


def test_a_switch_that_is_neither_true_nor_false_is_an_error(act: Actions) -> None:
    with pytest.raises(AnsibleActionFail, match="mailsec_cloudflare_in_process: must be true or false, not 'perhaps'"):
        act(variables={"mailsec_cloudflare_in_process": "perhaps"})


@pytest.mark.parametrize(
    ("become_user", "runs_module"), [("root", True), ("me", False), (None, True), ("unknown", True)]
)
def test_under_become_to_another_user_the_module_runs(
    act: Actions, monkeypatch: pytest.MonkeyPatch, become_user: str | None, runs_module: bool
) -> None:
    def user(_number: int) -> Any:
        if become_user == "unknown":
            raise KeyError("getpwuid(): uid not found")
        return SimpleNamespace(pw_name="me")

    def become(action: Any) -> None:
        monkeypatch.setattr(action, "get_become_option", lambda _option: become_user)
        action._connection.become = SimpleNamespace()

    monkeypatch.setattr(in_process, "pwd", SimpleNamespace(getpwuid=user))

    assert (act(None if runs_module else found(), prepare=become) == MODULE_RAN) is runs_module


def test_every_module_has_an_action() -> None:
    assert sorted(MODULES) == NAMES
    for name in NAMES:
        action = importlib.import_module(f"{COLLECTION}.action.{name}").ActionModule
        assert issubclass(action, in_process.InProcessAction)
        assert (action.kind, action.resource) == MODULES[name]


def test_the_python_of_ansible_itself_runs_in_process(act: Actions) -> None:
    interpreter = {"ansible_python_interpreter": template("{{ ansible_playbook_python }}")}

    result = act(found(), variables={"ansible_playbook_python": sys.executable}, vars=interpreter)

    assert result["result"]["domain"] == DOMAIN.label
