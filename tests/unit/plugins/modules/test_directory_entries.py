# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Impersonation entries of a directory: never changed or deleted, also where a list leaves out who owns them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import IMPERSONATION_ENTRY as SAMPLE
from support.script import Script

DIRECTORY = {"provenance": "SNOOPY-OFFICE_365"}
REASON = "is synchronized from a directory (SNOOPY-OFFICE_365). It was not changed."


def synchronized(number: int = 1) -> dict[str, Any]:
    return SAMPLE.numbered(number, **DIRECTORY)


def listed(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as a list shows it that leaves out who owns it."""
    return {name: value for name, value in record.items() if name != "provenance"}


@pytest.mark.parametrize("desired", [SAMPLE.change, {"state": "absent"}], ids=["change", "absent"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_single_task_fails_without_a_write(
    run: Callable[..., Run], desired: dict[str, Any], check_mode: bool
) -> None:
    record = synchronized()
    for script in ([SAMPLE.listing(record)], [SAMPLE.listing(listed(record)), SAMPLE.reading(record)]):
        result = run(SAMPLE.module, Script(*script), check_mode=check_mode, **SAMPLE.key_of(1), **desired)
        assert result.failed
        assert result.msg == f"{SAMPLE.label_of(1)}: {REASON}"


def test_a_record_that_is_as_desired_is_unchanged_and_not_read_again(run: Callable[..., Run]) -> None:
    record = listed(synchronized())
    result = run(SAMPLE.module, Script(SAMPLE.listing(record)), **SAMPLE.key_of(1), is_email_regex=False)
    assert not result.failed
    assert not result.changed


def test_in_many_that_entry_alone_fails(run: Callable[..., Run]) -> None:
    own, other = SAMPLE.numbered(2), synchronized()
    script = Script(SAMPLE.listing(listed(other), own), SAMPLE.reading(other), SAMPLE.patching(own))
    result = run(SAMPLE.bulk_module, script, **{SAMPLE.entries_option: SAMPLE.changes(1, 2)})
    assert result.failed
    assert result.failed_records == [{"name": SAMPLE.label_of(1), "msg": REASON}]
    assert result.summary["updated"] == [SAMPLE.label_of(2)]


def test_a_purge_keeps_it_and_says_so(run: Callable[..., Run]) -> None:
    kept, deleted, other = SAMPLE.numbered(2), SAMPLE.numbered(3), synchronized()
    script = Script(
        SAMPLE.listing(kept, listed(other), listed(deleted)),
        SAMPLE.reading(other),
        SAMPLE.reading(deleted),
        SAMPLE.deleting(deleted),
    )
    entries = {SAMPLE.entries_option: [SAMPLE.key_of(2)]}
    result = run(SAMPLE.bulk_module, script, purge=True, concurrency=1, **entries)
    assert result.summary["deleted"] == [SAMPLE.label_of(3)]
    assert [warning for warning in result.warnings if "1 impersonation entry not deleted" in warning]


@pytest.mark.parametrize("provenance", [{}, {"provenance": None}], ids=["missing", "null"])
@pytest.mark.parametrize("name", ["directory_id", "directory_node_id", "external_directory_node_id"])
def test_without_its_source_an_entry_with_the_id_of_a_directory_is_one_of_it(
    run: Callable[..., Run], provenance: dict[str, Any], name: str
) -> None:
    record = {**listed(SAMPLE.record), **provenance, name: 17}
    result = run(SAMPLE.module, Script(SAMPLE.reading(record)), **{SAMPLE.id_option: SAMPLE.id}, **SAMPLE.change)
    assert result.failed
    assert result.msg == f"{SAMPLE.label}: is synchronized from a directory. It was not changed."


@pytest.mark.parametrize("provenance", [{}, {"provenance": None}, {"provenance": "A1S_INTERNAL"}], ids=str)
def test_any_other_entry_was_entered_by_a_person(run: Callable[..., Run], provenance: dict[str, Any]) -> None:
    record = {**listed(SAMPLE.record), "directory_id": None, **provenance}
    script = Script(SAMPLE.reading(record), SAMPLE.patching(record))
    assert run(SAMPLE.module, script, **{SAMPLE.id_option: SAMPLE.id}, **SAMPLE.change).changed
