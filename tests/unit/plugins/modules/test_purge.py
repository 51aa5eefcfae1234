# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``purge``: what is not listed is deleted, within limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.module_runner import Run
from support.resources import DOMAIN
from support.sample import Sample
from support.script import Script


def purging(sample: Sample, *entries: dict[str, Any], **params: Any) -> dict[str, Any]:
    # One request after the other, in the order of the script.
    return {sample.entries_option: list(entries), "purge": True, "concurrency": 1, **params}


def test_without_it_nothing_is_deleted(run: Callable[..., Run], sample: Sample) -> None:
    for params in ({}, {"purge": False}):
        result = run(
            sample.bulk_module,
            Script(sample.listing(*sample.records(3))),
            **{sample.entries_option: [sample.key_of(1)]},
            **params,
        )

        assert not result.changed


@pytest.mark.parametrize("check_mode", [False, True])
def test_what_is_not_listed_is_deleted(run: Callable[..., Run], sample: Sample, check_mode: bool) -> None:
    records = sample.records(3)
    script = Script(sample.listing(*records), *([] if check_mode else sample.deletes(*records[1:])))

    result = run(sample.bulk_module, script, check_mode, **purging(sample, sample.key_of(1)))

    assert result.changed
    assert result.summary["deleted"] == [sample.label_of(2), sample.label_of(3)]
    assert result.summary["unchanged"] == [sample.label_of(1)]
    # The results are those of the entries alone.
    assert result.result == [sample.numbered(1)]
    assert [entry["before_header"] for entry in result.diff] == [
        f"{sample.noun} {label}" for label in sample.labels(records[1:])
    ]


def test_listed_in_another_spelling_or_by_id_is_listed(run: Callable[..., Run], sample: Sample) -> None:
    entries = [sample.respelled, {sample.id_option: str(sample.id_of(2)).upper()}]

    assert not run(
        sample.bulk_module, Script(sample.listing(sample.record, sample.other)), **purging(sample, *entries)
    ).changed


def test_a_record_that_gets_a_new_name_is_listed(run: Callable[..., Run], sample: Sample) -> None:
    (record,) = sample.records(1)
    script = Script(sample.listing(record), sample.patching(record, sample.rename(9)))

    result = run(sample.bulk_module, script, **purging(sample, {sample.id_option: sample.id_of(1), **sample.rename(9)}))

    assert result.summary["counts"] == {"created": 0, "updated": 1, "deleted": 0, "unchanged": 0}


def test_what_is_listed_as_absent_is_deleted_once(run: Callable[..., Run], sample: Sample) -> None:
    records = sample.records(3)
    script = Script(sample.listing(*records), *sample.deletes(*records[1:]))

    result = run(
        sample.bulk_module, script, **purging(sample, sample.key_of(1), {**sample.key_of(2), "state": "absent"})
    )

    assert result.summary["deleted"] == [sample.label_of(2), sample.label_of(3)]


def test_another_record_of_a_listed_name_is_deleted_by_its_own_id(run: Callable[..., Run], sample: Sample) -> None:
    twin = sample.numbered(2, **sample.key_of(1))
    script = Script(sample.listing(sample.numbered(1), twin), sample.deleting(twin))

    result = run(sample.bulk_module, script, **purging(sample, {sample.id_option: sample.id_of(1)}))

    assert result.summary["deleted"] == [sample.label_of(1)]
    assert result.result == [sample.numbered(1)]


@pytest.mark.parametrize("empty", [[], ""])
@pytest.mark.parametrize("check_mode", [False, True])
def test_an_empty_list_is_refused_before_a_request(
    run: Callable[..., Run], sample: Sample, empty: Any, check_mode: bool
) -> None:
    result = run(
        sample.bulk_module, check_mode=check_mode, **{sample.entries_option: empty}, purge=True, purge_limit=100000
    )

    assert result.failed
    assert result.msg == (
        f"purge: {sample.entries_option} is empty. Refusing to delete all {sample.plural} of the account."
    )


def test_as_many_as_the_limit_are_deleted(run: Callable[..., Run], sample: Sample) -> None:
    records = sample.records(11)
    script = Script(sample.listing(*records), *sample.deletes(*records[1:]))

    assert (
        run(sample.bulk_module, script, **purging(sample, sample.key_of(1), concurrency=1)).summary["counts"]["deleted"]
        == 10
    )


