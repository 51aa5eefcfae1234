# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret is in nothing that Ansible prints or writes: real processes, as verbose as they can be, through both doors.

Each case is an account of its own, whose answers are arranged. The secrets are read from files, as from a vault, so
that wherever one is found, a task has put it there.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from emulator import Emulator
from emulator.auth import Credential
from support.controller import Controller, Ran
from support.leaks import FORMS, files_with, leaks

from .echoes import PLACES, SENDABLE, UNSENDABLE
from .extent import LONG
from .jobs import KINDS, Target, name_of, seed
from .keeper import ADDRESS

#: Through one door all of them, through the other, where a task takes the time of fifty, some.
DOORS = {"in process": True, "as a module": False}
MASK = "********"
IN_SHORT = [*DOORS] if LONG else ["in process"]
#: What Ansible itself writes for a module, and deletes unless it is told to keep it: the options are in it.
HANDED_OVER = "AnsiballZ_"

#: A library that tells what it was sent when it breaks.
BROKEN_LIBRARY = """
import requests

def send(self, request, **options):
    raise RuntimeError(f"cannot send {dict(request.headers)}") from KeyError(repr(request.headers))

requests.Session.send = send
"""


SECRET_OF_ITEM = "{{ lookup('ansible.builtin.file', item.secret, rstrip=False) }}"
#: The ways in which a task can name a secret.
CREDENTIALS: list[Callable[[str, str], dict[str, Any]]] = [
    lambda module, secret: {"module_defaults": {module: {"api_token": secret}}},
    lambda module, secret: {
        "module_defaults": {"group/mailsec.cloudflare.all": {"api_email": ADDRESS, "api_key": secret}}
    },
    lambda module, secret: {"module_defaults": {module: {"account_email": ADDRESS, "account_api_key": secret}}},
]


class Case(NamedTuple):
    """An account whose answers hold a secret."""

    account: str
    place: str
    #: The file with the secret.
    secret: str


