# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One record: found, created, changed, deleted. Every function that sends a request raises CollectionError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, NamedTuple, TypeVar
from urllib.parse import urlencode

from ansible_collections.mailsec.cloudflare.plugins.module_utils.answers import Answer
from ansible_collections.mailsec.cloudflare.plugins.module_utils.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import ApiError, CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import a_labels, hashable
from ansible_collections.mailsec.cloudflare.plugins.module_utils.plan import (
    CREATED,
    DELETED,
    UNCHANGED,
    UPDATED,
    Record,
    Step,
    after_update,
    lacks,
    same_id,
    usable_id,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import NAME, Resource, Wanted

R = TypeVar("R")

#: More names, or more characters of them, would make an address that some server on the way refuses as too long.
MOST_NAMES = 50
LONGEST_NAMES = 4000


class Found(NamedTuple):
    """What a search came to."""

    record: dict[str, Any] | None
    #: The records that were looked at.
    looked_at: list[dict[str, Any]]


class Outcome(NamedTuple):
    """What came of a step."""

    #: One of ACTIONS: what was really done.
    action: str
    #: The record as the API returned it.
    result: dict[str, Any]
    warnings: list[str]


def find(resource: Resource, client: Client, wanted: Wanted, list_mode: str) -> Found:
    """Return the record that a task is about, None where it may be missing."""
    if wanted.record_id is None:
        found = find_by_name(resource, client, str(wanted.name))
        if found.record is not None and lacks(resource, wanted, found.record, list_mode):
            complete(resource, client, found.record)
        return found
    try:
        record = client.get(resource.path_of(wanted.record_id))
    except ApiError as error:
        if not (wanted.absent and error.says_missing):
            raise
        return Found(None, [])
    return Found(record, [record])


def complete(resource: Resource, client: Client, record: dict[str, Any]) -> None:
    """Add to a record what the list that it comes from leaves out, as far as its own address shows it."""
    record_id = usable_id(record)
    if record_id is not None:
        record.update(client.get(resource.path_of(record_id)))


def find_by_name(resource: Resource, client: Client, name: str) -> Found:
    """Return the record of a name. More than one is an error that lists their ids."""
    filters = {NAME: spellings(name)} if resource.filters_by_name else {}
    listed = client.records(resource.path, filters)
    found = [record for record in listed if resource.same_name(record.get(NAME), name)]
    if not found and filters:
        # How exactly the filter compares is not documented: before a name counts as missing, every record is looked at.
        listed = client.records(resource.path, {})
        found = [record for record in listed if resource.same_name(record.get(NAME), name)]
    return Found(only(resource, name, found), listed)


def read(resource: Resource, client: Client, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records that are asked for, in the order of the server.

    Args:
        resource: the sort of record.
        client: sends the requests.
        asked: what to look for, checked: an id, or names and filters.
    """
    if resource.id_field.name in asked:
        try:
            return [client.get(resource.path_of(asked[resource.id_field.name]))]
        except ApiError as error:
            if not error.says_missing:
                raise
            return []
    names: list[str] | None = asked.get(NAME)
    if names == []:
        return []
    # The server spells a status in either case, so that is compared here.
    filters = {name: [value] for name, value in asked.items() if name not in (NAME, "status")}
    if names is not None and resource.filters_by_name and len(names) <= MOST_NAMES:
        by_name = {NAME: [spelling for name in names for spelling in spellings(name)]}
        if len(urlencode(by_name, doseq=True)) <= LONGEST_NAMES:
            found = matching(
                resource, client.records(resource.path, {**filters, **by_name}), names, asked.get("status")
            )
            field = resource.fields[NAME]
            if {field.shown(record[NAME]) for record in found} == {field.shown(name) for name in names}:
                return found
    return matching(resource, client.records(resource.path, filters), names, asked.get("status"))


def matching(
    resource: Resource, records: list[dict[str, Any]], names: list[str] | None, status: str | None
) -> list[dict[str, Any]]:
    """Return the records that have one of the names and the status, where those are asked for."""
    field = resource.fields[NAME]
    wanted = None if names is None else {field.shown(name) for name in names}
    return [
        record
        for record in records
        if (wanted is None or hashable(field.shown(record.get(NAME))) in wanted)
        and (status is None or str(record.get("status")).lower() == status.lower())
    ]


def only(resource: Resource, name: str, found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the one record of a name, None where there is none. More than one is an error that lists their ids."""
    if len(found) > 1:
        ids = ", ".join(sorted(str(record.get("id")) for record in found))
        raise CollectionError(
            f"{NAME}: {len(found)} {resource.noun}s are named {name}. "
            f"Say which one is meant with {resource.id_field.name}: {ids}."
        )
    return found[0] if found else None


def spellings(name: str) -> list[str]:
    """Return the forms of a name that a server may know it by: with A-labels, and as it was written."""
    name_in_a_labels = a_labels(name)
    return [name_in_a_labels] if name.isascii() else [name_in_a_labels, name]


def carry_out(resource: Resource, client: Client, step: Step) -> Outcome:
    """Do what a step says and return what came of it."""
    if step.action == CREATED:
        return create(resource, client, step)
    if step.action == UPDATED:
        return update(resource, client, step)
    if step.action == DELETED:
        return delete(resource, client, step)
    return Outcome(UNCHANGED, dict(step.record), [])


def create(resource: Resource, client: Client, step: Step) -> Outcome:
    """Create a record, once: where the answer was lost, it is looked for before anything else is sent."""

    def look() -> dict[str, Any] | None:
        record = find_by_name(resource, client, step.name).record
        if record is not None and not tells(resource, step.body, record):
            complete(resource, client, record)
        return record

    # Where several are there, that is told at once; where nobody can see, the client tells it.
    answer = client.post(resource.path, step.body, was_done=lambda: read_again(look, None) is not None)
    result = answer.record if answer else None
    # After a doubt it is looked for even so: the try that was given up may have made a second one.
    if answer is None or answer.after_doubt or result is None or not tells(resource, step.body, result):
        result = read_again(look, answer)
    if result is None:
        raise CollectionError(
            f"The API accepted {step.name}, but has no {resource.noun} of that name.", changed=True, result={}
        )
    return verified(resource, step, result, answer)


def update(resource: Resource, client: Client, step: Step) -> Outcome:
    """Change a record."""
    path = resource.path_of(step.record_id)
    answer = client.patch(path, step.body)
    result = answer.record
    if result is None or not tells(resource, step.body, result) or not is_of(step, result):
        result = read_again(lambda: client.get(path), answer)
    return verified(resource, step, result, answer)


def is_of(step: Step, result: Record) -> bool:
    """Tell whether an answer is about the record of a step, as far as it says."""
    return same_id(result.get("id", step.record_id), step.record_id)


def read_again(read: Callable[[], R], answer: Answer | None) -> R:
    """Return what is read after a write. Raises CollectionError, see ``unread``."""
    try:
        return read()
    except CollectionError as error:
        raise unread(error, answer) from None


def unread(error: CollectionError, answer: Answer | None) -> CollectionError:
    """Return an error of reading a record after a write, as one that says that something has changed.

    Args:
        error: says why the record could not be read.
        answer: what the server answered to the write, None where that was lost.
    """
    what = "The API accepted the change" if answer else "The answer was lost, and the change seems to be made"
    error.args = (f"{what}, but the record could not be read again: {error}",)
    error.details.update(changed=True, result={})
    return error


def delete(resource: Resource, client: Client, step: Step) -> Outcome:
    """Delete a record. That somebody else was quicker is no failure, but no change of ours either."""
    done = client.delete(resource.path_of(step.record_id))
    return Outcome(DELETED if done else UNCHANGED, step.expected if done else {}, [])


def tells(resource: Resource, body: Record, result: Record) -> bool:
    """Tell whether an answer shows if a write was done: none of its fields is sure to be there."""
    return not resource.unseen(body, result)


def verified(resource: Resource, step: Step, result: dict[str, Any], answer: Answer | None = None) -> Outcome:
    """Return what came of a write. Raises CollectionError where the server did not do what it was asked.

    Text that it keeps in other words is a warning, and no change where the record is what it was before.
    """
    warnings: list[str] = []
    unfulfilled: list[str] = []
    differing = resource.difference(step.body, result)
    for name, asked in differing.items():
        field = resource.fields[name]
        held = repr(field.shown(result[name])) if name in result else "not in its answer"
        remark = f"{name}: is {held}, not {field.shown(asked)!r}"
        (warnings if field.kind.may_be_rewritten else unfulfilled).append(remark)
    seen = any(name in result for name in differing)
    # What was accepted and cannot be seen may well be done.
    changed = not step.record or not seen or resource.shown(step.record) != resource.shown(after_update(step, result))
    if unfulfilled:
        error = unfulfilment(answer, seen, "; ".join(unfulfilled))
        error.details.update(changed=changed, result=dict(result))
        raise error
    spoken = [f"The API stored something else than it was sent. {remark}." for remark in warnings]
    return Outcome(step.action if changed else UNCHANGED, result, spoken)


def unfulfilment(answer: Answer | None, seen: bool, remarks: str) -> CollectionError:
    """Return the error that says how a record is not as it was asked for.

    Args:
        answer: what the server answered to the write, None where that was lost.
        seen: something that was asked for is in the record, with another value.
        remarks: what is not as it was asked for.
    """
    if answer is None:
        return CollectionError(
            "The answer was lost, and the record that is there now is not as it was asked for: it may be somebody "
            f"else's. Run the task again, it makes the change. {remarks}."
        )
    done = "did not make it" if seen else "does not show whether it made it"
    return answer.failed(f"The API accepted the change but {done}. {remarks}.")
