# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans: a record as it is, the record as it is wanted, and the least that makes them one. Sends nothing."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Sequence

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import UNREADABLE, CollectionError, InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import SetOf
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import NAME, RecordId, Resource, Wanted

#: What can come of a record, in the words of C(summary).
CREATED = "created"
UPDATED = "updated"
DELETED = "deleted"
UNCHANGED = "unchanged"
ACTIONS = (CREATED, UPDATED, DELETED, UNCHANGED)

Record = Mapping[str, Any]
#: Stands for a field that a record leaves out.
NOT_SHOWN = object()


class Step(NamedTuple):
    """What is to be done about one record."""

    #: One of ACTIONS.
    action: str
    #: What the record is called in a sentence.
    name: str
    #: Its id as the API returned it, None where there is none.
    record_id: RecordId | None
    #: The record as it is; empty where there is none.
    record: Record
    #: What is sent: the settings that differ, or all that are named for a create.
    body: dict[str, Any]
    #: The record as it will be, without what the server makes.
    expected: dict[str, Any]


def plan(
    resource: Resource, wanted: Wanted, record: Record | None, list_mode: str, known: Sequence[Record] | None
) -> Step:
    """Return what is to be done about a record. Raises CollectionError.

    Args:
        resource: the sort of record.
        wanted: what is asked for.
        record: the record as it is, None where there is none.
        list_mode: what the lists that are asked for mean, see SetOf.merged.
        known: records that exist, for advice about a name that does not; None for no advice.
    """
    if wanted.absent:
        return deletion(resource, wanted, record)
    if record is None:
        return creation(resource, wanted, list_mode, known)
    settings = merged(resource, wanted.settings, record, list_mode)
    patch = resource.difference(settings, record)
    name = str(record.get(NAME) or wanted.record_id)
    record_id = id_of(wanted, record)
    if patch and record_id is None:
        raise CollectionError(f"The API returned no usable id for {resource.noun} {name}: it cannot be changed.")
    return Step(UPDATED if patch else UNCHANGED, name, record_id, record, patch, {**record, **patch})


def deletion(resource: Resource, wanted: Wanted, record: Record | None) -> Step:
    """Return how a record ends. Raises CollectionError where it is not surely the one that is meant."""
    if record is None:
        return Step(UNCHANGED, str(wanted.name or wanted.record_id), None, {}, {}, {})
    name = str(record.get(NAME) or wanted.record_id)
    record_id = id_of(wanted, record)
    if record_id is None:
        raise CollectionError(f"The API returned no usable id for {resource.noun} {name}: it cannot be deleted.")
    if wanted.name is not None and not resource.same_name(record.get(NAME), wanted.name):
        raise CollectionError(
            f"{NAME}: the {resource.noun} with the id {record_id} is {record.get(NAME) or 'without a name'}, "
            f"not {wanted.name}. Nothing was deleted."
        )
    return Step(DELETED, name, record_id, record, {}, {"id": record_id})


def creation(resource: Resource, wanted: Wanted, list_mode: str, known: Sequence[Record] | None) -> Step:
    """Return how a record comes to be. Raises CollectionError where it cannot or should not."""
    name = str(wanted.name)
    if wanted.record_id is not None:
        raise CollectionError(
            f"{resource.id_field.name}: this account has no {resource.noun} with the id {wanted.record_id}."
        )
    missing = [option for option in resource.needed_to_create if option not in wanted.settings]
    if missing:
        advice = "" if known is None else f"{closest(resource, name, known)} "
        raise CollectionError(
            f"{NAME}: this account has no {resource.noun} named {name}: {resource.absence}. "
            f"{advice}To create {name}, the task needs {', '.join(missing)} too."
        )
    settings = merged(resource, {**resource.created_with, **wanted.settings}, {}, list_mode)
    for option, (least, most) in resource.needed_to_create.items():
        if not least <= len(settings[option]) <= most:
            raise InputError(
                f"{option}: {name} is created with {least} to {most} entries in it, not {len(settings[option])}."
            )
    return Step(CREATED, name, None, {}, settings, settings)


