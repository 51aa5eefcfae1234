# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans: the record as it is, the desired record, and the least change between them. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..api.errors import CollectionError, InputError
from .desired import Desired
from .field_types import ListOf
from .resource import Record, Resource

#: What a task does with a record, in the words of ``summary``.
CREATED = "created"
UPDATED = "updated"
DELETED = "deleted"
UNCHANGED = "unchanged"
ACTIONS = (CREATED, UPDATED, DELETED, UNCHANGED)
#: Stands for a field that a record leaves out.
MISSING = object()


class ProtectedError(CollectionError):
    """The record must not be changed or deleted.

    Args:
        label: what the record is called in a sentence.
        reason: why, as the end of a sentence.
    """

    def __init__(self, label: str, reason: str) -> None:
        super().__init__(f"{label}: {reason}")
        self.reason = reason


class Change(NamedTuple):
    """What has to be done about one record."""

    #: One of ACTIONS.
    action: str
    #: What the record is called in a sentence.
    label: str
    #: The id as the API spells it, None where there is none.
    record_id: Any
    #: The record as it is; empty where there is none.
    record: Record
    #: What is sent: the settings that differ, or all of them for a create.
    body: dict[str, Any]
    #: The record as it will be, without what the server adds.
    expected: dict[str, Any]
    #: What the user should know although it is no error.
    warnings: tuple[str, ...] = ()


def plan(
    resource: Resource, desired: Desired, record: Record | None, list_mode: str, known: Sequence[Record] | None
) -> Change:
    """Return what has to be done about a record. Raises CollectionError.

    Args:
        resource: the resource.
        desired: the desired state.
        record: the record as it is, None where there is none.
        list_mode: what the lists of the task mean, see ListOf.merge.
        known: existing records, to suggest the closest key for one that does not exist; None for no suggestion.
    """
    if desired.absent:
        return plan_deletion(resource, desired, record)
    if record is None:
        return plan_creation(resource, desired, list_mode, known)
    settings = merge_lists(resource, desired.settings, record, list_mode)
    body = resource.difference(settings, record)
    label = resource.label(record) or desired.label
    record_id = id_of(record, desired.record_id)
    if body:
        if record_id is None:
            raise CollectionError(f"The API returned no usable id for {resource.noun} {label}: it cannot be changed.")
        refuse_protected(resource, record, label)
        if not body.keys().isdisjoint((*resource.key.fields, *resource.key.context)):
            for name, problem in resource.check({**record, **body}):
                raise InputError(f"{name}: {problem}.")
    # The record was fully read, so what is not sent is false.
    unknown = [name for name in resource.undecided(settings, record) if name not in body]
    warnings = tuple(f"{name}: the API does not return it, so it counts as false." for name in unknown)
    return Change(UPDATED if body else UNCHANGED, label, record_id, record, body, {**record, **body}, warnings)


def plan_deletion(resource: Resource, desired: Desired | None, record: Record | None) -> Change:
    """Return the deletion of a record. Raises CollectionError where it may be another record than the task means.

    Args:
        resource: the resource.
        desired: the desired state, None for a record that the task does not list.
        record: the record as it is, None where there is none.
    """
    if record is None:
        return Change(UNCHANGED, desired.label if desired else "", None, {}, {}, {})
    label = resource.label(record) or (desired.label if desired else "")
    record_id = id_of(record, desired.record_id if desired else None)
    if record_id is None:
        raise CollectionError(f"The API returned no usable id for {resource.noun} {label}: it cannot be deleted.")
    if desired is not None:
        different = next(differing_key_fields(resource, desired.settings, record), None)
        if different is not None:
            raise CollectionError(
                f"{different}: the {resource.noun} with the id {record_id} is "
                f"{resource.label(record) or 'without a name'}, not "
                f"{resource.label({**record, **desired.settings}) or desired.settings[different]}. "
                "Nothing was deleted."
            )
    refuse_protected(resource, record, label)
    return Change(DELETED, label, record_id, record, {}, {"id": record_id})


def differing_key_fields(resource: Resource, settings: Record, record: Record) -> Iterator[str]:
    """Yield the key fields of settings that are not those of a record, as far as the record has them."""
    key = resource.key_of(record)
    for name in resource.key.fields:
        if name not in settings:
            continue
        if name not in record:
            same = name in resource.key.defaults and settings[name] == resource.key.defaults[name]
        elif key is None:
            same = resource.fields[name].same(settings[name], record[name])
        else:
            same = resource.key_of({**record, name: settings[name]}) == key
        if not same:
            yield name


