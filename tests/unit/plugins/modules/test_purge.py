# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``purge``: what is not listed is deleted, within limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.bulk import DOMAINS, Many, id_of
from support.module_runner import Run
from support.script import Exchange, Script

FIRST = {"domain": "d1.example"}


def purging(many: Many, *entries: dict[str, Any], **params: Any) -> dict[str, Any]:
    return {many.option: list(entries), "purge": True, **params}


def deletes(many: Many, *numbers: int) -> Exchange:
    """Return the batch that deletes the records with these numbers."""
    return many.batch({"deletes": [{"id": id_of(number)} for number in numbers]}, {})


def test_without_it_nothing_is_deleted(run: Callable[..., Run], many: Many) -> None:
    for params in ({}, {"purge": False}):
        result = run(many.module, Script(many.listing(*many.records(3))), **{many.option: [FIRST]}, **params)

        assert not result.changed


def test_what_is_not_listed_is_deleted(run: Callable[..., Run], many: Many) -> None:
    script = Script(many.listing(*many.records(3)), deletes(many, 2, 3))

    result = run(many.module, script, **purging(many, FIRST))

    assert result.changed
    assert result.summary["deleted"] == ["d2.example", "d3.example"]
    assert result.summary["unchanged"] == ["d1.example"]
    # The results are those of the entries alone.
    assert result.result == [many.record(1)]
    assert [entry["before_header"] for entry in result.diff] == [
        f"{many.one.noun} d2.example",
        f"{many.one.noun} d3.example",
    ]


@pytest.mark.parametrize("check_mode", [False, True])
def test_check_mode_foretells_it(run: Callable[..., Run], many: Many, check_mode: bool) -> None:
    script = [many.listing(*many.records(3)), *([] if check_mode else [deletes(many, 2, 3)])]

    result = run(many.module, Script(*script), check_mode, **purging(many, FIRST))

    assert result.changed
    assert result.summary["deleted"] == ["d2.example", "d3.example"]
    assert len(result.diff) == 2


def test_listed_in_another_spelling_or_by_id_is_listed(run: Callable[..., Run], many: Many) -> None:
    records = [*many.records(2), many.record(3, domain="xn--nda.example")]
    entries = [{"domain": "D1.EXAMPLE."}, {many.one.id_option: id_of(2).upper()}, {"domain": "Ö.example"}]

    assert not run(many.module, Script(many.listing(*records)), **purging(many, *entries)).changed


def test_a_record_that_gets_a_new_name_is_listed(run: Callable[..., Run], many: Many) -> None:
    (record,) = many.records(1)
    script = Script(many.listing(record), many.patching(record, {"domain": "new.example"}))

    result = run(many.module, script, **purging(many, {many.one.id_option: id_of(1), "domain": "new.example"}))

    assert result.summary["counts"] == {"created": 0, "updated": 1, "deleted": 0, "unchanged": 0}


def test_what_is_listed_as_absent_is_deleted_once(run: Callable[..., Run], many: Many) -> None:
    script = Script(many.listing(*many.records(3)), deletes(many, 2, 3))

    result = run(many.module, script, **purging(many, FIRST, {"domain": "d2.example", "state": "absent"}))

    assert result.summary["deleted"] == ["d2.example", "d3.example"]


def test_another_record_of_a_listed_name_is_deleted_by_its_own_id(run: Callable[..., Run], many: Many) -> None:
    twin = many.record(2, domain="d1.example")
    script = Script(many.listing(many.record(1), twin), many.deleting(twin))

    result = run(many.module, script, **purging(many, {many.one.id_option: id_of(1)}))

    assert result.summary["deleted"] == ["d1.example"]
    assert result.result == [many.record(1)]


@pytest.mark.parametrize("empty", [[], ""])
@pytest.mark.parametrize("check_mode", [False, True])
def test_an_empty_list_is_refused_before_a_request(
    run: Callable[..., Run], many: Many, empty: Any, check_mode: bool
) -> None:
    result = run(many.module, check_mode=check_mode, **{many.option: empty}, purge=True, purge_limit=100000)

    assert result.failed
    assert result.msg == (f"purge: {many.option} is empty. Deleting every {many.one.noun} of an account is refused.")


def test_as_many_as_the_limit_are_deleted(run: Callable[..., Run], many: Many) -> None:
    script = Script(many.listing(*many.records(11)), deletes(many, *range(2, 12)))

    assert run(many.module, script, **purging(many, FIRST)).summary["counts"]["deleted"] == 10


