# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several accounts in one run, a host each or all on one host: no file and no statistic is that of another account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from emulator.auth import Credential
from support.controller import Controller
from support.role import NONE, NOT_MANAGED

ROLE = "mailsec.cloudflare.email_security"
ACCOUNTS = {"one": "1" * 32, "two": "2" * 32}
#: The file of an export and the page of a report.
FILES = {"export": "email_security_export_path", "report": "email_security_report_dir"}


@pytest.fixture
def accounts(controller: Controller) -> Controller:
    """Return a controller with two more accounts, each with a domain of its name, and a token for all."""
    controller.emulator.world.keyring.add(Credential(token="token-of-all", accounts=tuple(ACCOUNTS.values())))
    for name, account in ACCOUNTS.items():
        controller.emulator.seed(account, replace=True, domains=[{"domain": f"{name}.example"}])
    controller.environment["CLOUDFLARE_API_TOKEN"] = "token-of-all"
    # Which account is written is what the task says, never this.
    controller.environment["CLOUDFLARE_ACCOUNT_ID"] = "3" * 32
    hosts = {name: {"email_security_account_id": account} for name, account in ACCOUNTS.items()}
    hosts |= {"a/b": hosts["one"], "a_b": hosts["two"]}
    (controller.folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}), encoding="utf-8")
    return controller


def write(controller: Controller, *plays: dict[str, Any]) -> Path:
    """Write a playbook."""
    path = controller.folder / "playbook.yml"
    path.write_text(yaml.safe_dump(list(plays), sort_keys=False), encoding="utf-8")
    return path


