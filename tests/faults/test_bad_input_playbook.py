# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input where Ansible reads it: tasks of playbooks, and variables of the role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator import Emulator
from support.controller import Controller
from support.resources import SAMPLES

from .extent import LONG
from .jobs import id_of, seed
from .oracle import check_sentence

ONE, MANY, INFO = "email_security_domain", "email_security_domains", "email_security_domain_info"
RESTRICTION = "sending_domain_restriction"
NAME = "d1.example"
DOMAIN = {"domain": NAME}
#: Module, options, and what the message has.
TASKS: list[tuple[str, dict[str, Any], str]] = [
    (ONE, {**DOMAIN, "transport": ["mx.example"]}, "transport: must be a string, not a list."),
    (RESTRICTION, {**DOMAIN, "comments": True}, "comments: must be a string, not true. Quote it to make it a string"),
    (MANY, {"domains": "{{ [{'domain': 'no name'}] * 100 }}"}, " more: see entry_errors."),
    (ONE, {**DOMAIN, "lookback_hops": "inf"}, "lookback_hops: must be an integer, not 'inf'."),
    (ONE, {**DOMAIN, "retries": True}, "retries: must be an integer, not true."),
    (ONE, {**DOMAIN, "timeout": "{{ 10 ** 400 }}"}, "timeout: must be a number"),
    (RESTRICTION, {**DOMAIN, "exclude": [{"a.example": 1}]}, "exclude: entry 1 must be a string, not a dictionary."),
    (RESTRICTION, {"domain": f"{NAME}\r\nX-Evil: 1"}, r"not 'd1.example\r\nX-Evil: 1'"),
    (ONE, {"domain_id": f"{id_of(1)}/../{id_of(2)}"}, "domain_id: must be a UUID"),
    (ONE, {**DOMAIN, "account_id": True}, "account_id: must be a string, not true."),
    (ONE, {**DOMAIN, "api_token": ["Sn3lZJTBX6kkg7OdcBUAxOO9"]}, "api_token: must be a string, not a list."),
    (ONE, {**DOMAIN, "odd\ud7ff": 1, "regions": "EU"}, "Unsupported parameters: odd"),
    (MANY, {"domains": NAME}, "domains: must be a list, not 'd1.example'."),
    (INFO, {"search": "{{ 'x' * 1048576 }}"}, "search: must have at most 1024 characters, has 1048576."),
]
#: Module, options, a field, and the value that the server then has.
LEGAL: list[tuple[str, dict[str, Any], str, Any]] = [
    (RESTRICTION, {"exclude": "x.example, y.example"}, "exclude", ["x.example", "y.example"]),
    (RESTRICTION, {"comments": 5}, "comments", "5"),
    (ONE, {"lookback_hops": "3"}, "lookback_hops", 3),
    (ONE, {"require_tls_inbound": "yes"}, "require_tls_inbound", True),
    (ONE, {"transport": "../\U0001f4e7?x=1#\u2028%2e\x00"}, "transport", "../\U0001f4e7?x=1#\u2028%2e\x00"),
    (ONE, {"folder": None, "lookback_hops": None, "regions": None}, "folder", None),
]
#: Variables of the role, and what the message has.
VARIABLES: list[tuple[dict[str, Any], str]] = [
    ({"domains": "domain=a.example"}, "email_security_domains"),
    (
        {"domains": [DOMAIN], "domain_defaults": "lookback_hops=3"},
        "email_security_domain_defaults: must be a dictionary of settings.",
    ),
    ({"domains": [{"lookback_hops": 3}]}, "domains[0]: one of the following is required: domain_id, domain."),
    ({"domains": ["a.example"]}, "email_security_domains"),
    ({"domains": DOMAIN}, "email_security_domains"),
    ({"domains": [None]}, "email_security_domains"),
    ({"domains": 5}, "email_security_domains"),
    ({"domains": None}, "email_security_domains"),
    ({"domains": [DOMAIN], "domain_defaults": {"lookback_hops": "many"}}, "email_security_domain_defaults"),
    ({"domains": [DOMAIN], "domain_defaults": {"transport": ["x"]}}, "domains[0] (d1.example): transport: must be"),
    ({"domains": [DOMAIN], "domain_defaults": {"odd": 1}}, "email_security_domain_defaults.odd"),
    ({"domains": [{**DOMAIN, "odd": 1}]}, "email_security_domains[0] (d1.example): Unsupported parameters: odd."),
    ({"sending_domain_restrictions": "domain=a.example"}, "email_security_sending_domain_restrictions"),
    ({"sending_domain_restrictions": [{"comments": "x"}]}, "restrictions[0]: one of the following is required"),
    ({"domains": [DOMAIN], "purge_domains": "perhaps"}, "email_security_purge_domains"),
    ({"domains": [], "purge_domains": True}, "purge: domains is empty."),
    ({"domains": [DOMAIN], "account_id": ["x"]}, "account_id: must be a string, not a list."),
    ({"domains": [DOMAIN], "timeout": "soon"}, "email_security_timeout"),
]
ROLE = {"ansible.builtin.include_role": {"name": "mailsec.cloudflare.email_security"}}


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    """Return a controller for an account with a few records."""
    with Emulator(seed={kind.collection: seed(kind) for kind in SAMPLES}) as emulator:
        yield Controller(tmp_path, emulator)
        assert emulator.violations == []
        assert [entry.broke_contract for entry in emulator.rejected] == []


