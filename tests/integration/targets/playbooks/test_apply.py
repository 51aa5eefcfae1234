# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role brings an account to what its variables say, and reports what it did."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from emulator import Emulator
from emulator.auth import Credential
from support.controller import Controller
from support.role import NONE, NOT_MANAGED

APPLY = "mailsec.cloudflare.apply"
DOMAINS = "email_security_domains"
RESTRICTIONS = "email_security_sending_domain_restrictions"
ACCOUNT: dict[str, Any] = {
    "email_security_domain_defaults": {
        "require_tls_inbound": True,
        "drop_dispositions": ["MALICIOUS"],
        "lookback_hops": 3,
        "folder": "AllItems",
    },
    "email_security_domains": [
        {"domain": "Example.COM."},
        {"domain": "example.org", "drop_dispositions": ["SPAM", "BULK"], "lookback_hops": None, "folder": None},
        {"domain": "new.example", "allowed_delivery_modes": ["DIRECT"], "ip_restrictions": [], "regions": ["DE"]},
        {"domain": "shop.example.net", "state": "absent"},
    ],
    "email_security_sending_domain_restrictions": [
        {"domain": "partner.example", "exclude": [], "comments": "Agreed on 2026-05-04"},
        {"domain": "bank.example", "state": "absent"},
        {"domain": "other.example", "exclude": ["legacy.other.example"]},
    ],
}
DONE = {
    **NOT_MANAGED,
    "changed": True,
    "domains": {
        "created": ["new.example"],
        "updated": ["example.com", "example.org"],
        "deleted": ["shop.example.net"],
        "failed": [],
        "expired": [],
        "unchanged": 0,
    },
    "sending_domain_restrictions": {
        "created": ["other.example"],
        "updated": [],
        "deleted": ["bank.example"],
        "failed": [],
        "expired": [],
        "unchanged": 1,
    },
}


@pytest.mark.parametrize("in_process", ["true", "false"])
def test_a_whole_account(controller: Controller, in_process: str) -> None:
    before = controller.emulator.state()
    execution = (
        "-e",
        f"mailsec_cloudflare_in_process={in_process}",
        "-e",
        "ansible_python_interpreter={{ ansible_playbook_python }}",
    )

    checked = controller.play(APPLY, "--check", "--diff", *execution, variables=ACCOUNT)
    assert controller.emulator.state() == before
    assert set(controller.sent()) == {"GET domains", "GET sending_domain_restrictions"}
    account = {"account_id": controller.emulator.account_id}
    assert checked.stats["email_security"]["localhost"] == {"check_mode": True, **account, **DONE}
    assert "Check mode: no changes were made" in checked.output
    assert '+    "require_tls_inbound": true' in checked.output

    applied = controller.play(APPLY, *execution, variables=ACCOUNT)
    assert applied.recap()["changed"] == checked.recap()["changed"] == 2
    assert applied.stats["email_security"]["localhost"] == {"check_mode": False, **account, **DONE}
    assert "Domains updated: 2 (example.com, example.org)" in applied.output
    domains = controller.state("domains")
    assert set(domains) == {"example.com", "example.org", "new.example"}
    # The defaults, an entry's own value, and null for a default that does not apply.
    assert domains["example.com"]["lookback_hops"] == domains["new.example"]["lookback_hops"] == 3
    assert domains["example.org"]["lookback_hops"] == 1
    assert (domains["example.com"]["folder"], domains["example.org"]["folder"]) == ("AllItems", "Inbox")
    assert domains["example.com"]["drop_dispositions"] == ["MALICIOUS"]
    assert sorted(domains["example.org"]["drop_dispositions"]) == ["BULK", "SPAM"]
    # What nobody named is as it was.
    assert domains["example.com"]["transport"] == "mx.example.com"
    assert sorted(domains["example.org"]["ip_restrictions"]) == ["192.0.2.0/24", "2001:db8::/32"]
    assert set(controller.state("sending_domain_restrictions")) == {"partner.example", "other.example"}

    controller.sent()
    again = controller.play(APPLY, *execution, variables=ACCOUNT)
    assert again.recap()["changed"] == 0
    assert not again.stats["email_security"]["localhost"]["changed"]
    assert controller.sent() == ["GET domains", "GET sending_domain_restrictions"]


