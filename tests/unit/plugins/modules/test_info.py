# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that read: every page, filters, and names that are matched exactly whatever the server's filter does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import DomainName
from emulator import Emulator
from support.module_runner import Run
from support.resources import (
    ALLOW_POLICY,
    CONTENT_POLICY,
    DOMAIN,
    IMPERSONATION_ENTRY,
    INTEGRATION,
    RESTRICTION,
    TRUSTED_DOMAIN,
    URL_IGNORE_PATTERN,
)
from support.sample import ID, Sample
from support.script import Exchange, Script, refusal

INFO = DOMAIN.info_module


def asking(*records: dict[str, Any], number: int = 1, total: int | None = None, **query: list[str]) -> Exchange:
    """Return the request for a page of the domains that match."""
    return DOMAIN.listing(*records, number=number, total=total, query=query)


def names(result: Run) -> list[str]:
    return [record["domain"] for record in result.result]


def test_without_a_filter_everything_is_returned_in_the_order_of_the_server(
    run: Callable[..., Run], sample: Sample
) -> None:
    records = [sample.numbered(2), sample.numbered(1), sample.numbered(3)]

    result = run(sample.info_module, Script(sample.listing(*records)))

    assert result.result == records
    assert not result.changed
    assert "diff" not in result.output


def test_nothing_there_is_an_empty_list(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.info_module, Script(sample.listing()))

    assert result.result == []
    assert not result.failed


def test_every_page_is_read_a_thousand_to_a_page(run: Callable[..., Run], sample: Sample) -> None:
    records = sample.records(2001)
    script = Script(
        sample.listing(*records[:1000], number=1, total=2001),
        sample.listing(*records[1000:2000], number=2, total=2001),
        sample.listing(*records[2000:], number=3, total=2001),
    )

    assert run(sample.info_module, script).result == records


def test_check_mode_reads_just_the_same(run: Callable[..., Run], sample: Sample) -> None:
    assert run(sample.info_module, Script(sample.listing(sample.numbered(1))), True).result == [sample.numbered(1)]


def test_by_id_takes_one_get(run: Callable[..., Run], sample: Sample) -> None:
    record = sample.numbered(1)

    assert run(sample.info_module, Script(sample.reading(record)), **{sample.id_option: record["id"]}).result == [
        record
    ]


def test_an_unknown_id_gives_an_empty_list(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.reading(status=404, answer=refusal({"code": 1404, "message": "Not found"})))

    result = run(sample.info_module, script, **{sample.id_option: sample.id})

    assert not result.failed
    assert result.result == []


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_record_that_cannot_be_read_is_an_error(run: Callable[..., Run], sample: Sample, status: int) -> None:
    script = Script(sample.reading(status=status, answer=refusal({"code": 1, "message": "No"})))

    result = run(sample.info_module, script, **{sample.id_option: sample.id}, retries=0)

    assert result.failed
    assert result.failure["status"] == status


FILTERS = [
    ("allowed_delivery_mode", "BCC"),
    ("active_delivery_mode", "API"),
    ("integration_id", INTEGRATION),
    ("search", "exa mple&x=1"),
    ("order", "created_at"),
    ("direction", "desc"),
]


def query_of(option: str, value: str) -> dict[str, list[str]]:
    """Return the query of a filter. A direction without an order is that of the usual order."""
    return {option: [value], **({"order": ["created_at"]} if option == "direction" else {})}


@pytest.mark.parametrize(("option", "value"), FILTERS)
def test_a_filter_of_the_server_is_sent_to_it(run: Callable[..., Run], option: str, value: str) -> None:
    script = Script(asking(DOMAIN.numbered(1), **query_of(option, value)))

    assert names(run(INFO, script, **{option: value})) == ["d1.example"]


