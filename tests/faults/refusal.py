# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a task by both doors, and sees to it that it was done as written or refused without a request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from emulator.behaviour import Behaviour
from emulator.normalise import canonical_name
from support.actions import action_for
from support.module_runner import Run, declared

from .bad_values import Place
from .jobs import KINDS, Kind, Settings, id_of, name_of, seed
from .model import Model, asked, model_of
from .rig import Rig

#: The most characters of a refusal.
LONGEST = 2000
#: What is Python's business alone.
INSIDES = ("Traceback", "<class", "NoneType", "unhashable", "Error(", " object at 0x", "Exception")
#: A UUID as the API spells it, or a whole number.
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,20}")
#: Only the server can tell whether these are the right ones.
ONLY_SERVER_KNOWS = ("account_id", "api_token", "api_email", "api_key")
TRUE = ("y", "yes", "on", "1", "1.0", "true", "t")
Options = Mapping[str, Any]


def check_sentence(message: str, lines: int = 1) -> None:
    """Check that a message is for a person: short, and every line of it can be printed."""
    assert 0 < len(message) <= LONGEST
    assert len(message.split("\n")) <= lines
    assert all(line.isprintable() for line in message.split("\n"))
    assert [word for word in INSIDES if word in message] == []


def check_refused(rig: Rig, run: Run, option: str, lines: int = 1) -> None:
    """Check that a task was refused with a sentence that names the option, and that nothing was sent."""
    assert run.failed
    check_sentence(run.msg, lines)
    assert option in run.msg
    assert rig.emulator.log == []


def written(declared: Options, value: Any) -> Any:
    """Return what a value means for an option, told without the code that is tested. Fails where it means nothing."""
    if declared["type"] == "list" and declared["elements"] == "str":
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",")] if value.strip() else []
        return [written({"type": "str"}, item) for item in value]
    if declared["type"] == "list":
        # Nothing else can be a list of records among these values.
        assert value == [] or not value.strip()
        return []
    if declared["type"] == "bool":
        return str(value).strip().lower() in TRUE
    if declared["type"] in ("int", "float"):
        assert not isinstance(value, bool)
        return float(value)
    assert isinstance(value, (str, int, float))
    assert not isinstance(value, bool)
    return str(value)


