# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two tasks write at the same time: the second runs while the first write has been sent and is not served yet.

The API has no conditional writes ("only if unchanged"), so a task keeps what it can by sending the difference alone.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION, SAMPLES
from support.sample import Sample, Settings

from .extent import LONG
from .oracle import by_name, holds
from .rig import Rig

PAIRS = [
    pytest.param(kind, one, other, id=f"{kind.module}: {one}, {other}")
    for kind in SAMPLES
    for one, other in permutations([name for name in kind.settable if name not in kind.resource.key.context], 2)
]
#: The short form has one of seven.
CHOSEN = PAIRS if LONG else PAIRS[::7]
both_kinds = pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.module)
one_or_many = pytest.mark.parametrize("many", [False, True], ids=["one", "many"])


def ask(rig: Rig, kind: Sample, many: bool, **settings: Any) -> Run:
    """Run a task about the record, with the module for one record or for many."""
    entry: Settings = {**kind.key_of(1), **settings}
    if not many:
        return rig.run(kind.module, **entry)
    of_task: Settings = {"list_mode": entry.pop("list_mode")} if "list_mode" in entry else {}
    of_task[kind.entries_option] = [entry]
    return rig.run(kind.bulk_module, **of_task)


def state(rig: Rig, kind: Sample) -> dict[str, Settings]:
    return by_name(kind, rig.emulator.state()[kind.collection])


def during_write(rig: Rig, method: str, run: Callable[[], Run]) -> list[Run]:
    """Run the second task when a write of the first was sent and is not served yet. Its result is in the list."""
    runs: list[Run] = []
    rig.emulator.meanwhile.before(method, "", lambda _entry: runs.append(run()))
    return runs


@one_or_many
@pytest.mark.parametrize(("kind", "one", "other"), CHOSEN)
def test_each_sets_its_own_field_and_none_is_lost(rig: Rig, kind: Sample, one: str, other: str, many: bool) -> None:
    values = {name: kind.other_value(name) for name in (one, other)}
    rig.seed(kind.collection, [{**kind.key_of(1), **kind.settings}])
    second = during_write(rig, "PATCH", lambda: ask(rig, kind, not many, **{other: values[other]}))

    first = ask(rig, kind, many, **{one: values[one]})

    assert [run.failed for run in (first, *second)] == [False, False]
    assert [run.changed for run in (first, *second)] == [True, True]
    assert holds(state(rig, kind), kind.label_of(1), {**kind.settings, one: values[one], other: values[other]})
    assert [entry.body for entry in rig.emulator.writes] == [{one: values[one]}, {other: values[other]}]
    assert not ask(rig, kind, many, **{one: values[one]}).changed


@one_or_many
@pytest.mark.parametrize(
    ("kind", "field"), [(DOMAIN, "ip_restrictions"), (RESTRICTION, "exclude")], ids=["domain", "restriction"]
)
def test_an_entry_that_two_appends_lose_is_back_after_the_next_run(
    rig: Rig, kind: Sample, field: str, many: bool
) -> None:
    mine, theirs = (["198.51.100.0/24"], ["203.0.113.0/24"]) if kind is DOMAIN else (["a.example"], ["b.example"])
    rig.seed(kind.collection, [{**kind.key_of(1), **kind.settings}])
    during_write(rig, "PATCH", lambda: ask(rig, kind, many, list_mode="append", **{field: theirs}))
    ask(rig, kind, many, list_mode="append", **{field: mine})

    # A list is one value to the API: the last write wins, and no response says so.
    assert holds(state(rig, kind), kind.label_of(1), {field: [*kind.settings[field], *mine]})
    again = ask(rig, kind, many, list_mode="append", **{field: theirs})

    assert again.changed
    assert holds(state(rig, kind), kind.label_of(1), {field: [*kind.settings[field], *mine, *theirs]})


@one_or_many
@both_kinds
def test_two_create_the_same_and_the_server_keeps_names_unique(rig: Rig, kind: Sample, many: bool) -> None:
    theirs = during_write(rig, "POST", lambda: ask(rig, kind, not many, **kind.settings))

    mine = ask(rig, kind, many, **{**kind.settings, **kind.change})

    assert [run.changed for run in theirs] == [True]
    assert mine.failed
    assert not mine.output.get("changed", False)
    assert mine.failure["status"] == 409
    assert holds(state(rig, kind), kind.label_of(1), kind.settings)
    assert ask(rig, kind, many, **{**kind.settings, **kind.change}).changed
    assert holds(state(rig, kind), kind.label_of(1), {**kind.settings, **kind.change})


