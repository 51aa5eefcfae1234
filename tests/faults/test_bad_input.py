# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any value in any option is applied as it is written, or refused before any request with a sentence that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.credentials import ENVIRONMENT
from support.module_runner import Run
from support.resources import RESTRICTION, SAMPLES, Sample, Settings

from .account import Account
from .bad_values import ANYTHING, TEXTS, VALUES, Place, places
from .extent import LONG
from .jobs import name_of
from .model import VALUES as GOOD_VALUES
from .oracle import check_sentence
from .rig import Rig

PLACES = list(places())
#: The short form tries one value of so many, other ones for each option.
STEP = 1 if LONG else 31
MANY = 10_000 if LONG else 1_000
few = settings(max_examples=2000 if LONG else 60, suppress_health_check=list(HealthCheck))
both_kinds = pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.module)


@pytest.fixture
def account(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Return a seeded account, which the environment knows too."""
    for option, value in rig.connection.items():
        monkeypatch.setenv(ENVIRONMENT[option], value)
    return Account(rig)


def check_refused(rig: Rig, run: Run, option: str, lines: int = 1) -> None:
    """Check that a task was refused with a sentence that names the option, and that nothing was sent."""
    assert run.failed
    check_sentence(run.msg, lines)
    assert option in run.msg
    assert rig.emulator.log == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_value_in_every_place(account: Account, place: Place) -> None:
    for value in VALUES[PLACES.index(place) % STEP :: STEP]:
        account.try_value(place, value)


def test_any_value_in_any_place(account: Account) -> None:
    @few
    @given(place=st.sampled_from(PLACES), value=ANYTHING)
    def try_it(place: Place, value: Any) -> None:
        account.try_value(place, value)

    try_it()


@both_kinds
def test_good_and_bad_values_in_one_task(account: Account, kind: Sample) -> None:
    good_values = GOOD_VALUES[kind.collection]
    good = st.fixed_dictionaries({"domain": st.sampled_from([name_of(1), name_of(2)])}, optional=good_values)
    any_values = {name: values | values | ANYTHING for name, values in good_values.items()}
    mixed = st.fixed_dictionaries({"domain": st.just(name_of(1)) | TEXTS}, optional={**any_values, "odd": ANYTHING})

    @few
    @given(st.lists(good, max_size=2, unique_by=lambda entry: entry["domain"]) | st.lists(mixed | ANYTHING, max_size=4))
    def try_it(entries: list[Any]) -> None:
        account.try_entries(kind, entries)

    try_it()


#: What many entries have in common, and how many of them are wrong.
WRONG_ENTRIES: dict[str, tuple[Callable[[int], Any], int]] = {
    "all wrong": (lambda number: {"domain": [], "state": number, f"odd{number}": 1}, MANY),
    "no dictionaries": (lambda number: number, MANY),
    "every name twice": (lambda number: {"domain": f"host{number // 2}.example"}, MANY // 2),
}


@both_kinds
@pytest.mark.parametrize("wrong", WRONG_ENTRIES)
def test_many_wrong_entries_have_a_short_message(rig: Rig, kind: Sample, wrong: str) -> None:
    entry, mistakes = WRONG_ENTRIES[wrong]
    task: Settings = {kind.entries_option: [entry(number) for number in range(MANY)]}

    run = rig.run(kind.bulk_module, **task)

    check_refused(rig, run, f"{kind.entries_option}[", lines=100)
    assert len(run.mistakes) == mistakes
    assert f"{mistakes - run.msg.count(chr(10))} more errors: all are in mistakes." in run.msg


@both_kinds
def test_one_wrong_entry_of_many_is_named(rig: Rig, kind: Sample) -> None:
    entries = [{"domain": f"host{number}.example", **kind.settings} for number in range(MANY)]
    run = rig.run(kind.bulk_module, check_mode=True, **{kind.entries_option: entries})
    assert run.summary["counts"] == {"created": MANY, "updated": 0, "deleted": 0, "unchanged": 0}
    rig.emulator.world.log.clear()

    wrong = MANY - 7
    entries[wrong] = {"domain": f"HOST{wrong - 1}.example."}

    params: dict[str, Any] = {kind.entries_option: entries}
    check_refused(
        rig, rig.run(kind.bulk_module, **params), f"{kind.entries_option}[{wrong}] (HOST{wrong - 1}.example.): "
    )


def test_a_long_list_is_stored_without_repeats(rig: Rig) -> None:
    kind = RESTRICTION
    names = [f"host{number % (MANY // 2)}.example" for number in range(MANY)]

    assert rig.run(kind.module, domain="a.example", exclude=names).changed
    assert not rig.run(kind.module, domain="a.example", exclude=[name.upper() for name in names]).changed

    [record] = rig.emulator.state()[kind.collection]
    assert record["exclude"] == names[: MANY // 2]


CREDENTIALS = {"api_token": "good-token", "api_email": "a@b.example", "api_key": "good-key"}


@pytest.mark.parametrize("option", ENVIRONMENT)
def test_any_value_in_the_environment(account: Account, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if option in ("api_email", "api_key"):
        monkeypatch.delenv(ENVIRONMENT["api_token"])
        for name in ("api_email", "api_key"):
            monkeypatch.setenv(ENVIRONMENT[name], CREDENTIALS[name])
    # Null in the task, so that the environment counts.
    task = {**dict.fromkeys(account.rig.connection), "domain": name_of(1)}
    possible = [value for value in VALUES if isinstance(value, str) and value and "\0" not in value]
    for value in possible[:: min(STEP, 5)]:
        monkeypatch.setenv(ENVIRONMENT[option], value)
        run = account.run(SAMPLES[0].module, task)
        if not account.rig.emulator.log:
            check_refused(account.rig, run, option)
            continue
        assert run.failed is ((option, value) != ("api_token", account.rig.emulator.token))
        # A credential such as 0 cannot be distinguished from a digit of the status.
        assert not run.failed or value in "400 403" or run.failure["status"] in (400, 403)
