# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the real ``main()`` of a module, with its real argument parsing, in this process."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as ansible_warnings
from ansible.module_utils.common.parameters import PASS_VARS

COLLECTION = "ansible_collections.mailsec.cloudflare.plugins"


@dataclass
class Run:
    """What a module returned."""

    output: dict[str, Any]
    #: Everything it wrote, as it wrote it.
    text: str

    @property
    def failed(self) -> bool:
        return bool(self.output.get("failed", False))

    @property
    def changed(self) -> bool:
        return bool(self.output["changed"])

    @property
    def msg(self) -> str:
        return str(self.output["msg"])

    @property
    def warnings(self) -> list[str]:
        """Return the warnings as words; ansible-core 2.19 and newer wrap each of them."""
        warnings = self.output.get("warnings", [])
        return [warning if isinstance(warning, str) else str(warning["event"]["msg"]) for warning in warnings]

    def __getattr__(self, name: str) -> Any:
        return self.output[name]


def fresh_copy(module: ModuleType) -> ModuleType:
    """Return a module as it is when it is loaded now; what others know of it stays what it is."""
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


class Declared(Exception):
    """Ends a module where it has declared its options."""


def declared(name: str) -> dict[str, Any]:
    """Return what a module tells AnsibleModule: argument_spec, required_one_of and so on."""
    told: dict[str, Any] = {}

    def tell(_module: basic.AnsibleModule, **arguments: Any) -> None:
        told.update(arguments)
        raise Declared

    module = importlib.import_module(f"{COLLECTION}.modules.{name}")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(basic.AnsibleModule, "__init__", tell)
        with pytest.raises(Declared):
            module.main()
    return told


def forget_environment(patch: pytest.MonkeyPatch) -> None:
    """Take away what the machine's own environment would add to that of a module."""
    for name in list(os.environ):
        if name.startswith("CLOUDFLARE_") or name.lower().endswith(("_proxy", "_ca_bundle")) or name == "NETRC":
            patch.delenv(name)


def forget_controller(patch: pytest.MonkeyPatch) -> None:
    """Let ansible-core 2.19 and newer take this process for a module's, although the controller's code is loaded."""
    with contextlib.suppress(ImportError):
        from ansible.module_utils import _internal
        from ansible.module_utils._internal._json import _profiles

        patch.setattr(_internal, "is_controller", False)
        patch.setattr(_profiles, "_string_encoding_check_enabled", lambda: False)


def run_module(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    params: dict[str, Any],
    check_mode: bool = False,
) -> Run:
    """Run a module with the options of a task, as Ansible hands them over, and return what came of it."""
    arguments = {**params, "_ansible_check_mode": check_mode, "_ansible_diff": True}
    if "inject_invocation" in PASS_VARS:  # since ansible-core 2.21 it comes back only where it is asked for
        arguments["_ansible_inject_invocation"] = True
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
    # ansible-core 2.19 and newer ask how the arguments were written down.
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    # A module is a process of its own, elsewhere.
    ansible_warnings._global_warnings.clear()
    ansible_warnings._global_deprecations.clear()
    module = importlib.import_module(f"{COLLECTION}.modules.{name}")
    capsys.readouterr()
    with monkeypatch.context() as patch:
        forget_controller(patch)
        with pytest.raises(SystemExit):
            module.main()
    captured = capsys.readouterr()
    assert not captured.err, captured.err
    return Run(json.loads(captured.out), captured.out)
