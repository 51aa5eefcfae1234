# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any tasks in any order against a server of any ways: after each, the account holds what the model says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from emulator.behaviour import Behaviour
from emulator.normalise import canonical_name
from support.module_runner import Run

from .drawn import NAMES, NEEDED, NEVER_EMPTY, SETTINGS, WAYS, entries, kinds, list_modes
from .extent import LONG
from .jobs import KINDS, Kind, Settings
from .model import FLAGS, LISTS, Model, asked, made, meaning, model_of, unmade
from .oracle import SERVER_MADE
from .rig import Rig

EXAMPLES, STEPS = (150, 30) if LONG else (25, 20)
NOT_MADE = "The API accepted the change but did not make it."
STORED_OTHERWISE = "The API stored something else than it was sent."


class Tasks(RuleBasedStateMachine):
    """Tasks, each first in check mode, then for real, then once more."""

    #: How many tasks were run, for the figure at the end.
    tasks = 0

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self.rig = rig
        rig.emulator.reset()

    @initialize(ways=st.fixed_dictionaries(WAYS), names=st.lists(st.sampled_from(NAMES), unique_by=canonical_name))
    def begin(self, ways: dict[str, Any], names: list[str]) -> None:
        """Meet a server of some ways, with some records."""
        self.ways.update(ways)
        for kind in KINDS:
            self.rig.seed(kind.collection, [{"domain": name} for name in names])

    @rule(data=st.data(), kind=kinds, list_mode=list_modes, by_id=st.booleans())
    def one(self, data: st.DataObject, kind: Kind, list_mode: str, by_id: bool) -> None:
        """Ask for one record, by name, or by id where it is there."""
        entry = self.seen(data.draw(entries(kind)))
        model = self.model(kind)
        name = canonical_name(entry["domain"])
        params = {**entry, "list_mode": list_mode}
        if by_id and name in model:
            params[kind.id_option] = self.id_of(kind, name)
            if entry.get("state") != "absent":
                del params["domain"]
        if self.possible(model, kind, entry, list_mode):
            self.converge(kind, kind.one, params, asked(model, kind, entry, list_mode, self.ways))
        else:
            self.refused(kind, kind.one, params)

    @rule(data=st.data(), kind=kinds, new=st.sampled_from(NAMES), list_mode=list_modes)
    def rename(self, data: st.DataObject, kind: Kind, new: str, list_mode: str) -> None:
        """Give a record another name, and other settings with it."""
        model = self.model(kind)
        old = data.draw(st.sampled_from([*sorted(model), ""]))
        entry = {**self.seen(data.draw(entries(kind))), "domain": old}
        if not old or canonical_name(new) in model or not self.possible(model, kind, entry, list_mode):
            return
        entry.pop("state", None)
        changed = asked(model, kind, entry, list_mode, self.ways)
        params = {**entry, kind.id_option: self.id_of(kind, old), "domain": new, "list_mode": list_mode}
        self.rename_to(kind, kind.one, params, {old: new}, changed)

    @rule(data=st.data(), kind=kinds, news=st.lists(st.sampled_from(NAMES), min_size=1, unique_by=canonical_name))
    def rename_many(self, data: st.DataObject, kind: Kind, news: list[str]) -> None:
        """Give several records other names at once."""
        model = self.model(kind)
        free = [new for new in news if canonical_name(new) not in model]
        olds = data.draw(st.permutations(sorted(model)))
        names = dict(zip(olds, free, strict=False))
        if names:
            listed = [{kind.id_option: self.id_of(kind, old), "domain": new} for old, new in names.items()]
            self.rename_to(kind, kind.many, {kind.option: listed}, names, model)

    @rule(data=st.data(), kind=kinds, list_mode=list_modes, purge=st.booleans(), concurrency=st.sampled_from([1, 8]))
    def many(self, data: st.DataObject, kind: Kind, list_mode: str, purge: bool, concurrency: int) -> None:
        """Ask for several records at once."""
        drawn = data.draw(st.lists(entries(kind), max_size=4, unique_by=lambda entry: canonical_name(entry["domain"])))
        before = model = self.model(kind)
        listed = [entry for entry in map(self.seen, drawn) if self.possible(before, kind, entry, list_mode)]
        for entry in listed:
            model = asked(model, kind, entry, list_mode, self.ways)
        purge = purge and any(entry.get("state") != "absent" for entry in listed)
        if purge:
            names = {canonical_name(entry["domain"]) for entry in listed}
            model = {name: record for name, record in model.items() if name in names}
        params = {kind.option: listed, "list_mode": list_mode, "purge": purge, "concurrency": concurrency}
        self.converge(kind, kind.many, params, model)

    @rule(data=st.data(), kind=kinds, ways=st.fixed_dictionaries({}, optional=WAYS))
    def meanwhile(self, data: st.DataObject, kind: Kind, ways: dict[str, Any]) -> None:
        """Let the server have other ways from now on, and somebody change a record behind the back of the tasks."""
        self.ways.update(ways)
        account = self.rig.emulator.world.store.open_account(self.rig.emulator.account_id)
        records = list(account.records[kind.collection].values())
        if records:
            record = data.draw(st.sampled_from(records))
            field = data.draw(st.sampled_from(sorted(SETTINGS[kind.collection])))
            record[field] = data.draw(SETTINGS[kind.collection][field]) or record[field]

    @property
    def ways(self) -> Behaviour:
        """Return the ways that the server has now."""
        return self.rig.emulator.behaviour

    def model(self, kind: Kind) -> Model:
        """Return what the account holds now."""
        return model_of(self.rig.emulator.state()[kind.collection])

    def id_of(self, kind: Kind, name: str) -> str:
        """Return the id of a record that is there."""
        records = self.rig.emulator.state()[kind.collection]
        found: str = next(record["id"] for record in records if canonical_name(record["domain"]) == name)
        return found

    def seen(self, entry: Settings) -> Settings:
        """Return an entry without what the server never shows: a task cannot know whether that differs.

        An empty list or text that a list leaves out counts as empty. A server that leaves out flags that are off does
        not show whether it ignored a change of one.
        """
        hidden = set(self.ways.omitted_fields)
        if self.ways.false_flags == "omitted":
            hidden |= FLAGS & set(self.ways.ignored_fields)
        return {
            name: value
            for name, value in entry.items()
            if name not in hidden and (value or name in FLAGS or name not in self.ways.unlisted_fields)
        }

    def possible(self, model: Model, kind: Kind, entry: Settings, list_mode: str) -> bool:
        """Tell whether a task can be done: what a create needs is there, and entries in the lists that want some."""
        name = canonical_name(entry["domain"])
        if entry.get("state") == "absent" or name in model:
            return True
        made_of = asked(model, kind, entry, list_mode, self.ways)[name]
        return all(field in entry for field in NEEDED.get(kind.collection, ())) and all(
            made_of[field] for field in NEVER_EMPTY & set(entry)
        )

    def converge(self, kind: Kind, module: str, params: Settings, wished: Model, expected: Model | None = None) -> None:
        """Run a task in check mode, for real, and once more, and compare all with the model.

        Args:
            kind: the sort of record.
            module: the module that is run.
            params: the options of the task.
            wished: the account as the task asks for it.
            expected: the account as this server makes it; by default without the fields that it ignores.
        """
        emulator = self.rig.emulator
        Tasks.tasks += 1
        before, writes = emulator.state(), len(emulator.writes)
        model = model_of(before[kind.collection])
        foretold = self.rig.run(module, check_mode=True, **params)
        assert not foretold.failed, foretold.msg
        assert emulator.state() == before
        assert len(emulator.writes) == writes

        if expected is None:
            expected = made(model, wished, self.ways.ignored_fields)
        done = self.rig.run(module, **params)
        after = emulator.state()
        assert model_of(after[kind.collection]) == expected
        assert len(after[kind.collection]) == len(expected)
        assert done.changed is (model != expected)
        as_asked = check_said(done, wished, expected)
        check_untouched(before, after, kind, written=not as_asked)
        if as_asked:
            check_foretold(foretold, done)

        writes = len(emulator.writes)
        again = self.rig.run(module, **params)
        assert again.failed is done.failed
        assert not again.changed
        assert model_of(emulator.state()[kind.collection]) == expected
        if as_asked:
            assert len(emulator.writes) == writes
            assert emulator.state() == after

    def rename_to(self, kind: Kind, module: str, params: Settings, names: dict[str, str], changed: Model) -> None:
        """Run a task that renames records, on a server that does it, refuses it or ignores it.

        Args:
            kind: the sort of record.
            module: the module that is run.
            params: the options of the task.
            names: the new names by the old ones.
            changed: the account with the other settings that the task asks for, under the old names.
        """
        if self.ways.rename == "refused":
            self.refused(kind, module, params, by_the_api=True)
            return
        wished = {canonical_name(names.get(name, name)): record for name, record in changed.items()}
        kept = made(self.model(kind), changed, self.ways.ignored_fields)
        new = {canonical_name(names.get(name, name)): record for name, record in kept.items()}
        self.converge(kind, module, params, wished, kept if self.ways.rename == "ignored" else new)

    def refused(self, kind: Kind, module: str, params: Settings, by_the_api: bool = False) -> None:
        """Run a task that cannot be carried out: it says so and changes nothing.

        Args:
            kind: the sort of record.
            module: the module that is run.
            params: the options of the task.
            by_the_api: only the API can tell. Else it is told in check mode too, and no write is sent.
        """
        Tasks.tasks += 1
        before, writes = self.rig.emulator.state(), len(self.rig.emulator.writes)
        for check_mode in (False,) if by_the_api else (True, False):
            run = self.rig.run(module, check_mode=check_mode, **params)
            assert run.failed
            assert not run.output.get("changed", False)
        assert self.rig.emulator.state() == before
        assert by_the_api or len(self.rig.emulator.writes) == writes


