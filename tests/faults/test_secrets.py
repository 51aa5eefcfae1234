# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret is in nothing that a module returns: whatever it is made of, wherever it comes from, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, product

import pytest

from support.leaks import FORMS, leaks

from .echoes import PLACES, SENDABLE, UNSENDABLE
from .extent import LONG
from .jobs import Job, Target, jobs, seed
from .keeper import CARRIERS, Keeper
from .oracle import held, holds

REQUESTS = [(job, target) for job in jobs() for target in job.targets]
MASK = "********"
#: Words of results, messages, headers and JSON, and what a mask is made of.
SHORT = (
    "domain",
    "true",
    "changed",
    "message",
    "e",
    "a",
    "0",
    "*",
    '"',
    "\\",
    "null",
    "id",
    "Bearer",
    "http",
    "success",
)
#: The ways through all combinations of a place and a form, each with other secrets, carriers and requests.
WAYS = 3


@dataclass(frozen=True)
class Case:
    """A request, whose answer holds a form of a secret."""

    place: str
    form: str
    secret: str
    carrier: str
    job: Job
    target: Target
    check_mode: bool

    def __str__(self) -> str:
        return f"{self.place}, {self.form}, {self.secret}, {self.carrier}, {self.job.name}, {self.target.name}"


def cases() -> Iterator[Case]:
    """Yield every place with every form; the rest goes round, each at its own pace."""
    rest = zip(cycle(SENDABLE), cycle(CARRIERS), cycle(REQUESTS), strict=False)
    for way in range(WAYS):
        for (place, form), (secret, carrier, (job, target)) in zip(product(PLACES, FORMS), rest, strict=False):
            # In check mode no write is sent.
            yield Case(place, form, secret, carrier, job, target, bool(way % 2) and not target.writes)
        # Out of step, or a place would meet the same ones each time.
        next(rest, None)


ALL = list(cases())
#: Coprime to the number of forms and places, so that each of them is met.
CHOSEN = ALL if LONG else ALL[::29]


def test_the_figure(tell: Callable[[str], None]) -> None:
    tell(
        f"secrets echoed: {len(CHOSEN)} of {len(ALL)} cases: {len(SENDABLE)} secrets from {len(CARRIERS)} places, "
        f"written in {len(FORMS)} forms, in {len(PLACES)} parts of the answers to {len(REQUESTS)} requests"
    )

    # Nothing is left out of the long form, and no place and no form of the short one.
    assert {case.secret for case in ALL} == set(SENDABLE)
    assert {(case.job.name, case.target.name) for case in ALL} == {(job.name, target.name) for job, target in REQUESTS}
    assert {case.place for case in CHOSEN} == set(PLACES)
    assert {case.form for case in CHOSEN} == set(FORMS)
    assert {case.carrier for case in CHOSEN} == set(CARRIERS)


def test_the_search_finds_each_form_of_each_secret() -> None:
    for secret in (SENDABLE | UNSENDABLE).values():
        for name, write in FORMS.items():
            assert leaks(f"({write(secret)})", [secret]), (name, secret)
    assert leaks("Nothing of it: Sn3lZJTBX6k", SENDABLE.values()) == []


@pytest.mark.parametrize("case", CHOSEN, ids=str)
def test_what_a_server_echoes_is_not_returned(keeper: Keeper, case: Case) -> None:
    rig, job, secret = keeper.rig, case.job, SENDABLE[case.secret]
    keeper.accept(secret)
    rig.emulator.behaviour.update(job.behaviour)
    rig.seed(job.kind.collection, seed(job.kind))
    must_fail, arrange = PLACES[case.place]
    arrange(rig.emulator, rig.emulator.account_id, case.target, FORMS[case.form](secret))

    run = keeper.run(job.module, secret, case.carrier, case.check_mode, **job.params)

    if must_fail:
        assert run.failed
        assert rig.met_trouble, "the request was not sent"
        assert MASK in run.text, "the echo is not there at all"


@pytest.mark.parametrize("secret", SHORT)
def test_a_secret_that_is_a_part_of_usual_words_changes_nothing_else(keeper: Keeper, secret: str) -> None:
    # It cannot be told from the word. What counts is that the task does what it is for, and says so.
    for job in list(jobs())[:: 1 if LONG else 5]:
        keeper.rig.emulator.reset()
        keeper.accept(secret)
        keeper.rig.seed(job.kind.collection, seed(job.kind))
        for changed in (bool(job.wanted), False):
            run = keeper.rig.run(job.module, api_token=secret, **job.params)

            assert not run.failed, run.text
            assert run.output["changed"] is changed
        state = held(keeper.rig.emulator, job.kind)
        assert all(holds(state, name, wanted) for name, wanted in job.wanted.items())