class Printed:
    """A folder, the emulator, and commands whose every trace is looked through."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder
        self.secrets = folder / "secrets"
        self.work = folder / "work"
        for each in (self.secrets, self.work, self.work / "tmp", self.work / "tree"):
            each.mkdir(parents=True)
        self.emulator = emulator
        self.values: list[str] = []
        controller = Controller(self.work, emulator)
        self.environment = {
            **controller.environment,
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

    def keep(self, value: str) -> Path:
        """Keep a secret in a file, let the emulator know it, and return the file."""
        path = self.secrets / str(len(self.values))
        path.write_text(value, encoding="utf-8", newline="")
        self.values.append(value)
        for credential in (Credential(token=value), Credential(email=ADDRESS, key=value)):
            self.emulator.world.keyring.add(credential)
        return path

    def account(self, number: int, place: str, form: str, secret: str) -> str:
        """Make an account whose answers hold a form of a secret, and return its id."""
        account = f"{number:032x}"
        for kind in KINDS:
            self.emulator.world.store.seed(account, {kind.collection: seed(kind)})
            target = Target(place, "", f"/{kind.collection}", kind.collection)
            PLACES[place][1](self.emulator, account, target, FORMS[form](secret))
        return account

    def run(self, *command: str, **environment: str) -> str:
        """Run a command, look for the secrets in all that it prints and leaves, and return what it printed."""
        ran = subprocess.run(
            command,
            cwd=self.work,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = ran.stdout.decode("utf-8", "surrogateescape")
        assert leaks(output, self.values) == []
        return output

    def play(self, tasks: list[dict[str, Any]], in_process: bool, *options: str, **environment: str) -> str:
        """Run tasks as verbosely as can be."""
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                "mailsec_cloudflare_in_process": in_process,
            },
            "tasks": tasks,
        }
        path = self.work / "playbook.yml"
        path.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
        return self.run("ansible-playbook", str(path), "-vvvvv", "--diff", *options, **environment)

    def left(self) -> set[str]:
        """Return the names of the files that hold something of a secret."""
        return files_with(self.values, self.work)


@pytest.fixture
def printed(tmp_path: Path, running: Emulator) -> Iterator[Printed]:
    running.reset()
    yield Printed(tmp_path, running)
    running.reset()


def tasks_of(cases: list[Case]) -> list[dict[str, Any]]:
    """Return a task of each module in a loop over the cases, once in check mode and once for real."""
    tasks: list[dict[str, Any]] = []
    for kind in KINDS:
        changed = {**kind.needed, **kind.change}
        entries = [{"domain": name_of(4), **changed}, {"domain": name_of(9), **changed}]
        for module, options in (
            (kind.info, {}),
            (kind.one, {"domain": name_of(3), **changed}),
            (kind.many, {kind.option: entries, "concurrency": 2}),
        ):
            for check_mode in (True, False) if LONG else (bool(len(tasks) % 2),):
                credentials = CREDENTIALS[len(tasks) % len(CREDENTIALS)]
                tasks.append(
                    {
                        "name": f"{module}, {'check mode' if check_mode else 'for real'}",
                        f"mailsec.cloudflare.{module}": {**options, "account_id": "{{ item.account }}", "retries": 0},
                        **credentials(f"mailsec.cloudflare.{module}", SECRET_OF_ITEM),
                        "check_mode": check_mode,
                        "ignore_errors": True,
                        "loop": [case._asdict() for case in cases],
                        "loop_control": {"label": "{{ item.place }}"},
                        "register": f"result_{len(tasks)}",
                    }
                )
    # Of as many as there are in the play.
    kept = "{{ query('ansible.builtin.varnames', '^result_[0-9]+$') | map('extract', vars) | list }}"
    return [*tasks, {"ansible.builtin.set_stats": {"data": {"results": kept}}}]


def places_of(door: str) -> list[str]:
    """Return the places that are tried through a door."""
    # A task as a module takes the time of ten. The library's warning is about this process: a module has no log.
    if DOORS[door]:
        return list(PLACES) if LONG else [*list(PLACES)[::4], "broken header"]
    return list(PLACES)[:: 4 if LONG else len(PLACES)]


def test_the_figure(tell: Callable[[str], None]) -> None:
    counts = {door: len(places_of(door)) for door in DOORS}
    tell(
        f"secrets printed: {counts['in process']} places of an answer in process, {counts['as a module']} as a module, "
        "with -vvvvv, --diff, tracebacks, a log and files that are kept"
    )


@pytest.mark.parametrize("door", DOORS)
def test_what_servers_echo(printed: Printed, door: str) -> None:
    places = places_of(door)
    names, forms = cycle(SENDABLE), cycle(FORMS)
    cases = []
    for number, place in enumerate(places, start=1):
        secret = SENDABLE[next(names)]
        path = printed.keep(secret)
        cases.append(Case(printed.account(number, place, next(forms), secret), place, str(path)))

    tasks = tasks_of(cases)
    if not LONG and not DOORS[door]:
        tasks = [*tasks[1:4:2], tasks[-1]]
    output = printed.play(tasks, DOORS[door])

    for loop in Ran(output).stats["results"]:
        for result, case in zip(loop["results"], cases, strict=True):
            if PLACES[case.place][0]:
                assert result["failed"], (case, result)
                assert MASK in json.dumps(result), (case, result)
    # A module is told its options in a file, whose name is Ansible's. It is there only because it was to be kept.
    left = printed.left()
    assert {name for name in left if HANDED_OVER not in name} == set()
    assert bool(left) != DOORS[door]


@pytest.mark.parametrize(
    ("door", "output_format"),
    [
        (door, form)
        for door in IN_SHORT
        for form in ("yaml", "json", "minimal", "oneline")[: 4 if LONG and DOORS[door] else 1]
    ],
)
def test_secrets_of_the_environment_that_cannot_be_sent(printed: Printed, door: str, output_format: str) -> None:
    secrets = list(UNSENDABLE.values()) if LONG else [UNSENDABLE["a line break at its end"], UNSENDABLE["accent"]]
    cases = [Case(printed.emulator.account_id, "", str(printed.keep(secret))) for secret in secrets]
    kind = KINDS[0]
    task = {
        f"mailsec.cloudflare.{kind.one}": {"domain": SECRET_OF_ITEM, "state": SECRET_OF_ITEM},
        "loop": [case._asdict() for case in cases],
        "ignore_errors": True,
    }
    misplaced = {f"mailsec.cloudflare.{kind.one}": {"domain": SECRET_OF_ITEM, "api_token": SECRET_OF_ITEM}}
    # A module finds what "environment" says on its command line, which Ansible prints.
    by_variable = [{**task, "environment": {"CLOUDFLARE_API_TOKEN": SECRET_OF_ITEM}}] if DOORS[door] else []
    callback = {"ANSIBLE_STDOUT_CALLBACK": output_format}
    if output_format in ("json", "yaml"):
        callback = {"ANSIBLE_CALLBACK_RESULT_FORMAT": output_format}
    # Of the process as a whole, for what no task names.
    (variable,) = (secret for secret in secrets[-1:])

    output = printed.play(
        [
            *by_variable,
            {**task, **misplaced},
            {"mailsec.cloudflare.email_security_domain": {"domain": "a.example"}, "ignore_errors": True},
        ],
        DOORS[door],
        CLOUDFLARE_API_TOKEN=variable,
        **callback,
    )

    assert "has a character that cannot be sent" in output, output
    assert {name for name in printed.left() if HANDED_OVER not in name} == set()


@pytest.mark.parametrize("door", DOORS)
def test_a_library_that_breaks_and_tells_what_it_was_given(printed: Printed, door: str) -> None:
    (printed.work / "sitecustomize.py").write_text(BROKEN_LIBRARY, encoding="utf-8")
    secret = SENDABLE["plain"]
    printed.keep(secret)
    tasks = [{f"mailsec.cloudflare.{kind.one}": {"domain": "a.example"}, "ignore_errors": True} for kind in KINDS]

    output = printed.play(tasks, DOORS[door], PYTHONPATH=str(printed.work), CLOUDFLARE_API_TOKEN=secret)

    assert output.count("This is a defect of the collection") >= len(tasks), output
    assert "cannot send {'User-Agent': 'mailsec.cloudflare" in output
    assert printed.left() == set()


@pytest.mark.parametrize("door", IN_SHORT)
def test_the_role_its_report_its_export_and_what_a_job_keeps(printed: Printed, door: str) -> None:
    secret = SENDABLE["quotes"]
    account = printed.account(1, "text of a record", "HTML", secret)
    role = {
        "email_security_api_token": f"{{{{ lookup('ansible.builtin.file', {str(printed.keep(secret))!r}) }}}}",
        "email_security_account_id": account,
        "email_security_report_dir": str(printed.work / "report"),
        "email_security_export_path": str(printed.work / "account.yml"),
        "email_security_sending_domain_restrictions": [{"domain": name_of(1), "comments": "x", "exclude": []}],
        "mailsec_cloudflare_in_process": DOORS[door],
    }
    (printed.work / "variables.json").write_text(json.dumps(role))

    names = ("report", "export", "apply") if LONG else ("report",)
    playbooks = [f"mailsec.cloudflare.{name}" for name in names]
    output = printed.run("ansible-playbook", *playbooks, "-e", "@variables.json", "-vvvvv", "--diff")

    assert output.count("failed=0") == len(playbooks), output
    files = {path.suffix for path in (printed.work / "report").iterdir()}
    assert files == {".html", ".json", ".csv"}
    if LONG:
        assert MASK in (printed.work / "account.yml").read_text()
    assert {name for name in printed.left() if HANDED_OVER not in name} == set()
