# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of a task: its result, compared with the account before and after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from emulator import Emulator
from support.module_runner import Run
from support.sample import Sample, Settings

from .jobs import Job

#: What a task says where it cannot know what became of a change.
UNKNOWN = ("The change may or may not have been applied. Run the task again.", "could not be read again")
SERVER_MADE = {"modified_at", "last_modified", "created_at"}
#: What only a programmer understands.
INTERNALS = ("Traceback", "<class", "NoneType", "unhashable", "Error(", " object at 0x", "Exception")

#: Records by name, without what the server adds.
State = dict[str, Settings]


def held(emulator: Emulator, kind: Sample) -> State:
    """Return what the account holds. Two records of one name fail the test."""
    return by_name(kind, emulator.state()[kind.collection])


def by_name(kind: Sample, records: Iterable[Settings]) -> State:
    """Return records in a form that can be compared. Two of one name fail the test."""
    records = list(records)
    names = [str(kind.resource.label(record)) for record in records]
    assert len(set(names)) == len(names), f"two records of one name: {names}"
    return {name: meaning(record) for name, record in zip(names, records, strict=True)}


def meaning(record: Settings) -> Settings:
    """Return a record in a form that can be compared: the order of a list means nothing."""
    return {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in record.items()
        if name not in SERVER_MADE
    }


def holds(state: State, name: str, desired: Settings | None) -> bool:
    """Return whether the account holds what a task sets for a name."""
    if desired is None:
        return name not in state
    return name in state and meaning(desired).items() <= state[name].items()


def check_truth(run: Run, job: Job, before: State, after: State) -> None:
    """Check the result of a task against the account before and after it."""
    others = (set(before) | set(after)) - set(job.desired)
    assert {name: before.get(name) for name in others} == {name: after.get(name) for name in others}
    assert run.output.get("changed", False) is (before != after) or is_unsure(run.msg), run.text
    for name in {name for name in job.desired if before.get(name) != after.get(name)}:
        # One request is one change: no record is left half changed.
        assert holds(after, name, job.desired[name]), (name, after.get(name))
    if not run.failed:
        for name, desired in job.desired.items():
            assert holds(after, name, desired), (name, after.get(name), run.text)
        return
    check_sentence(run.msg, lines=20)
    summary = run.output.get("summary", {})
    for name in [name for action in ("created", "updated", "deleted", "unchanged") for name in summary.get(action, [])]:
        assert name not in job.desired or holds(after, name, job.desired[name]), (name, run.text)
    for record in run.output.get("failed_records", []):
        check_sentence(record["msg"])
        assert before.get(record["name"]) == after.get(record["name"]) or is_unsure(record["msg"]), run.text


def check_failure(run: Run, status: int | None, methods: tuple[str, ...]) -> None:
    """Check what a failure returns for a playbook."""
    failure: Mapping[str, Any] = run.output.get("failure", {})
    assert set(failure) == {"method", "url", "status", "errors", "ray_id"}, run.text
    assert failure["status"] == status, run.text
    assert failure["method"] in methods, run.text
    if status is not None:
        assert f"HTTP {status}" in run.msg
        assert failure["ray_id"]


def is_unsure(message: str) -> bool:
    """Return whether a task says that it does not know what became of a change."""
    return any(sentence in message for sentence in UNKNOWN)


def check_sentence(message: str, lines: int = 1) -> None:
    """Check that a message is for a person: short, and printable."""
    assert 0 < len(message) <= 2000 * lines
    assert len(message.split("\n")) <= lines
    assert all(line.isprintable() for line in message.split("\n"))
    assert message.rstrip().endswith((".", ")", "?")), message
    assert [word for word in INTERNALS if word in message] == []
