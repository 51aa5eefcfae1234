# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks run on the controller, as the user who started them, whatever the inventory says."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.controller import Controller

HOST = "account"
DIFFERS = f"{HOST} differs from"
EMERGENCY = {
    f"email_security_emergency_{name}": value
    for name, value in {
        "pattern": "bad.example",
        "pattern_type": "DOMAIN",
        "reason": "Incident",
        "expires": "2999-12-31",
    }.items()
}
ENABLE_TLS = {"email_security_domains": [{"domain": "example.com", "require_tls_inbound": True}]}
COLLECTION = next(
    folder / "ansible_collections/mailsec/cloudflare"
    for folder in map(Path, os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep))
    if (folder / "ansible_collections/mailsec/cloudflare").exists()
)


@dataclass
class Trap:
    """An inventory that sends tasks to another machine, user and interpreter, with commands that record their use."""

    controller: Controller
    record: Path
    inventory: Path

    def run(self, playbook: str | Path, *options: str, fails: bool = False, **variables: Any) -> str:
        """Run a playbook for the account and return what was printed; assert that no command was used."""
        given = {"email_security_hosts": "all", **variables}
        ran = self.controller.play(playbook, "-i", str(self.inventory), *options, variables=given, fails=fails)
        assert not self.record.exists(), self.record.read_text(encoding="utf-8")
        return ran.output


def hostile(folder: Path, record: Path) -> dict[str, Any]:
    """Return variables that would make Ansible use another connection, user, interpreter, shell or folder."""
    commands = folder / "commands"
    commands.mkdir()
    for name in ("ssh", "sudo", "python", "shell"):
        path = commands / name
        path.write_text(f'#!/bin/sh\n{{ echo "$0 $@"; cat; }} >>{record} 2>&1\nexit 255\n', encoding="utf-8")
        path.chmod(0o755)
    return {
        "ansible_connection": "ssh",
        "ansible_host": "127.0.0.1",
        "ansible_port": 1,
        "ansible_user": "somebody",
        "ansible_password": "password-of-somebody",
        "ansible_ssh_executable": str(commands / "ssh"),
        "ansible_ssh_args": "",
        "ansible_become": True,
        "ansible_become_user": "daemon",
        "ansible_become_method": "ansible.builtin.sudo",
        "ansible_become_exe": str(commands / "sudo"),
        "ansible_become_flags": "-n",
        "ansible_become_password": "password-of-daemon",
        "ansible_python_interpreter": str(commands / "python"),
        "ansible_shell_executable": str(commands / "shell"),
        "ansible_remote_tmp": "/dev/null/tmp",
        "ansible_pipelining": True,
    }


