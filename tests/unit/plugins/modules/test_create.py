# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``state: present`` where nothing is found: created by name, never by id, and what that needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import ALL_SAMPLES, DOMAIN, RESTRICTION
from support.sample import ID, Sample
from support.script import Script, envelope, refusal

#: What the server adds to a domain that is new.


def test_a_restriction_needs_its_name_alone_and_is_created_without_exceptions(run: Callable[..., Run]) -> None:
    body = {"domain": "partner.example", "exclude": []}
    record = {"id": ID, **body, "comments": None}
    script = Script(*RESTRICTION.missing(), RESTRICTION.creating(body, record))

    result = run(RESTRICTION.module, script, domain="partner.example")

    assert result.changed
    assert result.result == record


def test_a_create_has_the_name_as_it_was_written(run: Callable[..., Run]) -> None:
    body = {"domain": "Partner.Example.", "exclude": ["Ö.example"]}
    script = Script(
        RESTRICTION.listing(),
        RESTRICTION.creating(body, {"id": ID, "domain": "partner.example", "exclude": ["ö.example"]}),
    )

    result = run(RESTRICTION.module, script, domain="Partner.Example.", exclude=["Ö.example", "ö.example."])

    assert result.changed
    assert not result.failed


@pytest.mark.parametrize("left_out", DOMAIN.needed)
def test_one_setting_that_a_domain_needs_is_missing(run: Callable[..., Run], left_out: str) -> None:
    given = {name: value for name, value in DOMAIN.needed.items() if name != left_out}
    known = [{"id": ID, "domain": "exampel.com"}]

    result = run(DOMAIN.module, Script(*DOMAIN.missing(*known)), domain="example.com", **given)

    assert result.failed
    assert result.msg == (
        "domain: this account has no email security domain named example.com; Email Security does not scan its "
        f"mail. Did you mean: exampel.com? To create example.com, set {left_out} too."
    )


@pytest.mark.parametrize("sample", [sample for sample in ALL_SAMPLES if sample.needed], ids=str)
@pytest.mark.parametrize("check_mode", [False, True])
def test_every_setting_that_a_create_needs_is_named_where_it_is_missing(
    run: Callable[..., Run], sample: Sample, check_mode: bool
) -> None:
    result = run(sample.module, Script(*sample.missing()), check_mode, **sample.key)

    assert result.failed
    assert result.msg == (
        f"{sample.key_field}: this account has no {sample.noun} named {sample.label}; {sample.resource.absence}. "
        f"The account has no {sample.plural}. Check account_id. "
        f"To create {sample.label}, set {sample.needed_words} too."
    )


@pytest.mark.parametrize(
    ("option", "value", "bounds", "count"),
    [
        ("allowed_delivery_modes", [], "1 to 10", 0),
        ("regions", [], "1 to 10", 0),
        ("ip_restrictions", [f"192.0.2.{number}" for number in range(101)], "0 to 100", 101),
    ],
)
def test_a_list_that_is_too_short_or_too_long_for_a_create_is_refused_before_the_create(
    run: Callable[..., Run], option: str, value: list[str], bounds: str, count: int
) -> None:
    result = run(DOMAIN.module, Script(*DOMAIN.missing()), domain="example.com", **{**DOMAIN.needed, option: value})

    assert result.failed
    assert result.msg == f"{option}: {bounds} entries required to create example.com, got {count}."


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("allowed_delivery_modes", ["DIRECT"]),
        (
            "drop_dispositions",
            [
                "MALICIOUS",
                "MALICIOUS-BEC",
                "SUSPICIOUS",
                "SPOOF",
                "SPAM",
                "BULK",
                "ENCRYPTED",
                "EXTERNAL",
                "UNKNOWN",
                "NONE",
            ],
        ),
        ("ip_restrictions", [f"192.0.2.{number}" for number in range(100)]),
        ("regions", ["GLOBAL", "AU", "DE", "IN", "US"]),
    ],
)
def test_a_list_at_its_bounds_is_sent(run: Callable[..., Run], option: str, value: list[str]) -> None:
    settings = {**DOMAIN.needed, option: value}
    script = Script(*DOMAIN.missing(), DOMAIN.creating({"domain": "example.com", **settings}))

    assert run(DOMAIN.module, script, domain="example.com", **settings).changed