@pytest.mark.parametrize("check_mode", [False, True])
def test_more_than_the_limit_is_refused_before_the_first_write_and_all_are_named(
    run: Callable[..., Run], sample: Sample, check_mode: bool
) -> None:
    entry = {**sample.key_of(1), **sample.change}

    result = run(sample.bulk_module, Script(sample.listing(*sample.records(12))), check_mode, **purging(sample, entry))

    assert result.failed
    assert result.msg == (
        f"purge: would delete 11 {sample.plural}, which exceeds purge_limit (10). "
        f"Nothing was changed. Not listed: {', '.join(sorted(sample.label_of(number) for number in range(2, 13)))}."
    )


def test_a_limit_of_none_allows_none(run: Callable[..., Run], sample: Sample) -> None:
    assert run(
        sample.bulk_module,
        Script(sample.listing(*sample.records(2))),
        **purging(sample, sample.key_of(1), purge_limit=0),
    ).failed
    assert not run(
        sample.bulk_module,
        Script(sample.listing(sample.numbered(1))),
        **purging(sample, sample.key_of(1), purge_limit=0),
    ).changed


def test_what_is_listed_as_absent_does_not_count_against_the_limit(run: Callable[..., Run], sample: Sample) -> None:
    records = sample.records(4)
    entries = [sample.key_of(1), *sample.absent(2, 3)]
    script = Script(sample.listing(*records), *sample.deletes(*records[1:]))

    assert run(sample.bulk_module, script, **purging(sample, *entries, purge_limit=1)).changed


@pytest.mark.parametrize("name", [None, ""])
def test_records_without_a_name_stop_it(run: Callable[..., Run], sample: Sample, name: Any) -> None:
    result = run(
        sample.bulk_module,
        Script(sample.listing(sample.numbered(1), sample.numbered(2, **{sample.key_field: name}))),
        **purging(sample, sample.key_of(1)),
    )

    assert result.failed
    assert result.msg == f"purge: the API returned records without a name ({sample.id_of(2)}). Nothing was changed."


def test_a_record_without_a_name_that_is_listed_by_id_does_not_stop_it(run: Callable[..., Run], sample: Sample) -> None:
    nameless = sample.numbered(2, **{sample.key_field: None})

    script = Script(sample.listing(sample.numbered(1), nameless))

    assert not run(
        sample.bulk_module, script, **purging(sample, sample.key_of(1), {sample.id_option: sample.id_of(2)})
    ).changed


@pytest.mark.parametrize("record_id", [{}, {"id": ".."}])
def test_a_record_without_a_usable_id_stops_it(
    run: Callable[..., Run], sample: Sample, record_id: dict[str, str]
) -> None:
    script = Script(sample.listing(sample.numbered(1), {**sample.key_of(2), **record_id}))

    result = run(sample.bulk_module, script, **purging(sample, sample.key_of(1)))

    assert result.msg == f"The API returned no usable id for {sample.noun} {sample.label_of(2)}: it cannot be deleted."


def test_an_invalid_entry_prevents_the_purge(run: Callable[..., Run], sample: Sample) -> None:
    entries = [sample.key_of(1), {sample.id_option: sample.id_of(9)}]

    assert run(sample.bulk_module, Script(sample.listing(*sample.records(3))), **purging(sample, *entries)).failed


def test_every_page_is_read_before_anything_counts_as_not_listed(run: Callable[..., Run], sample: Sample) -> None:
    records = sample.records(1002)
    entries = [sample.key_of(number) for number in range(1, 1002)]
    script = Script(
        sample.listing(*records[:1000], total=1002),
        sample.listing(*records[1000:], number=2, total=1002),
        sample.deleting(records[1001]),
    )

    assert run(sample.bulk_module, script, **purging(sample, *entries)).summary["deleted"] == [sample.label_of(1002)]


def test_deletes_come_before_creates(run: Callable[..., Run]) -> None:
    new = {"domain": "new.example", **DOMAIN.needed}
    script = Script(
        DOMAIN.listing(DOMAIN.numbered(1)),
        DOMAIN.batch({"deletes": [{"id": DOMAIN.id_of(1)}], "posts": [new]}, status=405, text=""),
        DOMAIN.deleting(DOMAIN.numbered(1)),
        DOMAIN.creating(new),
    )

    assert run(DOMAIN.bulk_module, script, **purging(DOMAIN, new)).changed


def test_the_account_holds_what_is_listed_and_nothing_else(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample
) -> None:
    emulator.seed(**{served.collection: [served.key_of(number) for number in range(5)]})
    entries = [served.key_of(3), {**served.key_of(9), **served.needed}]

    result = run_emulated(served.bulk_module, **purging(served, *entries))
    again = run_emulated(served.bulk_module, **purging(served, *entries))

    assert served.labels(emulator.state()[served.collection]) == [served.label_of(3), served.label_of(9)]
    assert result.summary["counts"] == {"created": 1, "updated": 0, "deleted": 4, "unchanged": 1}
    assert not again.changed
