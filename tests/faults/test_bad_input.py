# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is written in a task: it is carried out as written, or refused with a sentence before any request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.credentials import ENVIRONMENT
from support.module_runner import declared

from .bad_values import ANYTHING, MEGABYTE, TEXTS, VALUES, Place, places
from .drawn import SETTINGS
from .extent import LONG
from .jobs import KINDS, Kind, Settings, id_of, name_of
from .refusal import BothDoors, check_refused
from .rig import Rig

PLACES = list(places())
#: In the short form one value of so many, other ones for each option.
STEP = 1 if LONG else 31
EXAMPLES = 2000 if LONG else 60
MANY = 10_000
few = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
both_kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.one)
#: What became of the tasks of this file.
verdicts: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def figure(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell how many tasks were run, and what became of them."""
    yield
    told = ", ".join(
        f"{verdicts[verdict]} {verdict}" for verdict in ("refused", "done as written", "refused by the server")
    )
    tell(f"bad input: {verdicts.total()} tasks, each by both doors, with {len(PLACES)} options: {told}")


@pytest.fixture
def doors(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> BothDoors:
    """Return both ways to run a task against a seeded account, which the environment knows too."""
    emulator = rig.emulator
    known = {"account_id": emulator.account_id, "api_token": emulator.token, "api_url": emulator.url}
    for option, value in known.items():
        monkeypatch.setenv(ENVIRONMENT[option], value)
    return BothDoors(rig, verdicts)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_value_in_every_place(doors: BothDoors, place: Place) -> None:
    for value in VALUES[PLACES.index(place) % STEP :: STEP]:
        doors.try_value(place, value)


def test_any_value_in_any_place(doors: BothDoors) -> None:
    @few
    @given(place=st.sampled_from(PLACES), value=ANYTHING)
    def try_it(place: Place, value: Any) -> None:
        doors.try_value(place, value)

    try_it()


@both_kinds
def test_good_and_bad_values_in_one_task(doors: BothDoors, kind: Kind) -> None:
    good_values = SETTINGS[kind.collection]
    good = st.fixed_dictionaries({"domain": st.sampled_from([name_of(1), name_of(2)])}, optional=good_values)
    any_values = {name: values | values | ANYTHING for name, values in good_values.items()}
    mixed = st.fixed_dictionaries({"domain": st.just(name_of(1)) | TEXTS}, optional={**any_values, "odd": ANYTHING})

    @few
    @given(st.lists(good, max_size=2, unique_by=lambda entry: entry["domain"]) | st.lists(mixed | ANYTHING, max_size=4))
    def try_it(entries: list[Any]) -> None:
        doors.try_entries(kind, entries)

    try_it()


@both_kinds
def test_ten_thousand_entries_are_planned(rig: Rig, kind: Kind) -> None:
    entries = [{"domain": f"host{number}.example", **kind.needed} for number in range(MANY)]

    run = rig.run(kind.many, check_mode=True, **{kind.option: entries})

    assert run.summary["counts"] == {"created": MANY, "updated": 0, "deleted": 0, "unchanged": 0}


#: What ten thousand entries can have in common, and how many of them are wrong then.
WRONG_ENTRIES: dict[str, tuple[Callable[[int], Any], int]] = {
    "no name": (lambda number: {"domain": f"host {number}"}, MANY),
    "all wrong": (lambda number: {"domain": [], "state": number, f"odd{number}": 1}, MANY),
    "no dictionaries": (lambda number: number, MANY),
    "one name": (lambda number: {"domain": "a.example"}, MANY - 1),
    "every name twice": (lambda number: {"domain": f"host{number // 2}.example"}, MANY // 2),
    "one wrong": (lambda number: {"domain": f"host{number}.example"}, 1),
}


@both_kinds
@pytest.mark.parametrize("wrong", WRONG_ENTRIES)
def test_ten_thousand_wrong_entries_are_told_in_a_message_that_can_be_read(rig: Rig, kind: Kind, wrong: str) -> None:
    entry, mistakes = WRONG_ENTRIES[wrong]
    entries = [entry(number) for number in range(MANY)]
    if wrong == "one wrong":
        entries[7_777] = {"domain": "HOST7776.example."}
    task: Settings = {kind.option: entries}
    run = rig.run(kind.many, **task)

    check_refused(rig, run, f"{kind.option}[", lines=100)
    verdicts["refused"] += 1
    assert len(run.mistakes) == mistakes
    assert (f"{mistakes - run.msg.count(chr(10))} more entries have mistakes" in run.msg) is (mistakes > 1)
    assert "7777" in run.msg or mistakes > 1


def test_a_list_of_ten_thousand_is_written_without_its_repeats(rig: Rig) -> None:
    kind = KINDS[1]
    names = [f"host{number % (MANY // 2)}.example" for number in range(MANY)]

    assert rig.run(kind.one, domain="a.example", exclude=names).changed
    assert not rig.run(kind.one, domain="a.example", exclude=[name.upper() for name in names]).changed

    [record] = rig.emulator.state()[kind.collection]
    assert record["exclude"] == names[: MANY // 2]


CONTRADICTIONS = [
    pytest.param(module, options, id=f"{module}: {' and '.join(options)}")
    for module in sorted({place.module for place in PLACES})
    for options in declared(module).get("mutually_exclusive", [])
]


@pytest.mark.parametrize(("module", "options"), CONTRADICTIONS)
def test_options_that_exclude_each_other(rig: Rig, module: str, options: list[str]) -> None:
    spec = declared(module)["argument_spec"]
    good = {option: spec[option].get("choices", [id_of(1)])[0] for option in options}

    check_refused(rig, rig.run(module, **{**good, "domain": "a.example"} if "domain" in options else good), options[0])
    # Null is the same as left out.
    assert not rig.run(module, **{**good, options[1]: None}).failed


def test_every_sort_of_condition_that_a_module_declares_is_tried_here() -> None:
    conditions = {name for place in PLACES for name in declared(place.module)} - {
        "argument_spec",
        "supports_check_mode",
    }

    # One of id and name: the entries and the values of both try that.
    assert conditions == {"mutually_exclusive", "required_one_of"}


ODD_NAMES = [
    "odd",
    "domain ",
    "Domain",
    "do main",
    "",
    "a\r\nb",
    "\x00",
    "../x",
    "\u202e",
    "\ud800",
    "x" * MEGABYTE,
    "{}",
    "'",
]


@pytest.mark.parametrize("name", ODD_NAMES, ids=lambda name: ascii(name)[:20])
def test_an_option_that_there_is_not(doors: BothDoors, name: str) -> None:
    shown = name if name.isprintable() and len(name) < 80 else ascii(name)[1:-1][:20]
    for place in PLACES:
        if place.option in ("retries", "state"):
            task = place.task("present" if place.option == "state" else 1)
            inner = task[place.kind.option][0] if place.of_entry else task
            inner[name] = "x"
            run = doors.run(place.module, task)
            check_refused(doors.rig, run, shown)
            assert "There are" in run.msg or "Supported parameters include" in run.msg or len(name) > 80


@both_kinds
def test_ten_thousand_options_that_there_are_not(rig: Rig, kind: Kind) -> None:
    one: Settings = {"domain": "a.example", **{f"odd{number}": number for number in range(MANY)}}
    many: Settings = {kind.option: [one]}

    check_refused(rig, rig.run(kind.one, **one), "odd0")
    check_refused(rig, rig.run(kind.many, **many), "odd0")


@both_kinds
def test_what_is_to_be_deleted_may_have_other_settings_but_no_wrong_ones(doors: BothDoors, kind: Kind) -> None:
    gone = {"domain": name_of(1), "state": "absent"}
    wrong = [{field: {"a": 1}} for field in kind.change]

    for settings_of_it in wrong:
        assert doors.run(kind.one, {**gone, **settings_of_it}).failed
        assert doors.run(kind.many, {kind.option: [{**gone, **settings_of_it}]}).failed
    assert doors.rig.emulator.log == []
    assert doors.run(kind.one, {**gone, **kind.change}).changed
    assert name_of(1) not in {record["domain"] for record in doors.rig.emulator.state()[kind.collection]}


SECRET = "0123456789-secret-token"
AWKWARD = [
    [SECRET],
    {SECRET: SECRET},
    f"{SECRET}\r\nX-Evil: 1",
    f" {SECRET}",
    f"{SECRET}\u00fc",
    SECRET * 500,
    f"{SECRET}\ud800",
]


@pytest.mark.parametrize("value", AWKWARD, ids=lambda value: ascii(value)[:30])
@pytest.mark.parametrize("option", ["api_token", "api_key", "account_api_key"])
def test_a_secret_that_cannot_be_sent_is_not_told(doors: BothDoors, option: str, value: Any) -> None:
    run = doors.run(KINDS[0].one, {"api_token": None, "api_email": "a@b.example", "domain": "a.example", option: value})

    check_refused(doors.rig, run, option.replace("account_", ""))
    assert SECRET not in run.text


#: What an environment can hold: bytes that are no text come as half characters.
IN_ENVIRONMENT = [
    *(each for each in VALUES if isinstance(each, str) and each and not set(each) & set("\0\ud800\udfff")),
    *("\udcff", "a\udc80"),
]
CREDENTIALS = {"api_token": "good-token", "api_email": "a@b.example", "api_key": "good-key"}


@pytest.mark.parametrize("option", ENVIRONMENT)
def test_any_value_in_the_environment(doors: BothDoors, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if option in ("api_email", "api_key"):
        monkeypatch.delenv(ENVIRONMENT["api_token"])
        for name in ("api_email", "api_key"):
            monkeypatch.setenv(ENVIRONMENT[name], CREDENTIALS[name])
    # Null in the task, so that the environment counts.
    task = {**dict.fromkeys(("account_id", "api_token", "api_url")), "domain": name_of(1)}
    for value in IN_ENVIRONMENT[:: min(STEP, 5)]:
        monkeypatch.setenv(ENVIRONMENT[option], value)
        run = doors.run(KINDS[0].one, task)
        if doors.rig.emulator.log:
            assert run.failed is ((option, value) != ("api_token", doors.rig.emulator.token))
            # A credential such as 0 cannot be told from a digit of the status.
            if run.failed and value not in "400 403":
                assert run.failure["status"] in (400, 403)
            verdicts["refused by the server"] += 1
        else:
            check_refused(doors.rig, run, option)
            verdicts["refused"] += 1
