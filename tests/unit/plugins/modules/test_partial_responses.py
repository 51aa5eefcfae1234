# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses without all settings: the record is read by its id, and lists that stay unknown are not changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import ALL_SAMPLES, DOMAIN, RESTRICTION
from support.sample import Sample
from support.script import Exchange, Script, envelope, refusal

HELD = ["192.0.2.1"]
ADDED = ["198.51.100.7"]


def without(record: dict[str, Any], *fields: str) -> dict[str, Any]:
    """Return a record as a list shows it that leaves some fields out."""
    return {name: value for name, value in record.items() if name not in fields}


@pytest.fixture(params=["one", "many"])
def change(request: pytest.FixtureRequest, run: Callable[..., Run]) -> Callable[..., Run]:
    """Return a function that runs the module for one record or that for many, with a record as it is listed."""

    def run_either(listed: dict[str, Any], *exchanges: Exchange, list_mode: str = "replace", **settings: Any) -> Run:
        key = DOMAIN.key_in(listed)
        if request.param == "one":
            script = Script(DOMAIN.lookup(listed, key=key), *exchanges)
            return run(DOMAIN.module, script, **key, list_mode=list_mode, **settings)
        script = Script(DOMAIN.listing(listed), *exchanges)
        return run(DOMAIN.bulk_module, script, domains=[{**key, **settings}], list_mode=list_mode)

    return run_either


@pytest.mark.parametrize(
    ("list_mode", "given", "sent"),
    [
        ("append", ADDED, HELD + ADDED),
        ("append", HELD, None),
        ("remove", HELD, []),
        ("remove", ADDED, None),
        ("replace", ADDED, ADDED),
        ("replace", HELD, None),
        ("remove", [], None),
    ],
)
def test_a_list_that_the_listing_leaves_out_is_read_by_id(
    change: Callable[..., Run], list_mode: str, given: list[str], sent: list[str] | None
) -> None:
    record = DOMAIN.numbered(1, ip_restrictions=HELD)
    patch = [] if sent is None else [DOMAIN.patching(record, {"ip_restrictions": sent})]

    result = change(
        without(record, "ip_restrictions"), DOMAIN.reading(record), *patch, list_mode=list_mode, ip_restrictions=given
    )

    assert result.changed is (sent is not None)


def test_any_other_setting_that_the_listing_leaves_out_is_read_by_id(change: Callable[..., Run]) -> None:
    record = DOMAIN.numbered(1, lookback_hops=3, folder=None)

    result = change(without(record, "lookback_hops", "folder"), DOMAIN.reading(record), lookback_hops=3, folder="")

    assert not result.changed


def test_a_missing_setting_equals_an_empty_desired_value(change: Callable[..., Run]) -> None:
    listed = without(DOMAIN.numbered(1), "ip_restrictions", "folder")

    assert not change(listed, ip_restrictions=[], folder="").changed


def test_settings_missing_in_the_response_are_taken_as_sent(run: Callable[..., Run]) -> None:
    emptied = {"ip_restrictions": []}
    response = envelope(without(DOMAIN.record, "ip_restrictions"))

    predicted = run(DOMAIN.module, Script(DOMAIN.found()), check_mode=True, domain=DOMAIN.label, **emptied)
    script = Script(DOMAIN.found(), DOMAIN.patching(body=emptied, answer=response))
    result = run(DOMAIN.module, script, domain=DOMAIN.label, **emptied)

    assert result.changed
    assert result.diff == predicted.diff
    assert result.diff["after"]["ip_restrictions"] == []


def test_unmanaged_settings_are_not_read(change: Callable[..., Run]) -> None:
    assert not change(without(DOMAIN.numbered(1, lookback_hops=3), "transport"), lookback_hops=3).changed


@pytest.mark.parametrize("list_mode", ["append", "remove"])
@pytest.mark.parametrize("shown", [{}, {"ip_restrictions": "192.0.2.1"}, {"ip_restrictions": {"a": 1}}])
def test_an_unknown_list_is_not_extended(change: Callable[..., Run], list_mode: str, shown: dict[str, Any]) -> None:
    record = {**without(DOMAIN.numbered(1), "ip_restrictions"), **shown}
    reads = [] if shown else [DOMAIN.reading(record)]

    result = change(record, *reads, list_mode=list_mode, ip_restrictions=ADDED)

    assert result.failed
    assert (
        f"ip_restrictions: the API does not return the list of d1.example, which list_mode {list_mode} needs. "
        "Set the whole list with list_mode replace."
    ) in result.msg


