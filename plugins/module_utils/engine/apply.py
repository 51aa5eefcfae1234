# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applying a change with single requests. Every function that sends a request raises CollectionError."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, TypeVar

from ..api.client import Client
from ..api.errors import CollectionError
from ..api.response import Response
from .lookup import find_by_key, read_fully
from .plan import CREATED, DELETED, UNCHANGED, UPDATED, Change, after_update, normalize_id
from .resource import Record, Resource

R = TypeVar("R")


class Result(NamedTuple):
    """What became of a change."""

    #: One of ACTIONS: what was really done.
    action: str
    #: The record as the API returned it.
    record: dict[str, Any]
    warnings: list[str]


def preview(change: Change) -> Result:
    """Return what a change would become."""
    return Result(change.action, change.expected, [])


def apply(resource: Resource, client: Client, change: Change) -> Result:
    """Apply a change."""
    if change.action == CREATED:
        return create(resource, client, change)
    if change.action == UPDATED:
        return update(resource, client, change)
    if change.action == DELETED:
        return delete(resource, client, change)
    return Result(UNCHANGED, dict(change.record), [])


def create(resource: Resource, client: Client, change: Change) -> Result:
    """Create a record, once: where the response was lost, look for the record before anything else is sent."""

    def look() -> dict[str, Any] | None:
        record = find_by_key(resource, client, change.body, change.label, was_created=True).record
        if record is not None and not confirms(resource, change.body, record):
            read_fully(resource, client, record)
        return record

    response = client.post(resource.path, change.body, was_applied=lambda: read_again(look, None) is not None)
    record = response.record if response else None
    # After an unknown outcome, an earlier attempt may have created a second record.
    certain = response is not None and not response.after_unknown_outcome
    if not certain or record is None or not confirms(resource, change.body, record):
        record = read_again(look, response)
    if record is None:
        raise CollectionError(
            f"The API reported success, but no {resource.noun} named {change.label} exists.", changed=True, result={}
        )
    return verify(resource, change, record, response)


def update(resource: Resource, client: Client, change: Change) -> Result:
    """Update a record."""
    path = resource.path_of(change.record_id)
    response = client.patch(path, change.body)
    record = response.record
    if record is None or not confirms(resource, change.body, record) or not is_same_record(change, record):
        record = read_again(lambda: client.get(path), response)
    return verify(resource, change, record, response)


def is_same_record(change: Change, record: Record) -> bool:
    """Return whether a response is about the record of a change, as far as it has an id."""
    return normalize_id(record.get("id", change.record_id)) == normalize_id(change.record_id)


def delete(resource: Resource, client: Client, change: Change) -> Result:
    """Delete a record. Where it is gone already, nothing was changed."""
    deleted = client.delete(resource.path_of(change.record_id))
    return Result(DELETED if deleted else UNCHANGED, change.expected if deleted else {}, [])


def read_again(read: Callable[[], R], response: Response | None) -> R:
    """Return what is read after a write. Raises CollectionError, see ``read_failed``."""
    try:
        return read()
    except CollectionError as error:
        raise read_failed(error, response) from None


def read_failed(error: CollectionError, response: Response | None) -> CollectionError:
    """Return the error of a read after a write, as one that says that something has changed.

    Args:
        error: says why the record could not be read.
        response: the response to the write, None where it was lost.
    """
    what = "The API reported success" if response else "The response was lost, and the change appears to be applied"
    error.args = (f"{what}, but the record could not be read again: {error}",)
    error.details.update(changed=True, result={})
    return error


def confirms(resource: Resource, body: Record, record: Record) -> bool:
    """Return whether a response shows what became of a write: it may leave out any field."""
    return not resource.undecided(body, record)


def verify(resource: Resource, change: Change, record: dict[str, Any], response: Response | None = None) -> Result:
    """Return the result of a write. Raises CollectionError where the API did not apply it.

    A free text that the API stores differently is a warning. If that leaves the record as it was, nothing has changed.

    Args:
        resource: the resource.
        change: the change that was sent.
        record: the record after it.
        response: the response to the write, None where it was lost.
    """
    warnings: list[str] = []
    not_applied: list[str] = []
    different = resource.difference(change.body, record)
    current = resource.with_current_names(record)
    for name, sent in different.items():
        field = resource.fields[name]
        stored = repr(field.display_value(current[name])) if name in current else "not in the response"
        message = f"{name}: is {stored}, not {field.display_value(sent)!r}"
        # A record with another key would not be found again.
        may_be_rewritten = field.type.may_be_rewritten and name not in resource.key.fields
        (warnings if may_be_rewritten else not_applied).append(message)
    returned = any(name in current for name in different)
    # What is not returned may well be applied.
    changed = (
        not different
        or not change.record
        or not returned
        or resource.display(change.record) != resource.display(after_update(change, record))
    )
    if not_applied:
        error = not_applied_error(response, returned, "; ".join(not_applied))
        error.details.update(changed=changed, result=dict(record))
        raise error
    sentences = [f"The API stored a different value. {message}." for message in warnings]
    return Result(change.action if changed else UNCHANGED, record, sentences)


def not_applied_error(response: Response | None, returned: bool, problems: str) -> CollectionError:
    """Return the error for a record that is not as it was sent.

    Args:
        response: the response to the write, None where it was lost.
        returned: something that was sent is in the record, with another value.
        problems: what is not as it was sent.
    """
    if response is None:
        return CollectionError(
            "The response was lost, and the existing record differs from what was sent; someone else may have created "
            f"it. Run the task again to update it. {problems}."
        )
    what = "did not apply" if returned else "does not confirm the change"
    return response.build_error(f"The API reported success but {what}: {problems}.")
