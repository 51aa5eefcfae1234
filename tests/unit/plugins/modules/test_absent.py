# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``state: absent``: the one that is meant is deleted, and nothing there is fine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from support.bulk import DOMAINS, RESTRICTIONS, Many
from support.module_runner import Run
from support.samples import DOMAIN, ID, OTHER_ID, Sample
from support.script import Exchange, Script, envelope, refusal

GONE = {"status": 404, "answer": refusal({"code": 1404, "message": "Not found"})}


def deleting(sample: Sample, record_id: str = ID, **answer: Any) -> Exchange:
    return Exchange("DELETE", f"{sample.path}/{record_id}", **(answer or {"answer": envelope({"id": record_id})}))


def by_name(sample: Sample) -> dict[str, Any]:
    return {"domain": sample.name, "state": "absent"}


def test_by_name_the_record_of_that_name_is_deleted_by_its_id(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, Script(sample.found(), deleting(sample)), **by_name(sample))

    assert result.changed
    assert result.result == {"id": ID}
    assert result.diff["before"]["domain"] == sample.name
    assert result.diff["after"] == {}
    assert result.diff["before_header"] == f"{sample.noun} {sample.name}"


def test_by_id_the_record_is_read_and_deleted(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.reading(), deleting(sample))

    result = run(sample.module, script, **{sample.id_option: ID}, state="absent")

    assert result.changed
    assert result.diff["before"]["domain"] == sample.name


def test_by_both_the_name_has_to_be_that_of_the_id(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.reading(), deleting(sample))

    result = run(sample.module, script, **{sample.id_option: ID}, state="absent", domain=f"{sample.name.upper()}.")

    assert result.changed


@pytest.mark.parametrize("check_mode", [False, True])
def test_by_both_another_name_is_refused(run: Callable[..., Run], sample: Sample, check_mode: bool) -> None:
    params = {sample.id_option: ID, "domain": f"www.{sample.name}", "state": "absent"}

    result = run(sample.module, Script(sample.reading()), check_mode, **params)

    assert result.failed
    assert result.msg == (
        f"domain: the {sample.noun} with the id {ID} is {sample.name}, not www.{sample.name}. Nothing was deleted."
    )


def test_by_both_a_record_without_a_name_is_not_surely_the_one(run: Callable[..., Run], sample: Sample) -> None:
    nameless = {name: value for name, value in sample.record.items() if name != "domain"}

    result = run(sample.module, Script(sample.reading(nameless)), **{sample.id_option: ID}, **by_name(sample))

    assert result.failed
    assert f"with the id {ID} is without a name, not {sample.name}. Nothing was deleted." in result.msg


def test_no_record_of_that_name_is_fine(run: Callable[..., Run], sample: Sample) -> None:
    longer = {**sample.record, "domain": f"www.{sample.name}"}
    script = Script(sample.listing(longer), *sample.listing_all(longer))

    result = run(sample.module, script, **by_name(sample))

    assert not result.failed
    assert not result.changed
    assert result.result == {}
    assert (result.diff["before"], result.diff["after"]) == ({}, {})


@pytest.mark.parametrize("name", [None, "example.com"])
def test_no_record_of_that_id_is_fine(run: Callable[..., Run], sample: Sample, name: str | None) -> None:
    params = {sample.id_option: ID, "state": "absent", **({"domain": name} if name else {})}

    result = run(sample.module, Script(sample.reading(**GONE)), **params)

    assert not result.failed
    assert not result.changed
    assert result.result == {}


@pytest.mark.parametrize("status", [400, 401, 403, 409, 500])
def test_a_record_that_cannot_be_read_is_not_taken_for_missing(
    run: Callable[..., Run], sample: Sample, status: int
) -> None:
    script = Script(sample.reading(status=status, answer=refusal({"code": 1, "message": "No"})))

    assert run(sample.module, script, **{sample.id_option: ID}, state="absent", retries=0).failed


def test_several_of_one_name_are_an_error_that_lists_their_ids(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.listing(sample.record, {**sample.record, "id": OTHER_ID}))

    result = run(sample.module, script, **by_name(sample))

    assert result.failed
    assert f"{sample.id_option}: {OTHER_ID}, {ID}." in result.msg


def test_one_of_several_of_a_name_is_deleted_by_its_id(run: Callable[..., Run], sample: Sample) -> None:
    second = {**sample.record, "id": OTHER_ID}
    reading = Exchange("GET", f"{sample.path}/{OTHER_ID}", answer=envelope(second))

    assert run(
        sample.module, Script(reading, deleting(sample, OTHER_ID)), **{sample.id_option: OTHER_ID}, **by_name(sample)
    ).changed


def test_settings_are_not_looked_at(run: Callable[..., Run], sample: Sample) -> None:
    assert run(sample.module, Script(sample.found(), deleting(sample)), **by_name(sample), **sample.change).changed


@pytest.mark.parametrize("list_mode", ["append", "remove"])
def test_list_mode_does_not_matter(run: Callable[..., Run], sample: Sample, list_mode: str) -> None:
    params = {**by_name(sample), "list_mode": list_mode}

    assert run(sample.module, Script(sample.found(), deleting(sample)), **params).changed


@pytest.mark.parametrize("record_id", [{}, {"id": "."}, {"id": ".."}])
def test_a_record_without_a_usable_id_cannot_be_deleted(
    run: Callable[..., Run], sample: Sample, record_id: dict[str, str]
) -> None:
    # Of two dots in an address, every server makes what is above the records.
    result = run(sample.module, Script(sample.listing({"domain": sample.name, **record_id})), **by_name(sample))

    assert result.msg == f"The API returned no usable id for {sample.noun} {sample.name}: it cannot be deleted."


