# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The jobs, as AWX starts them, against the emulator."""

from __future__ import annotations

import re

import pytest
import yaml

from fake_awx.jobs import Job
from support.leaks import files_with

from .conftest import EMAIL, FIRST, KEY, SECOND, SECRETS, TOKEN, Launcher, template

NOTHING = {"created": [], "updated": [], "deleted": [], "failed": [], "expired": [], "unchanged": 0}
#: The lists that docs/awx/project does not manage.
OTHERS = ("content_policies", "impersonation_entries", "trusted_domains", "url_ignore_patterns")


def artifacts(job: Job) -> dict:
    """What AWX shows as the artifacts of a job."""
    return job.stats["artifact_data"]


def names(emulator, account: str, collection: str = "domains") -> list[str]:
    return sorted(record["domain"] for record in emulator.state(account)[collection])


def test_a_check_and_a_drift_check_find_what_apply_changes(launch, accounts):
    looked, drifted = launch.together(launch.prepare("apply", job_type="check"), launch.prepare("drift check"))
    assert accounts.writes == []
    assert looked.status == "successful", looked.stdout
    predicted = artifacts(looked)["email_security"]
    assert predicted["example-com"]["check_mode"] is True
    assert "require_tls_inbound" in looked.stdout, "the difference is in the output"
    assert drifted.status == "failed"
    assert artifacts(drifted)["email_security"] == predicted
    assert set(drifted.stats["failures"]) == {"example-com"}
    (failed,) = drifted.results("runner_on_failed")
    assert failed["res"]["msg"].startswith("example-com differs from")
    variables = (looked.folder / "env/extravars").read_text().splitlines()
    assert len([line for line in variables if line.startswith(("awx_", "tower_"))]) == 28, "what AWX adds"

    applied = launch("apply")
    assert applied.status == "successful", applied.stdout
    done = artifacts(applied)["email_security"]
    assert done["example-com"] == {
        "account_id": FIRST,
        "check_mode": False,
        "changed": True,
        "domains": {**NOTHING, "updated": ["example.com"], "unchanged": 1},
        "sending_domain_restrictions": {**NOTHING, "created": ["partner.example"]},
        "block_senders": {
            **NOTHING,
            "created": ["bad.example (DOMAIN)"],
            "deleted": ["scam@freemail.example (EMAIL)"],
            "expired": ["scam@freemail.example (EMAIL)"],
        },
        "allow_policies": {**NOTHING, "created": ["news@partner.example (EMAIL)"]},
        **dict.fromkeys(OTHERS),
        "errors": {},
    }
    assert done["example-org"] == {
        "account_id": SECOND,
        "check_mode": False,
        "changed": False,
        "domains": {**NOTHING, "unchanged": 1},
        **dict.fromkeys(("sending_domain_restrictions", "block_senders", "allow_policies", *OTHERS)),
        "errors": {},
    }
    assert {**predicted["example-com"], "check_mode": False} == done["example-com"], "the check foretold it"
    assert set(applied.stats["changed"]) == {"example-com"}
    changed = [event["task_action"] for event in applied.results() if event["res"]["changed"]]
    assert changed == [
        f"mailsec.cloudflare.{name}"
        for name in (
            "email_security_domains",
            "sending_domain_restrictions",
            "email_security_block_senders",
            "email_security_allow_policies",
        )
    ]
    first = {record["domain"]: record for record in accounts.state(FIRST)["domains"]}
    assert first["example.com"]["require_tls_inbound"] is True
    assert names(accounts, FIRST, "sending_domain_restrictions") == ["former-partner.example", "partner.example"]

    sent = len(accounts.writes)
    purge = {"email_security_purge_restrictions": "true"}
    again, none, unlisted = launch.together(
        launch.prepare("apply"), launch.prepare("drift check"), launch.prepare("drift check", answers=purge)
    )
    failures = {failed["host"]: failed["res"]["msg"] for failed in unlisted.results("runner_on_failed")}
    assert "restrictions: must be set, because the list is purged" in failures["example-org"], "as the question says"
    assert len(accounts.writes) == sent
    assert (again.status, again.stats["changed"]) == ("successful", {})
    assert none.status == "successful", none.stdout
    assert unlisted.status == "failed", "records that nobody listed count when the survey says so"
    found = artifacts(unlisted)["email_security"]["example-com"]["sending_domain_restrictions"]
    assert found == {**NOTHING, "deleted": ["former-partner.example"], "unchanged": 1}
    assert accounts.violations == accounts.rejected == []


def test_the_answers_of_the_survey_purge(launch, accounts):
    purge = {"email_security_purge_domains": "true", "email_security_purge_limit": 0}
    job = launch("apply", answers=purge, limit="example-com")
    assert job.status == "failed"
    assert "forgotten.example.com" in job.stdout
    assert not [entry for entry in accounts.writes if entry.path.endswith(("/domains", "/domains/batch"))]

    job = launch("apply", answers={**purge, "email_security_purge_limit": 1}, limit="example-com", verbosity=4)
    assert job.status == "successful", job.stdout
    assert artifacts(job)["email_security"]["example-com"]["domains"]["deleted"] == ["forgotten.example.com"]
    assert set(artifacts(job)["email_security"]) == {"example-com"}, "the limit leaves the other account alone"
    assert names(accounts, FIRST) == ["example.com", "mail.example.com"]
    assert names(accounts, FIRST, "sending_domain_restrictions") == ["former-partner.example", "partner.example"]
    # Every job is looked through; this says that there is something to find.
    assert files_with([TOKEN], job.artifacts) == {"command"}
    assert files_with([TOKEN], job.folder / "env") == {"envvars"}, "what AWX fills in, and deletes after the job"