def test_a_record_without_a_name_is_called_the_record(run: Callable[..., Run]) -> None:
    script = Script(DOMAIN.reading(without(DOMAIN.record, "domain", "ip_restrictions")))

    result = run(DOMAIN.module, script, domain_id=DOMAIN.record["id"], list_mode="append", ip_restrictions=ADDED)

    assert result.msg.startswith("ip_restrictions: the API does not return the list of the record, which list_mode")


def test_a_record_to_delete_is_not_read_again(run: Callable[..., Run]) -> None:
    record = RESTRICTION.numbered(1)
    script = Script(RESTRICTION.listing(without(record, "comments")), RESTRICTION.deleting(record))

    assert run(RESTRICTION.module, script, domain=record["domain"], comments="x", state="absent").changed


@pytest.mark.parametrize("list_mode", ["append", "remove"])
def test_null_is_an_empty_list(change: Callable[..., Run], list_mode: str) -> None:
    record = DOMAIN.numbered(1, ip_restrictions=None)
    patch = [DOMAIN.patching(record, {"ip_restrictions": ADDED})] if list_mode == "append" else []

    assert change(record, *patch, list_mode=list_mode, ip_restrictions=ADDED).changed is bool(patch)


def test_a_setting_found_only_in_the_response_is_not_a_change(run: Callable[..., Run]) -> None:
    record = DOMAIN.record
    kept = {**record, "require_tls_inbound": False}
    listing = DOMAIN.lookup(without(record, "transport"))
    script = Script(listing, DOMAIN.patching(stored={**kept, "regions": ["GLOBAL"]}))

    result = run(DOMAIN.module, script, domain=DOMAIN.label, **DOMAIN.change)

    assert result.msg.startswith("The API reported success but did not apply: lookback_hops: is 2, not 7; require_tls_")
    assert not result.changed
    script = Script(DOMAIN.lookup(without(record, "transport")), DOMAIN.patching())
    diff = run(DOMAIN.module, script, domain=DOMAIN.label, **DOMAIN.change).diff
    assert diff["before"]["transport"] == diff["after"]["transport"]


def test_a_record_that_is_gone_when_it_is_read_by_id_is_an_error(change: Callable[..., Run]) -> None:
    record = DOMAIN.numbered(1)
    gone = Exchange("GET", DOMAIN.reading(record).path, status=404, answer=refusal({"code": 1404, "message": "No"}))

    result = change(without(record, "transport"), gone, transport="mx.example")

    assert result.msg.startswith("HTTP 404: No (code 1404).")
    assert not result.output.get("changed")


def test_a_record_without_an_id_cannot_be_read(change: Callable[..., Run]) -> None:
    result = change(without(DOMAIN.numbered(1), "transport", "id"), transport="mx.example")

    assert "The API returned no usable id for email security domain d1.example: it cannot be changed." in result.msg


def test_several_records_of_a_name_are_an_error_without_reading_them(run: Callable[..., Run]) -> None:
    records = [without(record, "comments") for record in RESTRICTION.records(2, domain="a.example")]

    result = run(
        RESTRICTION.bulk_module,
        Script(RESTRICTION.listing(*records)),
        restrictions=[{"domain": "a.example", "comments": "x"}],
    )

    assert "a.example matches 2 sending domain restrictions" in result.msg


@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_an_accepted_change_that_cannot_be_read_is_a_change(
    run: Callable[..., Run], sample: Sample, status: int
) -> None:
    response = envelope(None) if status == 200 else refusal({"code": 1, "message": "No"})
    unread = sample.reading(status=status, answer=response)
    script = Script(sample.found(), sample.patching(answer=envelope(None)), unread)

    result = run(sample.module, script, retries=0, **sample.key, **sample.change)

    reason = "the response has no record." if status == 200 else "No (code 1)."
    assert result.msg.startswith(
        f"The API reported success, but the record could not be read again: HTTP {status}: {reason}"
    )
    assert (result.failed, result.changed, result.result) == (True, True, {})
    assert (result.failure["method"], result.failure["status"]) == ("GET", status)


def test_a_response_about_another_record_does_not_confirm_the_change(run: Callable[..., Run], sample: Sample) -> None:
    other = {**sample.changed_record, "id": sample.other_id}
    script = Script(sample.found(), sample.patching(stored=other), sample.reading(sample.changed_record))

    result = run(sample.module, script, **sample.key, **sample.change)

    assert result.result == sample.changed_record
    assert result.changed


@pytest.mark.parametrize("response_id", [{"id": DOMAIN.record["id"].upper()}, {}])
def test_a_different_case_or_missing_id_in_the_response_is_accepted(
    run: Callable[..., Run], response_id: dict[str, str]
) -> None:
    answered = {**without(DOMAIN.changed_record, "id"), **response_id}

    assert run(
        DOMAIN.module, Script(DOMAIN.found(), DOMAIN.patching(stored=answered)), domain=DOMAIN.label, **DOMAIN.change
    ).changed