@pytest.mark.parametrize(("option", "value"), FILTERS[3:])
def test_restrictions_have_search_order_and_direction_too(run: Callable[..., Run], option: str, value: str) -> None:
    script = Script(RESTRICTION.listing(RESTRICTION.numbered(1), query=query_of(option, value)))

    assert names(run(RESTRICTION.info_module, script, **{option: value})) == ["d1.example"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty. Leave it out to read all records."),
        ("x" * 1025, "must have at most 1024 characters, has 1025."),
    ],
)
def test_a_text_that_cannot_be_searched_for_is_refused(run: Callable[..., Run], text: str, sentence: str) -> None:
    assert run(INFO, search=text).msg == f"search: {sentence}"


def test_filters_are_sent_with_every_page(run: Callable[..., Run]) -> None:
    records = DOMAIN.records(1001)
    query = {"search": ["x"], "order": ["domain"]}
    script = Script(asking(*records[:1000], total=1001, **query), asking(records[1000], number=2, total=1001, **query))

    assert len(run(INFO, script, search="x", order="domain").result) == 1001


@pytest.mark.parametrize("status", ["active", "ACTIVE", "Active"])
@pytest.mark.parametrize("held", ["active", "ACTIVE"])
def test_a_status_is_compared_in_any_case(run: Callable[..., Run], status: str, held: str) -> None:
    records = [DOMAIN.numbered(1, status="pending"), DOMAIN.numbered(2, status=held), DOMAIN.numbered(3, status=None)]

    assert names(run(INFO, Script(asking(*records, {"id": "4"})), status=status)) == ["d2.example"]


@pytest.mark.parametrize("status", ["", "actif", "none"])
def test_an_unknown_status_is_refused(run: Callable[..., Run], status: str) -> None:
    result = run(INFO, status=status)

    assert result.msg == f"status: must be one of pending, active, failed, timeout, not {status!r}."


@pytest.mark.parametrize("held", ["d1.example", "D1.Example", "d1.example."])
@pytest.mark.parametrize("asked", ["d1.example", "D1.EXAMPLE.", ["d1.example", "D1.example."]])
def test_a_name_is_matched_exactly_in_any_spelling(run: Callable[..., Run], held: str, asked: Any) -> None:
    records = [
        DOMAIN.numbered(1, domain=held),
        DOMAIN.numbered(2, domain=f"www.{held}"),
        DOMAIN.numbered(3, domain=None),
    ]

    result = run(INFO, Script(asking(*records, domain=["d1.example"])), domain=asked)

    assert result.result == records[:1]


def test_several_names_take_one_request(run: Callable[..., Run]) -> None:
    script = Script(asking(DOMAIN.numbered(2), DOMAIN.numbered(1), domain=["d1.example", "d2.example"]))

    assert names(run(INFO, script, domain=["d1.example", "d2.example"])) == ["d2.example", "d1.example"]


def test_where_the_filter_misses_a_name_every_record_is_looked_at(run: Callable[..., Run]) -> None:
    hidden = DOMAIN.numbered(2, domain="D2.example")
    script = Script(asking(DOMAIN.numbered(1), domain=["d1.example", "d2.example"]), asking(DOMAIN.numbered(1), hidden))

    assert names(run(INFO, script, domain=["d1.example", "d2.example"])) == ["d1.example", "D2.example"]


def test_two_records_of_one_name_do_not_hide_that_another_name_was_missed(run: Callable[..., Run]) -> None:
    one, twin = DOMAIN.numbered(1), DOMAIN.numbered(3, domain="d1.example")
    hidden = DOMAIN.numbered(2, domain="D2.example")
    script = Script(asking(one, twin, domain=["d1.example", "d2.example"]), asking(one, twin, hidden))

    assert run(INFO, script, domain=["d1.example", "d2.example"]).result == [one, twin, hidden]


def test_several_records_of_one_name_are_all_returned(run: Callable[..., Run], sample: Sample) -> None:
    records = [sample.numbered(1), sample.numbered(2, **sample.key_of(1))]
    key = sample.key_of(1)

    assert run(sample.info_module, Script(sample.lookup(*records, key=key)), **key).result == records


