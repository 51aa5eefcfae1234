# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the modules find the record to manage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import ALL_SAMPLES, DOMAIN, IMPERSONATION_ENTRY
from support.sample import Sample
from support.script import Script


def others(count: int) -> list[dict[str, Any]]:
    """Return domains of other names."""
    return [{"id": f"other-{number}", "domain": f"other{number}.net"} for number in range(count)]


def test_by_name_alone_takes_one_list_request(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, Script(sample.found()), **sample.key)

    assert result.result == sample.record
    assert not result.changed


def test_by_name_takes_one_request_for_each_page_of_the_account(run: Callable[..., Run], sample: Sample) -> None:
    records = sample.records(2000)
    script = Script(
        sample.lookup(*records[:1000], total=2001),
        sample.lookup(*records[1000:], number=2, total=2001),
        sample.lookup(sample.record, number=3, total=2001),
    )

    assert run(sample.module, script, **sample.key).result == sample.record


def test_pages_after_the_one_that_holds_the_name_are_read_for_a_second_one(
    run: Callable[..., Run], sample: Sample
) -> None:
    script = Script(
        sample.lookup(sample.record, total=2),
        sample.lookup({**sample.record, "id": sample.other_id}, number=2, total=2),
    )

    result = run(sample.module, script, **sample.key, **sample.change)

    assert result.failed
    assert result.msg == (
        f"{sample.key_field}: {sample.label} matches 2 {sample.plural}. "
        f"Select one with {sample.id_option}: {sample.other_id}, {sample.id}."
    )


def test_a_longer_name_is_another_name(run: Callable[..., Run], sample: Sample) -> None:
    longer = {**sample.other, **sample.key, sample.key_field: f"sub.{sample.record[sample.key_field]}"}

    result = run(sample.module, Script(sample.lookup(longer, sample.record)), **sample.key)

    assert result.result["id"] == sample.id


def test_the_spelling_of_a_key_does_not_matter(run: Callable[..., Run], sample: Sample) -> None:
    respelled = {**sample.record, **sample.respelled}

    for stored, key in ((respelled, sample.key), (sample.record, sample.respelled)):
        result = run(sample.module, Script(sample.lookup(sample.other, stored, key=key)), **key)

        assert not result.changed
        assert result.result == stored


def test_a_domain_is_requested_in_every_spelling_that_the_server_may_have(run: Callable[..., Run]) -> None:
    record = {**DOMAIN.record, "domain": "bücher.example"}

    script = Script(DOMAIN.listing(record, query={"domain": ["xn--bcher-kva.example", "Bücher.example"]}))

    assert run(DOMAIN.module, script, domain="Bücher.example").result == record


@pytest.mark.parametrize("sample", [sample for sample in ALL_SAMPLES if sample.filtered], ids=str)
def test_where_the_filter_finds_nothing_all_records_are_searched(run: Callable[..., Run], sample: Sample) -> None:
    respelled = {**sample.record, **sample.respelled}
    script = Script(sample.lookup(sample.other), *sample.fallback(sample.other, respelled))

    assert run(sample.module, script, **sample.key).result == respelled


def test_by_id_alone_takes_one_get(run: Callable[..., Run], sample: Sample) -> None:
    for spelling in (sample.id, str(sample.id).upper()):
        result = run(sample.module, Script(sample.reading()), **{sample.id_option: spelling})

        assert result.result == sample.record
        assert not result.changed


