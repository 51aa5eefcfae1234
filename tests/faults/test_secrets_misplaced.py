# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret that cannot be sent, has the wrong type, is in the wrong place or meets a defect: it is not repeated."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest

from support.module_runner import COLLECTION, declared

from .echoes import SENDABLE, UNSENDABLE
from .extent import LONG
from .jobs import KINDS, Job, jobs, seed
from .keeper import ADDRESS, CARRIERS, Keeper

MODULES = sorted({job.module for job in jobs()})
EVERY = 1 if LONG else 31
ALL_SECRETS = {**SENDABLE, **UNSENDABLE}
#: Options with which each module gets as far as its first request.
COMPLETE: dict[str, dict[str, Any]] = {}
for _kind in KINDS:
    COMPLETE[_kind.one] = {"domain": "d1.example"}
    COMPLETE[_kind.many] = {_kind.option: [{"domain": "d1.example"}]}
    COMPLETE[_kind.info] = {}
#: The shapes that a value can be given in by mistake.
SHAPES: dict[str, Callable[[str], Any]] = {
    "text": str,
    "list": lambda secret: [secret],
    "lists": lambda secret: [[secret], "another word"],
    "dictionary": lambda secret: {"value": secret},
    "key": lambda secret: {secret: "value"},
    "entries": lambda secret: [{"domain": secret}],
    "words": lambda secret: f"token={secret} and more",
    "address": lambda secret: f"https://elsewhere.example/{secret}/v4",
    "list as text": lambda secret: repr([secret]),
}
UNTOLD = ("api_tokn", "bear", "api")
MISSPELLED = (*UNTOLD, "token", "apikey", "api-token", "cloudflare_api_token", "password", "Authorization", "secret")


def misplaced() -> Iterator[tuple[str, str, str, str]]:
    """Yield each option of each module, in each shape, with a secret."""
    secrets = cycle(ALL_SECRETS)
    for module in MODULES:
        for option in declared(module)["argument_spec"]:
            for shape in SHAPES:
                yield module, option, shape, next(secrets)


MISPLACED = list(misplaced())[::EVERY]


def test_the_figure(tell: Callable[[str], None]) -> None:
    tell(
        f"secrets misplaced: {len(MISPLACED)} of {len(list(misplaced()))} options and shapes, "
        f"{len(ALL_SECRETS)} secrets, {len(UNSENDABLE)} of which cannot be sent, "
        f"{len(MISSPELLED)} misspelled names, {len(BROKEN)} defects"
    )


@pytest.mark.parametrize(("module", "option", "shape", "secret"), MISPLACED)
def test_the_secret_in_another_option_too(keeper: Keeper, module: str, option: str, shape: str, secret: str) -> None:
    value = ALL_SECRETS[secret]
    keeper.accept(value)
    given = {**COMPLETE[module], option: SHAPES[shape](value)}
    if option in ("api_token", "api_key"):
        # Then it is nowhere else.
        keeper.run(module, value, "nowhere", **given)
    else:
        keeper.run(module, value, "CLOUDFLARE_API_TOKEN", **given)
        keeper.run(module, value, "api_token", **given)


ENTRY_OPTIONS = [
    (kind, option, shape) for kind in KINDS for option in declared(kind.one)["argument_spec"] for shape in SHAPES
]


@pytest.mark.parametrize(("kind", "option", "shape"), ENTRY_OPTIONS[::EVERY])
def test_the_secret_in_an_entry_too(keeper: Keeper, kind: Any, option: str, shape: str) -> None:
    for secret in list(ALL_SECRETS.values())[:: 1 if LONG else 9]:
        entry = {"domain": "d1.example", option: SHAPES[shape](secret)}
        keeper.run(kind.many, secret, "CLOUDFLARE_API_KEY", **{kind.option: [entry]})
        keeper.run(kind.many, secret, "api_token", **{kind.option: [SHAPES[shape](secret)]})


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("secret", UNSENDABLE)
def test_what_cannot_be_sent_is_refused_without_a_request(keeper: Keeper, secret: str, carrier: str) -> None:
    for module in MODULES if LONG else MODULES[:1]:
        run = keeper.run(module, UNSENDABLE[secret], carrier, **COMPLETE[module])

        assert run.failed
        assert "has a character that cannot be sent" in run.msg
        assert keeper.rig.emulator.log == []


