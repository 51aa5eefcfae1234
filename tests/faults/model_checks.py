# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of a task of the model test: its result, compared with the model before and after it."""

from __future__ import annotations

from typing import Any

from support.module_runner import Run
from support.resources import Sample

from .model import FIELDS, Model, meaning, model_of, not_applied
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
            if old is not None and model_of([old]) == model_of([record]):
                assert {name for name in record if record[name] != old[name]} <= server_made
        if collection != kind.collection:
            assert after[collection] == before[collection]


def check_prediction(predicted: Run, done: Run) -> None:
    """Check that check mode returned what the real run returned, without what the server adds."""
    assert predicted.changed is done.changed
    assert predicted.diff == done.diff
    assert predicted.output.get("summary") == done.output.get("summary")
    results = [(predicted.result, done.result)]
    if isinstance(done.result, list):
        results = list(zip(predicted.result, done.result, strict=True))
    for expected, real in results:
        for field in {"domain", *FIELDS} & set(expected):
            assert meaning(field, expected[field]) == meaning(field, real.get(field)), field
