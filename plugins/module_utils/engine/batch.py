# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One batch: many changes in one request, and what became of each."""

from __future__ import annotations

import re
from itertools import count
from typing import Any, Union

from ..api.client import Client
from ..api.errors import ApiError, CollectionError
from ..api.response import Response, error_codes, format_errors
from .apply import Result, confirms, verify
from .index import Index
from .lookup import list_records, read_fully
from .parallel import run_parallel
from .plan import CREATED, DELETED, UNCHANGED, UPDATED, Change, normalize_id
from .resource import Resource

#: The API's limit for each list of a batch.
BATCH_SIZE = 1000
#: The list of a batch for an action.
BATCH_LIST = {DELETED: "deletes", UPDATED: "patches", CREATED: "posts"}
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
        changes: the changes; the order of those with the same action is that of their list in the request.
        concurrency: how many records are read at the same time, where a list leaves something out.
    """

    def __init__(self, resource: Resource, client: Client, changes: list[Change], concurrency: int) -> None:
        self._resource = resource
        self._client = client
        self._changes = changes
        self._concurrency = concurrency

    def send(self) -> Response | None:
        """Send the request. Raises ApiError, see ``has_no_endpoint``."""
        body: dict[str, list[dict[str, Any]]] = {name: [] for name in self._resource.batch}
        for change in self._changes:
            entry = change.body if change.action == CREATED else {"id": change.record_id, **change.body}
            body[BATCH_LIST[change.action]].append(entry)
        return self._client.post(f"{self._resource.path}/batch", body)

    def outcomes(self, response: Response | None) -> list[Outcome]:
        """Return what became of each change of a batch that succeeded; what its response leaves out is read again."""
        index = Index(self._resource, records_in(response, "patches", "posts"))
        deleted = {normalize_id(record.get("id")) for record in records_in(response, "deletes")}
        unread: CollectionError | None = None

        def is_confirmed(change: Change) -> bool:
            if change.action == DELETED:
                return normalize_id(change.record_id) in deleted
            found = self._find(index, change)
            # Several records are an error of their own.
            return isinstance(found, CollectionError) or (
                found is not None and confirms(self._resource, change.body, found)
            )

        if not all(map(is_confirmed, self._changes)):
            try:
                index = self._read_all()
            except CollectionError as error:
                unread = CollectionError(
                    f"The API reported success, but the record could not be read again: {error}",
                    **{**error.details, "changed": True},
                )

        def outcome(change: Change) -> Outcome:
            found = self._find(index, change)
            if change.action == DELETED:
                if is_confirmed(change) or not (unread or found):
                    return Result(DELETED, change.expected, [])
                return unread or CollectionError("The API reported success, but the record still exists.")
            if isinstance(found, CollectionError):
                return found
            if unread and not is_confirmed(change):
                return unread
            if found is None:
                return CollectionError("The API reported success, but the record does not exist.", changed=True)
            try:
                return verify(self._resource, change, found, response)
            except CollectionError as error:
                return error

        return [outcome(change) for change in self._changes]

    def outcomes_after(self, failure: ApiError) -> list[Outcome]:
        """Read the records after a batch that failed, and return which changes were applied all the same."""
        try:
            index = self._read_all()
        except CollectionError as second:
            unread = CollectionError(f"{failure} The records could not be read again: {second}", **failure.details)
            return [unread for _change in self._changes]
        reasons_by_place = reasons_of(failure)
        places = {name: count() for name in BATCH_LIST.values()}
        names = [BATCH_LIST[change.action] for change in self._changes]
        reasons = [reasons_by_place.get((name, next(places[name]))) for name in names]
        results = [
            self._applied(index, change, was_missing=failure.status == 404 and reason is not None)
            for change, reason in zip(self._changes, reasons)
        ]
        has_reason = any(reason and result is None for reason, result in zip(reasons, results))
        general = "Not applied with the rest of its batch." if has_reason else f"The batch failed: {failure}"
        return [
            result or CollectionError(reason or general, **failure.details) for reason, result in zip(reasons, results)
        ]

    def _read_all(self) -> Index:
        """Return the records of the account, those of this batch with what the list leaves out."""
        index = Index(self._resource, list_records(self._resource, self._client, {}))
        found = ((change, self._find(index, change)) for change in self._changes)
        incomplete = [
            record
            for change, record in found
            if isinstance(record, dict) and not confirms(self._resource, change.body, record)
        ]
        run_parallel(lambda record: read_fully(self._resource, self._client, record), incomplete, self._concurrency)
        return index

    def _find(self, index: Index, change: Change) -> dict[str, Any] | CollectionError | None:
        """Return the record of a change, None where there is none, the error where there are several."""
        if change.action != CREATED:
            return index.by_id(change.record_id)
        try:
            return index.find_key(change.body, change.label, was_created=True)
        except CollectionError as error:
            return error

    def _applied(self, index: Index, change: Change, was_missing: bool) -> Outcome | None:
        """Return the outcome of a change whose effect is there, None where it is not.

        Args:
            index: the records that exist.
            change: the change.
            was_missing: the response says that the record did not exist.
        """
        found = self._find(index, change)
        if change.action == DELETED:
            if found:
                return None
            # Deleted by someone else: no failure, and no change of ours.
            return Result(UNCHANGED, {}, []) if was_missing else Result(DELETED, change.expected, [])
        if found is None or isinstance(found, CollectionError):
            return found
        return None if self._resource.difference(change.body, found) else Result(change.action, found, [])


def records_in(response: Response | None, *names: str) -> list[dict[str, Any]]:
    """Return the records in some lists of the response to a batch."""
    lists = (response.record if response else None) or {}
    found = (lists.get(name) for name in names)
    return [record for listed in found if isinstance(listed, list) for record in listed if isinstance(record, dict)]


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
