# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role manages every list of an account: all of them as code, each on its own, and temporary entries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml

from support.controller import Controller
from support.resources import BLOCK_SENDER, SAMPLES
from support.sample import Sample

APPLY, DRIFT, EXPORT = (f"mailsec.cloudflare.{name}" for name in ("apply", "drift", "export"))
HOSTILE = "{{ lookup('ansible.builtin.pipe', 'touch evil') }} {% raw %}\n# comment: 'x' \"y\" \u2028 #jinja2: {a: b}"
ORDER = [
    "domains",
    "sending_domain_restrictions",
    "block_senders",
    "content_policies",
    "impersonation_entries",
    "allow_policies",
    "trusted_domains",
    "url_ignore_patterns",
]


def variable(sample: Sample) -> str:
    return f"email_security_{sample.resource.list_name}"


def entry(sample: Sample, number: int) -> dict[str, Any]:
    return {**sample.key_of(number), **sample.settings, **sample.change}


def label(sample: Sample, number: int) -> str:
    return str(sample.resource.label(sample.key_of(number)))


#: An account with three records of each resource.
ACCOUNT = {variable(sample): [entry(sample, number) for number in range(3)] for sample in SAMPLES}


def empty(controller: Controller) -> None:
    controller.emulator.seed(replace=True, **{name: [] for name in controller.emulator.state()})


def held(controller: Controller, sample: Sample) -> list[str]:
    """Return the labels of the records that the server holds."""
    return sorted(str(sample.resource.label(record)) for record in controller.emulator.state()[sample.collection])


def labels(sample: Sample, *numbers: int) -> list[str]:
    return sorted(label(sample, number) for number in numbers)


def summary(controller: Controller, playbook: str, variables: dict[str, Any], **options: Any) -> dict[str, Any]:
    stats = controller.play(playbook, variables=variables, **options).stats["email_security"]["localhost"]
    assert isinstance(stats, dict)
    return stats


def test_a_whole_account_is_created_compared_and_restored(controller: Controller) -> None:
    empty(controller)
    controller.sent()
    planned = controller.play(APPLY, "--check", variables=ACCOUNT)
    assert all(request.startswith("GET ") for request in controller.sent())
    assert not any(controller.emulator.state().values())
    applied = controller.play(APPLY, variables=ACCOUNT)
    assert planned.recap()["changed"] == applied.recap()["changed"] == len(SAMPLES)
    for sample in SAMPLES:
        stats = [ran.stats["email_security"]["localhost"][sample.resource.list_name] for ran in (planned, applied)]
        assert stats[0] == stats[1]
        assert sorted(stats[1]["created"]) == held(controller, sample) == labels(sample, 0, 1, 2)

    controller.sent()
    assert not summary(controller, APPLY, ACCOUNT)["changed"]
    assert controller.sent() == [f"GET {sample.collection}" for sample in sorted(SAMPLES, key=position)]

    for sample in SAMPLES:
        name = next(iter(sample.change))
        controller.drift(sample.key_of(1)[sample.key_field], sample.collection, **{name: sample.record[name]})
    drifted = controller.play(DRIFT, variables=ACCOUNT, fails=True)
    # Some versions of Ansible print the message as JSON alone.
    failure = drifted.output[drifted.output.index("differs from its variables") :].replace(r"\\", "\\")
    for sample in SAMPLES:
        title = sample.resource.plural.removeprefix("email security ")
        assert f"{title[0].upper()}{title[1:]} updated: 1 ({label(sample, 1)})" in failure
        assert label(sample, 0) not in failure
    assert summary(controller, APPLY, ACCOUNT)["changed"]
    controller.play(DRIFT, variables=ACCOUNT)


def position(sample: Sample) -> int:
    return ORDER.index(sample.resource.list_name)


