# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any value in any option is applied as it is written, or refused before any request with a sentence that names it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.credentials import ENVIRONMENT
from support.resources import SAMPLES
from support.sample import Sample

from .account import Account
from .bad_values import ANYTHING, TEXTS, VALUES, Place, places
from .extent import LONG
from .model import VALUES as GOOD_VALUES
from .oracle import check_sentence
from .rig import Rig

PLACES = list(places())
#: The short form tries one value of so many, other ones for each option.
STEP = 1 if LONG else 31
few = settings(max_examples=2000 if LONG else 60, suppress_health_check=list(HealthCheck))
both_kinds = pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.module)


@pytest.fixture
def account(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Return a seeded account, which the environment knows too."""
    for option, value in rig.connection.items():
        monkeypatch.setenv(ENVIRONMENT[option], value)
    return Account(rig)


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
    good = st.builds(
        lambda key, settings: {**key, **settings},
        st.sampled_from([kind.key_of(1), kind.key_of(2)]),
        st.fixed_dictionaries({}, optional=good_values),
    )
    any_values = {name: values | values | ANYTHING for name, values in good_values.items()}
    keys = {name: st.just(value) | TEXTS for name, value in kind.key_of(1).items()}
    mixed = st.fixed_dictionaries(keys, optional={**any_values, "odd": ANYTHING})

    @few
    @given(
        st.lists(good, max_size=2, unique_by=lambda entry: entry[kind.key_field])
        | st.lists(mixed | ANYTHING, max_size=4)
    )
    def try_it(entries: list[Any]) -> None:
        account.try_entries(kind, entries)

    try_it()


CREDENTIALS = {"api_token": "good-token", "api_email": "a@b.example", "api_key": "good-key"}


@pytest.mark.parametrize("option", ENVIRONMENT)
def test_any_value_in_the_environment(account: Account, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if option in ("api_email", "api_key"):
        monkeypatch.delenv(ENVIRONMENT["api_token"])
        for name in ("api_email", "api_key"):
            monkeypatch.setenv(ENVIRONMENT[name], CREDENTIALS[name])
    # Null in the task, so that the environment counts.
    task = {**dict.fromkeys(account.rig.connection), **SAMPLES[0].key_of(1)}
    possible = [value for value in VALUES if isinstance(value, str) and value and "\0" not in value]
    for value in possible[:: min(STEP, 5)]:
        monkeypatch.setenv(ENVIRONMENT[option], value)
        run = account.run(SAMPLES[0].module, task)
        if not account.rig.emulator.log:
            assert run.failed
            check_sentence(run.msg)
            assert option in run.msg
            continue
        assert run.failed is ((option, value) != ("api_token", account.rig.emulator.token))
        # A credential such as 0 cannot be distinguished from a digit of the status.
        assert not run.failed or value in "400 403" or run.failure["status"] in (400, 403)
