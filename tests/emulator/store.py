# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server holds: per account an ordered collection for each kind of record."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import errors
from .behaviour import Behaviour
from .kinds import DOMAIN, KINDS, Kind, Record, timestamp
from .normalise import canonical_key, keep
from .records import copied, generated, new_record, touch


@dataclass
class Account:
    """One account: its records by id, in the order they were made."""

    records: dict[str, dict[str, Record]] = field(default_factory=lambda: {name: {} for name in KINDS})


class Store:
    """All accounts. The methods that change something are called while `lock` is held."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.lock = threading.RLock()
        self._behaviour = behaviour
        self._accounts: dict[str, Account] = {}
        self._integers = itertools.count(1)
        #: By the id of a domain.
        self._next_statuses: dict[str | int, list[str]] = {}

    def account(self, account_id: str) -> Account | None:
        """The account, if there is one with this id."""
        return self._accounts.get(account_id)

    def open_account(self, account_id: str) -> Account:
        """The account, made if need be."""
        with self.lock:
            return self._accounts.setdefault(account_id, Account())

    def account_ids(self) -> list[str]:
        """Every account there is."""
        return list(self._accounts)

    def clear(self) -> None:
        """No account is left."""
        with self.lock:
            self._accounts.clear()
            self._integers = itertools.count(1)

    # What the control plane does: nothing is checked, nothing normalised.

    def seed(self, account_id: str, seeds: Mapping[str, Any], replace: bool = False) -> None:
        """Adds records, or puts them in place of all there were; a number stands for so many generated records."""
        unknown = set(seeds) - set(KINDS)
        if unknown:
            raise ValueError(f"no such collection: {', '.join(sorted(unknown))}")
        made: dict[str, list[Record]] = {}
        for collection, given in seeds.items():
            kind = KINDS[collection]
            entries = generated(kind, given) if isinstance(given, int) else given
            made[collection] = [self._new(kind, {**kind.seeded, **entry}) for entry in entries]
        with self.lock:
            account = self.open_account(account_id)
            if replace:
                account.records = {name: {} for name in KINDS}
            for collection, records in made.items():
                account.records[collection].update({str(record["id"]): record for record in records})

    def state(self, account_id: str) -> dict[str, list[Record]]:
        """Everything an account holds."""
        with self.lock:
            account = self.account(account_id) or Account()
            return {name: [copied(record) for record in records.values()] for name, records in account.records.items()}

    def named(self, account_id: str, collection: str, name: str) -> Record:
        """The record with this id or key itself, for the control plane to change; KeyError when there is none."""
        account = self.account(account_id)
        for record in account.records[collection].values() if account else ():
            if name in (str(record["id"]), record[KINDS[collection].key[0]]):
                return record
        raise KeyError(name)

    # What the API does.

    def get(self, account: Account, kind: Kind, record_id: str | int, pointer: str | None = None) -> Record:
        """One record. Ids are compared letter by letter; in a body, where there is a pointer, their types too."""
        record = account.records[kind.collection].get(str(record_id))
        if record is None or (pointer is not None and record["id"] != record_id):
            raise errors.not_found(kind.name, pointer)
        return record

    def create(self, account: Account, kind: Kind, body: Mapping[str, Any], pointer: str = "") -> Record:
        """A new record at the end of its collection."""
        record = self._new(kind, self._kept(body, {**kind.settable, **body}))
        self._check(account, kind, record, {}, pointer)
        account.records[kind.collection][str(record["id"])] = record
        if kind is DOMAIN and self._behaviour.domain_statuses:
            self._next_statuses[record["id"]] = list(self._behaviour.domain_statuses)
            record["status"] = self._behaviour.domain_statuses[0]
        return record

    def listed(self, account: Account, kind: Kind) -> list[Record]:
        """All records. Time passes: new domains get their next status."""
        records = list(account.records[kind.collection].values())
        for record in records:
            if self._next_statuses.get(record["id"]):
                record["status"] = self._next_statuses[record["id"]].pop(0)
        return records

    def change(
        self, account: Account, kind: Kind, record_id: str | int, body: Mapping[str, Any], pointer: str = ""
    ) -> Record:
        """The given fields, and no others."""
        record = self._unlocked(account, kind, record_id, pointer)
        ignored = set(self._behaviour.ignored_fields)
        renamed = [name for name in kind.key if name in body and body[name] != record[name]]
        if renamed and self._behaviour.rename == "refused":
            raise errors.invalid([(f"{name} cannot be changed", f"{pointer}/{name}") for name in renamed])
        if self._behaviour.rename == "ignored":
            ignored.update(renamed)
        taken = {name: value for name, value in body.items() if name not in ignored}
        kept = self._kept(taken, {**record, **taken})
        self._check(account, kind, {**record, **kept}, record, pointer)
        record.update(copied(kept))
        touch(kind, record, timestamp())
        return record

    def replace(
        self, account: Account, kind: Kind, record_id: str | int, body: Mapping[str, Any], pointer: str = ""
    ) -> Record:
        """Every setting but the key; what is left out is reset."""
        reset = {name: value for name, value in kind.settable.items() if name not in kind.key}
        return self.change(account, kind, record_id, {**reset, **body}, pointer)

    def delete(self, account: Account, kind: Kind, record_id: str | int, pointer: str = "") -> str | int:
        """The record is gone; its id."""
        record = self._unlocked(account, kind, record_id, pointer)
        found: str | int = account.records[kind.collection].pop(str(record["id"]))["id"]
        return found

    def _new(self, kind: Kind, given: Mapping[str, Any]) -> Record:
        new_id = {"id": next(self._integers)} if self._behaviour.integer_ids else {}
        return new_record(kind, {**new_id, **given}, self._behaviour)

    def _kept(self, settings: Mapping[str, Any], record: Mapping[str, Any]) -> Record:
        return {name: keep(name, value, self._behaviour, record) for name, value in settings.items()}

    def _unlocked(self, account: Account, kind: Kind, record_id: str | int, pointer: str) -> Record:
        record = self.get(account, kind, record_id, f"{pointer}/id" if pointer else None)
        if kind.locked(record) and self._behaviour.locked_records == "refused":
            raise errors.locked(kind.name, pointer)
        return record

    def _check(self, account: Account, kind: Kind, record: Record, before: Record, pointer: str) -> None:
        """Refuses what was not wrong before, and a key that another record has."""
        known = set(kind.check(before, self._behaviour)) if before else set()
        problems = [each for each in kind.check(record, self._behaviour) if each not in known]
        if problems:
            raise errors.invalid([(message, f"{pointer}/{name}") for name, message in problems])
        key = canonical_key(kind.key, record)
        if (before and key == canonical_key(kind.key, before)) or not (
            kind.unique or self._behaviour.duplicates == "refused"
        ):
            return
        for other in account.records[kind.collection].values():
            if other["id"] != record["id"] and canonical_key(kind.key, other) == key:
                raise errors.conflict(str(record[kind.key[0]]), f"{pointer}/{kind.key[0]}")
