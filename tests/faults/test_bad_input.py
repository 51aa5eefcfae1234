# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any value in any option is applied as it is written, or refused before any request with a sentence that names it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.credentials import ENVIRONMENT
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import validator
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.registry import MODULES
from emulator.behaviour import Behaviour
from emulator.normalise import canonical_name
from support.module_runner import Run, declared
from support.resources import KINDS, RESTRICTION, Kind, Settings

from .bad_values import ANYTHING, TEXTS, VALUES, Place, places
from .extent import LONG
from .jobs import id_of, name_of, seed
from .model import VALUES as GOOD_VALUES
from .model import Model, after_task, model_of
from .oracle import check_sentence
from .rig import Rig

PLACES = list(places())
#: The short form tries one value of so many, other ones for each option.
STEP = 1 if LONG else 31
MANY = 10_000
few = settings(max_examples=2000 if LONG else 60, suppress_health_check=list(HealthCheck))
both_kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.one)
#: A UUID as the API spells it, or a number.
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,20}")
#: Only the server knows whether these are the right ones.
KNOWN_TO_SERVER = ("account_id", "api_token", "api_email", "api_key")
TRUE = ("y", "yes", "on", "1", "1.0", "true", "t")


@pytest.fixture
def account(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Return a seeded account, which the environment knows too."""
    for option, value in rig.connection.items():
        monkeypatch.setenv(ENVIRONMENT[option], value)
    return Account(rig)


def read_as_module(name: str, params: Mapping[str, Any]) -> Settings:
    """Return valid options as AnsibleModule reads them after the action has started the module."""
    kind, resource = MODULES[name]
    spec = declared(name)
    rules = {rule: spec[rule] for rule in ("required_one_of", "mutually_exclusive") if rule in spec}
    result = ArgumentSpecValidator(spec["argument_spec"], **rules).validate(validator(kind, resource).coerce(params))
    assert result.error_messages == []
    return result.validated_parameters


def meant(spec: Mapping[str, Any], value: Any) -> Any:
    """Return what a value means for an option, without the code under test. Fails where it means nothing."""
    if spec["type"] == "list" and spec["elements"] == "str":
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",")] if value.strip() else []
        return [meant({"type": "str"}, item) for item in value]
    if spec["type"] == "list":
        assert value == [] or not value.strip()  # no other value of this file is a list of records
        return []
    if spec["type"] == "bool":
        return str(value).strip().lower() in TRUE
    assert isinstance(value, (str, int, float))
    assert not isinstance(value, bool)
    return float(value) if spec["type"] in ("int", "float") else str(value)


class Account:
    """A seeded account, and tasks with bad values."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.fill()

    def fill(self) -> None:
        """Begin anew with the seed."""
        self.rig.emulator.reset()
        for kind in KINDS:
            self.rig.seed(kind.collection, seed(kind))
        self._start = self.rig.emulator.state()

    def run(self, module: str, params: Settings) -> Run:
        """Run a task, and once more as AnsibleModule reads its options; then it changes nothing."""
        self.rig.emulator.world.log.clear()
        run = self.rig.run(module, **params)
        if not run.failed:
            state = self.rig.emulator.state()
            options = read_as_module(module, {**self.rig.connection, **params})
            used: dict[str, Any] = {name: options.get(name) for name in {*options, *self.rig.connection}}
            again = self.rig.run(module, **used)
            assert not again.failed, again.msg
            assert not again.changed
            assert self.rig.emulator.state() == state
        return run

    def try_value(self, place: Place, value: Any) -> None:
        """Run the task with a value in a place."""
        try:
            self._try_value(place, value)
        except BaseException as error:
            error.add_note(f"{place.name}: {ascii(value)[:200]}")
            raise

    def _try_value(self, place: Place, value: Any) -> None:
        if self.rig.emulator.state() != self._start:
            self.fill()
        kind, emulator = place.kind, self.rig.emulator
        before = model_of(emulator.state()[kind.collection])
        run = self.run(place.module, place.task(value))
        self._check_paths(emulator.account_id if place.option != "account_id" or value is None else str(value))
        after = model_of(emulator.state()[kind.collection])
        if not run.failed:
            self._check_applied(place, value, run, before, after)
            return
        assert after == before
        check_sentence(run.msg, lines=100 if place.option == kind.option else 1)
        if not emulator.log:
            # Null is the same as left out, which only these may not be.
            assert value is not None or place.option in (kind.option, kind.id_option, "domain")
            assert place.option in run.msg
            assert not place.of_entry or f"{kind.option}[0]" in run.msg
        elif place.option == kind.id_option:
            assert ID.fullmatch(str(value).lower())
            assert str(value).lower() in run.msg
        else:
            # Where a status contains the secret, such as the digit 4, it is masked.
            assert run.output["failure"]["status"] in (400, 403) or place.declared.get("no_log")
            assert place.option in KNOWN_TO_SERVER

    def try_entries(self, kind: Kind, entries: list[Any]) -> None:
        """Run the bulk task with these entries."""
        self.fill()
        emulator = self.rig.emulator
        before = wanted = model_of(emulator.state()[kind.collection])
        run = self.run(kind.many, {kind.option: entries})
        self._check_paths(emulator.account_id)
        if run.failed and emulator.log:
            # Only the account shows that a record would have to be created.
            assert all("To create" in mistake["msg"] for mistake in run.entry_errors), run.msg
            assert emulator.writes == []
        elif run.failed:
            check_sentence(run.msg, lines=2 * len(entries))
            named = [f"{kind.option}[{mistake['index']}" for mistake in run.entry_errors]
            lines = [line.partition("]")[0] for line in run.msg.split("\n")]
            assert lines == named or (
                lines[:-1] == named[: len(lines) - 1] and lines[-1].endswith("are in entry_errors.")
            )
        else:
            options = declared(kind.many)["argument_spec"][kind.option]["options"]
            for entry in entries:
                settings = {name: meant(options[name], value) for name, value in entry.items() if value is not None}
                wanted = after_task(wanted, kind, settings, "replace", Behaviour())
        assert model_of(emulator.state()[kind.collection]) == wanted
        assert before == wanted or not run.failed

    def _check_paths(self, account: str) -> None:
        """Check that every request is about the records of an account, or one of them."""
        collections = "|".join(kind.collection for kind in KINDS)
        path = rf"/client/v4/accounts/{re.escape(account)}/email-security/settings/({collections})"
        for entry in self.rig.emulator.log:
            assert re.fullmatch(rf"{path}(/batch|/({ID.pattern}))?", entry.path), entry.path

    def _check_applied(self, place: Place, value: Any, run: Run, before: Model, after: Model) -> None:
        meaning = None if value is None else meant(place.declared, value)
        if not place.writes:
            assert after == before
            if meaning is not None and place.option == "search":
                assert all(entry.query["search"] == [meaning] for entry in self.rig.emulator.log)
            if meaning is not None and place.option == "domain":
                found = {canonical_name(record["domain"]) for record in run.result}
                assert found == {*map(canonical_name, meaning)} & set(before)
            return
        if not place.about_record:
            purged = place.option == "purge" and meaning
            assert after == ({name_of(1): before[name_of(1)]} if purged else before)
            return
        entry: Settings = {"domain": name_of(1), **place.kind.needed}
        if place.option == place.kind.id_option:
            assert str(value).lower() == id_of(1)
        elif meaning is not None:
            entry[place.option] = meaning
        assert after == after_task(before, place.kind, entry, "replace", Behaviour())
        if place.option == "domain" and len(after) > len(before):
            # As it was written, with its dots and letters.
            assert value in {record["domain"] for record in self.rig.emulator.state()[place.kind.collection]}


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
def test_good_and_bad_values_in_one_task(account: Account, kind: Kind) -> None:
    good_values = GOOD_VALUES[kind.collection]
    good = st.fixed_dictionaries({"domain": st.sampled_from([name_of(1), name_of(2)])}, optional=good_values)
    any_values = {name: values | values | ANYTHING for name, values in good_values.items()}
    mixed = st.fixed_dictionaries({"domain": st.just(name_of(1)) | TEXTS}, optional={**any_values, "odd": ANYTHING})

    @few
    @given(st.lists(good, max_size=2, unique_by=lambda entry: entry["domain"]) | st.lists(mixed | ANYTHING, max_size=4))
    def try_it(entries: list[Any]) -> None:
        account.try_entries(kind, entries)

    try_it()


#: What ten thousand entries have in common, and how many of them are wrong.
WRONG_ENTRIES: dict[str, tuple[Callable[[int], Any], int]] = {
    "all wrong": (lambda number: {"domain": [], "state": number, f"odd{number}": 1}, MANY),
    "no dictionaries": (lambda number: number, MANY),
    "every name twice": (lambda number: {"domain": f"host{number // 2}.example"}, MANY // 2),
}


@both_kinds
@pytest.mark.parametrize("wrong", WRONG_ENTRIES)
def test_ten_thousand_wrong_entries_have_a_short_message(rig: Rig, kind: Kind, wrong: str) -> None:
    entry, mistakes = WRONG_ENTRIES[wrong]
    task: Settings = {kind.option: [entry(number) for number in range(MANY)]}

    run = rig.run(kind.many, **task)

    check_refused(rig, run, f"{kind.option}[", lines=100)
    assert len(run.entry_errors) == mistakes
    assert f"{mistakes - run.msg.count(chr(10))} more errors: all are in entry_errors." in run.msg


@both_kinds
def test_one_wrong_entry_of_ten_thousand_is_named(rig: Rig, kind: Kind) -> None:
    entries = [{"domain": f"host{number}.example", **kind.needed} for number in range(MANY)]
    run = rig.run(kind.many, check_mode=True, **{kind.option: entries})
    assert run.summary["counts"] == {"created": MANY, "updated": 0, "deleted": 0, "unchanged": 0}
    rig.emulator.world.log.clear()

    entries[7_777] = {"domain": "HOST7776.example."}

    params: dict[str, Any] = {kind.option: entries}
    check_refused(rig, rig.run(kind.many, **params), f"{kind.option}[7777] (HOST7776.example.): ")


def test_a_list_of_ten_thousand_is_stored_without_repeats(rig: Rig) -> None:
    kind = RESTRICTION
    names = [f"host{number % (MANY // 2)}.example" for number in range(MANY)]

    assert rig.run(kind.one, domain="a.example", exclude=names).changed
    assert not rig.run(kind.one, domain="a.example", exclude=[name.upper() for name in names]).changed

    [record] = rig.emulator.state()[kind.collection]
    assert record["exclude"] == names[: MANY // 2]


@pytest.mark.parametrize("name", ["odd", "domain ", "Domain", "", "a\r\nb", "\x00", "../x", "\u202e", "x" * 2**20, "'"])
def test_an_unknown_option(account: Account, name: str) -> None:
    shown = name if name.isprintable() and len(name) < 80 else ascii(name)[1:-1][:20]
    for place in PLACES:
        if place.option in ("retries", "state"):
            task = place.task("present" if place.option == "state" else 1)
            inner = task[place.kind.option][0] if place.of_entry else task
            inner[name] = "x"
            run = account.run(place.module, task)
            check_refused(account.rig, run, shown)
            assert "Supported parameters include" in run.msg or len(name) > 80


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
        run = account.run(KINDS[0].one, task)
        if not account.rig.emulator.log:
            check_refused(account.rig, run, option)
            continue
        assert run.failed is ((option, value) != ("api_token", account.rig.emulator.token))
        # A credential such as 0 cannot be distinguished from a digit of the status.
        assert not run.failed or value in "400 403" or run.failure["status"] in (400, 403)
