# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One controller for all tests here: set up by docs/awx/setup.yml, with the project of docs/awx/project checked out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from emulator.auth import Credential
from emulator.server import Emulator
from fake_awx import Controller, Store, run_controller
from fake_awx.jobs import Job, prepare
from fake_awx.store import Thing
from support.leaks import files_with, leaks

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs/awx"
COLLECTIONS = ROOT / ".cache/collections"

#: The accounts of docs/awx/project.
FIRST, SECOND = "023e105f4ecef8ad9ca31a8372d0c353", "9a7806061c88ada191ed06f989cc3dac"
TOKEN = "token-of-both-accounts"
EMAIL, KEY = "somebody@example.com", "global-key-of-somebody"
VAULT_PASSWORD = "password-of-the-vault"
SECRETS = (TOKEN, KEY, VAULT_PASSWORD)

DOMAIN = {"allowed_delivery_modes": ["DIRECT"], "drop_dispositions": ["MALICIOUS", "SPAM"], "regions": ["GLOBAL"]}


class Loader(yaml.SafeLoader):
    """Reads what Ansible reads, as far as it is used here."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def read(path: Path) -> Any:
    """Return what a file of docs/awx or of the role holds."""
    return yaml.load(path.read_text(), Loader)  # noqa: S506  # a safe loader


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    credentials = [
        Credential(token=TOKEN, accounts=(FIRST, SECOND)),
        Credential(email=EMAIL, key=KEY, accounts=(FIRST, SECOND)),
    ]
    with Emulator(credentials=credentials) as running:
        yield running


@dataclass
class Run:
    """A run of docs/awx/setup.yml, under way or done."""

    process: subprocess.Popen[bytes]
    output: Path
    """A file, because a pipe that nobody reads would stop it."""
    all_writes: list[str]
    """The controller's, of which the first ones are from before."""
    begin: int
    writes: list[str] | None = None
    """What was sent to the controller until its end."""

    def end(self, failed: bool = False) -> str:
        """Wait for its end; return what it printed."""
        code = self.process.wait(timeout=600)
        assert (code != 0) is failed, self.printed[-5000:]
        if self.writes is None:
            self.writes = self.all_writes[self.begin :]
        return self.printed

    @property
    def printed(self) -> str:
        return self.output.read_text()


@dataclass
class Setup:
    """A controller, and the runs of setup.yml against it."""

    controller: Controller
    api_url: str
    folder: Path
    reports: Path
    """In the settings."""
    runs: list[Run] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.controller.store

    def start(self, *options: str, **environment: str) -> Run:
        """Start setup.yml, without waiting."""
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "CONTROLLER_HOST": self.controller.url,
            "CONTROLLER_OAUTH_TOKEN": self.controller.token,
            **environment,
        }
        command = [
            "ansible-playbook",
            str(DOCS / "setup.yml"),
            "-vvv",
            "-e",
            f"setup_report_dir={self.reports}",
            *options,
        ]
        path = self.folder / f"run-{len(self.runs) + 1}"
        sent = self.controller.writes
        begin = len(sent)
        with path.open("wb") as output:
            process = subprocess.Popen(command, env=variables, stdout=output, stderr=output)
        self.runs.append(Run(process, path, sent, begin))
        return self.runs[-1]

    def copied(self, checkout: Path) -> Store:
        """What the controller holds, for a test of its own, with a checkout of its own."""
        store = deepcopy(self.store)
        store.checkout = Path(shutil.copytree(self.store.checkout, checkout))
        return store


def template(store: Store, word: str) -> Thing:
    """The job template whose name ends with this."""
    return next(each for each in store.all("job_templates") if each["name"].endswith(f": {word}"))


def schedule(store: Store, word: str) -> Thing:
    """The schedule of this job template."""
    return store.one("schedules", unified_job_template=template(store, word)["id"])


