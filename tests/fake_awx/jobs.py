# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a job like AWX: a private data directory for ansible-runner, filled from the objects of the controller.

AWX runs the job in a container of the execution environment. Here it is a process of this machine.
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

from . import credentials
from .store import Store, Thing

IDENT = "1"


class Unsafe(str):
    """Text in which Ansible evaluates no templates: every extra variable that the job template does not set itself."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


@dataclass
class Job:
    """A job: its private data directory, and its results after it has run."""

    folder: Path
    playbook: str

    def start(self) -> None:
        """Start the job without waiting, and without the environment of this process."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8"}
        command = ["ansible-runner", "run", str(self.folder), "-p", self.playbook, "--ident", IDENT]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    def wait(self) -> None:
        """Wait until the job has ended."""
        self.process.wait(timeout=600)

    @property
    def artifacts(self) -> Path:
        """The files that ansible-runner writes."""
        return self.folder / "artifacts" / IDENT

    @property
    def stdout(self) -> str:
        """The output of the job in AWX."""
        return (self.artifacts / "stdout").read_text()

    @property
    def status(self) -> str:
        """The status of the job in AWX: successful or failed."""
        return (self.artifacts / "status").read_text()

    def results(self, event: str = "runner_on_ok") -> list[dict[str, Any]]:
        """Return the `event_data` of all events of a kind, in order."""
        events = [json.loads(path.read_text()) for path in (self.artifacts / "job_events").glob("*-*.json")]
        return [
            each["event_data"] for each in sorted(events, key=lambda each: each["counter"]) if each["event"] == event
        ]

    @property
    def stats(self) -> dict[str, Any]:
        """The last event: the hosts, and the artifacts of the job in AWX."""
        (stats,) = self.results("playbook_on_stats")
        return stats


def prepare(store: Store, launched: Thing, folder: Path, *, collections: Path, verbosity: int = 0) -> Job:
    """Fill a private data directory for a job of `Store.launch`, with the collections of the execution environment."""
    template = store.things["job_templates"][launched["job_template"]]
    shutil.copytree(store.checkout, folder / "project")
    for name in ("env", "inventory"):
        (folder / name).mkdir()

    variables = {**launched["extra_vars"], **meta_variables(store, launched, template)}
    extra_vars = {name: Unsafe(value) if isinstance(value, str) else value for name, value in variables.items()}
    _write(folder / "env/extravars", yaml.dump(extra_vars, Dumper=_Dumper))
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_FORCE_COLOR": "True",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
        "JOB_ID": str(launched["id"]),
        "MAX_EVENT_RES": "700000",
    }
    passwords = {}
    for number in store.listed(template, "credentials"):
        credential = store.things["credentials"][number]
        credential_type = store.related(credential, "credential_type")
        environment |= credentials.environment_variables(credential["inputs"], credential_type)
        if credential_type["kind"] == "vault":
            passwords[r"Vault password:\s*?$"] = credential["inputs"]["vault_password"]
    _write(folder / "env/envvars", yaml.safe_dump(environment))
    _write(folder / "env/passwords", yaml.safe_dump(passwords))

    options = [f"--limit={launched['limit']}"] if launched["limit"] else []
    options += ["--check"] if launched["job_type"] == "check" else []
    options += ["--diff"] if template["diff_mode"] else []
    options += ["--ask-vault-pass"] if passwords else []
    options += [f"-{'v' * verbosity}"] if verbosity else []
    _write(folder / "env/cmdline", " ".join(options))
    inventory = _inventory(store, template, launched["slice"])
    _write(folder / "inventory/hosts", f"#! /usr/bin/env python3\nprint({json.dumps(inventory)!r})\n", mode=0o700)
    return Job(folder, template["playbook"])


def meta_variables(store: Store, launched: Thing, template: Thing) -> dict[str, Any]:
    """Return the variables with which AWX describes the job, each of them with two prefixes."""
    project, inventory = store.related(template, "project"), store.related(template, "inventory")
    if "workflow_job_id" in launched:
        origin: dict[str, Any] = {"workflow_job_id": launched["workflow_job_id"]}
        origin |= {"workflow_job_name": template["name"], "workflow_job_launch_type": "manual"}
    else:
        origin = {"user_id": 1, "user_name": "admin", "user_email": "admin@example.com"}
        origin |= {"user_first_name": "", "user_last_name": ""}
    values = {
        **origin,
        "job_id": launched["id"],
        "job_launch_type": launched["launch_type"],
        "job_template_id": template["id"],
        "job_template_name": template["name"],
        "inventory_id": inventory["id"],
        "inventory_name": inventory["name"],
        "project_revision": project["scm_revision"],
        "project_scm_branch": project["scm_branch"],
        "execution_node": "node-1",
    }
    return {f"{prefix}_{name}": value for prefix in ("awx", "tower") for name, value in values.items()}


def _inventory(store: Store, template: Thing, slice_number: int) -> dict[str, Any]:
    """Return the inventory after the update of its source: with slices, every n-th host in the order of the names."""
    (source,) = store.all("inventory_sources", inventory=template["inventory"], update_on_launch=True)
    path = store.checkout / source["source_path"]
    command = ["ansible-inventory", "-i", str(path), "--list", "--export", "--playbook-dir", str(path.parent)]
    exported = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if set(exported) - {"_meta", "all", "ungrouped"}:
        raise NotImplementedError("groups of hosts")
    hosts: Mapping[str, Any] = exported["_meta"]["hostvars"]
    names = sorted(exported["ungrouped"]["hosts"])
    if slice_number:
        names = names[slice_number - 1 :: template["job_slice_count"]]
    variables = {name: hosts.get(name, {}) for name in names}
    return {"all": {"hosts": names, "vars": exported["all"].get("vars", {})}, "_meta": {"hostvars": variables}}


def _write(path: Path, text: str, mode: int = 0o600) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
