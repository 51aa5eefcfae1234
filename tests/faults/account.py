# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A seeded account, and tasks with any value in any of their options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import validator
from emulator.behaviour import Behaviour
from support.module_runner import Run, declared
from support.modules import MODULES
from support.resources import SAMPLES
from support.sample import Sample, Settings

from .bad_values import Place
from .jobs import id_of, seed
from .model import Model, after_task, key_of, model_of
from .oracle import check_sentence
from .rig import Rig

#: A UUID as the API spells it, or a number.
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,20}")
#: Only the server knows whether these are the right ones.
KNOWN_TO_SERVER = ("account_id", "api_token", "api_email", "api_key")
TRUE = ("y", "yes", "on", "1", "1.0", "true", "t")


def read_as_module(name: str, params: Mapping[str, Any]) -> Settings:
    """Return valid options as AnsibleModule reads them after the action has started the module."""
    kind, resource = MODULES[name]
    spec = declared(name)
    rules = {rule: spec[rule] for rule in ("required_one_of", "mutually_exclusive") if rule in spec}
    result = ArgumentSpecValidator(spec["argument_spec"], **rules).validate(validator(kind, resource).coerce(params))
    assert result.error_messages == []
    return result.validated_parameters


def coerced(spec: Mapping[str, Any], value: Any) -> Any:
    """Return what a value means for an option, without the code under test. Fails where it means nothing."""
    if spec["type"] == "list" and spec["elements"] == "str":
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",")] if value.strip() else []
        return [coerced({"type": "str"}, item) for item in value]
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
        for kind in SAMPLES:
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
        before = model_of(kind, emulator.state()[kind.collection])
        run = self.run(place.module, place.task(value))
        self._check_paths(emulator.account_id if place.option != "account_id" or value is None else str(value))
        after = model_of(kind, emulator.state()[kind.collection])
        if not run.failed:
            self._check_applied(place, value, run, before, after)
            return
        assert after == before
        check_sentence(run.msg, lines=100 if place.option == kind.entries_option else 1)
        if not emulator.log:
            # Null is the same as left out, which only these may not be.
            assert value is not None or place.option in (kind.entries_option, kind.id_option, *kind.resource.key.fields)
            assert place.option in run.msg
            assert not place.of_entry or f"{kind.entries_option}[0]" in run.msg
        elif place.option == kind.id_option:
            assert ID.fullmatch(str(value).lower())
            assert str(value).lower() in run.msg
        else:
            # Where a status contains the secret, such as the digit 4, it is masked.
            assert run.output["failure"]["status"] in (400, 403) or place.declared.get("no_log")
            assert place.option in KNOWN_TO_SERVER

    def try_entries(self, kind: Sample, entries: list[Any]) -> None:
        """Run the bulk task with these entries."""
        self.fill()
        emulator = self.rig.emulator
        before = desired = model_of(kind, emulator.state()[kind.collection])
        run = self.run(kind.bulk_module, {kind.entries_option: entries})
        self._check_paths(emulator.account_id)
        if run.failed and emulator.log:
            # Only the account shows that a record would have to be created.
            assert all("To create" in entry["msg"] for entry in run.entry_errors), run.msg
            assert emulator.writes == []
        elif run.failed:
            check_sentence(run.msg, lines=2 * len(entries))
            named = [f"{kind.entries_option}[{entry['index']}" for entry in run.entry_errors]
            lines = [line.partition("]")[0] for line in run.msg.split("\n")]
            assert lines == named or (lines[:-1] == named[: len(lines) - 1] and lines[-1].endswith("see entry_errors."))
        else:
            options = declared(kind.bulk_module)["argument_spec"][kind.entries_option]["options"]
            for entry in entries:
                settings = {name: coerced(options[name], value) for name, value in entry.items() if value is not None}
                desired = after_task(desired, kind, settings, "replace", Behaviour())
        assert model_of(kind, emulator.state()[kind.collection]) == desired
        assert before == desired or not run.failed

    def _check_paths(self, account: str) -> None:
        """Check that every request is about the records of an account, or one of them."""
        collections = "|".join(kind.collection for kind in SAMPLES)
        path = rf"/client/v4/accounts/{re.escape(account)}/email-security/settings/({collections})"
        for entry in self.rig.emulator.log:
            assert re.fullmatch(rf"{path}(/batch|/({ID.pattern})(/verification)?)?", entry.path), entry.path

    def _check_applied(self, place: Place, value: Any, run: Run, before: Model, after: Model) -> None:
        meaning = None if value is None else coerced(place.declared, value)
        if not place.writes:
            assert after == before
            if meaning is not None and place.option == "search":
                assert all(entry.query["search"] == [meaning] for entry in self.rig.emulator.log)
            keys = place.kind.resource.key.fields
            if meaning is not None and place.option in keys and len(keys) == 1:
                found = {key_of(place.kind, record) for record in run.result}
                assert found == {key_of(place.kind, {place.option: each}) for each in meaning} & set(before)
            return
        if not place.about_record:
            purged = place.option == "purge" and meaning
            first = key_of(place.kind, place.kind.key_of(1))
            assert after == ({first: before[first]} if purged else before)
            return
        entry: Settings = {**place.kind.key_of(1), **place.kind.settings}
        if place.option == place.kind.id_option:
            assert str(value).lower() == id_of(1)
        elif meaning is not None:
            entry[place.option] = meaning
        assert after == after_task(before, place.kind, entry, "replace", Behaviour())
        if place.option == "domain" and len(after) > len(before):
            # As it was written, with its dots and letters.
            assert value in {record["domain"] for record in self.rig.emulator.state()[place.kind.collection]}
