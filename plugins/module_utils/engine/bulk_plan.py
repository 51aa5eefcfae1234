# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for many records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..api.errors import CollectionError, InputError
from .desired import Desired
from .entries import EntryErrors
from .index import Index, labels_of
from .key_conflicts import conflict_message, key_conflicts, with_similar_names
from .plan import ACTIONS, UNCHANGED, Change, ProtectedError, plan, plan_deletion
from .resource import Resource

#: For how many missing records the closest keys are suggested: among many records, each takes a while.
MAX_SUGGESTIONS = 10


class Purge(NamedTuple):
    """Whether records that are not listed are deleted, and how many at most."""

    enabled: bool
    limit: int


class BulkPlan(NamedTuple):
    """What has to be done about many records."""

    #: One for each entry, in their order, then those of the purge.
    changes: list[Change]
    #: Changes that are refused, by their position.
    refused: dict[int, CollectionError]
    warnings: list[str]


def plan_all(resource: Resource, desired: list[Desired], index: Index, list_mode: str, purge: Purge) -> BulkPlan:
    """Return the plan. Raises InputError, which names every entry that cannot be applied."""
    errors = EntryErrors(resource.entries_option)
    changes: list[Change] = []
    refused: dict[int, CollectionError] = {}
    owner: dict[int, int] = {}
    for position, entry in enumerate(desired):
        record = None
        try:
            record = index.find(entry)
            if record is not None and owner.setdefault(id(record), position) != position:
                raise InputError(f"is the same record as {resource.entries_option}[{owner[id(record)]}].")
            known = index.records if len(errors) < MAX_SUGGESTIONS else None
            changes.append(plan(resource, entry, record, list_mode, known))
        except ProtectedError as error:
            # The label of the record is said beside it.
            refused[position] = CollectionError(error.reason)
            changes.append(Change(UNCHANGED, entry.label, None, record or {}, {}, dict(record or {})))
        except CollectionError as error:
            errors.add(position, entry.label, str(error))
    errors.raise_any()
    for position in key_conflicts(resource, index.records, changes):
        errors.add(position, changes[position].label, conflict_message(resource))
    errors.raise_any()
    changes = with_similar_names(resource, index.records, changes)
    warnings: list[str] = []
    if purge.enabled:
        unlisted = [record for record in index.records if id(record) not in owner]
        deletable = [record for record in unlisted if not resource.protected(record)]
        if len(deletable) < len(unlisted):
            kept = len(unlisted) - len(deletable)
            warnings.append(f"purge: {resource.count(kept)} not deleted, because protected.")
        changes += plan_purge(resource, deletable, purge.limit)
    return BulkPlan(changes, refused, warnings)


def plan_purge(resource: Resource, unlisted: list[dict[str, Any]], limit: int) -> list[Change]:
    """Return the deletions of the records that are not listed. Raises InputError where they are too many."""
    without_key = [record for record in unlisted if resource.key_of(record) is None]
    if without_key:
        raise InputError(
            f"purge: the API returned records without a name ({labels_of(resource, without_key)}). Nothing was changed."
        )
    if len(unlisted) > limit:
        raise InputError(
            f"purge: would delete {resource.count(len(unlisted))}, which exceeds purge_limit ({limit}). "
            f"Nothing was changed. Not listed: {labels_of(resource, unlisted)}."
        )
    return [plan_deletion(resource, None, record) for record in unlisted]


def summarize(done: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    """Return labels by action, and how many there are of each.

    Args:
        done: pairs of an action and a label.
    """
    labels: dict[str, list[str]] = {action: [] for action in ACTIONS}
    for action, label in done:
        labels[action].append(label)
    return {**labels, "counts": {action: len(listed) for action, listed in labels.items()}}
