# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a bulk task: all their errors in one message, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from support.module_runner import Run
from support.resources import ALL_SAMPLES, DOMAIN
from support.sample import ID, Sample
from support.script import Script
from support.tasks import parse_entries

UUID = "must be a UUID such as f174e90a-fafe-4643-bbbc-4a0ed4fc8415, not "


def refused(run: Callable[..., Run], sample: Sample, *entries: Any, **params: Any) -> Run:
    """Run against a script without a single exchange: nothing may be sent."""
    result = run(sample.bulk_module, **{sample.entries_option: list(entries)}, **params)
    assert result.failed
    assert "Traceback" not in result.text
    return result


def test_every_error_of_every_entry_is_reported_with_index_and_name(run: Callable[..., Run]) -> None:
    result = refused(
        run,
        DOMAIN,
        {"domain": "a.example", "lookback_hops": 0, "regions": ["XX"], "colour": "red"},
        {"domain": "b.example"},
        {"domain_id": "x"},
        {"lookback_hops": 3},
        "text",
        {"domain": "no name", "state": "gone", "integration_id": "y"},
    )

    assert result.entry_errors == [
        {
            "index": 0,
            "name": "a.example",
            "msg": "value of regions must be one or more of: GLOBAL, AU, DE, IN, US. Got no match for: XX. "
            "Unsupported parameters: colour. Supported parameters include: allowed_delivery_modes, domain, domain_id, "
            "drop_dispositions, folder, integration_id, ip_restrictions, lookback_hops, regions, require_tls_inbound, "
            "require_tls_outbound, state, transport. "
            "lookback_hops: must be a number from 1 to 20, not 0.",
        },
        {"index": 2, "name": None, "msg": f"domain_id: {UUID}'x'."},
        {"index": 3, "name": None, "msg": "one of the following is required: domain_id, domain."},
        {"index": 4, "name": None, "msg": "must be a dictionary with the options of a record."},
        {
            "index": 5,
            "name": "no name",
            "msg": "value of state must be one of: present, absent, got: gone. "
            "domain: must be a domain name such as example.com, not 'no name'. "
            f"integration_id: {UUID}'y'.",
        },
    ]
    assert result.msg.split("\n") == [
        f"domains[0] (a.example): {result.entry_errors[0]['msg']}",
        f"domains[2]: domain_id: {UUID}'x'.",
        "domains[3]: one of the following is required: domain_id, domain.",
        "domains[4]: must be a dictionary with the options of a record.",
        f"domains[5] (no name): {result.entry_errors[4]['msg']}",
    ]


def test_null_is_not_managed_where_there_are_choices_too() -> None:
    null = dict.fromkeys(DOMAIN.resource.fields, None)
    [asked] = parse_entries(DOMAIN, [{**null, "state": None, "domain": "a.example"}])
    [named] = parse_entries(DOMAIN, [{"domain": "a.example"}])
    assert asked == named
    with pytest.raises(InputError, match="Unsupported parameters: region"):
        parse_entries(DOMAIN, [{"domain": "a.example", "region": None}])


@pytest.mark.parametrize("entry", [None, "a.example", 5, True, ["a.example"], "domain=a.example"])
def test_an_entry_that_is_not_a_dictionary_is_refused(run: Callable[..., Run], sample: Sample, entry: Any) -> None:
    result = refused(run, sample, sample.key_of(1), entry)

    assert result.msg == f"{sample.entries_option}[1]: must be a dictionary with the options of a record."


@pytest.mark.parametrize("state", [{}, {"state": None}, {"state": "absent"}, {"state": "present"}])
@pytest.mark.parametrize("null", [False, True])
def test_an_entry_without_key_and_id_is_refused(
    run: Callable[..., Run], sample: Sample, state: dict[str, Any], null: bool
) -> None:
    result = refused(run, sample, {**(dict.fromkeys(sample.key) if null else {}), **state})

    assert result.msg == f"{sample.entries_option}[0]: {sample.key_required}"


