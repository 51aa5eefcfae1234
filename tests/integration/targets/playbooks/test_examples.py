# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the collection, run as its first lines say."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from emulator.auth import Credential
from emulator.testing import DOMAIN
from support.controller import Controller

EXAMPLES = next(
    folder / "ansible_collections/mailsec/cloudflare/playbooks/examples"
    for folder in map(Path, os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep))
)
COVERED = {
    "accounts.yml",
    "ad_hoc.md",
    "detect_drift.yml",
    "first_steps.yml",
    "many_accounts.yml",
    "module_defaults.yml",
    "rotate_allow_list.yml",
}


def test_every_example_has_its_test() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == COVERED


def test_first_steps(controller: Controller) -> None:
    playbook = EXAMPLES / "first_steps.yml"
    checked = controller.play(playbook, "--check", "--diff")
    assert "Without TLS: example.com, shop.example.net" in checked.output
    assert not controller.state("domains")["example.com"]["require_tls_inbound"]
    assert controller.play(playbook).recap()["changed"] == 1
    assert controller.state("domains")["example.com"]["require_tls_inbound"]
    assert controller.play(playbook).recap()["changed"] == 0


def test_module_defaults_with_a_vaulted_token(controller: Controller) -> None:
    (controller.folder / "password").write_text("open sesame", encoding="utf-8")
    vault = {"ANSIBLE_VAULT_PASSWORD_FILE": str(controller.folder / "password")}
    encrypted = controller.run(
        "ansible-vault", "encrypt_string", controller.emulator.token, "--name", "vaulted_cloudflare_token", **vault
    )
    text = encrypted.output.replace("Encryption successful", "")
    (controller.folder / "secrets.yml").write_text(text, encoding="utf-8")
    options = ("-e", "@secrets.yml", "-e", f"cloudflare_account_id={controller.emulator.account_id}", "-vvv")
    without = {"CLOUDFLARE_API_TOKEN": "", "CLOUDFLARE_ACCOUNT_ID": ""}
    first = controller.play(EXAMPLES / "module_defaults.yml", *options, **vault, **without)
    assert first.recap()["changed"] == 2
    assert controller.emulator.token not in first.output
    assert controller.state("sending_domain_restrictions")["partner.example"]["exclude"] == ["legacy.partner.example"]
    assert controller.play(EXAMPLES / "module_defaults.yml", *options, **vault, **without).recap()["changed"] == 0


def test_many_accounts_each_with_its_token(controller: Controller) -> None:
    accounts = {"acme": "023e105f4ecef8ad9ca31a8372d0c353", "globex": "9a7806061c88ada191ed06f989cc3dac"}
    domains = {"acme": ["acme.example", "shop.acme.example"], "globex": ["globex.example"]}
    tokens = {}
    for name, account_id in accounts.items():
        seed = {"domains": [{**DOMAIN, "domain": domain} for domain in domains[name]]}
        controller.emulator.world.store.seed(account_id, seed, replace=True)
        tokens[f"CLOUDFLARE_API_TOKEN_{name.upper()}"] = f"token-of-{name}"
        controller.emulator.world.keyring.add(Credential(token=f"token-of-{name}", accounts=(account_id,)))
    options = ("-i", str(EXAMPLES / "accounts.yml"))
    ran = controller.play(EXAMPLES / "many_accounts.yml", *options, **tokens)
    assert set(ran.stats["email_security"]) == set(accounts)
    acme, globex = (controller.emulator.state(account_id) for account_id in accounts.values())
    assert [domain["regions"] for domain in acme["domains"]] == [["GLOBAL"], ["DE"]]
    assert "SPAM" in globex["domains"][0]["drop_dispositions"]
    assert [each["domain"] for each in globex["sending_domain_restrictions"]] == ["bank.example"]
    again = controller.play(EXAMPLES / "many_accounts.yml", *options, "--limit", "acme", **tokens)
    assert again.recap("acme")["changed"] == 0
    assert not any(token in ran.output for token in tokens.values())


def test_rotation_of_an_address(controller: Controller) -> None:
    old, new = "192.0.2.7", "198.51.100.7"
    lists = {"a.example": [old, "203.0.113.0/24"], "b.example": [old], "c.example": [], "d.example": ["203.0.113.9"]}
    controller.emulator.seed(
        replace=True, domains=[{"domain": name, "ip_restrictions": each} for name, each in lists.items()]
    )
    given = ("-e", f"old={old}", "-e", f"new={new}")

    def allowed() -> dict[str, set[str]]:
        return {name: set(record["ip_restrictions"]) for name, record in controller.state("domains").items()}

    def expected(*replaced: str) -> dict[str, set[str]]:
        return {name: ({*each, *replaced} if old in each else set(each)) for name, each in lists.items()}

    playbook = EXAMPLES / "rotate_allow_list.yml"
    assert "With the old address: a.example, b.example" in controller.play(playbook, *given).output
    controller.play(playbook, *given, "--tags", "remove")
    assert allowed() == expected(), "the old address is not taken out before the new one is in"
    controller.play(playbook, *given, "--tags", "add")
    assert allowed() == expected(new)
    controller.play(playbook, *given, "--tags", "remove")
    assert allowed() == {name: each - {old} for name, each in expected(new).items()}
    assert controller.play(playbook, *given, "--tags", "add,remove").recap()["changed"] == 0


def test_drift_fails_a_job(controller: Controller) -> None:
    before = controller.emulator.state()
    ran = controller.play(EXAMPLES / "detect_drift.yml", fails=True)
    assert "Changed outside of Ansible: example.com" in ran.output
    assert '+    "require_tls_inbound": true' in ran.output
    assert controller.emulator.state() == before
    controller.drift("example.com", require_tls_inbound=True)
    controller.play(EXAMPLES / "detect_drift.yml")


def test_ad_hoc_commands(controller: Controller) -> None:
    text = (EXAMPLES / "ad_hoc.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ (ansible.*)$", text, re.MULTILINE)
    assert len(commands) == text.count("\n$ ") - 2, "all but the two that set the environment"
    script = "set -eux\n" + "\n".join(commands)
    ran = controller.run("bash", "-c", script)
    assert ran.output.count("CHANGED =>") + ran.output.count("SUCCESS =>") == text.count("$ ansible localhost")
    domain = controller.state("domains")["example.com"]
    assert domain["ip_restrictions"] == []
    assert sorted(domain["drop_dispositions"]) == ["MALICIOUS", "SPAM"]
    assert "partner.example" not in controller.state("sending_domain_restrictions")


@pytest.mark.parametrize("path", sorted(path.name for path in EXAMPLES.glob("*.yml")))
def test_an_example_is_complete(path: str) -> None:
    text = (EXAMPLES / path).read_text(encoding="utf-8")
    assert re.search(r"^#   ansible-playbook .*", text, re.MULTILINE) or path == "accounts.yml"
