# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of a task of the model test: its result, compared with the model before and after it."""

from __future__ import annotations

from typing import Any

from emulator.kinds import KINDS as RECORDS
from support.module_runner import Run
from support.sample import Sample, Settings

from .model import BY_COLLECTION, Model, key_of, meanings, model_of, not_applied
from .oracle import SERVER_MADE


def check_result(done: Run, desired: Model, after: Model) -> bool:
    """Check that a task fails where the server did not apply it, and names the field. Return whether all is applied."""
    if set(desired) != set(after):
        assert done.failed
        assert "did not apply" in done.msg
        return False
    missing = not_applied(desired, after)
    assert done.failed is bool(missing), done.output
    for field in missing:
        assert f"{field}: is " in done.msg
    return not done.failed and not any("stored a different value" in warning for warning in done.warnings)


def check_others(before: Any, after: Any, kind: Sample, written: bool) -> None:
    """Check that a record with an unchanged meaning was not written, and no record of the other kind.

    Args:
        before: the account before the task.
        after: the account after it.
        kind: the kind of record that the task is about.
        written: a record may have been written although the server kept it as it was.
    """
    server_made = SERVER_MADE if written else set()
    for collection in before:
        old_records = {record["id"]: record for record in before[collection]}
        for record in after[collection]:
            old = old_records.get(record["id"])
            each = BY_COLLECTION[collection]
            if old is not None and model_of(each, [old]) == model_of(each, [record]):
                assert {name for name in record if record[name] != old[name]} <= server_made
        if collection != kind.collection:
            assert after[collection] == before[collection]


def current(kind: Sample, record: Settings) -> Settings:
    """Return a record with the current names of its fields."""
    aliases = RECORDS[kind.collection].aliases
    return {**{new: record[old] for old, new in aliases.items() if old in record}, **record}


def comparable(diff: Any, kind: Sample) -> Any:
    """Return a diff with the meaning of the keys: a server may store a pattern in another spelling."""
    if isinstance(diff, list):
        return [comparable(each, kind) for each in diff]
    return {
        side: (key_of(kind, value), kind.without_key(value)) if isinstance(value, dict) and value else value
        for side, value in diff.items()
    }


def check_prediction(predicted: Run, done: Run, kind: Sample) -> None:
    """Check that check mode returned what the real run returned, without what the server adds."""
    assert predicted.changed is done.changed
    assert comparable(predicted.diff, kind) == comparable(done.diff, kind)
    assert predicted.output.get("summary") == done.output.get("summary")
    results = [(predicted.result, done.result)]
    if isinstance(done.result, list):
        results = list(zip(predicted.result, done.result, strict=True))
    for expected, real in results:
        if set(kind.resource.key.required) <= set(expected):
            assert key_of(kind, expected) == key_of(kind, real)
        hidden = dict.fromkeys(expected)
        assert (
            meanings(kind, current(kind, expected)).items() <= meanings(kind, {**hidden, **current(kind, real)}).items()
        )