@pytest.mark.parametrize("respelled", [False, True])
def test_a_repeated_key_is_an_error(run: Callable[..., Run], sample: Sample, respelled: bool) -> None:
    again = sample.respelled if respelled else sample.key
    label = sample.resource.label(again)

    result = refused(run, sample, sample.key, sample.key_of(2), {**again, "state": "absent"})

    option = sample.entries_option
    assert result.msg == f"{option}[2] ({label}): {sample.key_field} {label} is already in {option}[0]."


def test_a_repeated_id_is_an_error(run: Callable[..., Run], sample: Sample) -> None:
    option = sample.id_option

    result = refused(
        run,
        sample,
        {option: sample.id},
        {option: sample.other_id},
        {option: str(sample.id).upper(), **sample.key_of(1)},
    )

    entries = sample.entries_option
    label = sample.id if len(sample.key) > len(sample.key_of(1)) else sample.label_of(1)
    assert result.msg == f"{entries}[2] ({label}): {option} {sample.id} is already in {entries}[0]."


def test_a_key_that_appears_three_times_is_reported_twice(run: Callable[..., Run], sample: Sample) -> None:
    result = refused(run, sample, *[sample.key_of(1)] * 3)

    assert [entry["index"] for entry in result.entry_errors] == [1, 2]


def test_the_new_name_of_a_renamed_record_counts_too(run: Callable[..., Run], sample: Sample) -> None:
    result = refused(run, sample, {sample.id_option: sample.id, **sample.key}, sample.key)

    assert f"{sample.key_field} {sample.label} is already in" in result.msg


def test_repeats_are_reported_with_all_other_errors(run: Callable[..., Run], sample: Sample) -> None:
    option = sample.id_option
    entries = [
        {**sample.key, sample.key_field: ["x"]},
        sample.key,
        sample.respelled,
        {option: sample.id},
        {"colour": "red", **sample.key},
        {option: sample.id},
    ]

    result = refused(run, sample, *entries)

    assert [(entry["index"], entry["msg"].split(" ")[0]) for entry in result.entry_errors] == [
        (0, f"{sample.key_field}:"),
        (2, sample.key_field),
        (4, "Unsupported"),
        (5, option),
    ]
    assert f"is already in {sample.entries_option}[1]." in result.msg
    assert f"is already in {sample.entries_option}[3]." in result.msg


def test_a_thousand_errors_are_shortened_in_the_message_only(run: Callable[..., Run]) -> None:
    result = refused(run, DOMAIN, *({"domain": f"d{number}.example", "lookback_hops": 0} for number in range(1000)))

    *lines, last = result.msg.split("\n")
    assert [entry["index"] for entry in result.entry_errors] == list(range(1000))
    assert all(line.startswith(f"domains[{index}] (d{index}.example): lookback") for index, line in enumerate(lines))
    more = 1000 - len(lines)
    assert last == f"... and {more} more: see entry_errors."
    assert 1500 < len(result.msg) <= 2000


@pytest.mark.parametrize("name", ["x" * 2**20, "two\nlines", "\u202eabc"])
def test_a_name_that_is_invalid_does_not_spoil_the_message(run: Callable[..., Run], name: str) -> None:
    result = refused(run, DOMAIN, {"domain": name})

    assert len(result.msg) < 400
    assert "\n" not in result.msg
    assert "\u202e" not in result.msg


@pytest.mark.parametrize("check_mode", [False, True])
def test_check_mode_refuses_the_same(run: Callable[..., Run], sample: Sample, check_mode: bool) -> None:
    assert run(sample.bulk_module, check_mode=check_mode, **{sample.entries_option: [{}]}).failed


@pytest.mark.parametrize("value", [None, 5, True, {"domain": "a.example"}, "a.example"])
def test_a_value_that_is_not_a_list_is_refused(run: Callable[..., Run], sample: Sample, value: Any) -> None:
    result = run(sample.bulk_module, **{sample.entries_option: value})

    assert result.failed
    assert sample.entries_option in result.msg
    assert "Traceback" not in result.text


def test_the_list_is_required(run: Callable[..., Run], sample: Sample) -> None:
    assert run(sample.bulk_module).msg == f"missing required arguments: {sample.entries_option}."


