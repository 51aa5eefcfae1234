# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The boundary to AnsibleModule. What a task returns: plugins/modules; with a real AnsibleModule: tests/integration."""

from __future__ import annotations

import gc
import importlib
from contextlib import suppress
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base
from support.module_runner import COLLECTION
from support.modules import MODULES
from support.sample import CREDENTIALS


class FakeModule:
    """Stands for AnsibleModule."""

    params: dict[str, Any]
    check_mode = True
    exited: dict[str, Any]

    def __init__(self, **spec: Any) -> None:
        FakeModule.spec = spec
        FakeModule.warned = []

    def warn(self, warning: str) -> None:
        FakeModule.warned.append(warning)

    def exit_json(self, **result: Any) -> None:
        FakeModule.exited = result
        raise SystemExit(0)

    def fail_json(self, **result: Any) -> None:
        FakeModule.exited = result
        raise SystemExit(1)

    spec: dict[str, Any]
    warned: list[str]


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("result", [{"changed": True}, {"changed": False, "failed": True, "msg": "x"}])
def test_a_module_exits_or_fails_with_the_result_of_its_task(
    monkeypatch: pytest.MonkeyPatch, name: str, result: dict[str, Any]
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(basic, "AnsibleModule", FakeModule)
    monkeypatch.setattr(FakeModule, "params", CREDENTIALS, raising=False)
    monkeypatch.setattr(base, "run", lambda *args: calls.append(args) or {**result, "warnings": ["w"]})

    with pytest.raises(SystemExit) as end:
        importlib.import_module(f"{COLLECTION}.modules.{name}").main()

    kind, resource = MODULES[name]
    assert end.value.code == int(result.get("failed", False))
    assert (FakeModule.exited, FakeModule.warned) == (result, ["w"])
    assert FakeModule.spec == kind.spec(resource)
    assert (calls[0][:3], calls[0][4]) == ((kind, resource, CREDENTIALS), base.Mode(check=True, diff=True))


@pytest.mark.parametrize("name", MODULES)
def test_every_option_of_a_module_is_in_words_that_ansible_knows(name: str) -> None:
    kind, resource = MODULES[name]
    known = {"type", "default", "choices", "elements", "options", "required", "required_one_of", "aliases", "no_log"}

    for option, declared in kind.spec(resource)["argument_spec"].items():
        assert "type" in declared, option
        assert declared.keys() <= known, option


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_as_it_was_after_a_task(enabled: bool) -> None:
    was_enabled = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with suppress(KeyError), base.paused_garbage_collection():
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()
