# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``state: absent``: the one that is meant is deleted, and nothing there is fine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION
from support.sample import Sample
from support.script import Script, refusal

GONE = {"status": 404, "answer": refusal({"code": 1404, "message": "Not found"})}


def by_name(sample: Sample) -> dict[str, Any]:
    return {**sample.key, "state": "absent"}


def test_by_name_the_record_of_that_name_is_deleted_by_its_id(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, Script(sample.found(), sample.deleting()), **by_name(sample))

    assert result.changed
    assert result.result == {"id": sample.id}
    assert sample.key.items() <= result.diff["before"].items()
    assert result.diff["after"] == {}
    assert result.diff["before_header"] == f"{sample.noun} {sample.label}"


def test_by_id_the_record_is_read_and_deleted(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.reading(), sample.deleting())

    result = run(sample.module, script, **{sample.id_option: sample.id}, state="absent")

    assert result.changed
    assert sample.key.items() <= result.diff["before"].items()


def test_by_both_the_name_has_to_be_that_of_the_id(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.reading(), sample.deleting())

    result = run(sample.module, script, **{sample.id_option: sample.id}, state="absent", **sample.respelled)

    assert result.changed


@pytest.mark.parametrize("check_mode", [False, True])
def test_by_both_another_name_is_refused(run: Callable[..., Run], sample: Sample, check_mode: bool) -> None:
    params = {sample.id_option: sample.id, **sample.key_of(5), "state": "absent"}

    result = run(sample.module, Script(sample.reading()), check_mode, **params)

    assert result.failed
    assert result.msg == (
        f"{sample.key_field}: the {sample.noun} with the id {sample.id} is {sample.label}, "
        f"not {sample.label_of(5)}. Nothing was deleted."
    )


def test_by_both_a_record_without_a_name_is_not_surely_the_one(run: Callable[..., Run], sample: Sample) -> None:
    nameless = sample.without_key(sample.record)

    result = run(sample.module, Script(sample.reading(nameless)), **{sample.id_option: sample.id}, **by_name(sample))

    assert result.failed
    assert f"with the id {sample.id} is without a name, not {sample.label}. Nothing was deleted." in result.msg


@pytest.mark.parametrize("check_mode", [False, True])
def test_absent_by_a_missing_name_is_ok(run: Callable[..., Run], sample: Sample, check_mode: bool) -> None:
    longer = {**sample.record, **sample.key_of(5)}
    script = Script(sample.lookup(longer), *sample.fallback(longer))

    result = run(sample.module, script, check_mode, **by_name(sample))

    assert not result.failed
    assert not result.changed
    assert result.result == {}
    assert (result.diff["before"], result.diff["after"]) == ({}, {})


@pytest.mark.parametrize("with_key", [False, True])
def test_absent_by_a_missing_id_is_ok(run: Callable[..., Run], sample: Sample, with_key: bool) -> None:
    params = {sample.id_option: sample.id, "state": "absent", **(sample.key if with_key else {})}

    result = run(sample.module, Script(sample.reading(**GONE)), **params)

    assert not result.failed
    assert not result.changed
    assert result.result == {}


@pytest.mark.parametrize("status", [400, 401, 403, 409, 500])
def test_a_record_that_cannot_be_read_is_not_taken_for_missing(
    run: Callable[..., Run], sample: Sample, status: int
) -> None:
    script = Script(sample.reading(status=status, answer=refusal({"code": 1, "message": "No"})))

    assert run(sample.module, script, **{sample.id_option: sample.id}, state="absent", retries=0).failed


def test_several_of_one_name_are_an_error_that_lists_their_ids(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.lookup(sample.record, {**sample.record, "id": sample.other_id}))

    result = run(sample.module, script, **by_name(sample))

    assert result.failed
    assert f"{sample.id_option}: {sample.other_id}, {sample.id}." in result.msg


def test_one_of_several_of_a_name_is_deleted_by_its_id(run: Callable[..., Run], sample: Sample) -> None:
    second = {**sample.record, "id": sample.other_id}

    assert run(
        sample.module,
        Script(sample.reading(second), sample.deleting(second)),
        **{sample.id_option: sample.other_id},
        **by_name(sample),
    ).changed


@pytest.mark.parametrize("list_mode", ["replace", "append", "remove"])
def test_settings_and_list_mode_do_not_matter(run: Callable[..., Run], sample: Sample, list_mode: str) -> None:
    lists = {"list_mode": list_mode} if sample.resource.has_lists else {}
    params = {**by_name(sample), **sample.change, **lists}

    assert run(sample.module, Script(sample.found(), sample.deleting()), **params).changed


@pytest.mark.parametrize("record_id", [{}, {"id": "."}, {"id": ".."}])
def test_a_record_without_a_usable_id_cannot_be_deleted(
    run: Callable[..., Run], sample: Sample, record_id: dict[str, str]
) -> None:
    # Of two dots in an address, every server makes what is above the records.
    result = run(
        sample.module, Script(sample.lookup({**sample.without_id(sample.record), **record_id})), **by_name(sample)
    )

    assert result.msg == f"The API returned no usable id for {sample.noun} {sample.label}: it cannot be deleted."


def test_404_on_the_first_try_was_somebody_elses_delete(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, Script(sample.found(), sample.deleting(**GONE)), **by_name(sample))

    assert not result.failed
    assert not result.changed
    assert result.diff["before"] == result.diff["after"] == {}