def test_one_kind_alone_leaves_the_other_unread(controller: Controller) -> None:
    ran = controller.play(APPLY, variables={"email_security_sending_domain_restrictions": [{"domain": "bank.example"}]})
    assert controller.sent() == ["GET sending_domain_restrictions"]
    assert ran.stats["email_security"]["localhost"]["domains"] is None
    assert '"Domains' not in ran.output


def test_an_empty_list_is_not_managed_unless_it_is_to_be_purged(controller: Controller) -> None:
    """As a template says with C(default([])) that a list is not set."""
    lists = {DOMAINS: "{{ nothing_of_this_name | default([]) }}", "email_security_sending_domain_restrictions": []}
    ran = controller.play(APPLY, variables=lists)
    kinds = {"domains": NONE, "sending_domain_restrictions": NONE}
    same = {"account_id": None, "check_mode": False, "changed": False}
    assert ran.stats["email_security"]["localhost"] == {**same, **NOT_MANAGED, **kinds}
    assert controller.sent() == []
    ran = controller.play(APPLY, variables={**lists, "email_security_purge_domains": True}, fails=True)
    assert "purge: domains is empty" in ran.output
    assert controller.sent() == []


def test_purge_deletes_what_is_not_listed_within_its_limit(controller: Controller) -> None:
    account = {
        "email_security_domains": [{"domain": "example.com"}],
        "email_security_purge_domains": True,
        "email_security_purge_limit": 1,
    }
    refused = controller.play(APPLY, variables=account, fails=True)
    assert "example.org, shop.example.net" in refused.output
    assert len(controller.state("domains")) == 3
    summary = refused.stats["email_security"]["localhost"]
    assert (summary["changed"], summary["domains"]) == (False, None)
    assert "exceeds purge_limit (1)" in summary["errors"]["domains"]
    purged = controller.play(APPLY, variables={**account, "email_security_purge_limit": 2})
    assert purged.stats["email_security"]["localhost"]["domains"]["deleted"] == ["example.org", "shop.example.net"]
    assert set(controller.state("domains")) == {"example.com"}
    assert len(controller.state("sending_domain_restrictions")) == 2


def test_a_list_mode_concerns_every_list(controller: Controller) -> None:
    controller.play(
        APPLY,
        variables={
            "email_security_list_mode": "append",
            "email_security_domains": [{"domain": "example.org", "ip_restrictions": ["198.51.100.7"]}],
            "email_security_sending_domain_restrictions": [{"domain": "bank.example", "exclude": ["a.bank.example"]}],
        },
    )
    assert len(controller.state("domains")["example.org"]["ip_restrictions"]) == 3
    assert len(controller.state("sending_domain_restrictions")["bank.example"]["exclude"]) == 3


