# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that would give two records one key, or names that differ in case only. The API may accept both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

from .field_types import Title
from .plan import CREATED, DELETED, UPDATED, Change, normalize_id
from .resource import Record, Resource


def changes_key(resource: Resource, change: Change) -> bool:
    """Return whether a change gives a record another key."""
    key_fields = (*resource.key.fields, *resource.key.context)
    return change.action == UPDATED and not change.body.keys().isdisjoint(key_fields)


def key_conflicts(resource: Resource, records: Iterable[Record], changes: Sequence[Change]) -> list[int]:
    """Return the positions of the changes that would give a record the key of another one.

    Args:
        resource: the resource.
        records: all records of the account, as they are.
        changes: what will be done about some of them, and the creations.
    """
    new_keys = {position for position, change in enumerate(changes) if changes_key(resource, change)}
    if not new_keys:
        return []
    positions = {normalize_id(change.record_id): n for n, change in enumerate(changes) if change.record_id is not None}
    owners: dict[Hashable, set[int | None]] = defaultdict(set)
    for record in records:
        position = positions.get(normalize_id(record.get("id")))
        if position is None:
            owners[resource.key_of(record)].add(None)
        elif changes[position].action != DELETED:
            owners[resource.key_of(changes[position].expected)].add(position)
    for position, change in enumerate(changes):
        if change.action == CREATED:
            owners[resource.key_of(change.expected)].add(position)
    shared = [found for key, found in owners.items() if key is not None and len(found) > 1]
    return sorted(position for found in shared for position in new_keys & found)


def conflict_message(resource: Resource) -> str:
    """Return what is wrong with such a change."""
    return f"{resource.key.fields[0]}: another {resource.noun} has this key."


def with_similar_names(resource: Resource, records: Iterable[Record], changes: Sequence[Change]) -> list[Change]:
    """Return the changes, with a warning where a new name differs from an existing one in case only.

    Args:
        resource: the resource.
        records: all records of the account, as they are.
        changes: what will be done about some of them, and the creations.
    """
    titles = [name for name in resource.key.fields if isinstance(resource.fields[name].type, Title)]
    if not titles or not any(_has_new_key(resource, change) for change in changes):
        return list(changes)

    def in_lower_case(record: Record) -> Record:
        return {**record, **{name: record[name].lower() for name in titles if isinstance(record.get(name), str)}}

    deleted = {normalize_id(change.record_id) for change in changes if change.action == DELETED}
    existing: dict[Hashable, list[Record]] = defaultdict(list)
    for record in records:
        key = resource.key_of(in_lower_case(record))
        if key is not None and normalize_id(record.get("id")) not in deleted:
            existing[key].append(record)

    def with_warnings(change: Change) -> Change:
        if not _has_new_key(resource, change):
            return change
        similar = [
            f"The account already has the {resource.noun} {resource.label(record)}, which differs in case only."
            for key in resource.keys_of(in_lower_case(change.expected))
            for record in existing.get(key, ())
            if change.action == CREATED or normalize_id(record.get("id")) != normalize_id(change.record_id)
        ]
        return change._replace(warnings=(*change.warnings, *similar))

    return [with_warnings(change) for change in changes]


def _has_new_key(resource: Resource, change: Change) -> bool:
    return change.action == CREATED or changes_key(resource, change)
