# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any tasks in any order, against a server of any behaviour: the account holds what the model holds."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import RecordId
from emulator.behaviour import Behaviour
from support.resources import SAMPLES
from support.sample import Sample, Settings

from .extent import LONG
from .model import (
    BEHAVIOURS,
    FLAGS,
    NEEDED,
    NEVER_EMPTY,
    VALUES,
    Key,
    Model,
    after_task,
    entries,
    key_of,
    model_of,
    without_ignored,
)
from .model_checks import check_others, check_prediction, check_result
from .rig import Rig

EXAMPLES, STEPS = (150, 30) if LONG else (50, 15)
kinds = st.sampled_from(SAMPLES)
list_modes = st.sampled_from(["replace", "append", "remove"])


def keys_of(kind: Sample, least: int) -> st.SearchStrategy[list[Settings]]:
    """Return a strategy for keys of different records."""
    return st.lists(st.sampled_from(kind.keys), min_size=least, max_size=5, unique_by=lambda key: key_of(kind, key))


def option_of(kind: Sample, list_mode: str) -> Settings:
    """Return the option with a list mode, where a resource has lists."""
    return {"list_mode": list_mode} if kind.resource.has_lists else {}


class Tasks(RuleBasedStateMachine):
    """Tasks, each first in check mode, then for real, then once more."""

    rig: Rig

    def __init__(self) -> None:
        super().__init__()
        self.rig.emulator.reset()

    @initialize(
        changes=st.fixed_dictionaries(BEHAVIOURS),
        data=st.data(),
    )
    def begin(self, changes: dict[str, Any], data: st.DataObject) -> None:
        """Begin with some records, on a server of some behaviour."""
        self.behaviour.update(changes)
        for kind in SAMPLES:
            self.rig.seed(kind.collection, data.draw(keys_of(kind, 2)))

    @rule(data=st.data(), kind=kinds, list_mode=list_modes, by_id=st.booleans())
    def one(self, data: st.DataObject, kind: Sample, list_mode: str, by_id: bool) -> None:
        """Set one record, by name, or by id where it exists."""
        entry = self.returned(data.draw(entries(kind)))
        model = self.model(kind)
        key = key_of(kind, entry)
        params = {**entry, **option_of(kind, list_mode)}
        if by_id and key in model and self.takes_ids(kind):
            params[kind.id_option] = self.id_of(kind, key)
            if entry.get("state") != "absent":
                params = kind.without_key(params)
        if self.is_possible(model, kind, entry, list_mode):
            self.converge(kind, kind.module, params, after_task(model, kind, entry, list_mode, self.behaviour))
        else:
            self.refused(kind, kind.module, params)

    @rule(data=st.data(), kind=kinds, list_mode=list_modes)
    def rename(self, data: st.DataObject, kind: Sample, list_mode: str) -> None:
        """Give a record another key, and other settings with it."""
        model = self.model(kind)
        new = self.whole_key(kind, data.draw(st.sampled_from(kind.keys)))
        if not model or key_of(kind, new) in model or not self.takes_ids(kind):
            return
        old = data.draw(st.sampled_from(sorted(model)))
        entry = kind.without_key(self.returned(data.draw(entries(kind))))
        entry.pop("state", None)
        held = next(record for record in self.rig.emulator.state()[kind.collection] if key_of(kind, record) == old)
        changed = after_task(model, kind, {**kind.key_in(held), **entry}, list_mode, self.behaviour)
        params = {**entry, kind.id_option: self.id_of(kind, old), **new, **option_of(kind, list_mode)}
        self.rename_to(kind, kind.module, params, {old: new}, changed)

    @rule(data=st.data(), kind=kinds)
    def rename_many(self, data: st.DataObject, kind: Sample) -> None:
        """Give several records other keys in one task."""
        model = self.model(kind)
        free = [key for key in data.draw(keys_of(kind, 1)) if key_of(kind, key) not in model]
        names = {
            old: self.whole_key(kind, new)
            for old, new in zip(data.draw(st.permutations(sorted(model))), free, strict=False)
        }
        if names and self.takes_ids(kind):
            listed = [{kind.id_option: self.id_of(kind, old), **new} for old, new in names.items()]
            self.rename_to(kind, kind.bulk_module, {kind.entries_option: listed}, names, model)

    @rule(data=st.data(), kind=kinds, list_mode=list_modes, purge=st.booleans(), concurrency=st.sampled_from([1, 8]))
    def many(self, data: st.DataObject, kind: Sample, list_mode: str, purge: bool, concurrency: int) -> None:
        """Set several records in one task."""
        drawn = data.draw(st.lists(entries(kind), max_size=4, unique_by=lambda entry: key_of(kind, entry)))
        before = model = self.model(kind)
        listed = [entry for entry in map(self.returned, drawn) if self.is_possible(before, kind, entry, list_mode)]
        for entry in listed:
            model = after_task(model, kind, entry, list_mode, self.behaviour)
        purge = purge and any(entry.get("state") != "absent" for entry in listed)
        if purge:
            keys = {key_of(kind, entry) for entry in listed}
            model = {key: record for key, record in model.items() if key in keys}
        params = {kind.entries_option: listed, "purge": purge, "concurrency": concurrency}
        params.update(option_of(kind, list_mode))
        self.converge(kind, kind.bulk_module, params, model)

    @rule(data=st.data(), kind=kinds, changes=st.fixed_dictionaries({}, optional=BEHAVIOURS))
    def elsewhere(self, data: st.DataObject, kind: Sample, changes: dict[str, Any]) -> None:
        """Change the behaviour of the server, and let someone else change a record."""
        self.behaviour.update(changes)
        account = self.rig.emulator.world.store.open_account(self.rig.emulator.account_id)
        records = list(account.records[kind.collection].values())
        if records:
            record = data.draw(st.sampled_from(records))
            field = data.draw(st.sampled_from(sorted(VALUES[kind.collection])))
            record[field] = data.draw(VALUES[kind.collection][field]) or record[field]

    @property
    def behaviour(self) -> Behaviour:
        return self.rig.emulator.behaviour

    def model(self, kind: Sample) -> Model:
        """Return what the account holds."""
        return model_of(kind, self.rig.emulator.state()[kind.collection])

    def id_of(self, kind: Sample, key: Key) -> str:
        """Return the id of an existing record."""
        records = self.rig.emulator.state()[kind.collection]
        return next(str(record["id"]) for record in records if key_of(kind, record) == key)

    def takes_ids(self, kind: Sample) -> bool:
        """Return whether a task can have the id of any record: of most kinds, it cannot be an integer."""
        records = self.rig.emulator.state()[kind.collection]
        return isinstance(kind.resource.id_field.type, RecordId) or not any(
            isinstance(record["id"], int) for record in records
        )

    @staticmethod
    def whole_key(kind: Sample, key: Settings) -> Settings:
        """Return a key with its defaults, which do not count beside an id."""
        return {**kind.resource.key.defaults, **key}

    def returned(self, entry: Settings) -> Settings:
        """Return an entry without what the server does not return: a task cannot compare that.

        An empty list or text that a list leaves out counts as empty. A server that leaves out flags that are off does
        not show whether it ignored a change of one.
        """
        hidden = set(self.behaviour.omitted_fields)
        if self.behaviour.false_flags == "omitted":
            hidden |= FLAGS & set(self.behaviour.ignored_fields)
        return {
            name: value
            for name, value in entry.items()
            if name not in hidden and (value or name in FLAGS or name not in self.behaviour.unlisted_fields)
        }

    def is_possible(self, model: Model, kind: Sample, entry: Settings, list_mode: str) -> bool:
        """Return whether a task has what a create needs, if it has to create the record."""
        key = key_of(kind, entry)
        if entry.get("state") == "absent" or key in model:
            return True
        created = after_task(model, kind, entry, list_mode, self.behaviour)[key]
        one_true = kind.resource.one_true_on_create
        if one_true and not any(entry.get(field) for field in one_true):
            return False
        return all(field in entry for field in NEEDED[kind.collection]) and all(
            created[field] for field in NEVER_EMPTY & set(entry)
        )

    def converge(
        self, kind: Sample, module: str, params: Settings, desired: Model, expected: Model | None = None
    ) -> None:
        """Run a task in check mode, for real, and once more, and compare everything with the model.

        Args:
            kind: the kind of record.
            module: the module.
            params: the options of the task.
            desired: the account as the task sets it.
            expected: the account as this server stores it; by default without the fields that it ignores.
        """
        emulator = self.rig.emulator
        before, writes = emulator.state(), len(emulator.writes)
        model = model_of(kind, before[kind.collection])
        predicted = self.rig.run(module, check_mode=True, **params)
        assert not predicted.failed, predicted.msg
        assert emulator.state() == before
        assert len(emulator.writes) == writes

        if expected is None:
            expected = without_ignored(model, desired, self.behaviour.ignored_fields)
        done = self.rig.run(module, **params)
        after = emulator.state()
        assert model_of(kind, after[kind.collection]) == expected
        assert len(after[kind.collection]) == len(expected)
        assert done.changed is (model != expected)
        as_desired = check_result(done, desired, expected)
        check_others(before, after, kind, written=not as_desired)
        if as_desired:
            check_prediction(predicted, done, kind)

        writes = len(emulator.writes)
        again = self.rig.run(module, **params)
        assert again.failed is done.failed
        assert not again.changed
        assert model_of(kind, emulator.state()[kind.collection]) == expected
        if as_desired:
            assert len(emulator.writes) == writes
            assert emulator.state() == after

    def rename_to(
        self, kind: Sample, module: str, params: Settings, names: dict[Key, Settings], changed: Model
    ) -> None:
        """Run a task that renames records, on a server that does it, refuses it or ignores it.

        Args:
            kind: the kind of record.
            module: the module.
            params: the options of the task.
            names: the new keys by the meanings of the old ones.
            changed: the account with the other settings of the task, under the old names.
        """
        if self.behaviour.rename == "refused":
            self.refused(kind, module, params, by_the_api=True)
            return
        renamed = {old: key_of(kind, new) for old, new in names.items()}
        desired = {renamed.get(key, key): record for key, record in changed.items()}
        kept = without_ignored(self.model(kind), changed, self.behaviour.ignored_fields)
        new = {renamed.get(key, key): record for key, record in kept.items()}
        self.converge(kind, module, params, desired, kept if self.behaviour.rename == "ignored" else new)

    def refused(self, kind: Sample, module: str, params: Settings, by_the_api: bool = False) -> None:
        """Run a task that fails and changes nothing; where not only the API can know that, in check mode too."""
        before, writes = self.rig.emulator.state(), len(self.rig.emulator.writes)
        for check_mode in (False,) if by_the_api else (True, False):
            run = self.rig.run(module, check_mode=check_mode, **params)
            assert run.failed
            assert not run.output.get("changed", False)
        assert self.rig.emulator.state() == before
        assert by_the_api or len(self.rig.emulator.writes) == writes


def test_after_any_tasks_the_account_is_as_desired(rig: Rig) -> None:
    chosen = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(type("Here", (Tasks,), {"rig": rig}), settings=chosen)