@pytest.mark.parametrize("option", ["api_token", "api_key", "account_api_key"])
@pytest.mark.parametrize(
    "shape", [shape for shape in SHAPES if shape not in ("text", "words", "address", "list as text")]
)
def test_a_credential_that_is_no_text_is_refused_without_a_request(keeper: Keeper, option: str, shape: str) -> None:
    for secret in ALL_SECRETS.values():
        given = {"api_email": ADDRESS, option: SHAPES[shape](secret)}
        run = keeper.run(MODULES[0], secret, "nowhere", **COMPLETE[MODULES[0]], **given)

        assert run.failed
        assert run.msg.startswith(f"{option}: must be a text")
        assert keeper.rig.emulator.log == []


@pytest.mark.parametrize("name", MISSPELLED)
def test_the_secret_under_a_misspelled_name(keeper: Keeper, name: str) -> None:
    # Where not even the name tells, it is known by its looks: those of real tokens and keys.
    looks = [SENDABLE["plain"], SENDABLE["digits"]]
    secrets = looks if name in UNTOLD else list(ALL_SECRETS.values())[::EVERY]
    for secret in secrets:
        for module in MODULES if LONG else MODULES[:2]:
            for shape in SHAPES.values():
                assert keeper.run(module, secret, "nowhere", **COMPLETE[module], **{name: shape(secret)}).failed
        for kind in KINDS:
            entries = [{"domain": "d1.example", name: secret}]
            assert keeper.run(kind.many, secret, "nowhere", **{kind.option: entries}).failed


ADDRESSES = [
    "https://user:{}@elsewhere.example/client/v4",
    "https://{}@elsewhere.example/client/v4",
    "https://{}:@elsewhere.example/",
    "user:{}@elsewhere.example",
    "https://elsewhere.example/@user:{}@/",
    "http://user:{}@127.0.0.1/",
]
IN_ADDRESSES = [
    "https://elsewhere.example/?token={}",
    "https://elsewhere.example/#{}",
    "{}",
    "https://{}/",
    "http://127.0.0.1:1/{}",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_password_in_the_address(keeper: Keeper, address: str) -> None:
    for secret in list(SENDABLE.values()) if LONG else list(SENDABLE.values())[::5]:
        if not set(secret).intersection("/?#@"):
            run = keeper.run(MODULES[0], secret, "other", **COMPLETE[MODULES[0]], api_url=address.format(secret))
            assert run.failed
            assert run.msg.startswith("api_url: ")


@pytest.mark.parametrize("address", IN_ADDRESSES)
def test_the_secret_in_the_address(keeper: Keeper, address: str) -> None:
    for secret in [*SENDABLE.values(), "PlainToken0of040characters0123456789abcd"]:
        for carrier in ("api_token", "CLOUDFLARE_API_TOKEN"):
            assert keeper.run(
                MODULES[0], secret, carrier, **COMPLETE[MODULES[0]], api_url=address.format(secret)
            ).failed


BROKEN: dict[str, tuple[str, str]] = {
    "before the first request": ("task_one", "wanted_from"),
    "when it connects": ("sessions", "Sessions._new"),
    "in the pace": ("pace", "limits"),
    "in a header": ("sessions", "Sessions._sign"),
    "when it reads": ("client", "Answer"),
    "when it plans": ("task_one", "plan"),
    "when it shows": ("task_one", "diff"),
}
ERRORS = (KeyError, ValueError, RuntimeError, TypeError, UnicodeError)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("place", BROKEN)
def test_a_defect_with_the_secret_in_its_words(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch, place: str, carrier: str
) -> None:
    job: Job = next(jobs())
    keeper.rig.seed(job.kind.collection, seed(job.kind))
    for secret, error in zip(SENDABLE.values(), cycle(ERRORS), strict=False):
        keeper.accept(secret)

        def broken(*_args: Any, error: type[Exception] = error, secret: str = secret, **_options: Any) -> Any:
            try:
                raise OSError(2, f"no {secret}", secret)
            except OSError as cause:
                raise error({secret: repr(secret)}) from cause

        with monkeypatch.context() as patch:
            module, name = BROKEN[place]
            owner = importlib.import_module(f"{COLLECTION}.module_utils.{module}")
            *outer, name = name.split(".")
            for each in outer:
                owner = getattr(owner, each)
            patch.setattr(owner, name, broken)
            run = keeper.run(job.module, secret, carrier, **job.params)
        assert run.failed, place
        # Where the library builds a request, these are taken for what is wrong with an address.
        of_address = module == "sessions" and issubclass(error, (ValueError, TypeError))
        assert ("No request can be sent" if of_address else "This is a defect of the collection") in run.msg
