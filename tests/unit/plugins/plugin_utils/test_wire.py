# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form in which options and results go between an action and a module, with older versions of ansible-core too."""

from __future__ import annotations

import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import wire
from support.module_runner import fresh_copy


class OldEncoder(json.JSONEncoder):
    """The encoder of ansible-core 2.18 and older, as far as it matters here."""

    def __init__(self, vault_to_text: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._vault_to_text = vault_to_text

    def default(self, o: Any) -> Any:
        return str(o) if self._vault_to_text else {"__ansible_vault": "..."}


class Vaulted:
    """An encrypted text of ansible-core 2.18 and older."""

    def __str__(self) -> str:
        return "decrypted"


@pytest.fixture
def old_wire(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the file as ansible-core 2.18 and older let it be read."""
    before = ModuleType("ansible.module_utils.common.json")
    before.AnsibleJSONEncoder = OldEncoder  # type: ignore[attr-defined]  # that is what it has
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "ansible.module_utils.common.json", before)
        return fresh_copy(wire)


def test_options_are_found_once_by_the_next_module() -> None:
    before = basic._ANSIBLE_ARGS
    with wire.sent({"domain": "example.com"}):
        assert json.loads(basic._ANSIBLE_ARGS) == {"ANSIBLE_MODULE_ARGS": {"domain": "example.com"}}
        assert basic._ANSIBLE_PROFILE == wire.PROFILE
    assert before is basic._ANSIBLE_ARGS


def test_half_of_a_character_reaches_the_module_but_nobody_else() -> None:
    before = wire.profiles._string_encoding_check_enabled
    with wire.sent({"comments": "\ud800"}):
        assert basic._load_params() == {"comments": "\ud800"}
    assert before is wire.profiles._string_encoding_check_enabled


def test_an_older_core_decrypts_as_it_writes(old_wire: Any) -> None:
    with old_wire.sent({"api_token": Vaulted()}):
        assert json.loads(basic._ANSIBLE_ARGS) == {"ANSIBLE_MODULE_ARGS": {"api_token": "decrypted"}}


def test_an_older_core_is_told_that_a_result_is_no_template(old_wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wrapped: list[Any] = []
    monkeypatch.setattr("ansible.utils.unsafe_proxy.wrap_var", lambda value: wrapped.append(value) or value)
    action = SimpleNamespace(_parse_returned_data=lambda said: json.loads(said["stdout"]))

    assert old_wire.parsed(action, wire.Said(0, '{"msg": "{{ 1 }}"}', "")) == {"msg": "{{ 1 }}"}
    assert wrapped == [{"msg": "{{ 1 }}"}]


def test_a_newer_core_has_an_object_for_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PROFILE", "legacy")

    def parse(said: dict[str, Any], profile: str) -> Any:
        return SimpleNamespace(as_result_dict=lambda for_round_trip: {**json.loads(said["stdout"]), "profile": profile})

    assert wire.parsed(SimpleNamespace(_parse_returned_data=parse), wire.Said(0, '{"a": 1}', "")) == {
        "a": 1,
        "profile": "legacy",
    }
