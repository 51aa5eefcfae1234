# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows a guide: writes each file and runs each command in one shell, against the emulator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from textwrap import indent

import yaml

from emulator import Emulator
from emulator.auth import Credential
from emulator.kinds import Record
from emulator.seeds import DEMO

from .blocks import Block, blocks, commands

#: The placeholders in the guides.
ACCOUNT_ID = "023e105f4ecef8ad9ca31a8372d0c353"
TOKEN = "paste-the-token-here"
EMAIL = "admin@example.com"
KEY = "paste-the-key-here"
#: The guides that set credentials. For all others, they are already set.
SET_CREDENTIALS = ("getting_started", "authentication")
#: Delimits the output of a command.
MARK = "\x1e"
#: Warnings about a missing inventory.
NO_INVENTORY = re.compile(r"^\[WARNING\]: (No inventory was parsed|provided hosts list is empty).*\n", re.MULTILINE)


@dataclass
class Step:
    """A command that was run."""

    line: int
    command: str
    #: The output in the guide, or None.
    expected: str | None = None
    fails: bool = False
    #: A playbook that repeats all of its tasks.
    repeats: bool = False
    output: str = ""
    status: int = 0


@dataclass
class Story:
    """A guide that was followed, with the results."""

    steps: list[Step] = field(default_factory=list)
    #: What the account holds at the end.
    state: dict[str, list[Record]] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """The differences between the guide and the results."""
        found = []
        for step in self.steps:
            where = f"line {step.line}: $ {step.command}"
            if (step.status != 0) != step.fails:
                found.append(f"{where}\nended with {step.status} and printed:\n{step.output}")
            elif step.repeats and changed_again(step.output):
                found.append(f"{where}\nchanged something the second time:\n{step.output}")
            elif step.expected and not matches(step.expected, step.output):
                found.append(f"{where}\nshould print:\n{step.expected}\nbut printed:\n{step.output}")
            if TOKEN in step.output.replace(step.command, "") or KEY in step.output:
                found.append(f"{where}\nshowed a secret:\n{step.output}")
        return found


def emulator() -> Emulator:
    """An API with the credentials and records of the guides, which verifies new domains."""
    pair = Credential(email=EMAIL, key=KEY)
    statuses = {"domain_statuses": ["pending", "active"]}
    return Emulator(token=TOKEN, account_id=ACCOUNT_ID, credentials=[pair], seed=DEMO, behaviour=statuses)


def follow(guide: Path, tarball: Path, installed: Path, home: Path, api: Emulator) -> Story:
    """Follow a guide in a new folder `home`, and return the results.

    Args:
        guide: the guide.
        tarball: the built collection, in the reader's folder.
        installed: where it is already installed, for guides that do not install it.
        home: the reader's home and working folder, empty.
        api: the API, see `emulator`.
    """
    (home / tarball.name).symlink_to(tarball)
    story = Story()
    script = "\n".join(script_of(guide, story))
    credentials = {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT_ID, "CLOUDFLARE_API_TOKEN": TOKEN}
    environment = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "CLOUDFLARE_BASE_URL": api.url,
        "ANSIBLE_COLLECTIONS_PATH": f"{home}/.ansible/collections:{installed}",
        **({} if guide.stem in SET_CREDENTIALS else credentials),
        # The packages that the guides install with pip are already installed.
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    # Commands only read secrets.
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=home,
        env=environment,
        input=f"{TOKEN}\n" * 3,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    parts = re.findall(rf"{MARK}\n(.*?){MARK}(\d+)\n", done.stdout, re.DOTALL)
    assert len(parts) == len(story.steps), f"{guide.name}: the shell ended early: {done.stdout[-2000:]}{done.stderr}"
    for step, (output, status) in zip(story.steps, parts, strict=True):
        step.output, step.status = NO_INVENTORY.sub("", output), int(status)
    story.state = api.state()
    return story


def script_of(guide: Path, story: Story) -> list[str]:
    """The guide as a shell script. Adds its commands to `story`."""
    lines = ["exec 2>&1"]

    def add(step: Step) -> None:
        story.steps.append(step)
        lines.append(f"echo {quote(MARK)}\n{step.command}\necho {quote(MARK)}$?")

    tasks: list[Block] = []

    def run_tasks() -> None:
        """Run the collected tasks in one playbook, because the start takes most of the time."""
        if not tasks:
            return
        name = f".lines-{tasks[0].line}.yml"
        lines.append(written(name, "".join(twice(block) for block in tasks)))
        add(Step(tasks[0].line, f"ansible-playbook {name}", repeats=True))
        tasks.clear()

    for block in blocks(guide):
        if not block.is_run:
            continue
        if block.language == "console":
            run_tasks()
            listed = list(commands(block))
            for command in listed:
                fails = "fails" in block.classes and command is listed[-1]
                add(Step(block.line, command.text, command.output or None, fails))
        elif block.caption:
            lines.append(written(block.caption, block.body))
        else:
            tasks.append(block)
    run_tasks()
    return lines


def written(name: str, text: str) -> str:
    """A shell command that writes a file."""
    folder = str(Path(name).parent)
    return f"mkdir -p {quote(folder)} && cat > {quote(name)} <<'END_OF_FILE'\n{text}END_OF_FILE"


def twice(block: Block) -> str:
    """Two plays with the tasks of a block."""
    assert isinstance(yaml.safe_load(block.body), list), f"line {block.line}: neither tasks nor a file with a caption"
    tasks = indent(block.body, "    ")
    return "".join(
        f"- name: {name} line {block.line}\n  hosts: localhost\n  gather_facts: false\n  tasks:\n{tasks}\n"
        for name in ("Do", "Repeat")
    )


def changed_again(output: str) -> bool:
    """Whether repeated tasks changed something."""
    plays = output.split("\nPLAY ")[1:]
    return any(play.startswith("[Repeat") and "\nchanged: " in play for play in plays)


def matches(expected: str, output: str) -> bool:
    """Whether an output matches a guide. Three dots stand for any text, alone on a line for any lines."""
    pattern = ""
    for line in tidy(expected).splitlines(keepends=True):
        pattern += r"(?:.*\n)*?" if line == "...\n" else re.escape(line).replace(r"\.\.\.", ".*")
    return re.fullmatch(pattern, tidy(output)) is not None


def tidy(text: str) -> str:
    """Normalize rows of asterisks, trailing spaces and empty lines."""
    lines = (re.sub(r"\*{3,}", "***", line).rstrip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)
