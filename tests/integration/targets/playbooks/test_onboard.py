# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""mailsec.cloudflare.onboard: a new domain, from its creation to its settings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.controller import Controller

ONBOARD = "mailsec.cloudflare.onboard"
NEW: dict[str, Any] = {
    "allowed_delivery_modes": ["DIRECT"],
    "drop_dispositions": ["MALICIOUS"],
    "ip_restrictions": [],
    "regions": ["GLOBAL"],
}
POLICY = {"drop_dispositions": ["MALICIOUS", "SPAM"], "require_tls_inbound": True}
VARIABLES: dict[str, Any] = {
    "email_security_onboard_domain": "shop.example.com",
    "email_security_onboard_settings": {**NEW, **POLICY},
    "email_security_onboard_delay": 0,
    "email_security_onboard_retries": 4,
}
DNS_TOKEN = "token-for-dns"
#: Takes what community.general.cloudflare_dns takes, as far as it is used, and records it.
CLOUDFLARE_DNS = """\
import json
import os

from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(
    argument_spec={
        "zone": {"type": "str", "required": True, "aliases": ["domain"]},
        "record": {"type": "str", "default": "@", "aliases": ["name"]},
        "type": {"type": "str", "choices": ["A", "AAAA", "CNAME", "MX", "NS", "TXT"]},
        "value": {"type": "str", "aliases": ["content"]},
        "api_token": {"type": "str", "no_log": True},
    },
    supports_check_mode=True,
)
with open(os.environ["DNS_RECORDS"], "a") as file:
    file.write(json.dumps({**module.params, "check_mode": module.check_mode}) + "\\n")
module.exit_json(changed=True)
"""


def statuses(controller: Controller, *names: str) -> None:
    controller.emulator.behaviour.update({"domain_statuses": list(names)})


def held(controller: Controller) -> dict[str, Any]:
    return controller.state("domains")["shop.example.com"]


def record_of(controller: Controller) -> tuple[str, str]:
    return "_cf-email-sec-challenge.shop.example.com", f"challenge-{held(controller)['id']}"


def writes(controller: Controller) -> list[tuple[str, Any]]:
    """Return the writes since the last time, with their bodies."""
    found = [(entry.method, entry.body) for entry in controller.emulator.writes]
    controller.emulator.world.log.clear()
    return found


@pytest.fixture
def dns(controller: Controller) -> Path:
    """Install a stand-in for the module; return the file with its options."""
    modules = controller.folder / "collections/ansible_collections/community/general/plugins/modules"
    modules.mkdir(parents=True)
    (modules / "cloudflare_dns.py").write_text(CLOUDFLARE_DNS, encoding="utf-8")
    path = os.pathsep.join([str(controller.folder / "collections"), controller.environment["ANSIBLE_COLLECTIONS_PATH"]])
    controller.environment.update({"ANSIBLE_COLLECTIONS_PATH": path, "DNS_RECORDS": str(controller.folder / "dns")})
    return controller.folder / "dns"


def test_a_domain_is_added_verified_and_configured(controller: Controller, dns: Path) -> None:
    variables = {
        **VARIABLES,
        "email_security_onboard_dns_tasks": "cloudflare_dns",
        "email_security_onboard_zone": "example.com",
        "email_security_onboard_dns_api_token": DNS_TOKEN,
    }
    statuses(controller, "pending", "pending", "pending", "active")
    before = controller.emulator.state()
    checked = controller.play(ONBOARD, "--check", variables=variables)
    assert controller.emulator.state() == before
    assert "a normal run adds shop.example.com" in checked.output
    assert checked.recap()["changed"] == 1

    ran = controller.play(ONBOARD, "-vvv", variables=variables)
    name, value = record_of(controller)
    (created,) = map(json.loads, dns.read_text(encoding="utf-8").splitlines())
    assert created == {
        "zone": "example.com",
        "record": name,
        "type": "TXT",
        "value": value,
        "api_token": DNS_TOKEN,
        "check_mode": False,
    }
    assert DNS_TOKEN not in ran.output
    assert ran.output.count("FAILED - RETRYING") > 0
    body = {**NEW, "drop_dispositions": ["MALICIOUS", "SPAM"], "domain": "shop.example.com"}
    assert writes(controller) == [("POST", body), ("PATCH", {"require_tls_inbound": True})]
    assert held(controller)["status"] == "active"
    assert "shop.example.com is active and has the settings" in ran.output

    dns.unlink()
    again = controller.play(ONBOARD, variables=variables)
    assert again.recap()["changed"] == 0
    assert "RETRYING" not in again.output
    assert not dns.exists()
    assert writes(controller) == []


def test_check_mode_of_a_domain_that_is_pending(controller: Controller, dns: Path) -> None:
    controller.emulator.seed(domains=[{**NEW, "domain": "shop.example.com", "status": "pending"}])
    variables = {**VARIABLES, "email_security_onboard_dns_tasks": "cloudflare_dns"}
    ran = controller.play(ONBOARD, "--check", "--diff", variables=variables)
    (created,) = map(json.loads, dns.read_text(encoding="utf-8").splitlines())
    assert (created["check_mode"], created["zone"], created["api_token"]) == (True, "shop.example.com", None)
    assert '+    "require_tls_inbound": true' in ran.output
    assert ran.recap()["changed"] == 2
    assert writes(controller) == []