class BothDoors:
    """Runs tasks as modules and in the process of Ansible."""

    def __init__(self, rig: Rig, verdicts: Counter[str]) -> None:
        self.rig = rig
        self.verdicts = verdicts
        self._fresh()

    def _fresh(self) -> None:
        self.rig.emulator.reset()
        for kind in KINDS:
            self.rig.seed(kind.collection, seed(kind))
        self._start = self.rig.emulator.state()

    def run(self, module: str, params: Settings) -> Run:
        """Run a task by both doors, the second time when it has been done already, and compare the answers."""
        rig = self.rig
        rig.emulator.world.log.clear()
        # As Ansible tells a module its own name.
        one = rig.run(module, **{"_ansible_module_name": f"mailsec.cloudflare.{module}", **params})
        sent = [entry.path for entry in rig.emulator.log]
        after = rig.emulator.state()
        connection = {
            "api_url": rig.emulator.url,
            "account_id": rig.emulator.account_id,
            "api_token": rig.emulator.token,
        }
        # Beside the connection, whatever a test says of it.
        other = action_for(module, {**connection, "retries": 2, **params}).run()
        assert rig.emulator.token not in str(other)
        assert bool(other.get("failed", False)) is one.failed, other
        if one.failed:
            assert [entry.path for entry in rig.emulator.log] == [*sent, *sent]
            # The server tells each request by another number.
            if not sent:
                assert other.get("mistakes") == one.output.get("mistakes")
                assert other["msg"] == one.msg
        else:
            assert other["changed"] is False
        assert rig.emulator.state() == after
        return one

    def try_value(self, place: Place, value: Any) -> None:
        """Run the task that has a value in a place."""
        try:
            self._try_value(place, value)
        except BaseException as error:
            error.add_note(f"{place.name}: {ascii(value)[:200]}")
            raise

    def _try_value(self, place: Place, value: Any) -> None:
        if self.rig.emulator.state() != self._start:
            self._fresh()
        kind, emulator = place.kind, self.rig.emulator
        before = model_of(emulator.state()[kind.collection])
        run = self.run(place.module, place.task(value))
        named = value if place.option == "account_id" else None
        self._check_paths(emulator.account_id if named is None else str(named))
        after = model_of(emulator.state()[kind.collection])
        if run.failed and not emulator.log:
            self.verdicts["refused"] += 1
            # Null is the same as left out, and only these may not be.
            assert value is not None or place.option in (kind.option, kind.id_option, "domain")
            # Of a list of records, each wrong one has a line.
            check_sentence(run.msg, lines=100 if place.option == kind.option else 1)
            assert place.option in run.msg
            assert not place.of_entry or f"{kind.option}[0]" in run.msg
            assert after == before
        elif run.failed:
            self.verdicts["refused by the server"] += 1
            check_sentence(run.msg)
            if place.option == kind.id_option:
                assert ID.fullmatch(str(value).lower())
                assert str(value).lower() in run.msg
            else:
                # A status that has the secret in it, such as the digit 4, is masked.
                assert run.output["failure"]["status"] in (400, 403) or place.declared.get("no_log")
                assert place.option in ONLY_SERVER_KNOWS
            assert after == before
        else:
            self.verdicts["done as written"] += 1
            self._check_done(place, value, run, before, after)

    def try_entries(self, kind: Kind, entries: list[Any]) -> None:
        """Run the task for many records with these entries."""
        self._fresh()
        emulator = self.rig.emulator
        before = wished = model_of(emulator.state()[kind.collection])
        run = self.run(kind.many, {kind.option: entries})
        self._check_paths(emulator.account_id)
        if run.failed and emulator.log:
            # Only what is there tells that a name is not, so that it would have to be created.
            self.verdicts["refused by what is there"] += 1
            assert all("To create" in mistake["msg"] for mistake in run.mistakes), run.msg
            assert emulator.writes == []
        elif run.failed:
            self.verdicts["refused"] += 1
            check_sentence(run.msg, lines=len(entries))
            told = [f"{kind.option}[{mistake['index']}" for mistake in run.mistakes]
            lines = [line.partition("]")[0] for line in run.msg.split("\n")]
            assert lines == told or (lines[:-1] == told[: len(lines) - 1] and lines[-1].endswith("has them all."))
        else:
            self.verdicts["done as written"] += 1
            options = declared(kind.many)["argument_spec"][kind.option]["options"]
            for entry in entries:
                meant = {name: written(options[name], value) for name, value in entry.items() if value is not None}
                wished = asked(wished, kind, meant, "replace", Behaviour())
        assert model_of(emulator.state()[kind.collection]) == wished
        assert before == wished or not run.failed

    def _check_paths(self, account: str) -> None:
        """Check that every request was about the records of an account, or one of them."""
        collections = "|".join(kind.collection for kind in KINDS)
        path = rf"/client/v4/accounts/{re.escape(account)}/email-security/settings/({collections})"
        for entry in self.rig.emulator.log:
            assert re.fullmatch(rf"{path}(/batch|/({ID.pattern}))?", entry.path), entry.path

    def _check_done(self, place: Place, value: Any, run: Run, before: Model, after: Model) -> None:
        meant = None if value is None else written(place.declared, value)
        if not place.writes:
            assert after == before
            if meant is not None and place.option == "search":
                assert [entry.query["search"] for entry in self.rig.emulator.log] == [[meant]] * len(
                    self.rig.emulator.log
                )
            if meant is not None and place.option == "domain":
                assert {canonical_name(record["domain"]) for record in run.result} == {
                    *map(canonical_name, meant)
                } & set(before)
            return
        if not place.about_record:
            deleted = place.option == "purge" and meant
            assert after == ({name_of(1): before[name_of(1)]} if deleted else before)
            return
        entry: Settings = {"domain": name_of(1), **place.kind.needed}
        if place.option != place.kind.id_option:
            entry.update({} if meant is None else {place.option: meant})
        else:
            assert str(value).lower() == id_of(1)
        assert after == asked(before, place.kind, entry, "replace", Behaviour())
        if place.option == "domain" and len(after) > len(before):
            # As it was written, with all its dots and letters.
            assert value in {record["domain"] for record in self.rig.emulator.state()[place.kind.collection]}
