# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a bulk task: every mistake of all of them in one message, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)
from support.bulk import DOMAINS, RESTRICTIONS, Many, id_of, parse_entries
from support.module_runner import Run
from support.samples import ID, OTHER_ID
from support.script import Script

UUID = "must be a UUID such as f174e90a-fafe-4643-bbbc-4a0ed4fc8415, not "


def refused(run: Callable[..., Run], many: Many, *entries: Any, **params: Any) -> Run:
    """Run against a script without a single exchange: nothing may be sent."""
    result = run(many.module, **{many.option: list(entries)}, **params)
    assert result.failed
    assert "Traceback" not in result.text
    return result


def test_every_mistake_of_every_entry_is_told_with_index_and_name(run: Callable[..., Run]) -> None:
    result = refused(
        run,
        DOMAINS,
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
        {"index": 4, "name": None, "msg": "must be a dictionary with the options of one record."},
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
        "domains[4]: must be a dictionary with the options of one record.",
        f"domains[5] (no name): {result.entry_errors[4]['msg']}",
    ]


def test_several_mistakes_of_an_entry_that_ansible_finds_right_are_all_told(run: Callable[..., Run]) -> None:
    result = refused(run, RESTRICTIONS, {"domain": "x", "exclude": ["y"], "comments": "z" * 1025})

    (mistake,) = result.entry_errors
    for option in ("domain: ", "exclude: entry 1 ", "comments: "):
        assert option in mistake["msg"]


def test_null_is_not_managed_where_there_are_choices_too() -> None:
    null = dict.fromkeys(DOMAIN.fields, None)
    [asked] = parse_entries(DOMAIN, [{**null, "state": None, "domain": "a.example"}])
    [named] = parse_entries(DOMAIN, [{"domain": "a.example"}])
    assert asked == named
    with pytest.raises(InputError, match="Unsupported parameters: region"):
        parse_entries(DOMAIN, [{"domain": "a.example", "region": None}])


@pytest.mark.parametrize("entry", [None, "a.example", 5, True, ["a.example"], "domain=a.example"])
def test_an_entry_that_is_no_dictionary_is_refused(run: Callable[..., Run], many: Many, entry: Any) -> None:
    result = refused(run, many, {"domain": "a.example"}, entry)

    assert result.msg == f"{many.option}[1]: must be a dictionary with the options of one record."


@pytest.mark.parametrize("entry", [{}, {"domain": None}, {"state": "absent"}, {"domain": None, "state": "present"}])
def test_an_entry_without_name_and_id_is_refused(run: Callable[..., Run], many: Many, entry: dict[str, Any]) -> None:
    result = refused(run, many, entry)

    assert result.msg == f"{many.option}[0]: one of the following is required: {many.one.id_option}, domain."


@pytest.mark.parametrize("name", ["a.example", "A.EXAMPLE", "a.example."])
def test_a_name_that_appears_twice_is_a_mistake(run: Callable[..., Run], many: Many, name: str) -> None:
    result = refused(run, many, {"domain": "a.example"}, {"domain": "b.example"}, {"domain": name, "state": "absent"})

    assert result.msg == f"{many.option}[2] ({name}): domain {name} is in {many.option}[0] already."


def test_a_name_that_appears_twice_in_other_letters_is_a_mistake(run: Callable[..., Run], many: Many) -> None:
    result = refused(run, many, {"domain": "Ö.example"}, {"domain": "xn--nda.example"})

    assert result.msg.endswith(f"domain xn--nda.example is in {many.option}[0] already.")


def test_an_id_that_appears_twice_is_a_mistake(run: Callable[..., Run], many: Many) -> None:
    option = many.one.id_option

    result = refused(run, many, {option: ID}, {option: OTHER_ID}, {option: ID.upper(), "domain": "a.example"})

    assert result.msg == f"{many.option}[2] (a.example): {option} {ID} is in {many.option}[0] already."


