# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller of these tests refuses what AWX refuses: otherwise its consent would prove nothing."""

from __future__ import annotations

from copy import deepcopy

import pytest
import requests

from fake_awx import credentials, prompts
from fake_awx.kinds import Refused

from .conftest import DOCS, read, schedule, template

START = "DTSTART:20260101T050000Z"
RULE = "RRULE:FREQ=DAILY;INTERVAL=1"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"hidden": True}, "does not know .* hidden"),
        ({"type": "boolean"}, "does not know .* boolean"),
        ({"id": "2tokens"}, "no valid id"),
        ({"id": "account_id"}, "unique"),
        ({"id": "token"}, "'api_token' is undefined"),
        ({"ask_at_runtime": True}, "not supported"),
    ],
)
def test_changes_of_a_credential_field_that_awx_refuses(change, why):
    values = read(DOCS / "setup/credential_type.yml")["setup_credential_type"]
    credentials.check_type(deepcopy(values))
    values["inputs"]["fields"][0].update(change)
    with pytest.raises(Refused, match=why):
        credentials.check_type(values)


@pytest.mark.parametrize(
    ("injectors", "why"),
    [
        ({"env": {"TOKEN": "{{ api_token"}}, "TOKEN"),
        ({"env": {"ANSIBLE_TIMEOUT": "{{ api_token }}"}}, "not allowed"),
        ({"file": {"template": "{{ api_token }}"}}, "does not know .* file"),
    ],
)
def test_injectors_that_awx_refuses(injectors, why):
    values = read(DOCS / "setup/credential_type.yml")["setup_credential_type"]
    with pytest.raises(Refused, match=why):
        credentials.check_type({**values, "injectors": injectors})


@pytest.mark.parametrize(
    ("number", "change", "why"),
    [
        (0, {"required": "no"}, "not of type 'boolean'"),
        (0, {"type": "boolean"}, "not one of"),
        (0, {"default": False}, "expected to be"),
        (0, {"default": "no"}, "no choice"),
        (0, {"default": "$encrypted$"}, "should not be valid"),
        (0, {"help": "?"}, "help"),
        (1, {"variable": "email_security_purge_domains"}, "duplicated"),
        (2, {"default": "1"}, "expected to be"),
        (2, {"max": "9"}, "not of type 'integer'"),
    ],
)
def test_changes_of_a_question_that_awx_refuses(number, change, why):
    spec = read(DOCS / "setup/surveys.yml")["setup_apply_questions"]
    prompts.check_survey({"name": "", "description": "", "spec": spec})
    spec[number].update(change)
    with pytest.raises(Refused, match=why):
        prompts.check_survey({"name": "", "description": "", "spec": spec})


@pytest.mark.parametrize(
    ("rrule", "why"),
    [
        (RULE, "Valid DTSTART required"),
        (f"DTSTART:20260101T050000 {RULE}", "naive"),
        (f"{START} RRULE:FREQ=DAILY", "INTERVAL required"),
        (f"DTSTART;TZID=Nowhere/Town:20260101T050000 {RULE}", "TZID"),
        (f"{START} {RULE};UNTIL=20270101T000000", "does not know the rule"),
        (f"{START} RRULE:FREQ=OFTEN;INTERVAL=1", "does not know the rule"),
    ],
)
def test_times_that_awx_refuses(api, rrule, why):
    daily = schedule(api.store, "drift check")
    with pytest.raises(Refused, match=why):
        api.store.update("schedules", daily, {"rrule": rrule})
    api.store.update("schedules", daily, {"rrule": f"DTSTART;TZID=Europe/Berlin:20260101T060000 {RULE}"})


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("job_templates", {"playbok": "apply.yml"}, "detail"),
        ("job_templates", {"playbook": "setup.yml"}, "playbook"),
        ("job_templates", {"playbook": "inventory/group_vars/all.yml"}, "playbook"),
        ("job_templates", {"project": None}, "project"),
        ("job_templates", {"inventory": 999}, "inventory"),
        ("job_templates", {"job_type": ""}, "job_type"),
        ("job_templates", {"diff_mode": "yes"}, "diff_mode"),
        ("job_templates", {"job_slice_count": "2"}, "job_slice_count"),
        ("job_templates", {"scm_branch": "main"}, "detail"),
        ("execution_environments", {"image": "https://registry.example.com/image"}, "image"),
        ("execution_environments", {"image": "registry.example.com/my image"}, "image"),
        ("execution_environments", {"organization": 999}, "organization"),
        ("projects", {"scm_url": ""}, "scm_url"),
        ("inventory_sources", {"source_vars": "["}, "detail"),
        ("inventory_sources", {"source_project": None}, "source_project"),
        ("schedules", {"limit": 1}, "limit"),
    ],
)
def test_changes_that_awx_refuses(api, kind, fields, field):
    thing = next(iter(api.store.things[kind].values()))
    before = deepcopy(thing)
    status, body = api.patch(thing, kind, **fields)
    assert (status, list(body)) == (400, [field])
    assert thing == before