def test_the_record_is_shown_if_dns_is_elsewhere(controller: Controller) -> None:
    statuses(controller, "PENDING", "active")
    controller.emulator.behaviour.update({"status_case": "upper"})
    # As in an inventory of AWX: what is the same for all domains of the account.
    variables = {**VARIABLES, "email_security_domain_defaults": {"regions": ["DE"], "lookback_hops": 3}}
    ran = controller.play(ONBOARD, variables=variables)
    name, value = record_of(controller)
    assert f'"Name: {name}"' in ran.output
    assert f'"Value: {value}"' in ran.output
    assert (held(controller)["lookback_hops"], held(controller)["regions"]) == (3, ["GLOBAL"])


def test_tasks_of_the_user_create_the_record(controller: Controller) -> None:
    statuses(controller, "pending", "active")
    tasks = controller.folder / "dns.yml"
    tasks.write_text(
        "- ansible.builtin.copy:\n"
        '    content: "{{ email_security_onboard_txt_name }} {{ email_security_onboard_txt_value }}"\n'
        f"    dest: {controller.folder}/record\n",
        encoding="utf-8",
    )
    controller.play(ONBOARD, variables={**VARIABLES, "email_security_onboard_dns_tasks": str(tasks)})
    assert (controller.folder / "record").read_text(encoding="utf-8") == " ".join(record_of(controller))


@pytest.mark.parametrize("end", ["failed", "timeout", "pending"])
def test_a_domain_that_does_not_become_active(controller: Controller, end: str) -> None:
    statuses(controller, "pending", end)
    failed = controller.play(ONBOARD, variables=VARIABLES, fails=True)
    name, value = record_of(controller)
    assert (
        f"shop.example.com is not active, its status is {end}. Check that DNS has the TXT record {name} with the value "
        f"{value}. Then run mailsec.cloudflare.onboard again."
    ) in failed.output
    assert held(controller)["require_tls_inbound"] is False
    assert failed.output.count("RETRYING") == (4 if end == "pending" else 0)
    controller.drift("shop.example.com", status="active")
    assert controller.play(ONBOARD, variables=VARIABLES).recap()["changed"] == 1
    assert held(controller)["require_tls_inbound"] is True


def test_a_domain_that_needs_no_record(controller: Controller) -> None:
    statuses(controller, "pending", "pending", "failed")
    integration = "3f0b3c5a-6d0e-4f57-9c43-6c6f5a0f2a11"
    settings = {**NEW, "integration_id": integration, "folder": "Inbox"}
    variables = {**VARIABLES, "email_security_onboard_settings": settings}
    failed = controller.play(ONBOARD, variables=variables, fails=True)
    assert held(controller)["integration_id"] == integration, "it proves the ownership, so it is sent at once"
    assert "its status is failed. Cloudflare names no TXT record" in failed.output


def test_requests_that_fail_while_waiting(controller: Controller) -> None:
    statuses(controller, "pending", "pending")
    controller.play(ONBOARD, variables={**VARIABLES, "email_security_onboard_retries": 0}, fails=True)
    # One request compares, one reads the domain, and the rest waits.
    broken = {"method": "GET", "path": r"/domains(\?.*)?$", "status": 503}
    controller.emulator.faults.add("status", nth=3, times=100, **broken)
    variables = {**VARIABLES, "email_security_retries": 0, "email_security_onboard_retries": 2}
    failed = controller.play(ONBOARD, variables=variables, fails=True)
    assert "shop.example.com is not active, HTTP 503" in failed.output
    assert failed.output.count("RETRYING") == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email_security_onboard_domain": " "}, "Set email_security_onboard_domain to the domain to add"),
        ({"email_security_onboard_settings": "regions=DE"}, "email_security_onboard_settings must be a dictionary"),
        (
            {"email_security_domain_defaults": {"state": "absent"}},
            "email_security_domain_defaults must not have domain_id",
        ),
        ({"email_security_onboard_settings": {**NEW, "state": "absent"}}, "without domain, domain_id and state"),
        ({"email_security_onboard_dns_tasks": "dns.yml"}, "must be cloudflare_dns or the absolute path"),
        ({"email_security_onboard_domain": "*.example.com"}, "domain: must be"),
        ({"email_security_onboard_settings": {**NEW, "lookback_hops": 99}}, "lookback_hops"),
        ({"email_security_onboard_settings": {**NEW, "transprot": "mx.example.com"}}, "transprot"),
        ({"email_security_onboard_settings": {"regions": ["DE"]}}, "this account has no email security domain"),
    ],
)
def test_mistakes_are_found_before_anything_is_sent(
    controller: Controller, changes: dict[str, Any], sentence: str
) -> None:
    failed = controller.play(ONBOARD, variables={**VARIABLES, **changes}, fails=True)
    assert sentence in failed.output
    assert writes(controller) == []


def test_connection_variables_beat_the_environment(controller: Controller) -> None:
    account, token = controller.emulator.account_id, controller.emulator.token
    variables = {**VARIABLES, "email_security_account_id": account, "email_security_api_token": token}
    controller.play(ONBOARD, variables=variables, CLOUDFLARE_ACCOUNT_ID="f" * 32, CLOUDFLARE_API_TOKEN="another")
    assert held(controller)["require_tls_inbound"] is True
