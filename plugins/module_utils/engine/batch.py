# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One batch: many changes in one request, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Union

from ..api.client import Client
from ..api.errors import ApiError, CollectionError
from ..api.response import Response, error_codes, format_errors
from .apply import Result, confirms, verify
from .index import Index
from .lookup import read_fully
from .parallel import run_parallel
from .plan import CREATED, DELETED, UNCHANGED, UPDATED, Change, normalize_id
from .resource import Resource

#: The API's limit for each list of a batch.
BATCH_SIZE = 1000
#: The list of a batch for an action.
LIST_OF = {DELETED: "deletes", UPDATED: "patches", CREATED: "posts"}
#: How an account without a batch endpoint responds; 400 only with the code 7003, "could not route".
NO_ENDPOINT = (404, 405, 501)
POINTER = re.compile(r"/?(deletes|patches|posts)/([0-9]{1,6})(?:/|$)")

#: What became of a change, or why it failed.
Outcome = Union[Result, CollectionError]


class Batch:
    """Changes that are applied with one request.

    Args:
        resource: the resource.
        client: sends the requests.
        lists: the changes of each list of the batch.
        concurrency: how many records are read at the same time, where a list leaves something out.
    """

    def __init__(self, resource: Resource, client: Client, lists: Mapping[str, list[Change]], concurrency: int) -> None:
        self._resource = resource
        self._concurrency = concurrency
        self._client = client
        self._lists = lists

    def send(self) -> Response | None:
        """Send the request. Raises ApiError, see ``has_no_endpoint``."""
        body = {name: [batch_entry(change) for change in changes] for name, changes in self._lists.items()}
        return self._client.post(f"{self._resource.path}/batch", body)

    def outcomes(self, response: Response | None) -> list[Outcome]:
        """Return what became of each change of a batch that succeeded; what its response leaves out is read again."""
        index = Index(self._resource, records_in(response, ("patches", "posts")))
        deleted = {normalize_id(record.get("id")) for record in records_in(response, ("deletes",))}
        unread: CollectionError | None = None
        if not all(self._is_confirmed(index, deleted, change) for change in self._changes()):
            try:
                index = self._read_all()
            except CollectionError as error:
                unread = CollectionError(
                    f"The API reported success, but the record could not be read again: {error}",
                    **{**error.details, "changed": True},
                )

        def outcome(change: Change) -> Outcome:
            if change.action == DELETED:
                gone = normalize_id(change.record_id) in deleted or not (unread or index.by_id(change.record_id))
                if gone:
                    return Result(DELETED, change.expected, [])
                return unread or CollectionError("The API reported success, but the record still exists.")
            try:
                record = record_of(index, change, self._resource)
                if record is not None and not (unread and not confirms(self._resource, change.body, record)):
                    return verify(self._resource, change, record, response)
            except CollectionError as error:
                return error
            return unread or CollectionError("The API reported success, but the record does not exist.", changed=True)

        return [outcome(change) for change in self._changes()]

    def outcomes_after(self, failure: ApiError) -> list[Outcome]:
        """Read the records after a batch that failed, and return which changes were applied all the same."""
        try:
            index = self._read_all()
        except CollectionError as second:
            unread = CollectionError(f"{failure} The records could not be read again: {second}", **failure.details)
            return [unread for _change in self._changes()]
        changes = {(name, place): each for name, listed in self._lists.items() for place, each in enumerate(listed)}
        reasons = {place: reason for place, reason in reasons_of(failure).items() if place in changes}
        results = {
            place: self._applied(index, change, failure.status == 404 and place in reasons)
            for place, change in changes.items()
        }
        has_reason = any(results[place] is None for place in reasons)
        general = "Not applied with the rest of its batch." if has_reason else f"The batch failed: {failure}"
        return [
            result or CollectionError(reasons.get(place, general), **failure.details)
            for place, result in results.items()
        ]

    def _read_all(self) -> Index:
        """Return the records of the account, those of this batch with what the list leaves out."""
        index = Index(self._resource, self._client.list_records(self._resource.path, {}))
        incomplete = [record for change in self._changes() for record in self._incomplete(index, change)]
        run_parallel(lambda record: read_fully(self._resource, self._client, record), incomplete, self._concurrency)
        return index

    def _incomplete(self, index: Index, change: Change) -> Iterator[dict[str, Any]]:
        """Yield the record of a change, where it does not show what became of it."""
        with suppress(CollectionError):  # several records: an error of its own
            record = None if change.action == DELETED else record_of(index, change, self._resource)
            if record is not None and not confirms(self._resource, change.body, record):
                yield record

    def _changes(self) -> Iterator[Change]:
        for changes in self._lists.values():
            yield from changes

    def _applied(self, index: Index, change: Change, was_missing: bool) -> Outcome | None:
        """Return the outcome of a change whose effect is there, None where it is not.

        Args:
            index: the records that exist.
            change: the change.
            was_missing: the response says that the record did not exist.
        """
        if change.action == DELETED:
            if index.by_id(change.record_id):
                return None
            # Deleted by someone else: no failure, and no change of ours.
            return Result(UNCHANGED, {}, []) if was_missing else Result(DELETED, change.expected, [])
        try:
            record = record_of(index, change, self._resource)
        except CollectionError as error:
            return error
        if record is None or self._resource.difference(change.body, record):
            return None
        return Result(change.action, record, [])

    def _is_confirmed(self, index: Index, deleted: Container[str], change: Change) -> bool:
        """Return whether the response shows what became of a change."""
        if change.action == DELETED:
            return normalize_id(change.record_id) in deleted
        try:
            record = record_of(index, change, self._resource)
        except CollectionError:
            return True  # several records: an error of its own
        return record is not None and confirms(self._resource, change.body, record)


def batch_entry(change: Change) -> dict[str, Any]:
    """Return what a batch has for a change."""
    return dict(change.body) if change.action == CREATED else {"id": change.record_id, **change.body}


def records_in(response: Response | None, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return the records in some lists of the response to a batch."""
    lists = response.record or {} if response else {}
    return [
        record
        for name in names
        for record in (lists.get(name) if isinstance(lists.get(name), list) else None) or []
        if isinstance(record, dict)
    ]


def record_of(index: Index, change: Change, resource: Resource) -> dict[str, Any] | None:
    """Return the record of a change, None where there is none. Raises CollectionError where there are several."""
    if change.action == CREATED:
        return index.by_key(resource.key_of(change.body), change.label)
    return index.by_id(change.record_id)


def has_no_endpoint(error: ApiError) -> bool:
    """Return whether the account has no batch endpoint. An error that names an entry is about that entry."""
    missing = error.status in NO_ENDPOINT or (error.status == 400 and 7003 in error_codes(error.failure["errors"]))
    return missing and not reasons_of(error)


def reasons_of(error: ApiError) -> dict[tuple[str, int], str]:
    """Return what a refused batch says of single entries, by list and place."""
    reasons: dict[tuple[str, int], str] = {}
    for entry in error.failure["errors"]:
        source = entry.get("source") if isinstance(entry, dict) else None
        pointer = POINTER.match(str(source.get("pointer"))) if isinstance(source, dict) else None
        if pointer:
            reason = f"HTTP {error.status}: {'; '.join(format_errors([entry]))}."
            reasons[pointer.group(1), int(pointer.group(2))] = reason
    return reasons
