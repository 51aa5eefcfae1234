# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting a job as AWX does: a private data directory filled from what the controller holds, given to ansible-runner.

Where AWX runs the runner in a container of the execution environment, it runs here beside the caller.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from . import credentials, surveys
from .store import Store, Thing

IDENT = "1"


class Unsafe(str):
    """A text in which Ansible shall not look for templates: what came from a survey."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


@dataclass
class Job:
    """One job: its private data directory, and once it has run, what came of it."""

    folder: Path
    playbook: str
    environment: Mapping[str, str]

    def start(self) -> None:
        """Start it, without waiting."""
        command = ["ansible-runner", "run", str(self.folder), "-p", self.playbook, "--ident", IDENT]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)

    def wait(self) -> None:
        """Wait for its end."""
        self.process.wait(timeout=600)

    @property
    def printed(self) -> str:
        """What the runner itself printed."""
        return self._output.read_text()

    @property
    def _output(self) -> Path:
        return self.folder / "printed"

    @property
    def artifacts(self) -> Path:
        """What the runner left behind."""
        return self.folder / "artifacts" / IDENT

    @property
    def return_code(self) -> int:
        """That of ansible-playbook."""
        return int((self.artifacts / "rc").read_text())

    @property
    def status(self) -> str:
        """As AWX shows it: successful or failed."""
        return (self.artifacts / "status").read_text()

    @property
    def stdout(self) -> str:
        """What AWX shows as the output."""
        return (self.artifacts / "stdout").read_text()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events, in their order."""
        files = (self.artifacts / "job_events").glob("*-*.json")
        return sorted((json.loads(path.read_text()) for path in files), key=lambda event: event["counter"])

    def results(self, event: str = "runner_on_ok") -> list[dict[str, Any]]:
        """The `event_data` of all events of one kind."""
        return [each["event_data"] for each in self.events if each["event"] == event]

    @property
    def stats(self) -> dict[str, Any]:
        """The event at the end: hosts, and what AWX keeps as the job's artifacts."""
        (stats,) = self.results("playbook_on_stats")
        return stats


def synchronise(store: Store, source: Thing) -> None:
    """Read the inventory of a project into hosts, as the update of an inventory source does; where it has changed."""
    path = store.checkout / source["source_path"]
    content = [(str(each), each.read_bytes()) for each in sorted(path.parent.rglob("*.yml"))]
    if store.synchronised.get(source["id"]) == content:
        return
    store.synchronised[source["id"]] = content
    command = ["ansible-inventory", "-i", str(path), "--list", "--export", "--playbook-dir", str(path.parent)]
    exported = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if set(exported) - {"_meta", "all", "ungrouped"}:
        raise NotImplementedError(f"groups of hosts: {sorted(exported)}")
    inventory = store.things["inventories"][source["inventory"]]
    store.update("inventories", inventory, {"variables": json.dumps(exported["all"].get("vars", {}))})
    names = exported.get("ungrouped", {}).get("hosts", [])
    for gone in store.all("hosts", inventory=inventory["id"]) if source["overwrite"] else []:
        if gone["name"] not in names:
            del store.things["hosts"][gone["id"]]
    for name in names:
        variables = json.dumps(exported["_meta"]["hostvars"].get(name, {}))
        known = store.all("hosts", inventory=inventory["id"], name=name)
        if known:
            store.update("hosts", known[0], {"variables": variables})
        else:
            store.create("hosts", {"name": name, "inventory": inventory["id"], "variables": variables})


def prepare(
    store: Store,
    template: Thing,
    folder: Path,
    *,
    answers: Mapping[str, Any] | None = None,
    limit: str = "",
    job_type: str = "",
    verbosity: int = 0,
    slice_number: int = 0,
    collections: Path,
) -> Job:
    """Fill a private data directory for a job of this template.

    Args:
        answers: to the survey; those that are missing are the defaults.
        limit: which hosts; refused where the template does not ask for it, as is `job_type`.
        slice_number: which part of a sliced job, from 1.
        collections: what the execution environment holds.
    """
    for name, told in (("limit", limit), ("job_type", job_type)):
        if told and not template[f"ask_{name}_on_launch"]:
            raise ValueError(f"{template['name']} does not ask for {name}")
    for source in store.all("inventory_sources", inventory=template["inventory"], update_on_launch=True):
        synchronise(store, source)
    shutil.copytree(store.checkout, folder / "project")
    (folder / "env").mkdir()

    variables = _extra_variables(store, template, answers or {})
    _write(folder / "env/extravars", yaml.dump(variables, Dumper=_Dumper))
    environment, passwords = _from_credentials(store, template)
    _write(folder / "env/envvars", yaml.safe_dump({**_own_environment(collections), **environment}))
    _write(folder / "env/passwords", yaml.safe_dump(passwords))

    options = [f"--limit={limit}"] if limit else []
    options += ["--check"] if (job_type or template["job_type"]) == "check" else []
    options += ["--diff"] if template["diff_mode"] else []
    options += ["--ask-vault-pass"] if passwords else []
    options += [f"-{'v' * verbosity}"] if verbosity else []
    _write(folder / "env/cmdline", " ".join(options))
    _write_inventory(store, template, folder / "inventory", slice_number)
    return Job(folder, template["playbook"], _callers_environment(folder))


def _extra_variables(store: Store, template: Thing, answers: Mapping[str, Any]) -> dict[str, Any]:
    told = surveys.accepted(template["survey_spec"], answers)
    told = {"awx_job_id": 1, "tower_job_id": 1, "awx_job_template_name": template["name"], **told}
    return {name: Unsafe(value) if isinstance(value, str) else value for name, value in told.items()}


def _from_credentials(store: Store, template: Thing) -> tuple[dict[str, str], dict[str, str]]:
    environment: dict[str, str] = {}
    passwords: dict[str, str] = {}
    for number in store.listed(template, "credentials"):
        credential = store.things["credentials"][number]
        credential_type = store.things["credential_types"][credential["credential_type"]]
        environment |= credentials.environment(credential["inputs"], credential_type)
        if credential_type["kind"] == "vault":
            passwords[r"Vault password:\s*?$"] = credential["inputs"]["vault_password"]
    return environment, passwords


def _own_environment(collections: Path) -> dict[str, str]:
    return {
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_FORCE_COLOR": "True",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "AWX_HOST": "https://awx.example.com",
        "INVENTORY_ID": "1",
        "JOB_ID": "1",
        "MAX_EVENT_RES": "700000",
    }


def _callers_environment(folder: Path) -> dict[str, str]:
    """Nothing of whoever runs the tests: the job has the variables of its directory alone."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"}


def _write_inventory(store: Store, template: Thing, folder: Path, slice_number: int) -> None:
    """Write the inventory as AWX does, a program that prints it: every n-th host by name where the job is sliced."""
    inventory = store.things["inventories"][template["inventory"]]
    hosts = sorted(store.all("hosts", inventory=inventory["id"], enabled=True), key=lambda host: str(host["name"]))
    if slice_number:
        hosts = hosts[slice_number - 1 :: template["job_slice_count"]]
    variables = {host["name"]: json.loads(host["variables"] or "{}") for host in hosts}
    printed = {
        "all": {"hosts": list(variables), "vars": json.loads(inventory["variables"] or "{}")},
        "_meta": {"hostvars": variables},
    }
    folder.mkdir()
    script = folder / "hosts"
    _write(script, f"#! /usr/bin/env python3\nprint({json.dumps(printed)!r})\n")
    script.chmod(0o700)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
