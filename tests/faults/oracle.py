# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the account holds, compared with what a task was asked and with what it said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from emulator import Emulator
from support.module_runner import Run

from .jobs import Job, Kind, Settings

#: A task may say that it does not know, where it cannot: nothing it could ask would tell.
DOUBT = "The change may or may not have been applied. Run the task again."
UNREAD = "The state could not be read again"
SERVER_MADE = {"modified_at", "last_modified", "created_at"}

#: Records by name, without what the server makes of itself.
State = dict[str, Settings]


def held(emulator: Emulator, kind: Kind) -> State:
    """Return what the account holds. Two records of one name fail the test."""
    return by_name(emulator.state()[kind.collection])


def by_name(records: Iterable[Settings]) -> State:
    """Return records in a form that can be compared. Two of one name fail the test."""
    records = list(records)
    names = [record["domain"] for record in records]
    assert len(set(names)) == len(names), f"two records of one name: {names}"
    return {record["domain"]: meaning(record) for record in records}


def meaning(record: Settings) -> Settings:
    """Return a record in a form that can be compared: the order of a list means nothing."""
    return {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in record.items()
        if name not in SERVER_MADE
    }


def holds(state: State, name: str, wanted: Settings | None) -> bool:
    """Tell whether the account holds what was asked of a name."""
    if wanted is None:
        return name not in state
    return name in state and meaning(wanted).items() <= state[name].items()


def check_truth(run: Run, job: Job, before: State, after: State) -> None:
    """Check what a run said against what it found and what it left."""
    untouched = set(before) | set(after)
    untouched -= set(job.wanted)
    assert {name: before.get(name) for name in untouched} == {name: after.get(name) for name in untouched}
    assert run.output.get("changed", False) is (before != after) or unsure(run.msg), run.text
    for name in {name for name, wanted in job.wanted.items() if before.get(name) != after.get(name)}:
        # What was touched was not left half done: one request is one change.
        assert holds(after, name, job.wanted[name]), (name, after.get(name))
    if not run.failed:
        for name, wanted in job.wanted.items():
            assert holds(after, name, wanted), (name, after.get(name), run.text)
        return
    check_sentence(run.msg)
    told = run.output.get("summary", {})
    for name in [name for action in ("created", "updated", "deleted", "unchanged") for name in told.get(action, [])]:
        assert name not in job.wanted or holds(after, name, job.wanted[name]), (name, run.text)
    for record in run.output.get("failed_records", []):
        check_sentence(record["msg"])
        assert before.get(record["name"]) == after.get(record["name"]) or unsure(record["msg"]), run.text


def check_failure(run: Run, status: int | None, methods: tuple[str, ...]) -> None:
    """Check what a failure tells a playbook."""
    failure: Mapping[str, Any] = run.output.get("failure", {})
    assert set(failure) == {"method", "url", "status", "errors", "ray_id"}, run.text
    assert failure["status"] == status, run.text
    assert failure["method"] in methods, run.text
    if status is not None:
        assert f"HTTP {status}" in run.msg
        assert failure["ray_id"]


def unsure(message: str) -> bool:
    """Tell whether a task said that it does not know what came of a change."""
    return DOUBT in message or UNREAD in message


def check_sentence(message: str) -> None:
    """Check that a message is for a person."""
    assert message[0].isupper() or message[0].isdigit() or message[0].islower(), message
    assert message.rstrip().endswith((".", ")")), message
    assert "object at 0x" not in message
    assert "Error(" not in message
