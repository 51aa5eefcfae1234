# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How both modules find the record that a task is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.samples import DOMAIN, ID, OTHER_ID, RESTRICTION, Sample
from support.script import Exchange, Script, envelope, page

SHOUTED = {"example.com": "Example.COM.", "partner.example": "Partner.EXAMPLE."}


def others(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Return records of other names."""
    return [{"id": f"other-{number}", "domain": f"other{number}.net"} for number in range(first, first + count)]


def test_by_name_alone_takes_one_list_request(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, Script(sample.found()), domain=sample.name)

    assert result.result == sample.record
    assert not result.changed


def test_by_name_takes_one_request_for_each_page_of_the_account(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(
        sample.listing(answer=page(others(1000), 1, total=2001)),
        sample.listing(number=2, answer=page(others(1000, 1000), 2, total=2001)),
        sample.listing(number=3, answer=page([sample.record], 3, total=2001)),
    )

    assert run(sample.module, script, domain=sample.name).result == sample.record


def test_pages_after_the_one_that_holds_the_name_are_read_for_a_second_one(
    run: Callable[..., Run], sample: Sample
) -> None:
    script = Script(
        sample.listing(answer=page([sample.record], 1, total=2)),
        sample.listing(number=2, answer=page([{**sample.record, "id": OTHER_ID}], 2, total=2)),
    )

    result = run(sample.module, script, domain=sample.name, **sample.change)

    assert result.failed
    assert result.msg == (
        f"domain: {sample.name} matches 2 {sample.noun}s. Select one with {sample.id_option}: {OTHER_ID}, {ID}."
    )


def test_a_name_that_only_contains_the_wanted_one_is_another_name(run: Callable[..., Run], sample: Sample) -> None:
    longer = {"id": OTHER_ID, "domain": f"sub.{sample.name}"}

    result = run(sample.module, Script(sample.listing(longer, sample.record)), domain=sample.name)

    assert result.result["id"] == ID


def test_the_spelling_of_a_name_does_not_matter(run: Callable[..., Run], sample: Sample) -> None:
    shouted = {**sample.record, "domain": SHOUTED[sample.name]}

    result = run(sample.module, Script(sample.listing(shouted)), domain=sample.name.title())

    assert not result.changed
    assert result.result == shouted


def test_a_domain_is_asked_for_under_every_spelling_that_the_server_may_know(run: Callable[..., Run]) -> None:
    query = {"domain": ["xn--bcher-kva.example", "Bücher.example"], "page": ["1"], "per_page": ["1000"]}
    record = {**DOMAIN.record, "domain": "bücher.example"}

    script = Script(Exchange("GET", DOMAIN.path, query, answer=page([record])))

    assert run(DOMAIN.module, script, domain="Bücher.example").result == record


def test_where_the_filter_finds_nothing_every_record_is_looked_at(run: Callable[..., Run]) -> None:
    shouted = {**DOMAIN.record, "domain": "EXAMPLE.com"}
    script = Script(DOMAIN.listing(), *DOMAIN.listing_all(*others(2), shouted))

    assert run(DOMAIN.module, script, domain="example.com").result == shouted


def test_restrictions_are_never_asked_for_by_name(run: Callable[..., Run]) -> None:
    script = Script(RESTRICTION.found())

    run(RESTRICTION.module, script, domain=RESTRICTION.name)

    assert script.requests[0].url is not None
    assert "domain=" not in script.requests[0].url


@pytest.mark.parametrize("spelling", [ID, ID.upper()])
def test_by_id_alone_takes_one_get(run: Callable[..., Run], sample: Sample, spelling: str) -> None:
    result = run(sample.module, Script(sample.reading()), **{sample.id_option: spelling})

    assert result.result == sample.record
    assert not result.changed


def test_with_both_the_id_finds_the_record_and_the_name_is_set(run: Callable[..., Run], sample: Sample) -> None:
    renamed = {**sample.record, "domain": "new-name.example"}
    script = Script(sample.reading(), sample.patching({"domain": "new-name.example"}, renamed))

    result = run(sample.module, script, **{sample.id_option: ID, "domain": "new-name.example"})

    assert result.changed
    assert result.result == renamed
    assert (result.diff["before"]["domain"], result.diff["after"]["domain"]) == (sample.name, "new-name.example")


def test_with_both_a_name_that_is_the_same_is_not_sent(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.reading(), sample.patching())

    run(sample.module, script, **{sample.id_option: ID, "domain": SHOUTED[sample.name]}, **sample.change)


def test_with_a_name_alone_its_other_spelling_is_never_sent_as_a_rename(
    run: Callable[..., Run], sample: Sample
) -> None:
    shouted = SHOUTED[sample.name]
    name = shouted[:-1].lower() if sample.filtered else sample.name
    script = Script(sample.listing(sample.record, name=name), sample.patching())

    run(sample.module, script, domain=shouted, **sample.change)


def missing(run: Callable[..., Run], *known: dict[str, Any]) -> str:
    """Return what is said where a domain is not among those of the account, and the task could not create it."""
    result = run(DOMAIN.module, Script(DOMAIN.listing(), *DOMAIN.listing_all(*known)), domain="example.com")
    assert result.failed
    return result.msg


def test_an_id_that_the_server_made_up_stays_one_part_of_the_address(run: Callable[..., Run], sample: Sample) -> None:
    record = {**sample.record, "id": "../../a b?c#d%"}
    path = f"{sample.path}/..%2F..%2Fa%20b%3Fc%23d%25"
    change = Exchange("PATCH", path, body=sample.change, answer=envelope({**record, **sample.change}))

    assert run(sample.module, Script(sample.listing(record), change), domain=sample.name, **sample.change).changed


def test_a_name_that_is_missing_is_answered_with_the_closest_ones(run: Callable[..., Run]) -> None:
    known = [{"id": "1", "domain": "Exampel.com"}, *others(5), {"id": "2", "domain": None}, {"id": "3"}]

    said = missing(run, *known)

    assert said.startswith("domain: this account has no email security domain named example.com")
    assert "The closest: Exampel.com." in said


def test_at_most_three_close_names_are_shown_the_closest_first(run: Callable[..., Run]) -> None:
    names = ["example.co", "exampl.co", "examp.co", "exam.co"]

    said = missing(run, *({"id": name, "domain": name} for name in reversed(names)))

    assert "The closest: example.co, exampl.co, examp.co." in said


def test_without_a_close_name_the_number_of_names_is_told(run: Callable[..., Run]) -> None:
    assert "None of the 4 names it has is close to that." in missing(run, *others(4))


def test_an_empty_account_is_told_as_such(run: Callable[..., Run]) -> None:
    assert "It has no email security domains at all; is account_id the right one?" in missing(run)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([None, None], id="null"),
        pytest.param([5, ["x"]], id="wrong types"),
        pytest.param(["", ".", "a..b", "\ud800.example", "ö" * 300], id="texts that are no names"),
    ],
)
def test_records_without_a_usable_name_do_not_disturb_the_search(
    run: Callable[..., Run], sample: Sample, names: list[Any]
) -> None:
    known = [{"id": str(number), "domain": name} for number, name in enumerate(names)]

    assert run(sample.module, Script(sample.listing(*known, sample.record)), domain=sample.name).result["id"] == ID
    # ... nor the sentence that names the closest.
    assert "this account has no" in missing(run, *known)
