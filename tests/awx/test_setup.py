# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/awx/setup.yml, with the modules of awx.awx, against a controller that refuses what AWX refuses."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest

from .conftest import KEY, SECRETS, TOKEN


def recap(printed: str) -> dict[str, int]:
    """The counts at the end of a run."""
    (line,) = re.findall(r"^localhost +: (.*)$", printed, re.MULTILINE)
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", line)}


def test_the_first_run_creates_everything(setup):
    counts = recap(setup.printed[0])
    assert counts["changed"] == counts["ok"] > 0
    assert counts["failed"] == 0
    assert "[WARNING]: The field" not in setup.printed[0]

    store = setup.store
    organization = store.one("organizations", name="Mail security")
    assert len(store.listed(organization, "galaxy_credentials")) == 1, "else AWX installs no collections"
    project = store.one("projects")
    assert (project["organization"], project["scm_type"], project["scm_update_on_launch"]) == (
        organization["id"],
        "git",
        True,
    )
    inventory = store.one("inventories")
    source = store.one("inventory_sources", inventory=inventory["id"], source_project=project["id"])
    assert (store.checkout / source["source_path"]).is_file()
    credential = store.one("credentials", organization=organization["id"])
    assert credential["inputs"] == {"api_token": TOKEN, "api_url": setup.api_url}, "what was not told is not filled in"

    image = store.one("execution_environments")
    for word, playbook in (("apply", "apply.yml"), ("drift check", "drift.yml"), ("report", "report.yml")):
        template = setup.template(word)
        wanted = {
            "playbook": playbook,
            "job_type": "run",
            "inventory": inventory["id"],
            "project": project["id"],
            "execution_environment": image["id"],
            "survey_enabled": True,
            "ask_limit_on_launch": True,
            "ask_job_type_on_launch": word == "apply",
            "ask_variables_on_launch": False,
            "diff_mode": True,
        }
        assert {name: template[name] for name in wanted} == wanted
        assert store.listed(template, "credentials") == [credential["id"]]
    schedule = store.one("schedules")
    assert schedule["unified_job_template"] == setup.template("drift check")["id"]
    assert schedule["enabled"] is True


def test_the_second_run_changes_nothing(setup):
    before = deepcopy((setup.store.things, setup.store.lists))
    printed = setup.run(CLOUDFLARE_API_TOKEN=TOKEN, CLOUDFLARE_BASE_URL=setup.api_url)
    assert recap(printed)["changed"] == 0, printed[-3000:]
    assert (setup.store.things, setup.store.lists) == before


@pytest.fixture
def credentials_only(setup):
    """Go on from the task that writes the credentials, and put back what they were."""
    credential = setup.store.one("credentials", name="Cloudflare Email Security")
    before = credential["inputs"]
    yield ["--start-at-task", "Credentials", "-e", '{"setup_job_templates": [], "setup_update_secrets": true}']
    credential["inputs"] = before


def test_secrets_are_written_again_when_asked(setup, credentials_only):
    printed = setup.run(*credentials_only, CLOUDFLARE_EMAIL="somebody@example.com", CLOUDFLARE_API_KEY=KEY)
    credential = setup.store.one("credentials", name="Cloudflare Email Security")
    assert recap(printed)["changed"] == 1
    assert credential["inputs"] == {"api_email": "somebody@example.com", "api_key": KEY}


def test_no_run_told_a_secret(setup):
    for printed in setup.printed:
        assert not [secret for secret in (*SECRETS, setup.controller.token) if secret in printed]