def test_a_name_that_appears_three_times_is_told_twice(run: Callable[..., Run], many: Many) -> None:
    result = refused(run, many, *[{"domain": "a.example"}] * 3)

    assert [mistake["index"] for mistake in result.entry_errors] == [1, 2]


def test_the_name_that_a_record_shall_get_counts_too(run: Callable[..., Run], many: Many) -> None:
    result = refused(run, many, {many.one.id_option: ID, "domain": "a.example"}, {"domain": "a.example"})

    assert "domain a.example is in" in result.msg


def test_repeats_are_told_together_with_all_other_mistakes(run: Callable[..., Run], many: Many) -> None:
    option = many.one.id_option
    entries = [
        {"domain": "no name"},
        {"domain": "a.example"},
        {"domain": "A.example"},
        {option: ID},
        {"colour": "red", "domain": "a.example"},
        {option: ID},
    ]

    result = refused(run, many, *entries)

    assert [(mistake["index"], mistake["msg"].split(" ")[0]) for mistake in result.entry_errors] == [
        (0, "domain:"),
        (2, "domain"),
        (4, "Unsupported"),
        (5, option),
    ]
    assert f"is in {many.option}[1] already." in result.msg
    assert f"is in {many.option}[3] already." in result.msg


def test_of_a_thousand_mistakes_the_message_has_the_first_and_the_list_has_all(run: Callable[..., Run]) -> None:
    result = refused(run, DOMAINS, *({"domain": f"d{number}.example", "lookback_hops": 0} for number in range(1000)))

    *lines, last = result.msg.split("\n")
    assert [mistake["index"] for mistake in result.entry_errors] == list(range(1000))
    assert all(line.startswith(f"domains[{index}] (d{index}.example): lookback") for index, line in enumerate(lines))
    more = 1000 - len(lines)
    assert last == f"{more} more errors: all are in entry_errors."
    assert 1500 < len(result.msg) <= 2000


@pytest.mark.parametrize("name", ["x" * 2**20, "two\nlines", "\u202eabc"])
def test_a_name_that_is_none_does_not_spoil_the_message(run: Callable[..., Run], many: Many, name: str) -> None:
    result = refused(run, many, {"domain": name})

    assert len(result.msg) < 400
    assert "\n" not in result.msg
    assert "\u202e" not in result.msg


@pytest.mark.parametrize("check_mode", [False, True])
def test_check_mode_refuses_the_same(run: Callable[..., Run], many: Many, check_mode: bool) -> None:
    assert run(many.module, check_mode=check_mode, **{many.option: [{"domain": "x"}]}).failed


@pytest.mark.parametrize("value", [None, 5, True, {"domain": "a.example"}, "a.example"])
def test_what_is_no_list_is_refused(run: Callable[..., Run], many: Many, value: Any) -> None:
    result = run(many.module, **{many.option: value})

    assert result.failed
    assert many.option in result.msg
    assert "Traceback" not in result.text


def test_the_list_is_required(run: Callable[..., Run], many: Many) -> None:
    assert run(many.module).msg == f"missing required arguments: {many.option}."


def test_an_empty_list_is_fine_and_changes_nothing(run: Callable[..., Run], many: Many) -> None:
    for empty in ([], ""):
        result = run(many.module, Script(many.listing(many.record(1))), **{many.option: empty})

        assert not result.changed
        assert result.result == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("purge_limit", -1),
        ("purge_limit", 100001),
        ("concurrency", 0),
        ("concurrency", 33),
        ("concurrency", "x"),
        ("purge", "x"),
        ("purge_limit", []),
    ],
)
def test_an_option_of_the_task_that_cannot_be_is_refused(
    run: Callable[..., Run], many: Many, option: str, value: Any
) -> None:
    assert option in refused(run, many, {"domain": "a.example"}, **{option: value}).msg


