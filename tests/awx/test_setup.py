# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/awx/setup.yml, with the modules of awx.awx, against a controller that refuses what AWX refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from fake_awx import Store, run_controller

from .conftest import KEY, SECRETS, TOKEN, Run, Setup, read

OTHER = "Mail security abroad"
REPOSITORY = read(Path(__file__).parents[2] / "docs/awx/setup/settings.yml")["setup_project"]["scm_url"]

PLAYBOOKS = {
    "apply": "apply.yml",
    "drift check": "drift.yml",
    "report": "report.yml",
    "emergency block": "emergency_block.yml",
    "emergency unblock": "emergency_unblock.yml",
    "emergency cleanup": "emergency_cleanup.yml",
}
SCHEDULED = ("drift check", "emergency cleanup")


def recap(printed: str) -> dict[str, int]:
    """The counts at the end of a run."""
    (line,) = re.findall(r"^localhost +: (.*)$", printed, re.MULTILINE)
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", line)}


def check_set_up(store: Store, organization_name: str) -> None:
    """Everything that an organization needs is there, and belongs to this organization."""
    organization = store.one("organizations", name=organization_name)
    assert len(store.listed(organization, "galaxy_credentials")) == 1, "else AWX installs no collections"
    mine = {"organization": organization["id"]}
    project = store.one("projects", **mine)
    assert (project["scm_type"], project["scm_update_on_launch"]) == ("git", True)
    inventory = store.one("inventories", **mine)
    source = store.one("inventory_sources", inventory=inventory["id"], source_project=project["id"])
    assert (store.checkout / source["source_path"]).is_file()
    credential = store.one("credentials", **mine)
    image = store.one("execution_environments", **mine)
    for word, playbook in PLAYBOOKS.items():
        (made,) = (each for each in store.all("job_templates", **mine) if each["name"].endswith(f": {word}"))
        wanted = {
            "playbook": playbook,
            "job_type": "run",
            "inventory": inventory["id"],
            "project": project["id"],
            "execution_environment": image["id"],
            "survey_enabled": True,
            "ask_limit_on_launch": True,
            "ask_job_type_on_launch": word == "apply",
            "diff_mode": word != "report",
        }
        assert {name: made[name] for name in wanted} == wanted
        assert store.listed(made, "credentials") == [credential["id"]]
        schedules = store.all("schedules", unified_job_template=made["id"])
        assert [each["enabled"] for each in schedules] == [True] * (word in SCHEDULED)


def test_the_first_run_creates_everything(setup):
    counts = recap(setup.runs[0].printed)
    assert counts["changed"] == counts["ok"] > 0
    assert counts["failed"] == 0
    assert "[WARNING]: The field" not in setup.runs[0].printed
    assert "POST /api/v2/schedules/" in setup.runs[0].writes
    check_set_up(setup.store, "Mail security")
    credential = setup.store.one("credentials", name="Cloudflare Email Security")
    assert credential["inputs"] == {"api_token": TOKEN, "api_url": setup.api_url}, "fields that are not set stay empty"


def test_the_second_run_changes_nothing(setup, second_run):
    before = deepcopy((setup.store.things, setup.store.lists))
    printed = second_run.end()
    assert recap(printed)["changed"] == 0, printed[-3000:]
    assert recap(printed)["ok"] == recap(setup.runs[0].printed)["ok"]
    assert (setup.store.things, setup.store.lists) == before
    assert second_run.writes == [], "not even what AWX would take for no change"


@pytest.fixture(scope="module")
def both(setup: Setup, second_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """A controller of its own, for a second organization beside the first."""
    second_run.end()
    folder = tmp_path_factory.mktemp("both")
    with run_controller(setup.copied(folder / "checkout")) as controller:
        yield Setup(controller, setup.api_url, folder, setup.reports)


@pytest.fixture(scope="module")
def other(both: Setup) -> list[Run]:
    """Two runs for another organization with the same files; the repository cannot be fetched during the first."""
    environment = {"CLOUDFLARE_API_TOKEN": TOKEN, "CLOUDFLARE_BASE_URL": both.api_url}
    both.store.unreachable = {REPOSITORY}
    both.start("-e", f"setup_organization='{OTHER}'", **environment).end(failed=True)
    both.store.unreachable = set()
    both.start("-e", f"setup_organization='{OTHER}'", **environment).end()
    return both.runs[:2]


def test_a_failed_sync_is_explained_and_repeated(both, other):
    first, second = other
    assert "is not ready (Project update failed)" in first.printed
    assert "It repeats a failed sync." in first.printed
    assert not [write for write in first.all_writes[first.begin : second.begin] if "job_templates" in write]
    updates = [write for write in second.writes if re.fullmatch(r"POST /api/v2/projects/\d+/update/", write)]
    assert len(updates) == 1
    check_set_up(both.store, OTHER)


def test_two_organizations_use_the_same_files(both, other):
    check_set_up(both.store, "Mail security")
    before = deepcopy((both.store.things, both.store.lists))
    environment = {"CLOUDFLARE_API_TOKEN": TOKEN, "CLOUDFLARE_BASE_URL": both.api_url}
    runs = [both.start("-e", f"setup_organization='{name}'", **environment) for name in ("Mail security", OTHER)]
    for printed in [run.end() for run in runs]:
        assert recap(printed)["changed"] == 0, printed[-3000:]
    assert (both.store.things, both.store.lists) == before
    assert both.controller.writes[runs[0].begin :] == []


def test_secrets_are_written_again_when_asked(both, other):
    options = ("-e", '{"setup_update_secrets": true}')
    run = both.start(*options, CLOUDFLARE_EMAIL="somebody@example.com", CLOUDFLARE_API_KEY=KEY)
    printed = run.end()
    organization = both.store.one("organizations", name="Mail security")
    credential = both.store.one("credentials", organization=organization["id"])
    assert recap(printed)["changed"] == 1
    assert run.writes == [f"PATCH /api/v2/credentials/{credential['id']}/"]
    assert credential["inputs"] == {"api_email": "somebody@example.com", "api_key": KEY}, "the token is lost"


def test_no_run_told_a_secret(setup, second_run, both, other):
    second_run.end()
    for run in (*setup.runs, *both.runs):
        assert not [secret for secret in (*SECRETS, setup.controller.token) if secret in run.printed]