def merged(resource: Resource, settings: Mapping[str, Any], record: Record, list_mode: str) -> dict[str, Any]:
    """Return the settings with each list as it shall be, whatever the lists that were asked for mean.

    Raises CollectionError where nobody can know what would be kept of a list.
    """
    whole: dict[str, Any] = dict(settings)
    for name, value in settings.items():
        kind = resource.fields[name].kind
        if isinstance(kind, SetOf) and list_mode != "replace":
            current = record.get(name, NOT_SHOWN) if record else None
            if not isinstance(current, (list, type(None))):
                raise CollectionError(
                    f"{name}: the API does not show the list that {record.get(NAME) or 'the record'} has, so nobody "
                    f"knows what list_mode {list_mode} would keep of it. Name the whole list, with list_mode replace."
                )
            whole[name] = kind.merged(list_mode, current, value)
    return whole


def lacks(resource: Resource, wanted: Wanted, record: Record, list_mode: str) -> bool:
    """Tell whether a record, as a list shows it, leaves out what decides about a change.

    A list that is to lose some entries decides too, whatever they are.
    """
    if wanted.absent:
        return False
    loses = list_mode == "remove" and any(
        isinstance(resource.fields[name].kind, SetOf) for name in wanted.settings if name not in record
    )
    return loses or bool(resource.unseen(wanted.settings, record))


def id_of(wanted: Wanted, record: Record) -> RecordId | None:
    """Return the id that a record is changed by, None where there is no usable one."""
    record_id = usable_id(record)
    if wanted.record_id is None or (record_id is not None and same_id(record_id, wanted.record_id)):
        return record_id
    return wanted.record_id


def usable_id(record: Record) -> RecordId | None:
    """Return the id of a record, None where it has none that could stand in an address."""
    record_id = record.get("id")
    if isinstance(record_id, int) and not isinstance(record_id, bool):
        return record_id
    # Dots in an address lead elsewhere, also where they are escaped, and what could not be read is no id any more.
    usable = isinstance(record_id, str) and record_id not in ("", ".", "..") and UNREADABLE not in record_id
    return record_id if usable else None


def same_id(one: Any, other: Any) -> bool:
    """Tell whether two ids mean the same record, whatever their case and type."""
    return str(one).lower() == str(other).lower()


def diff(resource: Resource, step: Step, result: Record) -> dict[str, Any]:
    """Return the difference between a record as it was and as it is, in check mode as it would be."""
    before = resource.shown(step.record) if step.record else {}
    if step.action == CREATED:
        # What the server adds on its own cannot be foretold, so check mode and the real run both leave it out.
        after = {name: value for name, value in resource.shown(result).items() if name in step.body}
    elif step.action == DELETED or not result:
        after = {}
    else:
        after = resource.shown(after_update(step, result))
    header = f"{resource.noun} {step.name}"
    return {"before_header": header, "before": before, "after_header": header, "after": after}


def after_update(step: Step, result: Record) -> Record:
    """Return a record as it is after a change, to be compared with the record as it was.

    Any field may be missing in an answer: what was sent is then as it was sent, and what was not is as it was. Nor is
    a field new where it was not shown before.
    """
    told = {name: value for name, value in result.items() if name in step.record or name in step.body}
    return {**step.record, **step.body, **told}


def closest(resource: Resource, name: str, records: Sequence[Record]) -> str:
    """Return a sentence that names the existing records whose names are the closest to a name."""
    # Loaded late: only a task that fails needs it.
    from difflib import get_close_matches

    if not records:
        return f"It has no {resource.noun}s at all; is account_id the right one?"
    field = resource.fields[NAME]
    names = {str(field.shown(record[NAME])): str(record[NAME]) for record in records if record.get(NAME)}
    close = get_close_matches(str(field.shown(name)), names)
    if not close:
        return f"None of the {len(records)} names it has is close to that."
    return f"The closest: {', '.join(names[match] for match in close)}."