def check_said(done: Run, wished: Model, after: Model) -> bool:
    """Check that a task failed where the server did not make what was asked, and name it; tell whether all is made."""
    if set(wished) != set(after):
        assert done.failed
        assert NOT_MADE in done.msg
        return False
    not_made = unmade(wished, after)
    assert done.failed is bool(not_made), done.output
    for field in not_made:
        assert f"{field}: is " in done.msg
    return not done.failed and not any(STORED_OTHERWISE in warning for warning in done.warnings)


def check_untouched(before: Any, after: Any, kind: Kind, written: bool) -> None:
    """Check that a record whose meaning is the same was not written at all, and that the other kind was let alone.

    Args:
        before: the account before the task.
        after: the account after it.
        kind: the sort of record that the task was about.
        written: a record may have been written although the server kept it as it was.
    """
    server_made = SERVER_MADE if written else set()
    for collection in before:
        was = {record["id"]: record for record in before[collection]}
        for record in after[collection]:
            old = was.get(record["id"])
            if old is not None and model_of([old]) == model_of([record]):
                assert {name for name in record if record[name] != old[name]} <= server_made
        if collection != kind.collection:
            assert after[collection] == before[collection]


def check_foretold(foretold: Run, done: Run) -> None:
    """Check that check mode told what the real run did, without what the server makes."""
    assert not foretold.failed, foretold.msg
    assert foretold.changed is done.changed
    assert foretold.diff == done.diff
    assert foretold.output.get("summary") == done.output.get("summary")
    results = [(foretold.result, done.result)]
    if isinstance(done.result, list):
        results = list(zip(foretold.result, done.result, strict=True))
    for expected, real in results:
        for field in {"domain", *LISTS, *SETTINGS["domains"], "comments"} & set(expected):
            assert meaning(field, expected[field]) == meaning(field, real.get(field)), field


def test_after_any_tasks_the_account_holds_what_was_asked(rig: Rig, tell: Callable[[str], None]) -> None:
    Tasks.tasks = 0

    class Here(Tasks):
        """With the emulator of this test."""

        def __init__(self) -> None:
            super().__init__(rig)

    chosen = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=chosen)
    tell(f"model test: {Tasks.tasks} tasks in {EXAMPLES} accounts, each in check mode, for real and once more")