def test_the_bounds_are_named(run: Callable[..., Run], many: Many) -> None:
    entry = {"domain": "a.example"}

    assert refused(run, many, entry, purge_limit=-1).msg == "purge_limit: must be a number from 0 to 100000, not -1."
    assert refused(run, many, entry, concurrency=33).msg == "concurrency: must be a number from 1 to 32, not 33."


def test_values_at_the_bounds_are_taken(run: Callable[..., Run], many: Many) -> None:
    for params in ({"concurrency": 1, "purge_limit": 0}, {"concurrency": 32, "purge_limit": 100000}):
        assert not run(many.module, Script(many.listing()), **{many.option: []}, **params).failed


def test_values_are_read_as_ansible_reads_them(run: Callable[..., Run]) -> None:
    record = DOMAINS.record(1)
    entry = {
        "domain": "d1.example",
        "require_tls_outbound": "yes",
        "lookback_hops": "2",
        "drop_dispositions": "SPAM,MALICIOUS",
    }

    assert not run(DOMAINS.module, Script(DOMAINS.listing(record)), domains=[entry]).changed


def test_an_option_that_is_null_is_left_out(run: Callable[..., Run], many: Many) -> None:
    entry = {**dict.fromkeys([many.one.id_option, *many.one.change, *many.one.same]), "domain": "d1.example"}

    assert not run(many.module, Script(many.listing(many.record(1))), **{many.option: [entry]}).changed


def test_mistakes_that_only_the_state_shows_are_told_together_too(run: Callable[..., Run]) -> None:
    records = [DOMAINS.record(1), DOMAINS.record(2), DOMAINS.record(3, domain="d2.example")]
    entries = [
        {"domain": "d1.example"},
        {"domain": "d9.example", "lookback_hops": 2},
        {"domain": "d2.example"},
        {"domain_id": ID},
        {"domain_id": id_of(1), "lookback_hops": 3},
    ]

    result = run(DOMAINS.module, Script(DOMAINS.listing(*records)), domains=entries)

    assert result.failed
    assert [(mistake["index"], mistake["name"]) for mistake in result.entry_errors] == [
        (1, "d9.example"),
        (2, "d2.example"),
        (3, ID),
        (4, id_of(1)),
    ]
    lines = result.msg.split("\n")
    assert "To create d9.example, the task needs allowed_delivery_modes, drop_dispositions" in lines[0]
    assert "d2.example matches 2 email security domains" in lines[1]
    assert "this account has no email security domain with the id" in lines[2]
    assert lines[3] == f"domains[4] ({id_of(1)}): is the same record as domains[0]."


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([ID, "a.example"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=5,
)


@pytest.mark.parametrize("resource", [DOMAIN, SENDING_DOMAIN_RESTRICTION], ids=lambda resource: resource.noun)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_in_the_list_it_is_taken_or_every_bad_entry_gets_a_sentence(resource: Any, data: Any) -> None:
    options = st.sampled_from([*resource.argument_spec(), "odd"])
    entries = data.draw(st.lists(VALUES | st.dictionaries(options, VALUES, max_size=4), max_size=4))

    try:
        taken, mistakes, message = parse_entries(resource, entries), [], ""
    except InputError as error:
        taken, mistakes, message = [], error.details["entry_errors"], str(error)

    assert len(taken) == (0 if mistakes else len(entries))
    assert all(mistake["msg"].endswith(".") for mistake in mistakes)
    places = [mistake["index"] for mistake in mistakes]
    assert places == sorted(places)
    assert all(f"{resource.entries_option}[{place}]" in message for place in places)


def test_for_one_record_a_name_that_is_null_is_none_at_all(run: Callable[..., Run], many: Many) -> None:
    for params in ({"domain": None}, {many.one.id_option: None}, {"domain": None, many.one.id_option: None}):
        result = run(many.one.module, **params, **many.needed)

        assert result.msg == f"one of the following is required: {many.one.id_option}, domain."
