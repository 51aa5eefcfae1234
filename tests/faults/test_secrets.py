# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No result has a secret: not where a server returns it, and not where a user writes it in the wrong place."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, product
from typing import Any

import pytest

from emulator.auth import Credential
from support.leaks import leaks
from support.module_runner import COLLECTION, Run, declared
from support.resources import SAMPLES
from support.sample import Sample, Settings

from .echoes import ADDRESS, FORMS, PLACES, SENDABLE, UNSENDABLE
from .extent import LONG
from .jobs import Job, Target, jobs, seed
from .oracle import held, holds
from .rig import Rig

Carrier = Callable[[str], tuple[Settings, dict[str, str]]]
#: How a secret gets to a module: its name, the options, the environment.
CARRIERS: dict[str, Carrier] = {
    "api_token": lambda secret: ({"api_token": secret}, {}),
    "api_key": lambda secret: ({"api_email": ADDRESS, "api_key": secret}, {}),
    "account_api_key": lambda secret: ({"account_email": ADDRESS, "account_api_key": secret}, {}),
    "CLOUDFLARE_API_TOKEN": lambda secret: ({}, {"CLOUDFLARE_API_TOKEN": secret}),
    "CLOUDFLARE_API_KEY": lambda secret: ({}, {"CLOUDFLARE_EMAIL": ADDRESS, "CLOUDFLARE_API_KEY": secret}),
}
ALL_SECRETS = {**SENDABLE, **UNSENDABLE}
#: Options with which each module sends a request.
COMPLETE: dict[str, Settings] = {}
for _kind in SAMPLES:
    COMPLETE[_kind.module] = _kind.key_of(1)
    COMPLETE[_kind.bulk_module] = {_kind.entries_option: [_kind.key_of(1)]}
    COMPLETE[_kind.info_module] = {}
MASK = "********"


def accept(rig: Rig, secret: str) -> None:
    """Let the emulator accept a secret as a token and as a key."""
    for credential in (Credential(token=secret), Credential(email=ADDRESS, key=secret)):
        rig.emulator.world.keyring.add(credential)


def run_with(rig: Rig, module: str, secret: str, carrier: str | None, **params: Any) -> Run:
    """Run a module with a secret from a carrier. Nothing that it returns may have the secret."""
    options, environment = CARRIERS[carrier](secret) if carrier else ({}, {})
    # Null is the same as left out: the rig would add a token of its own.
    run = rig.act(module, environment, **{"api_token": None, "retries": 0, **options, **params})
    assert leaks(run.text, [secret]) == [], run.text
    return run


@dataclass(frozen=True)
class Case:
    """A request whose response has a secret in some form."""

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
    """Yield every place with every form three times, with secrets, carriers and requests in turn."""
    requests = [(job, target) for job in jobs() for target in job.targets]
    others = zip(cycle(SENDABLE), cycle(CARRIERS), cycle(requests), strict=False)
    for turn in range(3):
        for (place, form), (secret, carrier, (job, target)) in zip(product(PLACES, FORMS), others, strict=False):
            # In check mode no write is sent.
            yield Case(place, form, secret, carrier, job, target, turn == 1 and not target.writes)
        # Out of step, so that a place meets others in the next turn.
        next(others, None)


#: The step meets every place and every form.
CHOSEN = list(cases()) if LONG else list(cases())[: len(PLACES) * len(FORMS) : 7]


def test_the_short_form_has_every_place_and_every_form() -> None:
    assert {case.place for case in CHOSEN} == set(PLACES)
    assert {case.form for case in CHOSEN} == set(FORMS)
    assert {case.carrier for case in CHOSEN} == set(CARRIERS)


@pytest.mark.parametrize("form", FORMS)
def test_the_search_finds_each_form_of_each_secret(form: str) -> None:
    for name, secret in ALL_SECRETS.items():
        assert leaks(f"({FORMS[form](secret)})", [secret]), name
    assert leaks("Sn3lZJTBX6k", SENDABLE.values()) == []


@pytest.mark.parametrize("case", CHOSEN, ids=str)
def test_a_secret_in_a_response_is_masked(rig: Rig, case: Case) -> None:
    job, secret = case.job, SENDABLE[case.secret]
    accept(rig, secret)
    rig.emulator.behaviour.update(job.behaviour)
    rig.seed(job.kind.collection, seed(job.kind))
    must_fail, arrange = PLACES[case.place]
    arrange(rig.emulator, rig.emulator.account_id, case.target, FORMS[case.form](secret))

    run = run_with(rig, job.module, secret, case.carrier, check_mode=case.check_mode, **job.params)

    if must_fail:
        assert run.failed
        assert rig.met_fault, "the request was not sent"
        assert MASK in run.text