def plan_creation(resource: Resource, desired: Desired, list_mode: str, known: Sequence[Record] | None) -> Change:
    """Return the creation of a record. Raises CollectionError where the task does not describe it completely."""
    if desired.record_id is not None:
        raise CollectionError(
            f"{resource.id_field.name}: this account has no {resource.noun} with the id {desired.record_id}."
        )
    required = [field for field in resource.fields.values() if field.required_on_create]
    missing = [field.name for field in required if field.name not in desired.settings]
    one_true = resource.one_true_on_create
    if one_true and not any(desired.settings.get(name) for name in one_true):
        missing.append(f"one of {', '.join(one_true)} to true")
    if missing:
        suggestion = "" if known is None else f"{suggest(resource, desired, known)} "
        raise CollectionError(
            f"{resource.key.fields[0]}: this account has no {resource.noun} named {desired.label}; "
            f"{resource.absence}. {suggestion}To create {desired.label}, set {', '.join(missing)} too."
        )
    defaults = {
        field.name: field.create_default for field in resource.fields.values() if field.create_default is not None
    }
    settings = merge_lists(resource, {**defaults, **desired.settings}, {}, list_mode)
    for field in required:
        least, most = field.items_on_create or (0, None)
        if most is not None and not least <= len(settings[field.name]) <= most:
            raise InputError(
                f"{field.name}: {least} to {most} entries required to create {desired.label}, "
                f"got {len(settings[field.name])}."
            )
    return Change(CREATED, desired.label, None, {}, settings, settings)


def refuse_protected(resource: Resource, record: Record, label: str) -> None:
    """Raise ProtectedError where a record must not be changed or deleted."""
    reason = resource.protected(record)
    if reason:
        raise ProtectedError(label, reason)


def merge_lists(resource: Resource, settings: Mapping[str, Any], record: Record, list_mode: str) -> dict[str, Any]:
    """Return the settings with each list as it shall be. Raises CollectionError where the present list is unknown."""
    merged: dict[str, Any] = dict(settings)
    if list_mode == "replace":
        return merged
    for name, value in settings.items():
        field_type = resource.fields[name].type
        if isinstance(field_type, ListOf):
            current = record.get(name, MISSING) if record else None
            if not isinstance(current, (list, type(None))):
                raise CollectionError(
                    f"{name}: the API does not return the list of {resource.label(record) or 'the record'}, which "
                    f"list_mode {list_mode} needs. Set the whole list with list_mode replace."
                )
            merged[name] = field_type.merge(list_mode, current, value)
    return merged


def needs_full_read(resource: Resource, desired: Desired, record: Record, list_mode: str) -> bool:
    """Return whether a record of a list leaves out what decides about a change.

    Where entries shall be removed from a list, the list always decides.
    """
    if desired.absent:
        return resource.hides_protection(record)
    if resource.hides_protection(record) and resource.difference(desired.settings, record):
        return True
    removes = list_mode == "remove" and any(
        isinstance(resource.fields[name].type, ListOf) for name in desired.settings if name not in record
    )
    return removes or bool(resource.undecided(desired.settings, record))


def id_of(record: Record, desired_id: Any) -> Any:
    """Return the id for requests about a record, None where there is none: as the API spells it, if it is that one."""
    record_id = usable_id(record)
    if desired_id is None or (record_id is not None and normalize_id(record_id) == normalize_id(desired_id)):
        return record_id
    return desired_id


def normalize_id(record_id: object) -> str:
    """Return the meaning of an id: case does not matter, nor does whether it is a number."""
    return str(record_id).lower()


def usable_id(record: Record) -> Any:
    """Return the id of a record as the API spells it, None where it cannot be used in a path."""
    record_id = record.get("id")
    # Dots in a path lead elsewhere, even where they are escaped.
    usable = isinstance(record_id, (str, int)) and not isinstance(record_id, bool) and record_id not in ("", ".", "..")
    return record_id if usable else None


def diff(resource: Resource, change: Change, result: Record) -> dict[str, Any]:
    """Return the difference between a record as it was and as it is, in check mode as it would be."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if change.action == CREATED:
        # What the server adds is unknown in check mode, so the real run leaves it out too.
        after = {name: value for name, value in resource.display(result).items() if name in change.body}
    elif change.action == DELETED or not result:
        before = resource.display(change.record) if change.record else {}
    else:
        before, after = resource.display_both(change.record, after_update(change, result))
    header = f"{resource.noun} {change.label}"
    return {"before_header": header, "before": before, "after_header": header, "after": after}


def after_update(change: Change, result: Record) -> Record:
    """Return a record as it is after an update, comparable with the record before.

    A field that the response leaves out is as it was sent, or as it was. A field that the record left out before is not
    new.
    """
    comparable = {name: value for name, value in result.items() if name in change.record or name in change.body}
    return {**change.record, **change.body, **comparable}


def suggest(resource: Resource, desired: Desired, records: Sequence[Record]) -> str:
    """Return a sentence with the existing records whose keys are the closest."""
    # Late: only a task that fails needs it.
    from difflib import get_close_matches

    if not records:
        return f"The account has no {resource.plural}. Check account_id."
    # The other key fields are words that many records share.
    field = resource.fields[resource.key.fields[0]]
    labels = {
        str(field.display_value(record.get(field.name))).lower(): label
        for record in records
        if (label := resource.label(record))
    }
    close = get_close_matches(str(field.display_value(desired.settings.get(field.name))).lower(), labels)
    if not close:
        return f"None of the {len(records)} existing names is similar."
    return f"Did you mean: {', '.join(labels[match] for match in close)}?"