LOST: list[dict[str, Any]] = [
    {"error": requests.ReadTimeout("x")},
    {"error": requests.ConnectionError("dropped")},
    {"status": 502, "text": "<h1>Bad gateway</h1>"},
]


@pytest.mark.parametrize("lost", LOST, ids=["timeout", "dropped", "502"])
def test_404_on_the_second_try_has_worked(run: Callable[..., Run], sample: Sample, lost: dict[str, Any]) -> None:
    script = Script(sample.found(), sample.deleting(**lost), sample.deleting(**GONE))

    result = run(sample.module, script, **by_name(sample))

    assert result.changed
    assert result.result == {"id": sample.id}


def test_404_after_429_was_somebody_elses_delete(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.found(), sample.deleting(status=429, text="Wait"), sample.deleting(**GONE))

    assert not run(sample.module, script, **by_name(sample)).changed


def test_a_lost_delete_is_repeated(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.found(), sample.deleting(**LOST[0]), sample.deleting())

    assert run(sample.module, script, **by_name(sample)).changed


def test_a_delete_that_is_refused_is_an_error(run: Callable[..., Run], sample: Sample) -> None:
    refused = sample.deleting(status=403, answer=refusal({"code": 10000, "message": "Authentication error"}))

    result = run(sample.module, Script(sample.found(), refused), **by_name(sample))

    assert result.failed
    assert result.failure["method"] == "DELETE"


@pytest.mark.parametrize("id_too", [False, True])
def test_check_mode_sends_no_delete_and_predicts_it(run: Callable[..., Run], sample: Sample, id_too: bool) -> None:
    params = {**by_name(sample), **({sample.id_option: str(sample.id).upper()} if id_too else {})}
    first = sample.reading() if id_too else sample.found()

    predicted = run(sample.module, Script(first), True, **params)
    real = run(sample.module, Script(first, sample.deleting()), **params)

    for key in ("changed", "result", "diff"):
        assert predicted.output[key] == real.output[key]
    assert predicted.changed


def test_in_many_the_rules_are_the_same(run: Callable[..., Run], sample: Sample) -> None:
    one, other = sample.numbered(1), sample.numbered(2)
    entry = {sample.id_option: other["id"], **sample.key_of(1), "state": "absent"}

    result = run(sample.bulk_module, Script(sample.listing(one, other)), **{sample.entries_option: [entry]})

    assert result.failed
    assert (
        f"with the id {other['id']} is {sample.label_of(2)}, not {sample.label_of(1)}. Nothing was deleted."
        in result.msg
    )


def test_bulk_absent_of_missing_records_is_ok(run: Callable[..., Run], sample: Sample) -> None:
    entries = [{**sample.key_of(1), "state": "absent"}, {sample.id_option: sample.id, "state": "absent"}]

    result = run(sample.bulk_module, Script(sample.listing()), **{sample.entries_option: entries})

    assert not result.changed
    assert result.result == [{}, {}]
    assert result.summary["unchanged"] == [sample.label_of(1), str(sample.id)]


def test_in_many_404_on_the_first_try_is_no_change_and_on_the_second_one_is(run: Callable[..., Run]) -> None:
    sample = RESTRICTION
    one = sample.numbered(1)
    entries = [{"domain": "d1.example", "state": "absent"}]

    quicker = run(sample.bulk_module, Script(sample.listing(one), sample.deleting(one, **GONE)), restrictions=entries)
    lost = run(
        sample.bulk_module,
        Script(sample.listing(one), sample.deleting(one, **LOST[0]), sample.deleting(one, **GONE)),
        restrictions=entries,
    )

    assert not quicker.changed
    assert (quicker.summary["unchanged"], quicker.diff) == (["d1.example"], [])
    assert lost.changed
    assert lost.summary["deleted"] == ["d1.example"]


def test_a_record_deleted_by_someone_else_first_is_not_a_change(run: Callable[..., Run]) -> None:
    sample = RESTRICTION
    one, other = sample.records(2)
    gone = refusal({"code": 1404, "message": "Not found", "source": {"pointer": "/deletes/0"}})
    lists = {"deletes": [{"id": one["id"]}, {"id": other["id"]}]}
    script = Script(sample.listing(one, other), sample.batch(lists, status=404, answer=gone), sample.listing())
    entries = [{"domain": record["domain"], "state": "absent"} for record in (one, other)]

    result = run(sample.bulk_module, script, restrictions=entries)

    assert not result.failed
    assert (result.summary["unchanged"], result.summary["deleted"]) == (["d1.example"], ["d2.example"])
    assert result.result == [{}, {"id": other["id"]}]


def test_a_record_without_a_key_is_called_by_its_id(run: Callable[..., Run], sample: Sample) -> None:
    nameless = {**sample.record, sample.key_field: None}
    script = Script(sample.reading(nameless), sample.deleting())

    result = run(sample.module, script, **{sample.id_option: sample.id, "state": "absent"})

    assert result.diff["before_header"] == f"{sample.noun} {sample.id}"


def test_nothing_but_the_listing_is_read_to_delete_a_domain_of_many(run: Callable[..., Run]) -> None:
    one = DOMAIN.numbered(1)

    result = run(
        DOMAIN.bulk_module,
        Script(DOMAIN.listing(one), DOMAIN.deleting(one)),
        domains=[{"domain_id": one["id"], "state": "absent"}],
    )

    assert result.result == [{"id": one["id"]}]
    assert result.diff[0]["before_header"] == f"{DOMAIN.noun} d1.example"
