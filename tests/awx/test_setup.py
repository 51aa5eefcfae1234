# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/awx/setup.yml, with the modules of awx.awx, against a controller that refuses what AWX refuses."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest

from .conftest import KEY, SECRETS, TOKEN, template


def recap(printed: str) -> dict[str, int]:
    """The counts at the end of a run."""
    (line,) = re.findall(r"^localhost +: (.*)$", printed, re.MULTILINE)
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", line)}


def test_the_first_run_creates_everything(setup):
    counts = recap(setup.runs[0].printed)
    assert counts["changed"] == counts["ok"] > 0
    assert counts["failed"] == 0
    assert "[WARNING]: The field" not in setup.runs[0].printed
    assert "POST /api/v2/schedules/" in setup.runs[0].writes

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
    assert credential["inputs"] == {"api_token": TOKEN, "api_url": setup.api_url}, "fields that are not set stay empty"

    image = store.one("execution_environments")
    for word, playbook in (("apply", "apply.yml"), ("drift check", "drift.yml"), ("report", "report.yml")):
        made = template(store, word)
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
        assert {name: made[name] for name in wanted} == wanted
        assert store.listed(made, "credentials") == [credential["id"]]
    schedule = store.one("schedules")
    assert schedule["unified_job_template"] == template(store, "drift check")["id"]
    assert schedule["enabled"] is True


def test_the_second_run_changes_nothing(setup, second_run):
    before = deepcopy((setup.store.things, setup.store.lists))
    printed = second_run.end()
    assert recap(printed)["changed"] == 0, printed[-3000:]
    assert recap(printed)["ok"] == recap(setup.runs[0].printed)["ok"]
    assert (setup.store.things, setup.store.lists) == before
    assert second_run.writes == [], "not even what AWX would take for no change"


@pytest.fixture
def credentials_only(setup, second_run):
    """Go on from the task that writes the credentials, and put back what they were."""
    second_run.end()
    credential = setup.store.one("credentials", name="Cloudflare Email Security")
    before = credential["inputs"]
    yield [
        "--start-at-task",
        "Create the credentials",
        "-e",
        '{"setup_job_templates": [], "setup_update_secrets": true}',
    ]
    credential["inputs"] = before


def test_secrets_are_written_again_when_asked(setup, credentials_only):
    printed = setup.start(*credentials_only, CLOUDFLARE_EMAIL="somebody@example.com", CLOUDFLARE_API_KEY=KEY).end()
    credential = setup.store.one("credentials", name="Cloudflare Email Security")
    assert recap(printed)["changed"] == 1
    assert credential["inputs"] == {"api_email": "somebody@example.com", "api_key": KEY}


def test_no_run_told_a_secret(setup, second_run):
    second_run.end()
    for run in setup.runs:
        assert not [secret for secret in (*SECRETS, setup.controller.token) if secret in run.end()]