def test_names_are_unique_and_say_which(api):
    organization = api.post("organizations", name="Another")[1]["id"]
    image = {
        "name": "Email Security (Mail security)",
        "image": "registry.example.com/image",
        "organization": organization,
    }
    assert api.post("execution_environments", **image)[1].keys() == {"name"}, "unique over all organizations"
    assert api.post("execution_environments", **{**image, "name": "Mine"})[0] == 201
    mine = api.store.one("execution_environments", name="Mine")
    status, body = api.patch(mine, "execution_environments", organization=api.store.one("inventories")["organization"])
    assert (status, list(body)) == (400, ["organization"])
    inventory = {"name": "Cloudflare accounts", "organization": organization}
    assert [api.post("inventories", **inventory)[0] for _time in range(2)] == [201, 400]


def test_a_credential_type_in_use_cannot_change(api):
    used = api.store.one("credential_types", name="Cloudflare Email Security")
    inputs = deepcopy(used["inputs"])
    inputs["fields"].append({"id": "another", "label": "Another"})
    status, body = api.patch(used, "credential_types", inputs=inputs)
    assert (status, body) == (
        403,
        {"detail": "Modifications to inputs are not allowed for credential types that are in use"},
    )
    assert api.patch(used, "credential_types", description="Others")[0] == 200
    new = {"name": "Cloudflare Email Security 2", "kind": "cloud", "inputs": inputs}
    assert api.post("credential_types", **new)[0] == 201
    assert api.patch(api.store.one("credential_types", name="Vault"), "credential_types", description="")[0] == 403


def test_credentials_that_awx_refuses(api):
    vault = api.store.one("credential_types", name="Vault")["id"]
    fields = {"name": "C", "credential_type": vault}
    assert api.post("credentials", **fields)[0] == 400, "it has to belong to somebody"
    fields["organization"] = api.store.one("organizations")["id"]
    assert api.post("credentials", **fields, inputs={"password": "x"})[0] == 400
    assert api.post("credentials", **fields, inputs={"vault_password": "$encrypted$"})[0] == 400
    status, body = api.post("credentials", **fields, inputs={"vault_password": "x", "vault_id": ""})
    assert (status, body["inputs"]) == (201, {"vault_password": "$encrypted$", "vault_id": ""})
    assert api.patch(body, "credentials", inputs={"vault_password": "$encrypted$"})[0] == 200
    assert api.store.one("credentials", name="C")["inputs"] == {"vault_password": "x"}, "the other field is lost"
    templates = f"job_templates/{template(api.store, 'apply')['id']}/credentials"
    assert api.post(templates, id=api.store.one("credentials", name="Ansible Galaxy")["id"])[0] == 400


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"email_security_purge_limit": "1"}, "expected to be a integer"),
        ({"email_security_purge_limit": 100001}, "too large"),
        ({"email_security_purge_domains": True}, "expected to be a multiplechoice"),
        ({"email_security_purge_domains": "yes"}, "no choice"),
    ],
)
def test_answers_that_awx_refuses(api, answers, why):
    status, body = api.post(f"job_templates/{template(api.store, 'apply')['id']}/launch", extra_vars=answers)
    assert status == 400
    assert why in body["variables_needed_to_start"][0]


def test_a_required_question_needs_an_answer_despite_its_default(api):
    report = template(api.store, "report")
    report["_survey"]["spec"][0]["required"] = True
    refusal = (400, {"variables_needed_to_start": ["'email_security_report_dir' value missing"]})
    assert api.post(f"job_templates/{report['id']}/launch") == refusal
    fields = {"name": "S", "unified_job_template": report["id"], "rrule": f"{START} {RULE}"}
    assert api.post("schedules", **fields) == refusal


def test_an_emergency_block_needs_all_answers(api):
    path = f"job_templates/{template(api.store, 'emergency block')['id']}/launch"
    missing = [f"'email_security_emergency_{name}' value missing" for name in ("pattern_type", "reason", "expires")]
    status, body = api.post(path, extra_vars={"email_security_emergency_pattern": "bad.example"})
    assert (status, body) == (400, {"variables_needed_to_start": missing})


def test_a_launch_ignores_what_is_not_asked_and_a_schedule_refuses_it(api):
    drift = template(api.store, "drift check")
    asked, unasked = {"email_security_purge_domains": "true"}, {"email_security_api_url": "https://example.com"}
    launched = {"extra_vars": {**asked, **unasked}, "job_type": "check", "limit": "example-com"}
    status, body = api.post(f"job_templates/{drift['id']}/launch", **launched)
    assert (status, body["ignored_fields"]) == (201, {"extra_vars": unasked, "job_type": "check"})
    assert (body["limit"], body["job_type"]) == ("example-com", "run")
    assert body["extra_vars"] == {
        **asked,
        "email_security_purge_restrictions": "false",
        "email_security_purge_limit": 10,
    }

    daily = schedule(api.store, "drift check")
    status, body = api.patch(daily, "schedules", extra_data={**asked, **unasked}, job_type="check")
    assert status == 400
    assert body["job_type"] == ["Field is not configured to prompt on launch."]
    (sentence,) = body["extra_data"]
    assert sentence.startswith("Variables email_security_api_url are not allowed on launch.")
    assert api.patch(daily, "schedules", extra_data=asked, limit="example-com")[0] == 200
    drift["survey_enabled"] = False
    assert "extra_data" in api.patch(daily, "schedules", extra_data=asked)[1], "answers without a survey"


def test_nobody_gets_in_without_the_token(api):
    assert requests.get(f"{api.url}/api/v2/projects/", timeout=10).status_code == 401
