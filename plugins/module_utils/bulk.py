# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many records: one listing, one plan, and as few requests as the API has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.entries import EntryMistakes, names_of
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import CollectionError, InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.plan import ACTIONS, Step, deletion, plan
from ansible_collections.mailsec.cloudflare.plugins.module_utils.records import only
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import NAME, Resource, Wanted

#: How many names that are missing are told with the closest ones: among many records, each takes a while to find.
MOST_ADVICE = 10


class Purge(NamedTuple):
    """What is to become of records that nobody listed."""

    wanted: bool
    #: How many may be deleted at most.
    limit: int


class Index:
    """The records of an account by id and by name."""

    def __init__(self, resource: Resource, records: Iterable[dict[str, Any]]) -> None:
        self._resource = resource
        self._name_field = resource.fields[NAME]
        self.records = list(records)
        self.by_id = {
            str(record["id"]).lower(): record for record in self.records if record.get("id") not in (None, "")
        }
        self._by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for record in self.records:
            if record.get(NAME):
                self._by_name[str(self._name_field.shown(record[NAME]))].append(record)

    def named(self, name: str) -> dict[str, Any] | None:
        """Return the record of a name. Raises CollectionError where there are several."""
        return only(self._resource, name, self._by_name.get(str(self._name_field.shown(name)), []))

    def find(self, wanted: Wanted) -> dict[str, Any] | None:
        """Return the record that an entry is about, None where there is none. Raises CollectionError."""
        if wanted.record_id is None:
            return self.named(str(wanted.name))
        return self.by_id.get(wanted.record_id.lower())


def plan_all(resource: Resource, wanted: list[Wanted], index: Index, list_mode: str, purge: Purge) -> list[Step]:
    """Return what is to be done: a step for each entry, in their order, then those of the purge.

    Raises InputError, which names every entry that cannot be carried out.
    """
    records = index.records
    mistakes = EntryMistakes(resource.entries_option)
    steps: list[Step] = []
    owner: dict[int, int] = {}
    for position, entry in enumerate(wanted):
        try:
            record = index.find(entry)
            if record is not None and owner.setdefault(id(record), position) != position:
                raise InputError(f"is the same record as {resource.entries_option}[{owner[id(record)]}].")
            known = records if len(mistakes) < MOST_ADVICE else None
            steps.append(plan(resource, entry, record, list_mode, known))
        except CollectionError as error:
            mistakes.add(position, entry.name or entry.record_id, str(error))
    mistakes.raise_any()
    if purge.wanted:
        steps += purge_steps(resource, [record for record in records if id(record) not in owner], purge.limit)
    return steps


def purge_steps(resource: Resource, unlisted: list[dict[str, Any]], limit: int) -> list[Step]:
    """Return how the records end that nobody listed. Raises InputError where that goes too far."""
    nameless = [record for record in unlisted if not record.get(NAME)]
    if nameless:
        raise InputError(f"purge: the API returned records without a name ({names_of(nameless)}). Nothing was changed.")
    if len(unlisted) > limit:
        raise InputError(
            f"purge: {len(unlisted)} {resource.noun}s are not listed and would be deleted, more than purge_limit "
            f"({limit}) allows. Nothing was changed. They are: {names_of(unlisted)}."
        )
    return [deletion(resource, Wanted(True, None, {}), record) for record in unlisted]


def summary(done: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    """Return the names under what was done, and how many they are.

    Args:
        done: pairs of an action and a name.
    """
    names: dict[str, list[str]] = {action: [] for action in ACTIONS}
    for action, name in done:
        names[action].append(name)
    return {**names, "counts": {action: len(listed) for action, listed in names.items()}}