def test_two_create_the_same_in_batches(rig: Rig) -> None:
    other = {**DOMAIN.key_of(2), **DOMAIN.settings}
    entries = [{**DOMAIN.key_of(1), **DOMAIN.settings, **DOMAIN.change}, other]
    during_write(rig, "POST", lambda: ask(rig, DOMAIN, False, **DOMAIN.settings))

    mine = rig.run(DOMAIN.bulk_module, domains=entries)

    assert mine.failed
    assert not mine.changed
    assert [record["name"] for record in mine.failed_records] == [DOMAIN.label_of(1), DOMAIN.label_of(2)]
    assert set(state(rig, DOMAIN)) == {DOMAIN.label_of(1)}
    assert rig.run(DOMAIN.bulk_module, domains=entries).changed
    assert set(state(rig, DOMAIN)) == {DOMAIN.label_of(1), DOMAIN.label_of(2)}


@one_or_many
def test_two_create_the_same_and_the_server_takes_both_which_the_next_run_reports(rig: Rig, many: bool) -> None:
    # Reading the list again after each create would show it one run earlier, at the cost of every create.
    kind = RESTRICTION
    rig.emulator.behaviour.update({"duplicates": "accepted"})
    during_write(rig, "POST", lambda: ask(rig, kind, not many, comments="theirs"))
    ask(rig, kind, many, comments="mine")
    records = rig.emulator.state()[kind.collection]
    assert [record["comments"] for record in records] == ["theirs", "mine"]
    writes = len(rig.emulator.writes)

    for settings in ({"comments": "mine"}, {"comments": "theirs"}, {"state": "absent"}, {}):
        for with_many in (False, True):
            run = ask(rig, kind, with_many, **settings)
            assert run.failed
            assert f"{kind.label_of(1)} matches 2 {kind.plural}." in run.msg
            assert all(record["id"] in run.msg for record in records)
    assert len(rig.emulator.writes) == writes
    # The advice of the message works.
    assert rig.run(kind.module, state="absent", **{kind.id_option: records[0]["id"]}).changed
    assert not ask(rig, kind, many, comments="mine").changed


@one_or_many
@both_kinds
def test_one_changes_what_another_deletes(rig: Rig, kind: Sample, many: bool) -> None:
    rig.seed(kind.collection, [{**kind.key_of(1), **kind.settings}])
    theirs = during_write(rig, "PATCH", lambda: ask(rig, kind, not many, state="absent"))

    mine = ask(rig, kind, many, **kind.change)

    assert [run.changed for run in theirs] == [True]
    assert mine.failed
    assert not mine.output.get("changed", False)
    assert mine.failure["status"] == 404
    assert state(rig, kind) == {}


@one_or_many
@both_kinds
def test_both_delete_and_one_has_done_it(rig: Rig, kind: Sample, many: bool) -> None:
    rig.seed(kind.collection, [{**kind.key_of(1), **kind.settings}])
    theirs = during_write(rig, "DELETE", lambda: ask(rig, kind, not many, state="absent"))

    mine = ask(rig, kind, many, state="absent")

    assert [run.failed for run in (mine, *theirs)] == [False, False]
    assert [run.changed for run in (mine, *theirs)] == [False, True]
    assert state(rig, kind) == {}


@one_or_many
# Another text may be what the server made of this one.
@pytest.mark.parametrize(
    "kind",
    [kind for kind in SAMPLES if not all(kind.resource.fields[name].type.may_be_rewritten for name in kind.change)],
    ids=str,
)
def test_one_creates_while_the_create_of_the_other_is_lost(rig: Rig, kind: Sample, many: bool) -> None:
    theirs = during_write(rig, "POST", lambda: ask(rig, kind, not many, **kind.settings))
    # The create of the other task is served first, so this is that of the first task.
    rig.emulator.faults.add("drop", method="POST", acted=False, nth=2)

    mine = ask(rig, kind, many, **{**kind.settings, **kind.change})

    assert [run.changed for run in theirs] == [True]
    assert mine.failed
    assert "someone else may have created it" in mine.msg
    assert holds(state(rig, kind), kind.label_of(1), kind.settings)
    assert len([entry for entry in rig.emulator.writes if entry.method == "POST"]) == 2
    assert ask(rig, kind, many, **{**kind.settings, **kind.change}).changed
    assert holds(state(rig, kind), kind.label_of(1), {**kind.settings, **kind.change})
