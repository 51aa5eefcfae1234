# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller of these tests refuses what AWX refuses: else its consent would prove nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from fake_awx import credentials, playbooks, run_controller, schedules, surveys
from fake_awx.refused import Refused

from .conftest import DOCS, read

FIELD = {"id": "token", "label": "Token", "type": "string", "secret": True}
QUESTION = {"question_name": "?", "variable": "answer", "type": "text", "required": False}
RULE = "RRULE:FREQ=DAILY;INTERVAL=1"


def a_type(inputs=None, injectors=None, kind="cloud") -> dict:
    return {"kind": kind, "inputs": inputs or {"fields": [FIELD]}, "injectors": injectors or {}}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (a_type(kind="vault"), "Must be 'cloud' or 'net'"),
        (a_type({"fields": [{**FIELD, "hidden": True}]}), "hidden"),
        (a_type({"fields": [{"id": "token"}]}), "label"),
        (a_type({"fields": [{**FIELD, "id": "2tokens"}]}), "2tokens"),
        (a_type({"fields": [{**FIELD, "id": "tower"}]}), "reserved"),
        (a_type({"fields": [FIELD, FIELD]}), "unique"),
        (a_type({"fields": [{**FIELD, "type": "number"}]}), "number"),
        (a_type({"fields": [{**FIELD, "type": "boolean"}]}), "secret not allowed"),
        (a_type({"fields": [{**FIELD, "default": 1}]}), "1 is not a string"),
        (a_type(injectors={"env": {"TOKEN": "{{ tokn }}"}}), "tokn"),
        (a_type(injectors={"env": {"TOKEN": "{{ token"}}), "TOKEN"),
        (a_type(injectors={"env": {"ANSIBLE_TIMEOUT": "{{ token }}"}}), "not allowed"),
        (a_type(injectors={"env": {"PATH": "{{ token }}"}}), "not allowed"),
        (a_type(injectors={"env": {"TOKEN": "t\u00f6ken"}}), "does not match"),
        (a_type(injectors={"environment": {"TOKEN": "{{ token }}"}}), "environment"),
    ],
)
def test_credential_types_that_awx_refuses(values, why):
    with pytest.raises(Refused, match=why):
        credentials.check_type(values)


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"name": "", "spec": [QUESTION]}, "'description' is missing"),
        ({"name": "", "description": "", "spec": []}, "any items"),
        ([{**QUESTION, "required": "no"}], "'required'"),
        ([{**QUESTION, "type": "boolean"}], "not an allowed question type"),
        ([QUESTION, QUESTION], "duplicated"),
        ([{**QUESTION, "type": "integer", "default": "1"}], "not of the type"),
        ([{**QUESTION, "max": "9"}], "no integer"),
        ([{**QUESTION, "type": "multiplechoice"}], "no choices"),
        ([{**QUESTION, "type": "multiplechoice", "choices": "a\nb", "default": "c"}], "none of the choices"),
        ([{**QUESTION, "help": "?"}], "unknown keys"),
    ],
)
def test_surveys_that_awx_refuses(spec, why):
    whole = {"name": "", "description": "", "spec": spec} if isinstance(spec, list) else spec
    with pytest.raises(Refused, match=why):
        surveys.check(whole)


@pytest.mark.parametrize(
    ("question", "answers", "why"),
    [
        ({"required": True}, {}, "value missing"),
        ({}, {"another": "x"}, "not allowed on launch"),
        ({"type": "integer"}, {"answer": "1"}, "no answer"),
        ({"type": "integer", "max": 9}, {"answer": 10}, "too large"),
        ({"min": 1}, {"answer": ""}, "too small"),
        ({"type": "multiplechoice", "choices": "true\nfalse"}, {"answer": True}, "no answer"),
    ],
)
def test_answers_that_awx_refuses(question, answers, why):
    with pytest.raises(Refused, match=why):
        surveys.accepted({"spec": [{**QUESTION, **question}]}, answers)


def test_a_default_is_an_answer_where_it_can_be_one():
    texts = {**QUESTION, "default": ""}
    number = {**QUESTION, "variable": "number", "type": "integer", "default": ""}
    assert surveys.accepted({"spec": [texts, number]}, {}) == {"answer": ""}


