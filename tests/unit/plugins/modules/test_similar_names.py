# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that differ in case only are different names, but seldom meant to be. Patterns may well differ in case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.module_runner import Run
from support.resources import CONTENT_POLICY, IMPERSONATION_ENTRY, URL_IGNORE_PATTERN
from support.sample import Sample
from support.script import Script


@pytest.fixture(params=[CONTENT_POLICY, IMPERSONATION_ENTRY], ids=str)
def named(request: pytest.FixtureRequest) -> Sample:
    """Return the sample of each resource with a name."""
    sample: Sample = request.param
    return sample


def warning(sample: Sample) -> str:
    return f"The account already has the {sample.noun} {sample.label}, which differs in case only."


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_new_record(run: Callable[..., Run], named: Sample, check_mode: bool) -> None:
    entry = {**named.key, "name": named.record["name"].upper(), **named.settings}
    writes = [] if check_mode else [named.creating(named.create_body(entry))]

    single = run(named.module, Script(named.found(), *writes), check_mode=check_mode, **entry)
    entries = {named.entries_option: [entry]}
    bulk = run(named.bulk_module, Script(named.found(), *writes), check_mode=check_mode, **entries)

    assert single.changed
    assert bulk.changed
    assert single.warnings == [warning(named)]
    assert bulk.warnings == [f"{named.resource.label(entry)}: {warning(named)}"]


def test_a_new_name_of_a_record(run: Callable[..., Run], named: Sample) -> None:
    name = {"name": named.record["name"].upper()}
    other = named.numbered(2)
    reads = [named.reading(other), named.listing(named.record, other)]
    new_key = {**named.key, **name}
    change = {key: value for key, value in new_key.items() if value != other[key]}

    result = run(named.module, Script(*reads), check_mode=True, **{named.id_option: other["id"]}, **change)
    assert result.warnings == [warning(named)]

    reads = [named.reading(), named.listing(named.record, other)]
    result = run(named.module, Script(*reads), check_mode=True, **{named.id_option: named.id}, **name)
    assert result.changed
    assert not result.warnings


def test_a_record_that_makes_room(run: Callable[..., Run], named: Sample) -> None:
    entry = {**named.key, "name": named.record["name"].upper(), **named.settings}
    entries = [{**named.key, "state": "absent"}, entry]

    result = run(named.bulk_module, Script(named.found()), check_mode=True, **{named.entries_option: entries})

    assert result.changed
    assert not result.warnings


def test_many_records(run: Callable[..., Run]) -> None:
    existing = CONTENT_POLICY.numbered(1, name="a" * 12)
    names = ["a" * place + "A" + "a" * (11 - place) for place in range(12)]
    entries = [{"name": name, **CONTENT_POLICY.settings} for name in names]

    script = Script(CONTENT_POLICY.listing(existing))
    (text,) = run(CONTENT_POLICY.bulk_module, script, check_mode=True, content_policies=entries).warnings

    assert text.startswith(
        f"{', '.join(names[:10])} and 2 more: The account already has the content policy aaaaaaaaaaaa"
    )


def test_a_regular_expression(run: Callable[..., Run]) -> None:
    script = Script(URL_IGNORE_PATTERN.listing(URL_IGNORE_PATTERN.numbered(1, pattern=r"\S+")))
    result = run(URL_IGNORE_PATTERN.module, script, check_mode=True, pattern=r"\s+")
    assert result.changed
    assert not result.warnings


def test_a_record_without_a_name(run: Callable[..., Run], named: Sample) -> None:
    script = Script(named.listing({**named.record, "name": None}))
    result = run(named.module, script, check_mode=True, **named.key, **named.settings)
    assert not result.warnings
