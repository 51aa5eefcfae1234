# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that would give two records one key. The API may accept them, and no task could tell the records apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

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
