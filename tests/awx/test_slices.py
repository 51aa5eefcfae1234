# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many accounts in one job that AWX cuts into slices, each account with a token that opens it alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from emulator.auth import Credential
from emulator.server import Emulator
from fake_awx import Store, run_controller

from .conftest import DOMAIN, VAULT_PASSWORD, Launcher, Run, Setup, template

SLICES = 3
ACCOUNTS = {f"account-{number}": f"{number:032x}" for number in range(1, 6)}
TOKENS = {name: f"token-of-{name}-alone" for name in ACCOUNTS}


@pytest.fixture(scope="module")
def api() -> Iterator[Emulator]:
    credentials = [Credential(token=TOKENS[name], accounts=(ACCOUNTS[name],)) for name in ACCOUNTS]
    with Emulator(credentials=credentials) as running:
        for name, account in ACCOUNTS.items():
            domain = {**DOMAIN, "domain": f"{name}.example", "require_tls_inbound": False}
            running.seed(account, domains=[domain])
        yield running


@pytest.fixture
def sliced(setup: Setup, second_run: Run, api: Emulator, tmp_path: Path) -> Store:
    """The set-up changed over to many accounts, whose tokens are in the inventory."""
    store = setup.copied(tmp_path / "checkout")
    many = {
        "setup_job_credentials": ["Email Security vault"],
        "setup_job_slice_count": SLICES,
        "setup_instance_groups": ["default"],
    }
    with run_controller(store) as controller:
        run = Setup(controller, api.url, tmp_path, setup.reports).start(
            "-e", json.dumps(many), EMAIL_SECURITY_VAULT_PASSWORD=VAULT_PASSWORD
        )
        assert VAULT_PASSWORD not in run.end()
    write_inventory(store.checkout / "inventory", api.url)
    return store


def write_inventory(inventory: Path, api_url: str) -> None:
    """One host for each account, with its token encrypted beside it."""
    (inventory / "accounts.yml").write_text(yaml.safe_dump({"all": {"hosts": dict.fromkeys(ACCOUNTS)}}))
    with (inventory / "group_vars/all.yml").open("a") as common:
        common.write(f"email_security_api_url: {api_url}\n")
    shutil.rmtree(inventory / "host_vars")
    (inventory / "host_vars").mkdir()
    vault = VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))])
    for name, account in ACCOUNTS.items():
        token = vault.encrypt(TOKENS[name]).decode().replace("\n", "\n  ")
        (inventory / f"host_vars/{name}.yml").write_text(
            f"email_security_account_id: '{account}'\n"
            f"email_security_domains: [{{domain: {name}.example}}]\n"
            f"email_security_api_token: !vault |\n  {token}\n"
        )


def test_slices_at_the_same_time_handle_every_account_once_with_its_own_token(api, sliced, tmp_path):
    (group,) = sliced.listed(template(sliced, "apply"), "instance_groups")
    assert sliced.things["instance_groups"][group]["name"] == "default"
    launch = Launcher(sliced, tmp_path, secrets=(VAULT_PASSWORD, *TOKENS.values()))
    jobs = launch.together(*launch.slices("apply"))
    assert [job.status for job in jobs] == ["successful"] * SLICES, [job.stdout for job in jobs]

    # Every third host by name.
    hosts = [sorted(job.stats["ok"]) for job in jobs]
    assert hosts == [["account-1", "account-4"], ["account-2", "account-5"], ["account-3"]]
    for name, account in ACCOUNTS.items():
        mine = [entry for entry in api.log if f"/accounts/{account}/" in entry.path]
        assert {entry.headers["authorization"] for entry in mine} == {f"Bearer {TOKENS[name]}"}
        assert len([entry for entry in mine if entry.is_write]) == 1
        assert {entry.status for entry in mine} == {200}
        (domain,) = api.state(account)["domains"]
        assert domain["require_tls_inbound"] is True

    # Artifacts have the name of the host in them, so those of the slices do not get into each other's way.
    merged: dict = {}
    for job in jobs:
        found = job.stats["artifact_data"]["email_security"]
        assert not set(found) & set(merged)
        merged |= found
    assert {name: done["domains"]["updated"] for name, done in merged.items()} == {
        name: [f"{name}.example"] for name in ACCOUNTS
    }
