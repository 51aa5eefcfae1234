# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of whole processes: a playbook, or a script, from its start to its end."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar

from .api import Api
from .cases import Case, Seeded
from .lean import LeanApi
from .places import COLLECTIONS, HERE, environment

AnyApi = TypeVar("AnyApi", bound=Api | LeanApi)


@dataclass(frozen=True)
class Run:
    """The result of a run."""

    seconds: float
    #: The method of each request.
    sent: list[str]
    #: By name of the task, how long each run of it took.
    tasks: Mapping[str, list[float]]
    #: By name of the task, how long each item of its loop took but the first, which waits for the start of the task.
    items: Mapping[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing."""

    median: float
    least: float
    most: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Return the spread of some values."""
        known = sorted(values)
        return cls(statistics.median(known), known[0], known[-1], len(known))


class Runner(Generic[AnyApi]):
    """Runs playbooks and scripts against an emulator.

    Args:
        api: the emulator, or the lean server.
        folder: for files, and the home of everything that runs.
        collections: the tree with the collection.
    """

    def __init__(self, api: AnyApi, folder: Path, collections: Path = COLLECTIONS) -> None:
        self.api = api
        self.folder = folder
        self.collections = collections

    def collection(self, case: Case, delay: float = 0.0) -> Run:
        """Converge a case with this collection."""
        return self.converge(case, delay, case.task(), desired=case.entries())

    def uri(self, case: Case, delay: float = 0.0) -> Run:
        """Converge a case with a loop of ansible.builtin.uri."""
        url = f"{self.api.settings_url}/{case.sample.collection}"
        command = self._playbook(str(HERE / "uri.yml"), {"desired": case.by_id(), "collection_url": url})
        return self._converge(case, delay, command)

    def sdk(self, case: Case, delay: float = 0.0, threads: int = 8, batch: bool = False) -> Run:
        """Converge a case with a script over Cloudflare's own SDK."""
        desired = self._file("desired.json", case.by_id())
        script = str(HERE / ("sdk_batch_script.py" if batch else "sdk_script.py"))
        command = [sys.executable, script, str(threads), case.sample.collection, desired]
        return self._converge(case, delay, command)

    def tasks(self, case: Seeded, delay: float, tasks: list[dict[str, Any]], **variables: Any) -> Run:
        """Run a play of these tasks on a case."""
        return self.run(case, delay, self._play(tasks, **variables))

    def ad_hoc(self, case: Case, delay: float, action: str, options: dict[str, Any], variables: dict[str, Any]) -> Run:
        """Run an ad-hoc command on a case."""
        command = [program("ansible"), "localhost", "-m", action, "-a", json.dumps(options)]
        return self.run(case, delay, [*command, "-e", json.dumps(variables)] if variables else command)

    def run(self, case: Seeded, delay: float, command: list[str], **variables: str) -> Run:
        """Run a command with the emulator in the state of a case. Raises RuntimeError where it fails."""
        times = self.folder / "task_times.jsonl"
        times.unlink(missing_ok=True)
        self.api.reset(case.seed(), delay)
        start = time.perf_counter()
        done = subprocess.run(
            command,
            env=self.environment(TASK_TIMES=str(times), **variables),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
        return Run(seconds, self.api.sent(), *read_times(times))

    def environment(self, **variables: str) -> dict[str, str]:
        """Return the environment of what runs."""
        return environment(
            HOME=str(self.folder),
            ANSIBLE_HOME=str(self.folder / "ansible"),
            ANSIBLE_COLLECTIONS_PATH=str(self.collections),
            ANSIBLE_ACTION_PLUGINS=str(HERE / "action_plugins"),
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback_plugins"),
            ANSIBLE_CALLBACKS_ENABLED="task_times",
            ANSIBLE_LOCALHOST_WARNING="false",
            **self.api.credentials,
            **variables,
        )

    def converge(self, case: Case, delay: float, task: dict[str, Any], **variables: Any) -> Run:
        """Converge a case with another task."""
        return self._converge(case, delay, self._play([task], **variables))

    def _converge(self, case: Case, delay: float, command: list[str]) -> Run:
        """Run a command and check that all records are in the desired state."""
        run = self.run(case, delay, command)
        unfinished = case.unfinished(self.api.records(case.sample.collection))
        if unfinished:
            raise RuntimeError(f"{' '.join(command)}: {len(unfinished)} records are not in the desired state")
        return run

    def _play(self, tasks: list[dict[str, Any]], **variables: Any) -> list[str]:
        """Return the command that runs a play of these tasks."""
        interpreter = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        play = {"hosts": "localhost", "gather_facts": False, "vars": interpreter, "tasks": tasks}
        return self._playbook(self._file("playbook.yml", [play]), variables)

    def _playbook(self, playbook: str, variables: dict[str, Any]) -> list[str]:
        inventory = ["-i", "localhost,", "-c", "local"]
        return [program("ansible-playbook"), playbook, *inventory, "-e", f"@{self._file('vars.json', variables)}"]

    def _file(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)


def program(name: str) -> str:
    """Return a program of the environment that this process runs in."""
    return str(Path(sys.executable).with_name(name))


def read_times(file: Path) -> tuple[Mapping[str, list[float]], Mapping[str, list[float]]]:
    """Return what the callback plugin wrote: by name of the task, the time of each run, and that of each item."""
    tasks: dict[str, list[float]] = defaultdict(list)
    items: dict[str, list[float]] = defaultdict(list)
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            tasks[entry["task"]].append(entry["seconds"])
            items[entry["task"]] += [later - earlier for earlier, later in pairwise(entry["items"])]
    return tasks, items
