# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One controller for all tests here: set up by docs/awx/setup.yml, with the project of docs/awx/project checked out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from emulator.auth import Credential
from emulator.server import Emulator
from fake_awx import Controller
from fake_awx.jobs import Job, prepare
from fake_awx.store import Store, Thing
from support.leaks import files_with

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


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    credentials = [
        Credential(token=TOKEN, accounts=(FIRST, SECOND)),
        Credential(email=EMAIL, key=KEY, accounts=(FIRST, SECOND)),
    ]
    with Emulator(credentials=credentials) as running:
        yield running


@dataclass
class Setup:
    """A controller, and what running setup.yml against it printed."""

    controller: Controller
    api_url: str
    printed: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.controller.store

    def run(self, *options: str, **environment: str) -> str:
        """Run docs/awx/setup.yml; return what it printed, and keep it."""
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "CONTROLLER_HOST": self.controller.url,
            "CONTROLLER_OAUTH_TOKEN": self.controller.token,
            **environment,
        }
        command = ["ansible-playbook", str(DOCS / "setup.yml"), "-vvv", *options]
        done = subprocess.run(
            command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600
        )
        self.printed.append(done.stdout)
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    def template(self, word: str) -> Thing:
        """The job template whose name ends with this."""
        return next(each for each in self.store.all("job_templates") if each["name"].endswith(f": {word}"))


def copied_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of docs/awx/project."""
    return Path(shutil.copytree(DOCS / "project", tmp_path_factory.mktemp("checkout") / "project"))


@pytest.fixture(scope="session")
def setup(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> Iterator[Setup]:
    """A controller after setup.yml has run once."""
    with Controller(copied_project(tmp_path_factory)) as controller:
        done = Setup(controller, emulator.url)
        done.run(CLOUDFLARE_API_TOKEN=TOKEN, CLOUDFLARE_BASE_URL=emulator.url)
        yield done


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

    setup: Setup
    folder: Path
    secrets: tuple[str, ...] = SECRETS
    launched: int = 0

    def __call__(self, word: str, **options: Any) -> Job:
        """One job, to its end: `launch("apply", answers={...})`."""
        (job,) = self.together([self.prepare(word, **options)])
        return job

    def prepare(self, word: str, **options: Any) -> Job:
        """A job that waits to be started."""
        self.launched += 1
        folder = self.folder / f"job-{self.launched}"
        folder.mkdir()
        return prepare(self.setup.store, self.setup.template(word), folder, collections=COLLECTIONS, **options)

    def together(self, jobs: list[Job]) -> list[Job]:
        """Jobs at the same time, to the end of the last."""
        for job in jobs:
            job.start()
        for job in jobs:
            job.wait()
            # The runner itself writes the environment of the job into this one file.
            assert files_with(self.secrets, job.artifacts) <= {"command"}
            assert not any(secret in job.printed for secret in self.secrets)
        return jobs


@pytest.fixture
def launch(setup: Setup, tmp_path: Path) -> Launcher:
    return Launcher(setup, tmp_path)


@pytest.fixture
def cloudflare(setup: Setup) -> Iterator[Callable[..., None]]:
    """Fill in the Cloudflare credential, as people do in AWX: `cloudflare(api_token="...")`."""
    credential = setup.store.one("credentials", name="Cloudflare Email Security")
    before = credential["inputs"]

    def fill(**inputs: str) -> None:
        setup.store.update("credentials", credential, {"inputs": {"api_url": setup.api_url, **inputs}})

    yield fill
    credential["inputs"] = before
