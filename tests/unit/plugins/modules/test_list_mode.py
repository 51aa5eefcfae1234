# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``list_mode``: what the lists of a task mean, for one record and for many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION
from support.sample import Sample
from support.script import Script


class Case(NamedTuple):
    """What a list holds, what the task gives, and what is to be sent: None for nothing."""

    sample: Sample
    option: str
    held: Any
    mode: str
    given: Any
    sent: list[str] | None


CHOICES = {
    "allowed_delivery_modes": ("DIRECT", "BCC", "API"),
    "drop_dispositions": ("SPAM", "MALICIOUS", "SPOOF"),
    "regions": ("GLOBAL", "DE", "US"),
    "ip_restrictions": ("192.0.2.0/24", "2001:db8::/32", "198.51.100.7"),
    "exclude": ("a.example", "b.example", "c.example"),
}


def of_an_option(option: str) -> list[Case]:
    """Return the cases that are the same for every list."""
    sample = RESTRICTION if option == "exclude" else DOMAIN
    one, two, three = CHOICES[option]
    return [
        Case(sample, option, [one, two], "append", [three], [one, two, three]),
        Case(sample, option, [one, two], "append", [three, two, three], [one, two, three]),
        Case(sample, option, [one, two], "append", [two, one], None),
        Case(sample, option, [one, two], "append", [], None),
        Case(sample, option, [one, two], "append", "", None),
        Case(sample, option, [one], "append", f"{two}, {three}", [one, two, three]),
        Case(sample, option, None, "append", [one], [one]),
        Case(sample, option, [], "append", [one], [one]),
        Case(sample, option, None, "append", [], None),
        Case(sample, option, [one, two, three], "remove", [two], [one, three]),
        Case(sample, option, [one, two, one], "remove", [one, one], [two]),
        Case(sample, option, [one, two], "remove", [three], None),
        Case(sample, option, [one, two], "remove", [three, one], [two]),
        Case(sample, option, [one, two], "remove", [], None),
        Case(sample, option, [one], "remove", [one], []),
        Case(sample, option, None, "remove", [one], None),
        Case(sample, option, [], "remove", [one], None),
        Case(sample, option, [one, two], "replace", [three], [three]),
        Case(sample, option, [one, two], "replace", [two, one, one], None),
        Case(sample, option, [one, two], "replace", [], []),
        Case(sample, option, None, "replace", [], None),
    ]