def test_404_on_the_first_try_was_somebody_elses_delete(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, Script(sample.found(), deleting(sample, **GONE)), **by_name(sample))

    assert not result.failed
    assert not result.changed


LOST: list[dict[str, Any]] = [
    {"error": requests.ReadTimeout("x")},
    {"error": requests.ConnectionError("dropped")},
    {"status": 502, "text": "<h1>Bad gateway</h1>"},
]


@pytest.mark.parametrize("lost", LOST, ids=["timeout", "dropped", "502"])
def test_404_on_the_second_try_has_worked(run: Callable[..., Run], sample: Sample, lost: dict[str, Any]) -> None:
    script = Script(sample.found(), deleting(sample, **lost), deleting(sample, **GONE))

    result = run(sample.module, script, **by_name(sample))

    assert result.changed
    assert result.result == {"id": ID}


def test_404_after_429_was_somebody_elses_delete(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.found(), deleting(sample, status=429, text="Wait"), deleting(sample, **GONE))

    assert not run(sample.module, script, **by_name(sample)).changed


def test_a_lost_delete_is_repeated(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.found(), deleting(sample, **LOST[0]), deleting(sample))

    assert run(sample.module, script, **by_name(sample)).changed


def test_a_delete_that_is_refused_is_an_error(run: Callable[..., Run], sample: Sample) -> None:
    refused = deleting(sample, status=403, answer=refusal({"code": 10000, "message": "Authentication error"}))

    result = run(sample.module, Script(sample.found(), refused), **by_name(sample))

    assert result.failed
    assert result.failure["method"] == "DELETE"


@pytest.mark.parametrize("id_too", [False, True])
def test_check_mode_sends_no_delete_and_foretells_it(run: Callable[..., Run], sample: Sample, id_too: bool) -> None:
    params = {**by_name(sample), **({sample.id_option: ID.upper()} if id_too else {})}
    first = sample.reading() if id_too else sample.found()

    foretold = run(sample.module, Script(first), True, **params)
    real = run(sample.module, Script(first, deleting(sample)), **params)

    for key in ("changed", "result", "diff"):
        assert foretold.output[key] == real.output[key]
    assert foretold.changed


def test_check_mode_of_nothing_to_delete(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, Script(sample.listing(), *sample.listing_all()), True, **by_name(sample))

    assert not result.changed
    assert result.result == {}


def test_in_many_the_rules_are_the_same(run: Callable[..., Run], many: Many) -> None:
    one, other = many.record(1), many.record(2)
    entry = {many.one.id_option: other["id"], "domain": "d1.example", "state": "absent"}

    result = run(many.module, Script(many.listing(one, other)), **{many.option: [entry]})

    assert result.failed
    assert f"with the id {other['id']} is d2.example, not d1.example. Nothing was deleted." in result.msg


def test_in_many_nothing_there_is_fine(run: Callable[..., Run], many: Many) -> None:
    entries = [{"domain": "d1.example", "state": "absent"}, {many.one.id_option: ID, "state": "absent"}]

    result = run(many.module, Script(many.listing()), **{many.option: entries})

    assert not result.changed
    assert result.result == [{}, {}]
    assert result.summary["unchanged"] == ["d1.example", ID]


def test_in_many_404_on_the_first_try_is_no_change_and_on_the_second_one_is(run: Callable[..., Run]) -> None:
    many = RESTRICTIONS
    one = many.record(1)
    entries = [{"domain": "d1.example", "state": "absent"}]

    quicker = run(many.module, Script(many.listing(one), many.deleting(one, **GONE)), restrictions=entries)
    lost = run(
        many.module,
        Script(many.listing(one), many.deleting(one, **LOST[0]), many.deleting(one, **GONE)),
        restrictions=entries,
    )

    assert not quicker.changed
    assert (quicker.summary["unchanged"], quicker.diff) == (["d1.example"], [])
    assert lost.changed
    assert lost.summary["deleted"] == ["d1.example"]


def test_in_a_batch_what_somebody_else_deleted_first_is_no_change(run: Callable[..., Run]) -> None:
    many = RESTRICTIONS
    one, other = many.records(2)
    gone = refusal({"code": 1404, "message": "Not found", "source": {"pointer": "/deletes/0"}})
    lists = {"deletes": [{"id": one["id"]}, {"id": other["id"]}]}
    script = Script(many.listing(one, other), many.batch(lists, status=404, answer=gone), many.listing())
    entries = [{"domain": record["domain"], "state": "absent"} for record in (one, other)]

    result = run(many.module, script, restrictions=entries)

    assert not result.failed
    assert (result.summary["unchanged"], result.summary["deleted"]) == (["d1.example"], ["d2.example"])
    assert result.result == [{}, {"id": other["id"]}]


def test_a_record_without_a_name_is_told_of_by_its_id(run: Callable[..., Run], sample: Sample) -> None:
    nameless = {**sample.record, "domain": None}
    script = Script(sample.reading(nameless), deleting(sample))

    result = run(sample.module, script, **{sample.id_option: ID, "state": "absent"})

    assert result.diff["before_header"] == f"{sample.noun} {ID}"


def test_nothing_but_the_listing_is_read_to_delete_a_domain_of_many(run: Callable[..., Run]) -> None:
    one = DOMAINS.record(1)

    result = run(
        DOMAINS.module,
        Script(DOMAINS.listing(one), DOMAINS.deleting(one)),
        domains=[{"domain_id": one["id"], "state": "absent"}],
    )

    assert result.result == [{"id": one["id"]}]
    assert result.diff[0]["before_header"] == f"{DOMAIN.noun} d1.example"