@pytest.mark.parametrize(
    ("rrule", "why"),
    [
        (RULE, "Valid DTSTART required"),
        (f"DTSTART:20260101T050000 {RULE}", "naive"),
        (f"DTSTART:20260101T050000Z DTSTART:20270101T050000Z {RULE}", "Multiple DTSTART"),
        ("DTSTART:20260101T050000Z", "One or more rule"),
        ("DTSTART:20260101T050000Z RRULE:FREQ=DAILY", "INTERVAL required"),
        ("DTSTART:20260101T050000Z RRULE:FREQ=SECONDLY;INTERVAL=1", "SECONDLY"),
        (f"DTSTART:20260101T050000Z {RULE};COUNT=1000", "COUNT > 999"),
        (f"DTSTART:20260101T050000Z {RULE};COUNT=2;UNTIL=20270101T000000Z", "both COUNT and UNTIL"),
        ("DTSTART:20260101T050000Z RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=2MO", "numeric prefix"),
        (f"DTSTART:20260101T050000Z {RULE} EXDATE:20260102T050000Z", "EXDATE"),
        (f"DTSTART;TZID=Nowhere/Town:20260101T050000 {RULE}", "TZID"),
        ("DTSTART:20260101T050000Z RRULE:FREQ=OFTEN;INTERVAL=1", "OFTEN"),
    ],
)
def test_times_that_awx_refuses(rrule, why):
    with pytest.raises(Refused, match=why):
        schedules.check_times(rrule)


def test_times_in_a_zone_are_accepted():
    schedules.check_times(f"DTSTART;TZID=Europe/Berlin:20260101T060000 {RULE}")


def test_a_playbook_is_found_by_a_line_that_awx_knows(tmp_path):
    (tmp_path / "tasks").mkdir()
    for name, text in {
        "seen.yml": "- name: A\n  import_playbook: a.b.c\n",
        "not-seen.yml": "- name: A\n  ansible.builtin.import_playbook: a.b.c\n",
        "tasks/hosts.yml": "- hosts: all\n",
    }.items():
        (tmp_path / name).write_text(text)
    assert playbooks.playbooks(tmp_path) == ["seen.yml"]


@pytest.fixture(scope="module")
def api() -> Iterator[requests.Session]:
    """A session of HTTP with an empty controller; `api.post("projects", ...)` returns status and answer."""
    with run_controller(DOCS / "project") as controller, requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {controller.token}"

        def post(kind: str, **fields) -> tuple[int, dict]:
            answer = session.post(f"{controller.url}/api/v2/{kind}/", json=fields, timeout=10)
            return answer.status_code, answer.json()

        session.posted = post
        organization = post("organizations", name="O")[1]["id"]
        project = post("projects", name="P", organization=organization, scm_type="git", scm_url="https://x.example/")[
            1
        ]["id"]
        inventory = post("inventories", name="I", organization=organization)[1]["id"]
        session.template = {"name": "T", "project": project, "inventory": inventory, "playbook": "apply.yml"}
        session.organization, session.controller = organization, controller
        yield session


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"playbok": "apply.yml"}, "playbok"),
        ({"playbook": "setup.yml"}, "playbook"),
        ({"project": None}, "project"),
        ({"inventory": None}, "inventory"),
        ({"inventory": 99}, "inventory"),
        ({"job_type": "scan"}, "job_type"),
        ({"diff_mode": "yes"}, "diff_mode"),
        ({"job_slice_count": "2"}, "job_slice_count"),
        ({"extra_vars": "[1]"}, "extra_vars"),
    ],
)
def test_job_templates_that_awx_refuses(api, fields, field):
    status, answer = api.posted("job_templates", **{**api.template, **fields})
    assert status == 400
    assert list(answer) == [field]


def test_a_schedule_may_answer_what_its_template_asks(api):
    template = api.posted("job_templates", **api.template)[1]["id"]
    fields = {"name": "S", "unified_job_template": template, "rrule": f"DTSTART:20260101T050000Z {RULE}"}
    assert api.posted("schedules", **fields, extra_data={"answer": 1})[0] == 400
    assert api.posted("schedules", **fields, limit="one")[1] == {
        "limit": ["Field is not configured to prompt on launch."]
    }
    assert api.posted("schedules", **fields)[0] == 201
    assert api.posted("schedules", **fields)[0] == 400, "there is one of that name"


def test_credentials_that_awx_refuses(api):
    vault = api.get(f"{api.controller.url}/api/v2/credential_types/?name=Vault", timeout=10).json()["results"][0]["id"]
    fields = {"name": "C", "credential_type": vault}
    assert api.posted("credentials", **fields)[0] == 400, "it has to belong to somebody"
    fields["organization"] = api.organization
    assert api.posted("credentials", **fields, inputs={"password": "x"})[0] == 400
    assert api.posted("credentials", **fields, inputs={"vault_password": "$encrypted$"})[0] == 400
    status, answer = api.posted("credentials", **fields, inputs={"vault_password": "x", "vault_id": ""})
    assert (status, answer["inputs"]) == (201, {"vault_password": "$encrypted$", "vault_id": ""})


def test_nobody_gets_in_without_the_token(api):
    assert requests.get(f"{api.controller.url}/api/v2/projects/", timeout=10).status_code == 401


def test_the_credential_type_of_the_docs_would_be_refused_with_a_misspelt_injector():
    values = read(DOCS / "setup/credential_type.yml")["setup_credential_type"]
    credentials.check_type(values)
    values["injectors"]["env"]["CLOUDFLARE_API_TOKEN"] = "{{ token }}"
    with pytest.raises(Refused, match="token"):
        credentials.check_type(values)