@pytest.mark.parametrize("check_mode", [False, True])
def test_more_than_the_limit_is_refused_before_the_first_write_and_all_are_named(
    run: Callable[..., Run], many: Many, check_mode: bool
) -> None:
    entry = {**FIRST, **many.one.change}

    result = run(many.module, Script(many.listing(*many.records(12))), check_mode, **purging(many, entry))

    assert result.failed
    assert result.msg == (
        f"purge: 11 {many.one.noun}s are not listed and would be deleted, more than purge_limit (10) allows. "
        "Nothing was changed. They are: d10.example, d11.example, d12.example, d2.example, d3.example, d4.example, "
        "d5.example, d6.example, d7.example, d8.example, d9.example."
    )


def test_a_limit_of_none_allows_none(run: Callable[..., Run], many: Many) -> None:
    assert run(many.module, Script(many.listing(*many.records(2))), **purging(many, FIRST, purge_limit=0)).failed
    assert not run(many.module, Script(many.listing(many.record(1))), **purging(many, FIRST, purge_limit=0)).changed


def test_what_is_listed_as_absent_does_not_count_against_the_limit(run: Callable[..., Run], many: Many) -> None:
    entries = [FIRST, *({"domain": f"d{number}.example", "state": "absent"} for number in (2, 3))]
    script = Script(many.listing(*many.records(4)), deletes(many, 2, 3, 4))

    assert run(many.module, script, **purging(many, *entries, purge_limit=1)).changed


@pytest.mark.parametrize("name", [None, ""])
def test_records_without_a_name_stop_it(run: Callable[..., Run], many: Many, name: Any) -> None:
    result = run(many.module, Script(many.listing(many.record(1), many.record(2, domain=name))), **purging(many, FIRST))

    assert result.failed
    assert result.msg == f"purge: the API returned records without a name ({id_of(2)}). Nothing was changed."


def test_a_record_without_a_name_that_is_listed_by_id_does_not_stop_it(run: Callable[..., Run], many: Many) -> None:
    nameless = many.record(2, domain=None)

    script = Script(many.listing(many.record(1), nameless))

    assert not run(many.module, script, **purging(many, FIRST, {many.one.id_option: id_of(2)})).changed


@pytest.mark.parametrize("record_id", [{}, {"id": ".."}])
def test_a_record_without_a_usable_id_stops_it(run: Callable[..., Run], many: Many, record_id: dict[str, str]) -> None:
    script = Script(many.listing(many.record(1), {"domain": "d2.example", **record_id}))

    result = run(many.module, script, **purging(many, FIRST))

    assert result.msg == f"The API returned no usable id for {many.one.noun} d2.example: it cannot be deleted."


def test_a_mistake_in_an_entry_stops_it(run: Callable[..., Run], many: Many) -> None:
    entries = [FIRST, {many.one.id_option: id_of(9)}]

    assert run(many.module, Script(many.listing(*many.records(3))), **purging(many, *entries)).failed


def test_every_page_is_read_before_anything_counts_as_not_listed(run: Callable[..., Run], many: Many) -> None:
    records = many.records(1002)
    entries = [{"domain": record["domain"]} for record in records[:1001]]
    script = Script(
        many.listing(*records[:1000], total=1002),
        many.listing(*records[1000:], number=2, total=1002),
        many.deleting(records[1001]),
    )

    assert run(many.module, script, **purging(many, *entries)).summary["deleted"] == ["d1002.example"]


def test_deletes_come_before_creates(run: Callable[..., Run]) -> None:
    new = {"domain": "new.example", **DOMAINS.needed}
    script = Script(
        DOMAINS.listing(DOMAINS.record(1)),
        DOMAINS.batch({"deletes": [{"id": id_of(1)}], "posts": [new]}, status=405, text=""),
        DOMAINS.deleting(DOMAINS.record(1)),
        DOMAINS.creating(new),
    )

    assert run(DOMAINS.module, script, **purging(DOMAINS, new)).changed


def test_the_account_holds_what_is_listed_and_nothing_else(
    run_emulated: Callable[..., Run], emulator: Emulator, many: Many
) -> None:
    collection = many.path.rpartition("/")[2]
    emulator.seed(**{collection: [{"domain": f"old{number}.example"} for number in range(5)]})
    entries = [{"domain": "old3.example"}, {"domain": "new.example", **many.needed}]

    result = run_emulated(many.module, **purging(many, *entries))
    again = run_emulated(many.module, **purging(many, *entries))

    assert [record["domain"] for record in emulator.state()[collection]] == ["old3.example", "new.example"]
    assert result.summary["counts"] == {"created": 1, "updated": 0, "deleted": 4, "unchanged": 1}
    assert not again.changed