@pytest.fixture(scope="session")
def setup(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """A controller after setup.yml has run once."""
    with run_controller(Store(DOCS / "project")) as controller:
        done = Setup(controller, emulator.url, tmp_path_factory.mktemp("setup"), tmp_path_factory.mktemp("reports"))
        done.start(CLOUDFLARE_API_TOKEN=TOKEN, CLOUDFLARE_BASE_URL=emulator.url).end()
        yield done


@pytest.fixture(scope="session")
def second_run(setup: Setup) -> Iterator[Run]:
    """The same once more, under way: the jobs do not need to wait for it."""
    run = setup.start(CLOUDFLARE_API_TOKEN=TOKEN, CLOUDFLARE_BASE_URL=setup.api_url)
    yield run
    run.process.kill()
    run.process.wait()


@pytest.fixture
def accounts(emulator: Emulator) -> Emulator:
    """The emulator, with one account that differs from what docs/awx/project declares, and one that does not."""
    emulator.reset()
    emulator.seed(
        FIRST,
        replace=True,
        domains=[
            {**DOMAIN, "domain": "example.com", "require_tls_inbound": False, "ip_restrictions": ["192.0.2.0/24"]},
            {**DOMAIN, "domain": "mail.example.com", "require_tls_inbound": True, "drop_dispositions": ["MALICIOUS"]},
            {**DOMAIN, "domain": "forgotten.example.com"},
        ],
        sending_domain_restrictions=[{"domain": "former-partner.example", "exclude": []}],
        block_senders=[{"pattern": "scam@freemail.example", "comments": "Incident 4698"}],
    )
    emulator.seed(
        SECOND,
        replace=True,
        domains=[{**DOMAIN, "domain": "example.org", "require_tls_inbound": True}],
    )
    return emulator


@dataclass
class Launcher:
    """Launches jobs and looks through what they leave for secrets."""

    store: Store
    folder: Path
    secrets: tuple[str, ...] = SECRETS

    def __call__(self, word: str, **options: Any) -> Job:
        """One job, to its end: `launch("apply", answers={...})`."""
        (job,) = self.together(self.prepare(word, **options))
        return job

    def prepare(self, word: str, *, answers: dict[str, Any] | None = None, verbosity: int = 0, **prompts: str) -> Job:
        """A job that waits to be started."""
        (job,), ignored = self.store.launch(template(self.store, word), {"extra_vars": answers or {}, **prompts})
        assert ignored == {}
        return self.filled(job, verbosity)

    def slices(self, word: str) -> list[Job]:
        """The jobs of a template with slices, which wait to be started."""
        jobs, _ignored = self.store.launch(template(self.store, word), {})
        return [self.filled(job) for job in jobs]

    def filled(self, job: Thing, verbosity: int = 0) -> Job:
        """A job that was launched, which waits to be started."""
        folder = self.folder / f"job-{job['id']}"
        folder.mkdir()
        return prepare(self.store, job, folder, collections=COLLECTIONS, verbosity=verbosity)

    def together(self, *jobs: Job) -> tuple[Job, ...]:
        """Jobs at the same time, to the end of the last."""
        for job in jobs:
            job.start()
        for job in jobs:
            job.wait()
            # The runner itself writes the environment of the job into this one file.
            assert files_with(self.secrets, job.artifacts) <= {"command"}
            assert leaks(job.stdout, self.secrets) == []
        return jobs


@dataclass
class Api:
    """A controller that was set up, over HTTP: `api.post("schedules", name=...)` returns the status and the body."""

    store: Store
    url: str
    session: requests.Session

    def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        return self._answer("POST", path, body)

    def patch(self, thing: Thing, kind: str, **body: Any) -> tuple[int, dict[str, Any]]:
        return self._answer("PATCH", f"{kind}/{thing['id']}", body)

    def _answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = self.session.request(method, f"{self.url}/api/v2/{path}/", json=body, timeout=10)
        return answer.status_code, answer.json()


@pytest.fixture
def api(setup: Setup, second_run: Run, tmp_path: Path) -> Iterator[Api]:
    """A controller of its own for a test, as it is after the setup."""
    with run_controller(setup.copied(tmp_path / "checkout")) as controller, requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {controller.token}"
        yield Api(controller.store, controller.url, session)


@pytest.fixture
def launch(setup: Setup, second_run: Run, tmp_path: Path) -> Launcher:
    return Launcher(setup.copied(tmp_path / "checkout"), tmp_path)


@pytest.fixture
def cloudflare(launch: Launcher, setup: Setup) -> Callable[..., None]:
    """Fill in the Cloudflare credential, as people do in AWX: `cloudflare(api_token="...")`."""
    credential = launch.store.one("credentials", name="Cloudflare Email Security")

    def fill(**inputs: str) -> None:
        launch.store.update("credentials", credential, {"inputs": {"api_url": setup.api_url, **inputs}})

    return fill