def test_failures_and_successes_are_both_reported(controller: Controller) -> None:
    controller.emulator.behaviour.update({"batch": "404"})
    path = f"/domains/{controller.state('domains')['example.org']['id']}"
    controller.emulator.faults.add("status", status=400, path=path, method="PATCH")
    ran = controller.play(
        APPLY,
        variables={
            "email_security_domains": [
                {"domain": "example.com", "lookback_hops": 7},
                {"domain": "example.org", "lookback_hops": 7},
            ],
            "email_security_sending_domain_restrictions": [{"domain": "other.example"}],
        },
        fails=True,
    )
    stats = ran.stats["email_security"]["localhost"]
    assert stats["changed"]
    assert (stats["domains"]["updated"], stats["domains"]["failed"]) == (["example.com"], ["example.org"])
    assert "1 of 2 changes failed" in stats["errors"]["domains"]
    assert "Domains failed: 1 (example.org)" in ran.output
    # The other list is applied all the same.
    assert stats["sending_domain_restrictions"]["created"] == ["other.example"]
    assert set(controller.state("sending_domain_restrictions")) == {"partner.example", "bank.example", "other.example"}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "Nothing to manage. Set at least one of email_security_domains"),
    ({DOMAINS: None}, "Nothing to manage. Set at least one of email_security_domains"),
    (
        {DOMAINS: [], "email_security_purge_restrictions": True},
        "email_security_sending_domain_restrictions: must be set, because the list is purged.",
    ),
    ({DOMAINS: [{"domain": "a.example", "regions": ["MARS"]}]}, "Got no match for: MARS"),
    (
        {DOMAINS: [{"domain": "a.example", "region": ["DE"]}]},
        "email_security_domains[0] (a.example): Unsupported parameters: region",
    ),
    ({DOMAINS: [], "email_security_domain_defaults": {"domain": "x"}}, "email_security_domain_defaults"),
    ({DOMAINS: [{"domain": "a..example"}]}, "domains[0] (a..example): domain: must be a domain name"),
    ({DOMAINS: [], "email_security_list_mode": "add"}, "email_security_list_mode"),
    ({DOMAINS: [{"domain": "a.example"}], "email_security_account_id": "-"}, "account_id: must be"),
]


def test_errors_are_reported_before_the_first_request(controller: Controller) -> None:
    """All in one play, where each case is rescued and has its sentence looked for."""
    cases = [
        {
            "name": f"Case {number}",
            "vars": variables,
            "block": [{"ansible.builtin.include_role": {"name": "mailsec.cloudflare.email_security"}}],
            "rescue": [
                {"ansible.builtin.assert": {"that": f"{sentence!r} in ansible_failed_result.msg", "quiet": True}},
                {"ansible.builtin.set_fact": {"rescued": "{{ rescued | default(0) | int + 1 }}"}},
            ],
        }
        for number, (variables, sentence) in enumerate(WRONG)
    ]
    all_rescued = {"ansible.builtin.assert": {"that": f"rescued | int == {len(WRONG)}"}}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [*cases, all_rescued]}
    playbook = controller.folder / "wrong.yml"
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    assert controller.play(playbook).recap()["rescued"] == len(WRONG)
    assert controller.sent() == []


ENTRY = {"domain": "example.com", "lookback_hops": 9}
RESTRICTION = {"domain": "other.example"}
LISTS: dict[str, Any] = {DOMAINS: [ENTRY], RESTRICTIONS: [RESTRICTION]}
CONNECTION = (
    "account_id",
    "api_token",
    "api_email",
    "api_key",
    "api_url",
    "validate_certs",
    "ca_path",
    "timeout",
    "retries",
    "retry_max_wait",
)
OPTIONS = ("list_mode", "purge", "purge_domains", "purge_restrictions", "purge_limit", "concurrency", "domain_defaults")
#: Everywhere that a template can stand: the tasks, and the variables.
TEMPLATES: list[tuple[str, dict[str, Any]]] = [
    *(("main", {f"email_security_{name}": "{{ misspelled }}"}) for name in (*CONNECTION, *OPTIONS)),
    *((tasks, {f"email_security_{name}": "{{ misspelled }}"}) for tasks in ("export", "report") for name in CONNECTION),
    ("report", {"email_security_report_name": "{{ misspelled }}"}),
    ("main", {DOMAINS: "{{ misspelled }}"}),
    ("main", {RESTRICTIONS: "{{ misspelled }}"}),
    ("main", {DOMAINS: ["{{ misspelled }}"]}),
    ("main", {DOMAINS: [{"domain": "example.com", "ip_restrictions": ["{{ misspelled }}"]}]}),
    ("main", {RESTRICTIONS: [RESTRICTION, {"domain": "{{ misspelled }}"}]}),
    ("main", {RESTRICTIONS: [RESTRICTION, {"domain": "a.example", "exclude": ["{{ misspelled }}"]}]}),
    ("main", {"email_security_domain_defaults": {"folder": "{{ misspelled }}"}}),
]