@pytest.fixture(params=["in_process", "module"])
def trap(controller: Controller, request: pytest.FixtureRequest) -> Trap:
    """An inventory with one account whose group variables are hostile."""
    record = controller.folder / "record"
    inventory = controller.folder / "inventory"
    (inventory / "group_vars").mkdir(parents=True)
    (inventory / "hosts.yml").write_text(yaml.safe_dump({"accounts": {"hosts": {HOST: None}}}), encoding="utf-8")
    variables = {
        **hostile(controller.folder, record),
        # Not both: before this shell, Ansible would stop at become.
        **({"ansible_shell_type": "cmd"} if request.param == "module" else {}),
        "mailsec_cloudflare_in_process": request.param == "in_process",
        "email_security_api_token": controller.emulator.token,
    }
    (inventory / "group_vars/all.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
    return Trap(controller, record, inventory)


def require_tls(controller: Controller) -> bool:
    required: bool = controller.state("domains")["example.com"]["require_tls_inbound"]
    return required


def imported(trap: Trap, name: str) -> Path:
    """Return a playbook that imports one of the collection, with a variable that would beat those of the play."""
    path = trap.controller.folder / f"{name}.yml"
    play = {
        "name": "Import",
        "ansible.builtin.import_playbook": f"mailsec.cloudflare.{name}",
        "vars": {"ansible_connection": "ssh"},
    }
    path.write_text(yaml.safe_dump([play]), encoding="utf-8")
    return path


@pytest.mark.parametrize("how", ["named", "imported"])
def test_the_inventory_cannot_move_a_playbook_from_the_controller(trap: Trap, how: str) -> None:
    controller = trap.controller

    def playbook(name: str) -> str | Path:
        return f"mailsec.cloudflare.{name}" if how == "named" else imported(trap, name)

    before = controller.emulator.state()
    assert DIFFERS in trap.run(playbook("drift"), fails=True, **ENABLE_TLS)
    trap.run(playbook("apply"), "--check", **ENABLE_TLS)
    assert controller.emulator.state() == before
    trap.run(playbook("apply"), **ENABLE_TLS)
    assert require_tls(controller)
    example = controller.state("domains")["example.com"]["id"]
    assert [each for each in controller.sent() if not each.startswith("GET ")] == [f"PATCH domains/{example}"]
    trap.run(playbook("drift"), **ENABLE_TLS)
    path = controller.folder / "account.yml"
    trap.run(playbook("export"), email_security_export_path=str(path))
    exported = yaml.safe_load(path.read_text(encoding="utf-8"))["email_security_domains"]
    assert [each["domain"] for each in exported if each["require_tls_inbound"]] == ["example.com", "example.org"]
    assert path.stat().st_uid == os.getuid()
    trap.run(playbook("report"), email_security_report_dir=str(controller.folder / "report"))
    assert (controller.folder / "report/account.html").exists()


@pytest.mark.parametrize("name", ["onboard", "emergency_block", "emergency_unblock", "emergency_cleanup"])
def test_the_inventory_cannot_move_a_playbook_without_the_role(trap: Trap, name: str) -> None:
    trap.run(f"mailsec.cloudflare.{name}", email_security_onboard_domain="example.com", **EMERGENCY)


@pytest.mark.parametrize("name", ["apply", "drift", "report"])
def test_the_inventory_cannot_move_a_playbook_of_the_awx_project(trap: Trap, name: str) -> None:
    variables = {**ENABLE_TLS, "email_security_report_dir": str(trap.controller.folder / "report")}
    printed = trap.run(COLLECTION / f"docs/awx/project/{name}.yml", fails=name == "drift", **variables)
    assert (DIFFERS in printed) == (name == "drift")
    assert require_tls(trap.controller) == (name == "apply")


@pytest.mark.parametrize("trap", ["in_process"], indirect=True)
def test_the_inventory_cannot_move_the_example_of_many_accounts(trap: Trap) -> None:
    (trap.inventory / "hosts.yml").write_text(
        yaml.safe_dump({"cloudflare_accounts": {"hosts": {HOST: None}}}), encoding="utf-8"
    )
    trap.run(COLLECTION / "playbooks/examples/many_accounts.yml", **ENABLE_TLS)
    assert require_tls(trap.controller)


def documented(trap: Trap) -> Path:
    """Return the playbook of the README of the role for a play whose hosts are reached over ssh."""
    text = (COLLECTION / "roles/email_security/README.md").read_text(encoding="utf-8")
    (block,) = (each for each in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "hosts: web" in each)
    path = trap.controller.folder / "web.yml"
    path.write_text(block.replace("hosts: web", "hosts: all\n  gather_facts: false"), encoding="utf-8")
    return path


@pytest.mark.parametrize("trap", ["in_process"], indirect=True)
def test_the_role_stays_on_the_controller_with_the_variables_of_its_readme(trap: Trap) -> None:
    trap.run(documented(trap), **ENABLE_TLS)
    assert require_tls(trap.controller)


def test_become_on_the_command_line_is_not_used(trap: Trap) -> None:
    trap.run("mailsec.cloudflare.apply", "--become", "--user", "somebody", "--connection", "ssh", **ENABLE_TLS)
    assert require_tls(trap.controller)


def test_the_folder_for_temporary_files_is_that_of_the_controller(controller: Controller) -> None:
    """A home that cannot be written to is fine where Ansible has a folder."""
    home, ansible, remote = (controller.folder / name for name in ("home", "ansible", "remote"))
    home.write_text("no folder", encoding="utf-8")
    path = controller.folder / "account.yml"
    for environment, folder in (({}, ansible / "tmp"), ({"ANSIBLE_REMOTE_TMP": str(remote)}, remote)):
        controller.play(
            "mailsec.cloudflare.export",
            variables={"email_security_export_path": str(path)},
            HOME=str(home),
            ANSIBLE_HOME=str(ansible),
            **environment,
        )
        assert path.exists()
        path.unlink()
        assert list(folder.iterdir()) == []
