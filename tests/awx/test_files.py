# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts that stand in docs/awx and elsewhere, compared."""

from __future__ import annotations

from importlib.metadata import version

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import credentials

from .conftest import COLLECTIONS, DOCS, ROOT, read

#: With which the inventory keeps ad-hoc commands on the controller.
CONTROLLER = {"ansible_connection", "ansible_become", "ansible_python_interpreter"}

#: What talks to AWX for the modules.
AWX_MODULES = ".cache/collections/ansible_collections/awx/awx/plugins/module_utils/controller_api.py"


def questions() -> list[dict]:
    found = read(ROOT / "docs/awx/setup/surveys.yml")
    return [question for survey in found.values() for question in survey]


@pytest.fixture
def credential_type() -> dict:
    return read(ROOT / "docs/awx/setup/credential_type.yml")["setup_credential_type"]


@pytest.fixture
def role() -> dict[str, dict]:
    """The role's variables with what its argument specs say."""
    specs = read(ROOT / "roles/email_security/meta/argument_specs.yml")["argument_specs"]
    return {name: spec for entry in specs.values() for name, spec in entry["options"].items()}


def test_the_credential_type_fills_the_variables_that_the_modules_read(credential_type):
    ids = [field["id"] for field in credential_type["inputs"]["fields"]]
    assert set(ids) == set(credentials.ENVIRONMENT)
    injected = credential_type["injectors"]["env"]
    assert injected == {credentials.ENVIRONMENT[name]: f"{{{{ {name} }}}}" for name in ids}


def test_the_credential_type_hides_the_secrets(credential_type):
    secret = {field["id"] for field in credential_type["inputs"]["fields"] if field.get("secret")}
    assert secret == set(credentials.SECRET_OPTIONS) & set(credentials.ENVIRONMENT)


def test_the_setup_fills_all_fields_of_the_credential_type(credential_type):
    first = read(ROOT / "docs/awx/setup/credentials.yml")["setup_credentials"][0]
    assert list(first["fields"]) == [field["id"] for field in credential_type["inputs"]["fields"]]
    for name, template in first["fields"].items():
        assert template == f"{{{{ lookup('ansible.builtin.env', '{credentials.ENVIRONMENT[name]}') }}}}"


def test_surveys_ask_for_variables_of_the_role_and_its_playbooks_and_have_their_defaults(role):
    defaults = read(ROOT / "roles/email_security/defaults/main.yml")
    playbooks = "".join(path.read_text() for path in (ROOT / "playbooks").rglob("*.yml"))
    for question in questions():
        variable = question["variable"]
        assert variable in role or f" {variable} | default(" in playbooks, f"docs/awx/setup/surveys.yml: {variable}"
        if variable in defaults:
            assert yaml.safe_load(str(question["default"]).lower()) == defaults[variable]


def test_questions_have_descriptions_and_need_answers_only_without_a_default():
    for question in questions():
        assert question["question_description"]
        required = "default" not in question
        assert question["required"] is required, "AWX refuses a launch without an answer, despite the default"
        assert f"| {question['question_name']}" in (ROOT / "docs/awx.md").read_text()


def test_the_inventory_names_variables_of_the_role(role):
    for path in sorted((DOCS / "project/inventory").rglob("*_vars/*.yml")):
        unknown = set(read(path)) - set(role) - CONTROLLER
        assert not unknown, f"{path}: {unknown}"


def test_the_inventory_says_of_the_controller_what_the_playbooks_say():
    playbooks = read(ROOT / "playbooks/vars/controller.yml")
    assert {name: read(DOCS / "project/inventory/group_vars/all.yml")[name] for name in CONTROLLER} == {
        name: playbooks[name] for name in CONTROLLER
    }


@pytest.mark.parametrize("name", sorted(path.stem for path in (DOCS / "project").glob("*.yml")))
def test_the_projects_playbooks_are_those_of_the_collection(name):
    (play,) = read(ROOT / f"docs/awx/project/{name}.yml")
    assert play["import_playbook"] == f"mailsec.cloudflare.{name}"
    assert (ROOT / f"playbooks/{name}.yml").exists()


def test_every_job_template_has_a_survey_that_is_there_and_every_schedule_a_template():
    templates = read(ROOT / "docs/awx/setup/job_templates.yml")["setup_job_templates"]
    questions = read(ROOT / "docs/awx/setup/surveys.yml")
    assert {template["survey"] for template in templates} == {f"{{{{ {name} }}}}" for name in questions}
    names = {template["name"] for template in templates}
    schedules = read(ROOT / "docs/awx/setup/schedules.yml")["setup_schedules"]
    assert {schedule["unified_job_template"] for schedule in schedules} <= names


def test_the_project_asks_for_a_version_that_this_one_fits():
    (wanted,) = read(ROOT / "docs/awx/project/collections/requirements.yml")["collections"]
    galaxy = read(ROOT / "galaxy.yml")
    assert wanted["name"] == f"{galaxy['namespace']}.{galaxy['name']}"
    assert galaxy["version"] in SpecifierSet(wanted["version"])


def test_the_package_that_awx_awx_comes_from_belongs_to_this_ansible_core():
    metadata = (COLLECTIONS / "ansible_collections/awx/awx/.metadata").read_text()
    needs = [Requirement(line.partition(":")[2]) for line in metadata.splitlines() if line.startswith("Requires-Dist:")]
    (core,) = [need for need in needs if need.name == "ansible-core"]
    assert version("ansible-core") in core.specifier, f"requirements-dev.txt: that ansible needs {core}"


def test_the_guide_names_every_file():
    guide = (ROOT / "docs/awx.md").read_text()
    names = [str(path.relative_to(DOCS)) for path in DOCS.rglob("*.yml") if "host_vars" not in path.parts]
    missing = [name for name in names if name not in guide]
    assert not missing, f"docs/awx.md should say what these are for: {missing}"


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Nothing to manage. Set at least one of ", "roles/email_security/tasks/main.yml"),
        ("The Python package requests is not installed for ", "plugins/module_utils/api/sessions.py"),
        ("api_token: no credentials found.", "plugins/module_utils/api/credentials.py"),
        ("account_id: required.", "plugins/module_utils/api/connection.py"),
        ("You don't have permission to ", AWX_MODULES),
        ("items, expected 1", AWX_MODULES),
        (": must be set, because the list is purged.", "plugins/plugin_utils/list_checks.py"),
        (" is not ready", "docs/awx/setup.yml"),
    ],
)
def test_the_guide_quotes_what_is_said(sentence, source):
    for name in (source, "docs/awx.md"):
        assert sentence in (ROOT / name).read_text(), f"{name} does not say it any more: {sentence!r}"