def test_a_list_that_fails_does_not_stop_the_others(controller: Controller) -> None:
    empty(controller)
    for sample in SAMPLES[::2]:
        controller.emulator.faults.add("status", status=403, path=f"/{sample.collection}", times=10)
    ran = controller.play(APPLY, variables=ACCOUNT, fails=True)
    stats = ran.stats["email_security"]["localhost"]
    assert set(stats["errors"]) == {sample.resource.list_name for sample in SAMPLES[::2]}
    assert all("HTTP 403" in message for message in stats["errors"].values())
    for number, sample in enumerate(SAMPLES):
        assert held(controller, sample) == ([] if number % 2 == 0 else labels(sample, 0, 1, 2))
        assert (stats[sample.resource.list_name] is None) == (number % 2 == 0)
    last = ran.output[ran.output.index("TASK [mailsec.cloudflare.email_security : Verify that no list failed]") :]
    assert all(name in last for name in stats["errors"])


@pytest.mark.parametrize("in_process", [True, False])
def test_an_entry_is_absent_once_it_has_expired(controller: Controller, in_process: bool) -> None:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    times: list[Any] = [
        None,
        "",
        (now + hour).isoformat(timespec="seconds"),
        str(now.date() + timedelta(days=2)),
        f"{now - hour:%Y-%m-%dT%H:%M:%SZ}",
        f"{now - hour:%Y-%m-%d %H:%M +00:00}",
        str(now.date()),
    ]
    gone = (4, 5, 6)
    variables = {
        variable(sample): [{**entry(sample, number), "expires": expires} for number, expires in enumerate(times)]
        for sample in SAMPLES
    }
    # As YAML reads them where they have no quotes.
    text = yaml.safe_dump(
        {
            **variables,
            "email_security_block_senders": [
                {
                    **each,
                    "expires": date.fromisoformat(each["expires"])
                    if len(each["expires"] or "") == 10
                    else each["expires"],
                }
                for each in variables["email_security_block_senders"]
            ],
            "mailsec_cloudflare_in_process": in_process,
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        }
    )
    (controller.folder / "temporary.yml").write_text(text, encoding="utf-8")
    empty(controller)
    controller.play(
        APPLY,
        variables={variable(sample): [entry(sample, number) for number in range(len(times))] for sample in SAMPLES},
    )

    drifted = controller.play(DRIFT, "-e", "@temporary.yml", fails=True)
    checked = controller.play(APPLY, "--check", "-e", "@temporary.yml").stats["email_security"]["localhost"]
    assert all(held(controller, sample) == labels(sample, *range(len(times))) for sample in SAMPLES)
    applied = controller.play(APPLY, "-e", "@temporary.yml")
    stats = applied.stats["email_security"]["localhost"]
    for sample in SAMPLES:
        name = sample.resource.list_name
        assert held(controller, sample) == labels(sample, 0, 1, 2, 3)
        assert sorted(stats[name]["expired"]) == sorted(stats[name]["deleted"]) == labels(sample, *gone)
        assert checked[name] == stats[name]
    assert "Blocked senders expired: 3 (1.2.0.4 (IP), 1.2.0.5 (IP), 1.2.0.6 (IP))" in applied.output
    assert "Blocked senders deleted: 3" in drifted.output
    again = controller.play(DRIFT, "-e", "@temporary.yml")
    assert "Blocked senders expired: 3" in again.output
    assert not any("expires" in (request.body or "") for request in controller.emulator.log)


def test_an_entry_whose_time_is_invalid_fails_before_the_first_request(controller: Controller) -> None:
    controller.sent()
    times = ("2026-12-31T18:00", "soon")
    entries = [{**entry(BLOCK_SENDER, number), "expires": time} for number, time in enumerate(times)]
    ran = controller.play(APPLY, variables={"email_security_block_senders": entries}, fails=True)
    assert "email_security_block_senders[0] (1.2.0.0): expires: needs a time zone, such as" in ran.output
    assert "email_security_block_senders[1] (1.2.0.1): expires: must be a date, or a date and time" in ran.output
    assert controller.sent() == []


def test_unlisted_records_of_the_named_lists_are_deleted(controller: Controller) -> None:
    empty(controller)
    controller.play(APPLY, variables=ACCOUNT)
    one_each = {name: entries[:1] for name, entries in ACCOUNT.items()}
    purge = {"email_security_purge": [sample.resource.list_name for sample in SAMPLES[::2]]}
    controller.play(APPLY, variables={**one_each, **purge, "email_security_purge_limit": 1}, fails=True)
    assert all(held(controller, sample) == labels(sample, 0, 1, 2) for sample in SAMPLES)
    stats = summary(controller, APPLY, {**one_each, **purge, "email_security_purge_limit": 2})
    for number, sample in enumerate(SAMPLES):
        purged = number % 2 == 0
        assert held(controller, sample) == labels(sample, *((0,) if purged else (0, 1, 2)))
        assert sorted(stats[sample.resource.list_name]["deleted"]) == (labels(sample, 1, 2) if purged else [])