def test_an_empty_list_is_fine_and_changes_nothing(run: Callable[..., Run], sample: Sample) -> None:
    for empty in ([], ""):
        result = run(sample.bulk_module, Script(sample.listing(sample.numbered(1))), **{sample.entries_option: empty})

        assert not result.changed
        assert result.result == []


@pytest.mark.parametrize(
    ("option", "value"), [("purge_limit", 100001), ("purge_limit", []), ("concurrency", 0), ("concurrency", "x")]
)
def test_an_option_of_the_task_that_is_invalid_is_refused(run: Callable[..., Run], option: str, value: Any) -> None:
    assert option in refused(run, DOMAIN, DOMAIN.key, **{option: value}).msg


def test_values_at_the_bounds_are_taken(run: Callable[..., Run], sample: Sample) -> None:
    for params in ({"concurrency": 1, "purge_limit": 0}, {"concurrency": 32, "purge_limit": 100000}):
        assert not run(sample.bulk_module, Script(sample.listing()), **{sample.entries_option: []}, **params).failed


def test_values_are_read_as_ansible_reads_them(run: Callable[..., Run]) -> None:
    record = DOMAIN.numbered(1)
    entry = {
        "domain": "d1.example",
        "require_tls_outbound": "yes",
        "lookback_hops": "2",
        "drop_dispositions": "SPAM,MALICIOUS",
    }

    assert not run(DOMAIN.bulk_module, Script(DOMAIN.listing(record)), domains=[entry]).changed


def test_an_option_that_is_null_is_left_out(run: Callable[..., Run], sample: Sample) -> None:
    entry = {**dict.fromkeys([sample.id_option, *sample.change, *sample.same]), **sample.key_of(1)}

    assert not run(
        sample.bulk_module, Script(sample.listing(sample.numbered(1))), **{sample.entries_option: [entry]}
    ).changed


def test_errors_that_only_the_records_show_are_reported_together_too(run: Callable[..., Run]) -> None:
    records = [DOMAIN.numbered(1), DOMAIN.numbered(2), DOMAIN.numbered(3, domain="d2.example")]
    entries = [
        {"domain": "d1.example"},
        {"domain": "d9.example", "lookback_hops": 2},
        {"domain": "d2.example"},
        {"domain_id": ID},
        {"domain_id": DOMAIN.id_of(1), "lookback_hops": 3},
    ]

    result = run(DOMAIN.bulk_module, Script(DOMAIN.listing(*records)), domains=entries)

    assert result.failed
    assert [(entry["index"], entry["name"]) for entry in result.entry_errors] == [
        (1, "d9.example"),
        (2, "d2.example"),
        (3, ID),
        (4, DOMAIN.id_of(1)),
    ]
    lines = result.msg.split("\n")
    assert "To create d9.example, set allowed_delivery_modes, drop_dispositions" in lines[0]
    assert "d2.example matches 2 email security domains" in lines[1]
    assert "this account has no email security domain with the id" in lines[2]
    assert lines[3] == f"domains[4] ({DOMAIN.id_of(1)}): is the same record as domains[0]."


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([ID, "a.example"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=5,
)


@pytest.mark.parametrize("tested", ALL_SAMPLES, ids=str)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_list_is_accepted_or_every_invalid_entry_is_reported(tested: Sample, data: Any) -> None:
    options = st.sampled_from([*tested.resource.argument_spec(), "odd"])
    entries = data.draw(st.lists(VALUES | st.dictionaries(options, VALUES, max_size=4), max_size=4))

    try:
        taken, entry_errors, message = parse_entries(tested, entries), [], ""
    except InputError as error:
        taken, entry_errors, message = [], error.details["entry_errors"], str(error)

    assert len(taken) == (0 if entry_errors else len(entries))
    assert all(entry["msg"].endswith(".") for entry in entry_errors)
    places = [entry["index"] for entry in entry_errors]
    assert places == sorted(places)
    assert all(f"{tested.entries_option}[{place}]" in message for place in places)


def test_for_one_record_a_key_of_null_is_missing(run: Callable[..., Run], sample: Sample) -> None:
    null = dict.fromkeys(sample.key)
    for params in (null, {sample.id_option: None}, {**null, sample.id_option: None}):
        result = run(sample.module, **params, **sample.needed)

        assert result.msg == sample.key_required