@pytest.mark.parametrize("secret", ["domain", "true", "changed", "e", "0", "*", '"', "\\", "null", "Bearer", "http"])
def test_a_secret_that_is_a_common_word_changes_nothing_else(rig: Rig, secret: str) -> None:
    for job in list(jobs())[:: 1 if LONG else 7]:
        rig.emulator.reset()
        accept(rig, secret)
        rig.seed(job.kind.collection, seed(job.kind))
        for changed in (bool(job.desired), False):
            run = rig.run(job.module, api_token=secret, **job.params)
            assert not run.failed, run.text
            assert run.output["changed"] is changed
        state = held(rig.emulator, job.kind)
        assert all(holds(state, name, desired) for name, desired in job.desired.items())


#: The values in which a secret can be written in the wrong place.
SHAPES: dict[str, Callable[[str], Any]] = {
    "text": str,
    "list": lambda secret: [secret],
    "dictionary": lambda secret: {"value": secret},
    "key": lambda secret: {secret: "value"},
    "entries": lambda secret: [{"domain": secret}],
    "words": lambda secret: f"token={secret} and more",
    "URL": lambda secret: f"https://elsewhere.example/{secret}/v4",
    "list as text": lambda secret: repr([secret]),
}
EVERY = 1 if LONG else 23
OPTIONS = [
    (module, option, shape) for module in COMPLETE for option in declared(module)["argument_spec"] for shape in SHAPES
]
ENTRY_OPTIONS = [
    (kind, option, shape) for kind in SAMPLES for option in declared(kind.module)["argument_spec"] for shape in SHAPES
]


@pytest.mark.parametrize(("module", "option", "shape"), OPTIONS[::EVERY])
def test_a_secret_in_another_option_too(rig: Rig, module: str, option: str, shape: str) -> None:
    secret = list(ALL_SECRETS.values())[(OPTIONS.index((module, option, shape)) // EVERY) % len(ALL_SECRETS)]
    accept(rig, secret)
    given = {**COMPLETE[module], option: SHAPES[shape](secret)}
    for carrier in (None,) if option in ("api_token", "api_key") else ("CLOUDFLARE_API_TOKEN", "api_token"):
        run_with(rig, module, secret, carrier, **given)


@pytest.mark.parametrize(("kind", "option", "shape"), ENTRY_OPTIONS[::EVERY])
def test_a_secret_in_an_entry_too(rig: Rig, kind: Sample, option: str, shape: str) -> None:
    for secret in list(ALL_SECRETS.values())[:: 1 if LONG else 7]:
        entry = {**kind.key_of(1), option: SHAPES[shape](secret)}
        run_with(rig, kind.bulk_module, secret, "CLOUDFLARE_API_KEY", **{kind.entries_option: [entry]})
        run_with(rig, kind.bulk_module, secret, "api_token", **{kind.entries_option: [SHAPES[shape](secret)]})


#: Functions that fail, by the file that calls them.
BROKEN = {
    "before the first request": ("modules.single", "parse_desired"),
    "in a session": ("api.sessions", "Sessions._new"),
    "in the rate limit": ("api.rate_limit", "parse_limits"),
    "in a header": ("api.sessions", "Sessions._authenticate"),
    "in a response": ("api.client", "Response"),
    "in the plan": ("modules.single", "plan"),
    "in the diff": ("modules.single", "diff"),
}


@pytest.mark.parametrize("place", BROKEN)
def test_a_secret_in_the_words_of_a_defect(rig: Rig, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    job = next(jobs())
    rig.seed(job.kind.collection, seed(job.kind))
    errors = (KeyError, ValueError, RuntimeError, TypeError)
    for secret, error, carrier in zip(SENDABLE.values(), cycle(errors), cycle(CARRIERS), strict=False):
        accept(rig, secret)

        def broken(*_args: Any, error: type[Exception] = error, secret: str = secret, **_options: Any) -> Any:
            raise error(f"cannot send {secret}") from OSError(2, f"no {secret}", secret)

        file, name = BROKEN[place]
        *classes, function = name.split(".")
        owner = importlib.import_module(f"{COLLECTION}.module_utils.{file}")
        for each in classes:
            owner = getattr(owner, each)
        with monkeypatch.context() as patch:
            patch.setattr(owner, function, broken)
            run = run_with(rig, job.module, secret, carrier, **job.params)
        assert run.failed
        # Where requests builds a request, these are errors of the URL.
        of_url = file == "api.sessions" and issubclass(error, (ValueError, TypeError))
        assert ("Cannot send a request" if of_url else "This is a bug in the collection") in run.msg