def test_repeats_do_not_count_against_the_bounds(run: Callable[..., Run]) -> None:
    settings = {**DOMAIN.needed, "ip_restrictions": ["192.0.2.7", "192.0.2.7/32"] * 60}
    body = {"domain": "example.com", **DOMAIN.needed, "ip_restrictions": ["192.0.2.7"]}

    assert run(
        DOMAIN.module, Script(*DOMAIN.missing(), DOMAIN.creating(body)), domain="example.com", **settings
    ).changed


def test_an_id_that_does_not_exist_is_an_error_and_never_a_create(run: Callable[..., Run], sample: Sample) -> None:
    unknown = sample.reading(status=404, answer=refusal({"code": 1404, "message": "Not found"}))

    for check_mode in (False, True):
        params = {sample.id_option: sample.id, **sample.key, **sample.needed, **sample.change}
        result = run(sample.module, Script(unknown), check_mode, **params)

        assert result.failed
        assert result.msg.startswith("HTTP 404: Not found (code 1404). Record not found; it may have been deleted.")
        assert result.failure["status"] == 404


def test_in_many_an_id_that_does_not_exist_is_an_error_and_never_a_create(
    run: Callable[..., Run], sample: Sample
) -> None:
    entry = {sample.id_option: sample.id, **sample.key, **sample.needed}

    result = run(sample.bulk_module, Script(sample.listing()), **{sample.entries_option: [entry]})

    assert result.msg == (
        f"{sample.entries_option}[0] ({sample.label}): {sample.id_option}: "
        f"this account has no {sample.noun} with the id {sample.id}."
    )


def test_check_mode_sends_no_create_and_predicts_it(run: Callable[..., Run], sample: Sample) -> None:
    settings = {**sample.needed, **sample.change}
    body = sample.create_body({**sample.key, **settings})
    created = {**sample.record, **body, "created_at": "2026-11-22T09:00:00.000000Z"}
    predicted = run(sample.module, Script(*sample.missing()), True, **sample.key, **settings)

    real = run(sample.module, Script(*sample.missing(), sample.creating(body, created)), **sample.key, **settings)

    assert predicted.changed
    assert real.changed
    assert predicted.result == body
    assert {name: real.result[name] for name in body} == body
    assert predicted.diff == real.diff
    assert real.diff["before"] == {}
    assert set(real.diff["after"]) == set(body)
    assert real.diff["before_header"] == real.diff["after_header"] == f"{sample.noun} {sample.label}"


def test_modified_comments_are_a_warning(run: Callable[..., Run]) -> None:
    body = {"domain": "partner.example", "exclude": [], "comments": "a  b"}
    script = Script(*RESTRICTION.missing(), RESTRICTION.creating(body, {"id": ID, **body, "comments": "a b"}))

    result = run(RESTRICTION.module, script, domain="partner.example", comments="a  b")

    assert result.changed
    assert result.warnings == ["The API stored a different value. comments: is 'a b', not 'a  b'."]


@pytest.mark.parametrize("returned", [None, {}, {"id": ID, "domain": "partner.example"}])
def test_an_incomplete_response_to_a_create_is_completed_by_a_lookup(run: Callable[..., Run], returned: Any) -> None:
    body = {"domain": "partner.example", "exclude": ["a.example"]}
    record = {"id": ID, **body}
    script = Script(
        RESTRICTION.listing(),
        RESTRICTION.creating(body, status=201, answer=envelope(returned)),
        RESTRICTION.listing(record),
    )

    assert run(RESTRICTION.module, script, domain="partner.example", exclude=["a.example"]).result == record