def test_names_and_other_filters_are_sent_together(run: Callable[..., Run]) -> None:
    query = {"domain": ["d1.example"], "allowed_delivery_mode": ["BCC"], "order": ["domain"]}
    script = Script(asking(DOMAIN.numbered(1), **query))

    assert names(run(INFO, script, domain="d1.example", allowed_delivery_mode="BCC", order="domain")) == ["d1.example"]


def test_a_name_that_does_not_pass_the_other_filters_is_not_returned(run: Callable[..., Run]) -> None:
    query = {"allowed_delivery_mode": ["BCC"]}
    script = Script(asking(domain=["d1.example"], **query), asking(DOMAIN.numbered(2), **query))

    assert run(INFO, script, domain="d1.example", allowed_delivery_mode="BCC").result == []


def test_a_name_and_a_status(run: Callable[..., Run]) -> None:
    pending = DOMAIN.numbered(1, status="PENDING")

    assert run(INFO, Script(asking(pending, domain=["d1.example"])), domain="d1.example", status="pending").result == [
        pending
    ]
    script = Script(asking(pending, domain=["d1.example"]), asking(pending))
    assert run(INFO, script, domain="d1.example", status="active").result == []


@pytest.mark.parametrize("asked", ["bücher.example", "xn--bcher-kva.example", "BÜCHER.example."])
@pytest.mark.parametrize("held", ["Bücher.example", "xn--bcher-kva.example"])
def test_a_name_with_other_letters_is_found_in_either_form(run: Callable[..., Run], asked: str, held: str) -> None:
    record = DOMAIN.numbered(1, domain=held)
    spellings = ["xn--bcher-kva.example"] + ([] if asked.isascii() else [asked])

    assert run(INFO, Script(asking(record, domain=spellings)), domain=asked).result == [record]


@pytest.mark.parametrize(
    ("sample", "key"),
    [
        (ALLOW_POLICY, {"pattern": r"a{1,3}@b\.example", "pattern_type": "EMAIL", "is_regex": True}),
        (TRUSTED_DOMAIN, {"pattern": r"a{1,3}\.example", "is_regex": True}),
        (URL_IGNORE_PATTERN, {"pattern": r"https://a{1,3}/.*"}),
        (IMPERSONATION_ENTRY, {"email": "a@x.example, b@x.example", "name": "Roe, Jane"}),
        (CONTENT_POLICY, {"name": "Gifts, cards"}),
    ],
    ids=str,
)
def test_a_text_with_commas_is_one_value(run: Callable[..., Run], sample: Sample, key: dict[str, Any]) -> None:
    record = sample.numbered(1, **key)
    for name in [name for name, text in key.items() if "," in str(text)]:
        for value in (key[name], [key[name]]):
            result = run(sample.info_module, Script(sample.listing(record, sample.numbered(2))), **{name: value})
            assert result.result == [record]


def test_names_of_domains_are_separated_by_commas(run: Callable[..., Run]) -> None:
    records = DOMAIN.records(3)
    script = Script(DOMAIN.listing(*records, query={"domain": ["d1.example", "d3.example"]}))
    result = run(DOMAIN.info_module, script, domain="d1.example, d3.example")
    assert result.result == [records[0], records[2]]


def test_an_empty_list_of_names_gives_an_empty_list_without_a_request(run: Callable[..., Run], sample: Sample) -> None:
    for empty in ([], ""):
        result = run(sample.info_module, **{sample.key_field: empty})

        assert not result.failed
        assert result.result == []


@pytest.mark.parametrize(("count", "asked_by_name"), [(50, True), (51, False)])
def test_more_names_than_an_address_can_hold_are_looked_for_among_all(
    run: Callable[..., Run], count: int, asked_by_name: bool
) -> None:
    records = DOMAIN.records(60)
    asked = [DOMAIN.label_of(number) for number in range(1, count + 1)]
    script = Script(asking(*records, **({"domain": asked} if asked_by_name else {})))

    assert names(run(INFO, script, domain=asked)) == asked