def test_an_accepted_create_without_a_record_reports_changed(run: Callable[..., Run]) -> None:
    new = {"domain": "new.example", "exclude": []}
    script = Script(RESTRICTION.listing(), RESTRICTION.creating(new, answer=envelope(None)), RESTRICTION.listing())

    result = run(RESTRICTION.module, script, domain="new.example")

    assert result.msg == "The API reported success, but no sending domain restriction named new.example exists."
    assert (result.changed, result.result) == (True, {})


def test_what_the_list_leaves_out_of_a_new_record_is_read_by_id(run: Callable[..., Run]) -> None:
    made = RESTRICTION.numbered(1, domain="new.example", exclude=[], comments="x")
    body = {"exclude": [], "domain": "new.example", "comments": "x"}
    script = Script(
        RESTRICTION.listing(),
        RESTRICTION.creating(body, answer=envelope(None)),
        RESTRICTION.listing(without(made, "comments")),
        RESTRICTION.reading(made),
    )

    assert run(RESTRICTION.module, script, domain="new.example", comments="x").result == made


def test_two_records_after_a_create_are_a_change(run: Callable[..., Run]) -> None:
    new = {"domain": "new.example", "exclude": []}
    twice = [RESTRICTION.numbered(number, **new) for number in (1, 2)]
    script = Script(
        RESTRICTION.listing(), RESTRICTION.creating(new, answer=envelope(None)), RESTRICTION.listing(*twice)
    )

    result = run(RESTRICTION.module, script, domain="new.example")

    assert result.msg.startswith(
        "The API reported success, but the record could not be read again: domain: new.example "
        "matches 2 sending domain restrictions."
    )
    assert result.changed


@pytest.mark.parametrize("sample", [sample for sample in ALL_SAMPLES if "deletes" in sample.resource.batch], ids=str)
@pytest.mark.parametrize("there", [True, False])
def test_a_delete_that_the_response_to_a_batch_does_not_name_is_looked_for(
    run: Callable[..., Run], sample: Sample, there: bool
) -> None:
    records = sample.records(2)
    script = Script(
        sample.listing(*records),
        sample.batch(
            {"deletes": [{"id": sample.id_of(1)}, {"id": sample.id_of(2)}]}, {"deletes": [{"id": sample.id_of(1)}]}
        ),
        sample.listing(*(records[1:] if there else [])),
    )

    result = run(sample.bulk_module, script, **{sample.entries_option: sample.absent(1, 2)})

    assert result.summary["deleted"] == ([sample.label_of(1)] if there else [sample.label_of(1), sample.label_of(2)])
    assert result.failed is there
    if there:
        assert result.failed_records == [
            {"name": sample.label_of(2), "msg": "The API reported success, but the record still exists."}
        ]


@pytest.mark.parametrize("named", [True, False])
def test_ids_of_deletes_are_compared_in_any_letters(run: Callable[..., Run], named: bool) -> None:
    ids = [f"0000000{letter}-0000-4000-8000-00000000000{letter}" for letter in "aB"]
    records = [{**record, "id": record_id} for record, record_id in zip(DOMAIN.records(2), ids, strict=True)]
    deleted = [{"id": record_id.swapcase()} for record_id in ids]
    script = Script(
        DOMAIN.listing(*records),
        DOMAIN.batch({"deletes": [{"id": record_id} for record_id in ids]}, {"deletes": deleted if named else []}),
        *([] if named else [DOMAIN.listing(*({**record, "id": record["id"].swapcase()} for record in records))]),
    )

    result = run(DOMAIN.bulk_module, script, domains=DOMAIN.absent(1, 2))

    assert len(result.summary["deleted"]) == (2 if named else 0)


def test_a_delete_by_batch_that_is_not_confirmed_and_cannot_be_checked_is_an_error(run: Callable[..., Run]) -> None:
    script = Script(
        DOMAIN.listing(*DOMAIN.records(2)),
        DOMAIN.batch(
            {"deletes": [{"id": DOMAIN.id_of(1)}, {"id": DOMAIN.id_of(2)}]}, {"deletes": [{"id": DOMAIN.id_of(1)}]}
        ),
        DOMAIN.listing(status=403, answer=refusal({"code": 1, "message": "No"})),
    )

    result = run(DOMAIN.bulk_module, script, domains=DOMAIN.absent(1, 2))

    assert result.summary["deleted"] == ["d1.example"]
    assert [record["name"] for record in result.failed_records] == ["d2.example"]
    assert result.changed