def test_a_misspelled_variable_fails_by_its_name_where_ansible_does_not_check_variables(controller: Controller) -> None:
    """It is never taken for a variable that is not set."""
    paths = {
        "email_security_export_path": str(controller.folder / "account.yml"),
        "email_security_report_dir": str(controller.folder / "report"),
    }
    cases = [
        {
            "name": f"Case {number}",
            "vars": {**LISTS, **paths, **variables},
            "block": [
                {
                    "ansible.builtin.include_role": {
                        "name": "mailsec.cloudflare.email_security",
                        "tasks_from": tasks,
                        "rolespec_validate": False,
                    }
                }
            ],
            "rescue": [
                {"ansible.builtin.assert": {"that": "'misspelled' in ansible_failed_result.msg", "quiet": True}},
                {"ansible.builtin.set_fact": {"rescued": "{{ rescued | default(0) | int + 1 }}"}},
            ],
        }
        for number, (tasks, variables) in enumerate(TEMPLATES)
    ]
    all_rescued = {"ansible.builtin.assert": {"that": f"rescued | int == {len(TEMPLATES)}"}}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [*cases, all_rescued]}
    playbook = controller.folder / "misspelled.yml"
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    assert controller.play(playbook).recap()["rescued"] == len(TEMPLATES)
    assert controller.sent() == []


def test_a_misspelled_variable_fails_with_tags_that_skip_the_check(controller: Controller) -> None:
    variables = {**LISTS, "email_security_account_id": "{{ misspelled }}"}
    failed = controller.play(APPLY, "--skip-tags", "always", variables=variables, fails=True)
    assert "'misspelled' is undefined" in failed.output
    assert controller.sent() == []


@pytest.mark.parametrize("value", ["{{ nothing_of_this_name | default(omit) }}", "", None])
def test_a_list_that_a_template_omits_is_not_managed(controller: Controller, value: str | None) -> None:
    role = {"name": "mailsec.cloudflare.email_security", "rolespec_validate": False}
    settings = {**LISTS, DOMAINS: value, "email_security_account_id": value, "email_security_timeout": value}
    tasks = [{"ansible.builtin.include_role": role}]
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": settings, "tasks": tasks}
    (controller.folder / "omitted.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    controller.play(controller.folder / "omitted.yml")
    assert controller.sent() == ["GET sending_domain_restrictions", "POST sending_domain_restrictions"]


def test_a_run_that_starts_at_the_restrictions_sums_these_up(controller: Controller) -> None:
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": LISTS}
    play["roles"] = [{"role": "mailsec.cloudflare.email_security"}]
    (controller.folder / "started.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    start = ("--start-at-task", "Apply the sending domain restrictions")
    ran = controller.play(controller.folder / "started.yml", *start)
    assert controller.sent() == ["GET sending_domain_restrictions", "POST sending_domain_restrictions"]
    summary = ran.stats["email_security"]["localhost"]
    assert summary["sending_domain_restrictions"]["created"] == ["other.example"]
    assert summary["domains"] is None


def test_credentials_of_the_variables_beat_those_of_the_environment(controller: Controller) -> None:
    emulator: Emulator = controller.emulator
    emulator.world.store.seed("a" * 32, {"domains": [{"domain": "a.example"}]}, replace=True)
    emulator.world.keyring.add(Credential(email="admin@a.example", key="0123456789abcdef", accounts=("a" * 32,)))
    ran = controller.play(
        APPLY,
        "-vvvvv",
        variables={
            "email_security_account_id": "a" * 32,
            "email_security_api_email": "admin@a.example",
            "email_security_api_key": "0123456789abcdef",
            # As a survey leaves what nobody answered.
            "email_security_api_token": "",
            "email_security_domains": [{"domain": "a.example", "lookback_hops": 9}],
        },
    )
    assert emulator.state("a" * 32)["domains"][0]["lookback_hops"] == 9
    assert "0123456789abcdef" not in ran.output
    assert emulator.token not in ran.output