@pytest.mark.parametrize(("count", "asked_by_name"), [(4, True), (5, False)])
def test_names_that_make_a_long_address_are_looked_for_among_all(
    run: Callable[..., Run], count: int, asked_by_name: bool
) -> None:
    # Each is some 880 characters in an address, in both its forms: six for each of these letters.
    asked = [".".join([letter + "\u00fc" * 39] * 3) + ".example" for letter in "abcde"[:count]]
    records = [DOMAIN.numbered(number, domain=name) for number, name in enumerate(asked)]
    spelled = [spelling for name in asked for spelling in DomainName().query_values(name)]
    script = Script(asking(*records, **({"domain": spelled} if asked_by_name else {})))

    assert names(run(INFO, script, domain=asked)) == asked


@pytest.mark.parametrize(("length", "asked_by_name"), [(4000, True), (4001, False)])
def test_an_address_has_at_most_four_thousand_characters_of_names(
    run: Callable[..., Run], length: int, asked_by_name: bool
) -> None:
    # Each name of 192 characters is 200 in an address, "domain=" and "&" included; the last one is shorter or longer.
    asked = [".".join([f"{number:02}" + "a" * 61, "b" * 63, "c" * 56, "example"]) for number in range(19)]
    asked.append(".".join(["d" * 63, "e" * 63, "f" * (length - 3943), "example"]))
    assert len("&".join(f"domain={name}" for name in asked)) == length
    records = [DOMAIN.numbered(number, domain=name) for number, name in enumerate(asked)]
    script = Script(asking(*records, **({"domain": asked} if asked_by_name else {})))

    assert names(run(INFO, script, domain=asked)) == asked


def test_a_restriction_is_looked_for_among_all(run: Callable[..., Run]) -> None:
    script = Script(RESTRICTION.listing(*RESTRICTION.records(5)))

    assert names(run(RESTRICTION.info_module, script, domain=["D4.example", "d2.example"])) == [
        "d2.example",
        "d4.example",
    ]


@pytest.mark.parametrize("option", ["domain", "status", *(option for option, _value in FILTERS)])
def test_an_id_goes_with_no_other_filter(run: Callable[..., Run], option: str) -> None:
    value = {"status": "active", "domain": ["a.example"], **dict(FILTERS)}[option]

    result = run(INFO, domain_id=ID, **{option: value})

    assert result.failed
    assert "mutually exclusive" in result.msg
    assert option in result.msg


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("domain_id", "x"),
        ("domain_id", ""),
        ("integration_id", ""),
        ("allowed_delivery_mode", "bcc"),
        ("state", "present"),
    ],
)
def test_bad_input_is_refused_before_a_request(run: Callable[..., Run], option: str, value: Any) -> None:
    result = run(INFO, **{option: value})

    assert result.failed
    assert option in result.msg
    assert "failure" not in result.output


@pytest.mark.parametrize("kind", ["exact", "ignore_case", "substring"])
@pytest.mark.parametrize("cap", [None, 2])
def test_names_are_matched_exactly_with_any_server_filter(
    run_emulated: Callable[..., Run], emulator: Emulator, kind: str, cap: int | None
) -> None:
    emulator.behaviour.update({"key_filter": kind, "page_size_cap": cap})
    emulator.seed(domains=[{"domain": name} for name in ("a.example", "www.a.example", "B.example", "c.example")])

    result = run_emulated(INFO, domain=["A.example", "b.example"])

    assert names(result) == ["a.example", "B.example"]
    assert emulator.writes == []


@pytest.mark.parametrize("case", ["lower", "upper"])
def test_a_status_in_the_case_of_the_server(run_emulated: Callable[..., Run], emulator: Emulator, case: str) -> None:
    emulator.behaviour.update({"status_case": case})
    emulator.seed(domains=[{"domain": "a.example", "status": "pending"}, {"domain": "b.example"}])

    assert names(run_emulated(INFO, status="Pending")) == ["a.example"]