def test_the_last_entry_of_a_purged_list_expires(controller: Controller) -> None:
    """The module refuses to purge a list without a present entry, but the entry must not outlive its time."""
    empty(controller)
    entries = [{**entry(BLOCK_SENDER, 0), "expires": "2026-01-01"}]
    controller.play(APPLY, variables={variable(BLOCK_SENDER): [entry(BLOCK_SENDER, number) for number in range(2)]})
    variables = {variable(BLOCK_SENDER): entries, "email_security_purge": ["block_senders"]}
    assert summary(controller, APPLY, variables)["block_senders"]["deleted"] == [label(BLOCK_SENDER, 0)]
    assert held(controller, BLOCK_SENDER) == [label(BLOCK_SENDER, 1)]


def test_an_export_of_everything_changes_nothing(controller: Controller) -> None:
    """As one file, and as a folder with a file for each list."""
    records = {
        sample.collection: [
            {**entry(sample, 0), **{name: HOSTILE for name in ("comments", "notes") if name in sample.resource.fields}},
            entry(sample, 1),
        ]
        for sample in SAMPLES
    }
    twins = [{**entry(BLOCK_SENDER, 7), "comments": comment} for comment in ("one", "two")]
    regex = {"pattern": "(?i)^.*@[a-z{2,}]\\.\\{\\{example\\}\\}$", "pattern_type": "EMAIL", "is_regex": True}
    unknown = {"pattern": "old", "pattern_type": "UNKNOWN", "is_regex": False, "comments": None}
    private = {"pattern": "10.0.0.0/8", "pattern_type": "IP", "is_regex": False}
    records["block_senders"] += [*twins, regex, unknown, private]
    person = {"name": "Jane Roe", "email": "jane@example.com", "is_email_regex": False}
    records["impersonation_registry"] += [{**person, "provenance": "SNOOPY-OFFICE_365"}]
    empty(controller)
    controller.emulator.seed(**records)
    before = controller.emulator.state()
    file, folder = controller.folder / "account.yml", controller.folder / "account"
    ran = controller.play(EXPORT, variables={"email_security_export_path": str(file)})
    assert "Left out: 1 impersonation entry synchronized from a directory." in ran.output
    assert "jane@example.com" not in file.read_text(encoding="utf-8")
    checked = controller.play(EXPORT, "--check", variables={"email_security_export_dir": str(folder)})
    assert checked.recap()["changed"] == 1
    controller.play(EXPORT, variables={"email_security_export_dir": str(folder)})
    assert controller.play(EXPORT, variables={"email_security_export_dir": str(folder)}).recap()["changed"] == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.yml" for name in ORDER)
    (controller.folder / "include.yml").write_text(
        yaml.safe_dump(
            [
                {
                    "hosts": "localhost",
                    "connection": "local",
                    "gather_facts": False,
                    "tasks": [
                        {"ansible.builtin.include_vars": {"dir": str(folder)}},
                        {"ansible.builtin.include_role": {"name": "mailsec.cloudflare.email_security"}},
                    ],
                }
            ]
        ),
        encoding="utf-8",
    )
    for ran in (
        controller.play(APPLY, "-e", "@account.yml"),
        controller.play(DRIFT, "-e", "@account.yml"),
        controller.play(controller.folder / "include.yml"),
    ):
        assert ran.recap()["changed"] == 0
        assert ran.stats["email_security"]["localhost"]["errors"] == {}
    # Ansible warns that a purge keeps the person.
    purge = {"email_security_purge": [name for name in ORDER if name != "impersonation_entries"]}
    stats = controller.play(DRIFT, "-e", "@account.yml", variables=purge).stats["email_security"]["localhost"]
    assert not stats["changed"]
    assert controller.emulator.state() == before
    assert not (controller.folder / "evil").exists()