SPELLINGS = [
    Case(DOMAIN, "ip_restrictions", ["2001:db8::/32"], "append", ["2001:DB8:0::/32"], None),
    Case(DOMAIN, "ip_restrictions", ["192.0.2.7"], "append", ["192.0.2.7/32"], None),
    Case(DOMAIN, "ip_restrictions", ["192.0.2.0/24"], "append", ["192.0.2.9/24"], None),
    Case(DOMAIN, "ip_restrictions", ["192.0.2.0/24"], "append", ["192.0.2.0/25"], ["192.0.2.0/24", "192.0.2.0/25"]),
    Case(DOMAIN, "ip_restrictions", ["192.0.2.7/32", "192.0.2.8"], "remove", ["192.0.2.7"], ["192.0.2.8"]),
    Case(DOMAIN, "ip_restrictions", ["2001:DB8::1"], "remove", ["2001:db8::1/128"], []),
    # A part of a network is not the network.
    Case(DOMAIN, "ip_restrictions", ["192.0.2.0/24"], "remove", ["192.0.2.0/25"], None),
    Case(RESTRICTION, "exclude", ["A.example."], "append", ["a.example"], None),
    Case(RESTRICTION, "exclude", ["xn--nda.example"], "append", ["Ö.example"], None),
    Case(RESTRICTION, "exclude", ["A.example.", "ö.example"], "remove", ["a.example", "XN--NDA.example."], []),
    Case(RESTRICTION, "exclude", ["a.example"], "remove", ["www.a.example"], None),
    # What the server keeps that is no name stays as it is.
    Case(RESTRICTION, "exclude", ["*.a.example", "b.example"], "remove", ["b.example"], ["*.a.example"]),
    Case(RESTRICTION, "exclude", ["*.a.example"], "append", ["b.example"], ["*.a.example", "b.example"]),
]
CASES = [*(case for option in CHOICES for case in of_an_option(option)), *SPELLINGS]


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.option} {case.held} {case.mode} {case.given}".replace("[", "(")
)
def test_what_is_sent(run: Callable[..., Run], case: Case) -> None:
    sample, body = case.sample, {case.option: case.sent}
    held = {**sample.record, case.option: case.held}
    changed = case.sent is not None
    after = {**held, **body} if changed else held
    patch = [sample.patching(held, body)] if changed else []
    task = {**sample.key, case.option: case.given}
    one = {**task, "list_mode": case.mode}
    many = {sample.entries_option: [task], "list_mode": case.mode}

    for module, params, find in ((sample.module, one, sample.lookup), (sample.bulk_module, many, sample.listing)):
        predicted = run(module, Script(find(held)), True, **params)
        real = run(module, Script(find(held), *patch), **params)

        assert real.changed is changed
        assert real.result == (after if module == sample.module else [after])
        assert predicted.output == real.output
        if changed:
            assert not run(module, Script(find(after)), **params).changed


def test_it_is_about_every_list_of_the_task_and_about_nothing_else(run: Callable[..., Run]) -> None:
    one = DOMAIN
    body = {"drop_dispositions": ["SPAM", "MALICIOUS", "SPOOF"], "regions": ["GLOBAL", "DE"], "lookback_hops": 3}
    script = Script(one.found(), DOMAIN.patching(one.record, body))

    result = run(
        one.module,
        script,
        domain=one.label,
        drop_dispositions="SPOOF",
        regions="DE",
        lookback_hops=3,
        list_mode="append",
    )

    assert result.changed
    assert result.diff["after"]["ip_restrictions"] == result.diff["before"]["ip_restrictions"]


def test_without_list_mode_the_list_is_replaced(run: Callable[..., Run]) -> None:
    one = DOMAIN
    script = Script(one.found(), DOMAIN.patching(one.record, {"regions": ["DE"]}))

    assert run(one.module, script, domain=one.label, regions=["DE"]).changed


@pytest.mark.parametrize(("mode", "sent"), [("replace", ["a.example"]), ("append", ["a.example"]), ("remove", [])])
def test_a_record_that_is_created_has_nothing_to_add_to_or_take_out_of(
    run: Callable[..., Run], mode: str, sent: list[str]
) -> None:
    one = RESTRICTION
    script = Script(one.lookup(), RESTRICTION.creating({"domain": one.label, "exclude": sent}))

    assert run(one.module, script, domain=one.label, exclude=["a.example", "A.example"], list_mode=mode).changed


def test_to_create_a_domain_with_nothing_left_in_a_list_that_needs_something_is_refused(
    run: Callable[..., Run],
) -> None:
    one = DOMAIN
    script = Script(one.lookup(), *one.fallback())

    result = run(one.module, script, domain=one.label, list_mode="remove", **DOMAIN.needed)

    assert result.failed
    assert result.msg.startswith("allowed_delivery_modes: 1 to 10 entries required to create example.com, got 0.")


def test_an_unknown_mode_is_refused(run: Callable[..., Run], sample: Sample) -> None:
    entries = {sample.entries_option: [sample.key_of(1)]}

    assert "list_mode" in run(sample.module, **sample.key, list_mode="add").msg
    assert "list_mode" in run(sample.bulk_module, list_mode="add", **entries).msg


def test_it_is_an_option_of_the_task_and_not_of_an_entry(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.bulk_module, **{sample.entries_option: [{**sample.key_of(1), "list_mode": "append"}]})

    assert (
        f"{sample.entries_option}[0] ({sample.key_of(1)[sample.key_field]}): Unsupported parameters: list_mode."
        in result.msg
    )