def play(*tasks: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    python = {"ansible_python_interpreter": "{{ ansible_playbook_python }}", **keywords.pop("vars", {})}
    common = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": python}
    return {**common, "tasks": list(tasks), **keywords}


def include(*, accounts: bool = True, tasks_from: str = "main", **variables: Any) -> dict[str, Any]:
    """Return a task that uses the role, for each account if not for that of the variables."""
    loop = {"loop": list(ACCOUNTS.values()), "loop_control": {"loop_var": "email_security_account_id"}}
    return {
        "ansible.builtin.include_role": {"name": ROLE, "tasks_from": tasks_from},
        "vars": variables,
        **(loop if accounts else {}),
    }


def domains_in(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return [each["domain"] for each in json.loads(text)["domains"]]
    return [each["domain"] for each in yaml.safe_load(text)["email_security_domains"]]


def sources(controller: Controller, entry: str, path: str) -> dict[str, tuple[list[str], Path]]:
    """Return the ways in which a path can be given: options of ansible-playbook, and the playbook."""
    variables = {FILES[entry]: path, **({"email_security_report_name": "all"} if entry == "report" else {})}
    named = ["mailsec.cloudflare." + entry, "-e", "email_security_hosts=one:two"]
    extra = controller.folder / "extra.json"
    extra.write_text(json.dumps(variables), encoding="utf-8")
    inventory = controller.folder / "group_vars/all.yml"
    inventory.parent.mkdir()
    inventory.write_text(json.dumps(variables), encoding="utf-8")
    (controller.folder / "own.yml").write_text(
        json.dumps([play(include(accounts=False, tasks_from=entry), hosts="one:two", vars=variables)]),
        encoding="utf-8",
    )
    (controller.folder / "include.yml").write_text(
        json.dumps([play(include(accounts=False, tasks_from=entry, **variables), hosts="one:two")]), encoding="utf-8"
    )
    (controller.folder / "import.yml").write_text(
        json.dumps(
            [
                {
                    "ansible.builtin.import_playbook": named[0],
                    "vars": {"email_security_hosts": "one:two", **variables},
                }
            ]
        ),
        encoding="utf-8",
    )
    return {
        "inventory": named,
        "extra": [*named, "-e", f"@{extra}"],
        "play": ["own.yml"],
        "include": ["include.yml"],
        "import": ["import.yml"],
    }


@pytest.mark.parametrize("source", ["inventory", "extra", "play", "include", "import"])
@pytest.mark.parametrize("entry", FILES)
def test_hosts_with_one_file_are_refused_wherever_its_path_comes_from(
    accounts: Controller, entry: str, source: str
) -> None:
    path = accounts.folder / "out"
    given = sources(accounts, entry, str(path))
    if source != "inventory":
        (accounts.folder / "group_vars/all.yml").unlink()
    ran = accounts.run("ansible-playbook", "-i", "hosts.yml", *given[source], fails=True)
    file = path / "all.html" if entry == "report" else path
    assert f"Several hosts would write {file}: one, two." in " ".join(ran.output.split())
    assert not path.exists()
    assert accounts.sent() == []


def test_two_paths_to_one_file_are_refused(accounts: Controller) -> None:
    folder = accounts.folder / "folder"
    folder.mkdir()
    (accounts.folder / "link").symlink_to(folder)
    paths = {"one": f"{accounts.folder}/link/a.yml", "two": f"{accounts.folder}//folder/../folder/a.yml"}
    path = f"{{{{ {paths}[inventory_hostname] }}}}"
    variables = {"email_security_hosts": "one:two", "email_security_export_path": path}
    ran = accounts.play("mailsec.cloudflare.export", "-i", "hosts.yml", variables=variables, fails=True)
    assert [ran.recap(host)["failed"] for host in ("one", "two")] == [1, 1]
    assert "Several hosts would write" in ran.output
    assert list(folder.iterdir()) == []
    assert accounts.sent() == []


@pytest.mark.parametrize("keywords", [{"strategy": "ansible.builtin.free"}, {"serial": 1}])
def test_one_host_at_most_writes_a_file_where_hosts_do_not_wait(accounts: Controller, keywords: dict[str, Any]) -> None:
    path = accounts.folder / "account.yml"
    task = include(accounts=False, tasks_from="export", email_security_export_path=str(path))
    ran = accounts.play(write(accounts, play(task, hosts="one:two", **keywords)), "-i", "hosts.yml", fails=True)
    refused = [host for host in ("one", "two") if ran.recap(host)["failed"]]
    written = {"one", "two"} - set(refused)
    assert refused
    assert (domains_in(path) if path.exists() else []) == [f"{host}.example" for host in written]
    assert len(accounts.sent()) == len(BY_LIST_NAME) * len(written)


def test_each_host_has_its_own_report_with_any_limit(accounts: Controller) -> None:
    folder = accounts.folder / "report"
    variables = {"email_security_hosts": "one:two:localhost", "email_security_report_dir": str(folder)}
    accounts.play("mailsec.cloudflare.report", "-i", "hosts.yml", "--limit", "two", variables=variables)
    assert sorted(path.name for path in folder.glob("*.json")) == ["two.json"]
    ran = accounts.play(
        "mailsec.cloudflare.report",
        "-i",
        "hosts.yml",
        "-i",
        "localhost,",
        variables=variables,
        CLOUDFLARE_ACCOUNT_ID=ACCOUNTS["one"],
    )
    assert sorted(path.name for path in folder.glob("*.json")) == ["email-security.json", "one.json", "two.json"]
    assert domains_in(folder / "one.json") == domains_in(folder / "email-security.json") == ["one.example"]
    assert domains_in(folder / "two.json") == ["two.example"]
    found = ran.stats["email_security_report"]
    assert {host: each["account_id"] for host, each in found.items()} == {**ACCOUNTS, "localhost": ACCOUNTS["one"]}


def test_a_host_name_is_made_a_file_name(accounts: Controller) -> None:
    folder = accounts.folder / "report"
    variables = {"email_security_hosts": "all", "email_security_report_dir": str(folder)}
    accounts.play("mailsec.cloudflare.report", "-i", "hosts.yml", "--limit", "a/b", variables=variables)
    assert domains_in(folder / "a_b.json") == ["one.example"]
    accounts.sent()
    ran = accounts.play("mailsec.cloudflare.report", "-i", "hosts.yml", variables=variables, fails=True)
    assert "a_b.html: a/b, a_b." in " ".join(ran.output.split())
    assert domains_in(folder / "a_b.json") == ["one.example"]
    assert [ran.recap(host)["failed"] for host in ("one", "two", "a/b", "a_b")] == [0, 0, 1, 1]


@pytest.mark.parametrize("entry", FILES)
def test_a_loop_over_accounts_does_not_overwrite_a_file(accounts: Controller, entry: str) -> None:
    path = accounts.folder / "out"
    file = path / "email-security.json" if entry == "report" else path
    again = include(
        accounts=False, tasks_from=entry, email_security_account_id=ACCOUNTS["one"], **{FILES[entry]: str(path)}
    )
    loop = include(tasks_from=entry, **{FILES[entry]: str(path)})
    ran = accounts.play(write(accounts, play(again, loop)), fails=True)
    page = path / "email-security.html" if entry == "report" else path
    refusal = f"{page} already contains account {ACCOUNTS['one']} of this run."
    assert refusal in " ".join(ran.output.split())
    assert domains_in(file) == ["one.example"]
    file.unlink()
    name = {"email_security_report_name": "{{ email_security_account_id }}"} if entry == "report" else {}
    each = str(path) if entry == "report" else f"{path}-{{{{ email_security_account_id }}}}.yml"
    ran = accounts.play(write(accounts, play(include(tasks_from=entry, **{FILES[entry]: each}, **name))))
    written = sorted([*path.glob("*.json"), *accounts.folder.glob("out-*")])
    assert [domains_in(each) for each in written] == [["one.example"], ["two.example"]]
    if entry == "report":
        assert [json.loads(each.read_text(encoding="utf-8"))["account_id"] for each in written] == [*ACCOUNTS.values()]
        assert {key: value["account_id"] for key, value in ran.stats["email_security_report"].items()} == {
            "localhost": ACCOUNTS["one"],
            f"localhost/{ACCOUNTS['two']}": ACCOUNTS["two"],
        }


def test_records_of_two_accounts_are_not_written_to_one_file(accounts: Controller) -> None:
    path = accounts.folder / "account.yml"
    task = include(accounts=False, tasks_from="export", email_security_export_path=str(path))
    defaults = {
        "group/mailsec.cloudflare.all": {"account_id": ACCOUNTS["one"]},
        "mailsec.cloudflare.sending_domain_restriction_info": {"account_id": ACCOUNTS["two"]},
    }
    ran = accounts.play(write(accounts, play(task, module_defaults=defaults)), fails=True)
    assert "The lists belong to several accounts" in ran.output
    assert "Set email_security_account_id." in ran.output
    assert not path.exists()


def test_statistics_of_a_loop_over_accounts(accounts: Controller) -> None:
    """The first account is changed and has restrictions, the second is neither."""
    one, two = ACCOUNTS.values()
    variables = {
        "email_security_domains": [
            {"domain": "{{ 'one' if email_security_account_id == one else 'two' }}.example", "lookback_hops": 7}
        ],
        "email_security_sending_domain_restrictions": (
            "{{ [{'domain': 'partner.example'}] if email_security_account_id == one else [] }}"
        ),
        "one": one,
    }
    last = {"ansible.builtin.debug": {"msg": "last {{ email_security_summary.account_id }}"}}
    accounts.emulator.seed(two, replace=True, domains=[{"domain": "two.example", "lookback_hops": 7}])
    ran = accounts.play(write(accounts, play(include(**variables), last)))
    assert ran.stats["email_security"] == {
        "localhost": {
            **NOT_MANAGED,
            "account_id": one,
            "check_mode": False,
            "changed": True,
            "domains": {**NONE, "updated": ["one.example"]},
            "sending_domain_restrictions": {**NONE, "created": ["partner.example"]},
        },
        f"localhost/{two}": {
            **NOT_MANAGED,
            "account_id": two,
            "check_mode": False,
            "changed": False,
            "domains": {**NONE, "unchanged": 1},
            "sending_domain_restrictions": NONE,
        },
    }
    assert f"last {two}" in ran.output
    assert accounts.emulator.state(one)["domains"][0]["lookback_hops"] == 7
    assert [each["domain"] for each in accounts.emulator.state(one)["sending_domain_restrictions"]] == [
        "partner.example"
    ]
    assert accounts.emulator.state(two)["sending_domain_restrictions"] == []


def test_uses_of_the_role_for_one_account_add_up(accounts: Controller) -> None:
    account = {"email_security_account_id": ACCOUNTS["one"], "accounts": False}
    hops = [{"domain": "one.example", "lookback_hops": 7}]
    partner, bank = ([{"domain": f"{name}.example"}] for name in ("partner", "bank"))
    uses = [
        include(**account, email_security_sending_domain_restrictions=partner),
        include(**account, email_security_domains=hops),
        include(**account, email_security_domains=hops),
        # Nothing is read, so it is not known of which account.
        include(**account, email_security_domains=[]),
        include(**account, email_security_sending_domain_restrictions=[*partner, *bank]),
    ]
    last = {"ansible.builtin.debug": {"var": "email_security_summary"}}
    ran = accounts.play(write(accounts, play(*uses), play(last)))
    assert ran.stats["email_security"] == {
        "localhost": {
            **NOT_MANAGED,
            "account_id": ACCOUNTS["one"],
            "check_mode": False,
            "changed": True,
            "domains": {**NONE, "updated": ["one.example"]},
            "sending_domain_restrictions": {**NONE, "created": ["partner.example", "bank.example"]},
        }
    }
    summary = json.JSONDecoder().raw_decode(ran.output.partition('"email_security_summary": ')[2])[0]
    assert summary == {
        **NOT_MANAGED,
        "account_id": ACCOUNTS["one"],
        "check_mode": False,
        "changed": True,
        "domains": None,
        "sending_domain_restrictions": {**NONE, "created": ["bank.example"], "unchanged": 1},
    }
    names = {each["domain"] for each in accounts.emulator.state(ACCOUNTS["one"])["sending_domain_restrictions"]}
    assert names == {"partner.example", "bank.example"}


def test_statistics_of_a_check_are_not_added_to_those_of_a_change(accounts: Controller) -> None:
    account = {"email_security_account_id": ACCOUNTS["one"], "accounts": False}
    hops = {"email_security_domains": [{"domain": "one.example", "lookback_hops": 7}]}
    partner = {"email_security_sending_domain_restrictions": [{"domain": "partner.example"}]}
    check = include(**account, **partner, __email_security_check_mode=True)
    check["ansible.builtin.include_role"]["apply"] = {"check_mode": True}
    ran = accounts.play(write(accounts, play(check, include(**account, **hops))))
    assert ran.stats["email_security"]["localhost"] == {
        **NOT_MANAGED,
        "account_id": ACCOUNTS["one"],
        "check_mode": False,
        "changed": True,
        "domains": {**NONE, "updated": ["one.example"]},
        "sending_domain_restrictions": None,
    }
    assert accounts.emulator.state(ACCOUNTS["one"])["sending_domain_restrictions"] == []


def test_a_loop_over_accounts_writes_a_folder_each_with_any_loop_variable(accounts: Controller) -> None:
    """The path has the variable of the loop, which no loop of the role may hide."""
    task = {
        **include(tasks_from="export", email_security_export_dir=f"{accounts.folder}/{{{{ item }}}}"),
        "loop": list(ACCOUNTS.values()),
        "loop_control": {"loop_var": "item"},
    }
    task["vars"]["email_security_account_id"] = "{{ item }}"
    accounts.play(write(accounts, play(task)))
    for name, account in ACCOUNTS.items():
        assert domains_in(accounts.folder / account / "domains.yml") == [f"{name}.example"]
        assert len(list((accounts.folder / account).iterdir())) == len(BY_LIST_NAME)


def test_a_use_that_fails_is_no_use_of_another_account(accounts: Controller) -> None:
    """Neither its purge nor its summary remains, even if the play ignores errors."""
    one, two = ACCOUNTS.values()
    loop = include(
        email_security_domains=[{"domain": "{{ {one: 'one', two: 'two'}[email_security_account_id] }}.example"}],
        # A misspelled name for the second account
        email_security_purge="{{ ['domains' if email_security_account_id == one else 'domain'] }}",
        one=one,
        two=two,
    )
    loop["ansible.builtin.include_role"]["rolespec_validate"] = False
    last = {"ansible.builtin.debug": {"msg": "last: {{ email_security_summary.account_id | default('none') }}."}}
    for account in (one, two):
        accounts.emulator.seed(account, domains=[{"domain": "unlisted.example"}])
    ran = accounts.play(write(accounts, play(loop, last, ignore_errors=True)))
    assert "last: none." in ran.output
    assert [each["domain"] for each in accounts.emulator.state(one)["domains"]] == ["one.example"]
    assert sorted(each["domain"] for each in accounts.emulator.state(two)["domains"]) == [
        "two.example",
        "unlisted.example",
    ]