def run(controller: Controller, tasks: list[dict[str, Any]], result: str, in_process: bool = True) -> Any:
    """Run tasks in a playbook and return the value of a template after them."""
    kept = {"content": f"{{{{ {result} | to_json }}}}", "dest": "{{ playbook_dir }}/result.json", "mode": "0600"}
    variables = {
        "mailsec_cloudflare_in_process": in_process,
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    tasks = [*tasks, {"ansible.builtin.copy": kept}]
    play = {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}
    (controller.folder / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    controller.play("play.yml")
    return json.loads((controller.folder / "result.json").read_text())


@pytest.mark.parametrize("in_process", [True, False])
def test_bad_tasks_are_refused_and_good_ones_are_applied(controller: Controller, in_process: bool) -> None:
    # A task that runs as a module takes the time of forty.
    step = 1 if LONG or in_process else 5
    bad, good = TASKS[::step], LEGAL[::step]
    tasks = [{f"mailsec.cloudflare.{module}": options} for module, options, _message in bad]
    tasks += [{f"mailsec.cloudflare.{module}": {**DOMAIN, **options}} for module, options, *_rest in good]

    ran = [{**task, "register": f"result{number}", "ignore_errors": True} for number, task in enumerate(tasks)]
    names = ", ".join(f"result{number}" for number in range(len(ran)))
    results = run(controller, ran, f"[{names}]", in_process)

    for (_module, _options, message), result in zip(bad, results, strict=False):
        assert result["failed"] is True
        assert message in result["msg"]
        check_sentence(result["msg"], lines=100 if "entry_errors" in result else 1)
    state = {
        kind.module: controller.state(kind.collection)[NAME] for kind in SAMPLES if kind.module in (ONE, RESTRICTION)
    }
    for (module, _options, field, value), result in zip(good, results[len(bad) :], strict=True):
        assert result["failed"] is False, result["msg"]
        # No setting is set twice, so the server still has each.
        assert state[module][field] == result["result"][field] == value
    assert len(controller.emulator.writes) <= len(good)


def test_a_bad_variable_of_the_role_is_named(controller: Controller) -> None:
    chosen = VARIABLES if LONG else VARIABLES[::3]
    messages = "{{ messages | default([]) + [ansible_failed_result.msg] }}"
    cases = [
        {
            "vars": {f"email_security_{name}": value for name, value in variables.items()},
            "block": [ROLE],
            "rescue": [{"ansible.builtin.set_fact": {"messages": messages}}],
        }
        for variables, _named in chosen
    ]

    found = run(controller, cases, "messages")

    for message, (_variables, named) in zip(found, chosen, strict=True):
        assert named in message
        # Ansible's own check names its own classes; the role and the modules do not.
        if not message.startswith("Validation of arguments failed"):
            check_sentence(message)
    assert controller.emulator.log == []
