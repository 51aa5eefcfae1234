# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What variables of the role leave open comes from module_defaults of the play, and only then from the environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from emulator import Emulator
from emulator.auth import Credential
from emulator.seeds import DEMO
from emulator.testing import DOMAIN
from support.controller import Controller, Ran

GROUP = "group/mailsec.cloudflare.all"
MODULES = [
    f"mailsec.cloudflare.{name}"
    for resource in BY_LIST_NAME.values()
    for name in (resource.bulk_module, resource.info_module)
]
#: Nothing answers there.
NOWHERE = "http://127.0.0.1:9/client/v4"


@pytest.fixture
def other() -> Iterator[Emulator]:
    """Another server with another account, which the play names. The environment names that of the controller."""
    with Emulator(seed=DEMO, account_id="b" * 32, token="token-of-the-play") as emulator:
        yield emulator
        assert [entry.broke_contract for entry in emulator.rejected] == []
        assert emulator.violations == []


def connection(emulator: Emulator) -> dict[str, Any]:
    return {"account_id": emulator.account_id, "api_token": emulator.token, "api_url": emulator.url}


def play(controller: Controller, defaults: dict[str, Any], variables: dict[str, Any] | None = None) -> Ran:
    """Apply, export and report in one play."""
    playbook = controller.folder / "play.yml"
    roles = [
        {
            "name": f"Run {tasks}",
            "ansible.builtin.include_role": {"name": "mailsec.cloudflare.email_security", "tasks_from": tasks},
        }
        for tasks in ("main", "export", "report")
    ]
    content = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": defaults,
        "vars": {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "email_security_domains": [{"domain": "example.com", "lookback_hops": 7}],
            "email_security_sending_domain_restrictions": [{"domain": "other.example"}],
            "email_security_export_path": str(controller.folder / "account.yml"),
            "email_security_report_dir": str(controller.folder / "report"),
            **(variables or {}),
        },
        "tasks": roles,
    }
    playbook.write_text(yaml.safe_dump([content]), encoding="utf-8")
    return controller.play(playbook)


def exported(controller: Controller) -> list[str]:
    variables = yaml.safe_load((controller.folder / "account.yml").read_text(encoding="utf-8"))
    return [domain["domain"] for domain in variables["email_security_domains"]]


@pytest.mark.parametrize("in_process", [True, False])
@pytest.mark.parametrize("names", [[GROUP], MODULES], ids=["group", "modules"])
def test_the_role_keeps_to_the_account_of_module_defaults(
    controller: Controller, other: Emulator, names: list[str], in_process: bool
) -> None:
    before = controller.emulator.state()
    controller.emulator.world.store.seed(other.account_id, {"domains": [DOMAIN]}, replace=True)
    theirs = controller.emulator.state(other.account_id)
    play(controller, dict.fromkeys(names, connection(other)), {"mailsec_cloudflare_in_process": in_process})
    assert controller.sent() == []
    assert controller.emulator.state() == before
    assert controller.emulator.state(other.account_id) == theirs
    domains = {record["domain"]: record for record in other.state()["domains"]}
    assert domains["example.com"]["lookback_hops"] == 7
    assert "other.example" in [record["domain"] for record in other.state()["sending_domain_restrictions"]]
    assert exported(controller) == sorted(domains)


@pytest.mark.parametrize("in_process", [True, False])
@pytest.mark.parametrize("names", [[GROUP], MODULES], ids=["group", "modules"])
def test_a_variable_of_the_role_beats_module_defaults_and_leaves_the_others(
    controller: Controller, other: Emulator, names: list[str], in_process: bool
) -> None:
    third = "c" * 32
    before, theirs = controller.emulator.state(), other.state()
    other.world.store.seed(third, {"domains": [DOMAIN]}, replace=True)
    other.world.keyring.add(Credential(token="token-of-the-play-for-two", accounts=(other.account_id, third)))
    defaults = {**connection(other), "api_token": "token-of-the-play-for-two", "api_url": NOWHERE, "retries": 0}
    play(
        controller,
        dict.fromkeys(names, defaults),
        {
            "mailsec_cloudflare_in_process": in_process,
            "email_security_account_id": third,
            "email_security_api_url": other.url,
            # As a survey leaves what has no answer.
            "email_security_api_token": "",
            "email_security_timeout": None,
        },
    )
    assert controller.sent() == []
    assert (controller.emulator.state(), other.state()) == (before, theirs)
    assert [record["lookback_hops"] for record in other.state(third)["domains"]] == [7]
    assert exported(controller) == ["example.com"]