def test_with_both_the_id_finds_the_record_and_the_name_is_set(run: Callable[..., Run], sample: Sample) -> None:
    renamed = {**sample.record, **sample.rename(9)}
    # Another record may have the key.
    requests = [sample.reading(), sample.listing(sample.record, sample.other)]
    script = Script(*requests, sample.patching(body=sample.rename(9), stored=renamed))

    result = run(sample.module, script, **{sample.id_option: sample.id, **sample.rename(9)})

    assert result.changed
    assert result.result == renamed
    assert sample.key.items() <= result.diff["before"].items()
    assert sample.rename(9).items() <= result.diff["after"].items()


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_record_does_not_get_the_key_of_another_one(
    run: Callable[..., Run], sample: Sample, check_mode: bool
) -> None:
    script = Script(sample.reading(), sample.listing(sample.numbered(9), sample.record))

    result = run(sample.module, script, check_mode=check_mode, **{sample.id_option: sample.id}, **sample.rename(9))

    assert result.failed
    assert not result.changed
    assert result.msg == f"{sample.key_field}: another {sample.noun} has this key."


def test_the_flag_that_decides_about_a_key_is_a_part_of_it(run: Callable[..., Run]) -> None:
    sample = IMPERSONATION_ENTRY
    pattern = sample.numbered(1, is_email_regex=True)
    twin = {**pattern, "id": sample.other_id, "is_email_regex": False}
    by_id = {sample.id_option: pattern["id"], "is_email_regex": False}

    single = run(sample.module, Script(sample.reading(pattern), sample.listing(pattern, twin)), **by_id)
    bulk = run(sample.bulk_module, Script(sample.listing(pattern, twin)), **{sample.entries_option: [by_id]})

    assert single.msg == "email: another impersonation entry has this key."
    assert single.msg in bulk.msg


def test_with_both_a_name_that_is_the_same_is_not_sent(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.reading(), sample.patching())

    run(sample.module, script, **{sample.id_option: sample.id, **sample.respelled}, **sample.change)


def test_with_a_name_alone_its_other_spelling_is_never_sent_as_a_rename(
    run: Callable[..., Run], sample: Sample
) -> None:
    script = Script(sample.lookup(sample.record, key=sample.respelled), sample.patching())

    assert run(sample.module, script, **sample.respelled, **sample.change).changed


def missing(run: Callable[..., Run], *known: dict[str, Any]) -> str:
    """Return what is said where a domain is not among those of the account, and the task could not create it."""
    result = run(DOMAIN.module, Script(DOMAIN.lookup(), *DOMAIN.fallback(*known)), domain="example.com")
    assert result.failed
    return result.msg


def test_similar_names_are_suggested_for_a_missing_one(run: Callable[..., Run]) -> None:
    known = [{"id": "1", "domain": "Exampel.com"}, *others(5), {"id": "2", "domain": None}, {"id": "3"}]

    said = missing(run, *known)

    assert said.startswith("domain: this account has no email security domain named example.com")
    assert "Did you mean: Exampel.com?" in said


def test_at_most_three_similar_names_are_suggested_the_most_similar_first(run: Callable[..., Run]) -> None:
    names = ["example.co", "exampl.co", "examp.co", "exam.co"]

    said = missing(run, *({"id": name, "domain": name} for name in reversed(names)))

    assert "Did you mean: example.co, exampl.co, examp.co?" in said


def test_without_a_similar_name_the_message_has_the_number_of_names(run: Callable[..., Run]) -> None:
    assert "None of the 4 existing names is similar." in missing(run, *others(4))


def test_an_empty_account_is_reported(run: Callable[..., Run]) -> None:
    assert "The account has no email security domains. Check account_id." in missing(run)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([None, None], id="null"),
        pytest.param([5, ["x"]], id="wrong types"),
        pytest.param(["", ".", "a..b", "\ud800.example", "ö" * 300], id="texts that are no names"),
    ],
)
def test_records_without_a_usable_name_are_ignored(run: Callable[..., Run], sample: Sample, names: list[Any]) -> None:
    known = [{**sample.record, "id": number, sample.key_field: name} for number, name in enumerate(names)]

    assert run(sample.module, Script(sample.lookup(*known, sample.record)), **sample.key).result["id"] == sample.id
    # ... nor the sentence that names the closest.
    assert "this account has no" in missing(run, *({"id": "1", "domain": name} for name in names))
