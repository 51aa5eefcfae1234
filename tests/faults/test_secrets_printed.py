# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is in what Ansible prints, logs or leaves in files: callbacks, results, the role's report and export.

The secrets are read from files, as from a vault, so wherever one is found, a task has put it there.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator import Emulator
from emulator.auth import Credential
from support.controller import Controller, Ran
from support.leaks import files_with, leaks
from support.resources import SAMPLES

from .echoes import ADDRESS, FORMS, PLACES, SENDABLE, UNSENDABLE
from .extent import LONG
from .jobs import Target, seed

MASK = "********"
EXECUTION = pytest.mark.parametrize("in_process", [True, False], ids=["in-process", "module"])
#: The file in which Ansible hands the options to a module. Ansible keeps it only where it is configured to.
HANDED_OVER = "AnsiballZ_"
#: A library that fails with what it was given.
BROKEN_LIBRARY = """
import requests

def send(self, request, **options):
    raise RuntimeError(f"cannot send {dict(request.headers)}") from KeyError(repr(request.headers))

requests.Session.send = send
"""
SECRET_OF_ITEM = "{{ lookup('ansible.builtin.file', item.secret, rstrip=False) }}"


def credentials(module: str, number: int) -> dict[str, Any]:
    """Return the keywords with which a task gets a secret, another for each number."""
    pair = {"api_email": ADDRESS, "api_key": SECRET_OF_ITEM}
    old_names = {"account_email": ADDRESS, "account_api_key": SECRET_OF_ITEM}
    defaults = ({module: {"api_token": SECRET_OF_ITEM}}, {"group/mailsec.cloudflare.all": pair}, {module: old_names})
    return {"module_defaults": defaults[number % len(defaults)]}


class Printed:
    """A folder, the emulator, and commands whose every trace is searched."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.secrets = folder / "secrets"
        self.work = folder / "work"
        for each in (self.secrets, self.work, self.work / "tmp", self.work / "tree"):
            each.mkdir(parents=True)
        self.emulator = emulator
        self.values: list[str] = []
        self.environment = {
            **Controller(self.work, emulator).environment,
            "TMPDIR": str(self.work / "tmp"),
            "ANSIBLE_KEEP_REMOTE_FILES": "true",
            "ANSIBLE_REMOTE_TMP": str(self.work / "remote"),
            "ANSIBLE_LOG_PATH": str(self.work / "ansible.log"),
            "ANSIBLE_INJECT_INVOCATION": "true",
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
            "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,ansible.builtin.tree",
            "ANSIBLE_CALLBACK_TREE_DIR": str(self.work / "tree"),
            "JUNIT_OUTPUT_DIR": str(self.work / "junit"),
            "COLUMNS": "10000",
        }
        del self.environment["CLOUDFLARE_API_TOKEN"]

    def keep(self, value: str) -> str:
        """Write a secret to a file, let the emulator accept it, and return the file."""
        path = self.secrets / str(len(self.values))
        path.write_text(value, encoding="utf-8", newline="")
        self.values.append(value)
        for credential in (Credential(token=value), Credential(email=ADDRESS, key=value)):
            self.emulator.world.keyring.add(credential)
        return str(path)

    def account(self, number: int, place: str, form: str, secret: str) -> str:
        """Make an account whose responses have a form of a secret, and return its id."""
        account = f"{number:032x}"
        for kind in SAMPLES:
            records: dict[str, Any] = {kind.collection: seed(kind)}
            self.emulator.seed(account, **records)
            target = Target(place, "", f"/{kind.collection}", kind)
            PLACES[place][1](self.emulator, account, target, FORMS[form](secret))
        return account

    def run(self, *command: str, **environment: str) -> str:
        """Run a command, search all that it prints for the secrets, and return it."""
        variables = {**self.environment, **environment}
        ran = subprocess.run(
            [*command, "-vvvvv", "--diff"],
            cwd=self.work,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = ran.stdout.decode("utf-8", "surrogateescape")
        assert leaks(output, self.values) == []
        return output

    def play(self, tasks: list[dict[str, Any]], in_process: bool, **environment: str) -> str:
        """Run tasks."""
        interpreter = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {**interpreter, "mailsec_cloudflare_in_process": in_process},
            "tasks": [{"ignore_errors": True, **task} for task in tasks],
        }
        path = self.work / "playbook.yml"
        path.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
        return self.run("ansible-playbook", str(path), **environment)

    def left(self) -> set[str]:
        """Return the names of the files that have a secret, beside those that Ansible hands over."""
        return {name for name in files_with(self.values, self.work) if HANDED_OVER not in name}


@pytest.fixture
def printed(tmp_path: Path, running: Emulator) -> Iterator[Printed]:
    running.reset()
    yield Printed(tmp_path, running)
    running.reset()


def tasks_of(cases: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return a task of each module in a loop over the cases, in the long form in check mode too."""
    tasks: list[dict[str, Any]] = []
    for kind in SAMPLES:
        changed = {**kind.settings, **kind.change}
        entries = [{**kind.key_of(number), **changed} for number in (4, 9)]
        for module, options in (
            (kind.info_module, {}),
            (kind.module, {**kind.key_of(3), **changed}),
            (kind.bulk_module, {kind.entries_option: entries, "concurrency": 2}),
        ):
            name = f"mailsec.cloudflare.{module}"
            for check_mode in (True, False) if LONG else (bool(len(tasks) % 2),):
                task = {
                    name: {**options, "account_id": "{{ item.account }}", "retries": 0},
                    **credentials(name, len(tasks)),
                    "check_mode": check_mode,
                    "loop": cases,
                    "loop_control": {"label": "{{ item.place }}"},
                    "register": f"result_{len(tasks)}",
                }
                tasks.append(task)
    return tasks


