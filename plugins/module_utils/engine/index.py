# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records of an account, by id and by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any

from ..api.errors import CollectionError
from .desired import Desired
from .plan import normalize_id
from .resource import Record, Resource


class Index:
    """The records of an account, by id and by key.

    Args:
        resource: the resource.
        records: its records.
    """

    def __init__(self, resource: Resource, records: Iterable[dict[str, Any]]) -> None:
        self._resource = resource
        self.records = list(records)
        self._by_id = {normalize_id(record["id"]): record for record in self.records if record.get("id") is not None}
        self._by_key: dict[Hashable, list[dict[str, Any]]] = defaultdict(list)
        #: Records that leave out a part of their key.
        self._incomplete: list[dict[str, Any]] = []
        for record in self.records:
            key = resource.key_of(record)
            if resource.unknown_key_fields(record):
                self._incomplete.append(record)
            elif key is not None:
                self._by_key[key].append(record)

    def by_id(self, record_id: object) -> dict[str, Any] | None:
        """Return the record with an id, None where there is none."""
        return self._by_id.get(normalize_id(record_id))

    def find_key(self, settings: Record, label: str, was_created: bool = False) -> dict[str, Any] | None:
        """Return the record with the key of settings, None where there is none.

        Raises CollectionError where there are several, or where a record leaves out what decides.

        Args:
            settings: have the key.
            label: what they are called in a sentence.
            was_created: the record did not exist before, so that one which leaves out a part of its key is that one.
        """
        return self._find_keys(self._resource.keys_of(settings), settings, label, was_created)

    def _find_keys(
        self, keys: Iterable[Hashable], settings: Record, label: str, was_created: bool
    ) -> dict[str, Any] | None:
        resource = self._resource
        found = [record for key in keys for record in self._by_key.get(key, [])]
        possible = [record for record in self._incomplete if resource.may_match(settings, record)]
        if possible and not was_created:
            raise CollectionError(
                f"{resource.key.fields[0]}: {label} may be an existing {resource.noun}, of which the API does not "
                f"return {', '.join(resource.unknown_key_fields(possible[0]))}. {how_to_select(resource, possible[:1])}"
            )
        return one_or_none(resource, label, found + possible)

    def find(self, desired: Desired) -> dict[str, Any] | None:
        """Return the record that a task describes, None where there is none. Raises CollectionError."""
        if desired.record_id is not None:
            return self.by_id(desired.record_id)
        if self._resource.key.context:
            return self.find_key(desired.settings, desired.label)
        return self._find_keys([desired.key], desired.settings, desired.label, was_created=False)


def one_or_none(resource: Resource, label: str, found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the one record of a key, None where there is none. Raises CollectionError where there are several."""
    if len(found) > 1:
        raise CollectionError(
            f"{resource.key.fields[0]}: {label} matches {resource.count(len(found))}. {how_to_select(resource, found)}"
        )
    return found[0] if found else None


def how_to_select(resource: Resource, records: list[dict[str, Any]]) -> str:
    """Return how a task selects one of some records, in one or two sentences."""
    option = resource.id_field.name
    usable: list[str] = []
    refused: list[str] = []
    for record in records:
        (usable if resource.id_field.accepts(record.get("id")) else refused).append(str(record.get("id")))
    sentences = []
    if usable:
        sentences.append(f"Select {'one' if len(records) > 1 else 'it'} with {option}: {', '.join(sorted(usable))}.")
    if refused:
        sentences.append(
            f"{option} does not accept {', '.join(sorted(refused))}: "
            f"change {'that record' if len(refused) == 1 else 'those records'} in the dashboard."
        )
    return " ".join(sentences)


def labels_of(resource: Resource, records: Iterable[Record]) -> str:
    """Return the labels of records for a sentence, their ids where they have no key."""
    return ", ".join(sorted(str(resource.label(record) or record.get("id")) for record in records))