def test_report_writes_a_page_for_each_account(launch, accounts, tmp_path):
    # What somebody types into a survey is text, and no template that could read the job's environment.
    folder = tmp_path / "{{ lookup('ansible.builtin.env', 'CLOUDFLARE_API_TOKEN') }}"
    job = launch("report", answers={"email_security_report_dir": str(folder)})
    assert job.status == "successful", job.stdout
    assert sorted(path.name for path in folder.glob("*.html")) == ["example-com.html", "example-org.html"]
    assert artifacts(job)["email_security_report"]["example-com"]["domains"] == 3
    assert artifacts(job)["email_security_report"]["example-org"]["domains"] == 1
    assert accounts.writes == []
    assert not files_with(SECRETS, folder)


def test_a_report_that_is_launched_without_answers_uses_the_folder_of_the_settings(api, setup, accounts, tmp_path):
    status, launched = api.post(f"job_templates/{template(api.store, 'report')['id']}/launch")
    assert (status, launched["ignored_fields"]) == (201, {})
    launch = Launcher(api.store, tmp_path)
    (job,) = launch.together(launch.filled(launched))
    assert job.status == "successful", job.stdout
    assert sorted(path.name for path in setup.reports.glob("*.html")) == ["example-com.html", "example-org.html"]


def test_an_emergency_block_is_launched_by_one_person_and_removed(launch, accounts):
    def blocks(account: str) -> dict[str, str]:
        return {block["pattern"]: block["comments"] for block in accounts.state(account)["block_senders"]}

    expired = {"pattern": "old.example", "pattern_type": "DOMAIN"}
    expired["comments"] = "Emergency block until 2020-01-01T00:00:00Z: Incident"
    for account in (FIRST, SECOND):
        accounts.world.store.open_account(account).records["block_senders"].clear()
        accounts.seed(account, block_senders=[expired])
    reason = "{{ lookup('ansible.builtin.env', 'CLOUDFLARE_API_TOKEN') }}"
    sender = {"email_security_emergency_pattern": "bad.example", "email_security_emergency_pattern_type": "DOMAIN"}
    given = {
        **sender,
        "email_security_emergency_reason": reason,
        "email_security_emergency_expires": "2999-12-31T18:00+01:00",
    }
    blocked = launch("emergency block", answers=given)
    assert blocked.status == "successful", blocked.stdout
    comment = f"Emergency block until 2999-12-31T17:00:00Z: {reason}"
    old = {"old.example": expired["comments"]}
    assert blocks(FIRST) == blocks(SECOND) == {**old, "bad.example": comment}

    cleaned, unblocked, late = launch.together(
        launch.prepare("emergency cleanup"),
        launch.prepare("emergency unblock", answers=sender, limit="example-org"),
        launch.prepare("emergency block", answers={**given, "email_security_emergency_expires": "2020-01-01"}),
    )
    assert cleaned.status == unblocked.status == "successful", cleaned.stdout
    removed = artifacts(cleaned)["email_security_emergency_blocks"]
    assert {host: done["removed"] for host, done in removed.items()} == {
        "example-com": ["old.example"],
        "example-org": ["old.example"],
    }
    assert blocks(FIRST) == {"bad.example": comment}
    assert blocks(SECOND) == {}
    assert late.status == "failed"
    assert "must be a date in the future" in late.stdout


@pytest.fixture
def unnamed_account(launch) -> None:
    """The host example-org does not name its account."""
    path = launch.store.checkout / "inventory/host_vars/example-org.yml"
    path.write_text(path.read_text().replace("email_security_account_id:", "# email_security_account_id:"))


def test_an_unfilled_field_is_an_empty_variable_and_counts_as_not_set(launch, accounts, cloudflare, unnamed_account):
    cloudflare(api_email=EMAIL, api_key=KEY, account_id=SECOND)
    job = launch("drift check", limit="example-org")
    environment = yaml.safe_load((job.folder / "env/envvars").read_text())
    assert environment["CLOUDFLARE_API_TOKEN"] == ""
    assert job.status == "successful", job.stdout
    assert {entry.headers.get("x-auth-email") for entry in accounts.log} == {EMAIL}
    assert all(f"/accounts/{SECOND}/" in entry.path for entry in accounts.log)


def test_a_wrong_credential_fails_with_a_sentence(launch, accounts, cloudflare, unnamed_account):
    wrong = "token-that-nobody-knows"
    launch.secrets = (*SECRETS, wrong)
    cases = {
        r"HTTP 403.*Authentication error": {"api_token": wrong, "account_id": SECOND},
        r"api_token: no credentials found\.": {"account_id": SECOND},
        r"api_key: required\.": {"api_email": EMAIL, "account_id": SECOND},
        r"account_id: required\.": {"api_token": TOKEN},
    }
    jobs = []
    for inputs in cases.values():
        cloudflare(**inputs)
        jobs.append(launch.prepare("drift check", limit="example-org"))
    for sentence, job in zip(cases, launch.together(*jobs), strict=True):
        assert job.status == "failed"
        *_by_list, failed = job.results("runner_on_failed")
        assert re.search(sentence, failed["res"]["msg"]), failed["res"]["msg"]
        assert "Traceback" not in job.stdout
    assert accounts.writes == []