@EXECUTION
def test_secrets_in_responses(printed: Printed, in_process: bool) -> None:
    # A task that runs as a module takes the time of ten.
    step = 1 if LONG and in_process else 4 if LONG or in_process else len(PLACES)
    names, forms = cycle(SENDABLE), cycle(FORMS)
    cases = []
    for number, place in enumerate(dict.fromkeys([*list(PLACES)[::step], "broken header"]), start=1):
        secret = SENDABLE[next(names)]
        account = printed.account(number, place, next(forms), secret)
        cases.append({"account": account, "place": place, "secret": printed.keep(secret)})
    tasks = tasks_of(cases) if LONG or in_process else tasks_of(cases)[1:2]
    # Of as many results as the play has.
    kept = "{{ query('ansible.builtin.varnames', '^result_[0-9]+$') | map('extract', vars) | list }}"
    tasks.append({"ansible.builtin.set_stats": {"data": {"results": kept}}})

    output = printed.play(tasks, in_process)

    for loop in Ran(output).stats["results"]:
        for result, case in zip(loop["results"], cases, strict=True):
            if PLACES[case["place"]][0]:
                assert result["failed"], (case, result)
                assert MASK in json.dumps(result), (case, result)
    assert printed.left() == set()


@pytest.mark.parametrize("in_process", [True, False] if LONG else [True])
@pytest.mark.parametrize("output_format", ["yaml", "json"] if LONG else ["yaml"])
def test_secrets_that_cannot_be_sent(printed: Printed, in_process: bool, output_format: str) -> None:
    secrets = list(UNSENDABLE.values()) if LONG else [UNSENDABLE["a line break at its end"], UNSENDABLE["accent"]]
    module = "mailsec.cloudflare.email_security_domain"
    loop = {"loop": [{"secret": printed.keep(secret)} for secret in secrets]}
    tasks: list[dict[str, Any]] = [
        {module: {"domain": SECRET_OF_ITEM, "api_token": SECRET_OF_ITEM}, **loop},
        {module: {"domain": "a.example"}},
    ]
    if in_process:
        # Where a module runs, the environment of its task is on a command line that Ansible prints.
        environment = {"CLOUDFLARE_API_TOKEN": SECRET_OF_ITEM}
        tasks.append({module: {"domain": SECRET_OF_ITEM, "state": SECRET_OF_ITEM}, "environment": environment, **loop})

    output = printed.play(
        tasks, in_process, CLOUDFLARE_API_TOKEN=secrets[-1], ANSIBLE_CALLBACK_RESULT_FORMAT=output_format
    )

    assert "contains an invalid character" in output, output
    assert printed.left() == set()


@EXECUTION
def test_a_secret_in_the_words_of_a_library(printed: Printed, in_process: bool) -> None:
    (printed.work / "sitecustomize.py").write_text(BROKEN_LIBRARY, encoding="utf-8")
    secret = SENDABLE["plain"]
    printed.keep(secret)
    kinds = SAMPLES if LONG or in_process else SAMPLES[:1]
    tasks = [{f"mailsec.cloudflare.{kind.module}": kind.key_of(1)} for kind in kinds]

    output = printed.play(tasks, in_process, PYTHONPATH=str(printed.work), CLOUDFLARE_API_TOKEN=secret)

    assert output.count("This is a bug in the collection") >= len(tasks), output
    assert "cannot send {'User-Agent': 'mailsec.cloudflare" in output
    assert printed.left() == set()


def test_the_role_its_report_and_its_export(printed: Printed) -> None:
    secret = SENDABLE["quotes"]
    account = printed.account(1, "text of a record", "JSON", secret)
    role = {
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "email_security_api_token": f"{{{{ lookup('ansible.builtin.file', {printed.keep(secret)!r}) }}}}",
        "email_security_account_id": account,
        "email_security_report_dir": str(printed.work / "report"),
        "email_security_export_path": str(printed.work / "account.yml"),
        "email_security_sending_domain_restrictions": [{"domain": "d1.example", "comments": "x", "exclude": []}],
    }
    (printed.work / "variables.json").write_text(json.dumps(role))
    playbooks = [f"mailsec.cloudflare.{name}" for name in ("export", "report", "apply")[: 3 if LONG else 1]]

    output = printed.run("ansible-playbook", *playbooks, "-e", "@variables.json")

    assert output.count("failed=0") == len(playbooks), output
    assert MASK in (printed.work / "account.yml").read_text()
    assert not LONG or {path.suffix for path in (printed.work / "report").iterdir()} == {".html", ".json", ".csv"}
    assert printed.left() == set()
