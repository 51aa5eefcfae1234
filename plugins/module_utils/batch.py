# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One batch: many changes in one request, and what came of each."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Union

from ansible_collections.mailsec.cloudflare.plugins.module_utils.answers import Answer, codes, spoken
from ansible_collections.mailsec.cloudflare.plugins.module_utils.bulk import Index
from ansible_collections.mailsec.cloudflare.plugins.module_utils.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import ApiError, CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.plan import (
    CREATED,
    DELETED,
    UNCHANGED,
    UPDATED,
    Step,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.records import Outcome, complete, tells, verified
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.side_by_side import side_by_side

#: The most entries that each list of a batch takes.
BATCH_SIZE = 1000
#: The list of a batch that a step goes into.
LIST_OF = {DELETED: "deletes", UPDATED: "patches", CREATED: "posts"}
#: What an account answers that has no batch endpoint; 400 only with the code 7003, "could not route".
NO_ENDPOINT = (404, 405, 501)
POINTER = re.compile(r"/?(deletes|patches|posts)/([0-9]{1,6})(?:/|$)")

#: What came of a step, or why nothing did.
Result = Union[Outcome, CollectionError]


class Batch:
    """Some steps that are carried out with one request.

    Args:
        resource: the sort of record.
        client: sends the requests.
        lists: the steps of each list of the batch.
        concurrency: how many records are read at the same time, where a list leaves something out.
    """

    def __init__(self, resource: Resource, client: Client, lists: Mapping[str, list[Step]], concurrency: int) -> None:
        self._resource = resource
        self._client = client
        self._lists = lists
        self._concurrency = concurrency

    def send(self) -> Answer | None:
        """Send the request. Raises ApiError, see ``no_endpoint``."""
        body = {name: [entry(step) for step in steps] for name, steps in self._lists.items()}
        return self._client.post(f"{self._resource.path}/batch", body)

    def results(self, answer: Answer | None) -> list[Result]:
        """Return what came of each step of a batch that succeeded; what its answer leaves out is read once more."""
        index = Index(self._resource, records_in(answer, ("patches", "posts")))
        deleted = {str(record.get("id")).lower() for record in records_in(answer, ("deletes",))}
        unread: CollectionError | None = None
        if not all(self._is_told(index, deleted, step) for step in self._steps()):
            try:
                index = self._read()
            except CollectionError as error:
                unread = CollectionError(
                    f"The API accepted the batch, but the record could not be read: {error}",
                    **{**error.details, "changed": True},
                )

        def result_of(step: Step) -> Result:
            if step.action == DELETED:
                record_id = str(step.record_id).lower()
                if record_id not in deleted and (unread or record_id in index.by_id):
                    return unread or CollectionError("The API accepted the batch, but the record is still there.")
                return Outcome(DELETED, step.expected, [])
            try:
                record = record_of(index, step)
                if record is None or (unread and not tells(self._resource, step.body, record)):
                    return unread or CollectionError(
                        "The API accepted the batch, but the record is not there.", changed=True
                    )
                return verified(self._resource, step, record, answer)
            except CollectionError as error:
                return error

        return [result_of(step) for step in self._steps()]

    def results_after(self, failure: ApiError) -> list[Result]:
        """Read the state after a batch that failed, and return for each step whether it was done all the same."""
        try:
            index = self._read()
        except CollectionError as second:
            unread = CollectionError(f"{failure} The state could not be read again: {second}", **failure.details)
            return [unread for _step in self._steps()]
        steps = {(name, place): step for name, steps in self._lists.items() for place, step in enumerate(steps)}
        reasons = {place: reason for place, reason in reasons_of(failure).items() if place in steps}
        results = {
            place: self._seen(index, step, failure.status == 404 and place in reasons) for place, step in steps.items()
        }
        reason_told = any(results[place] is None for place in reasons)
        general = "Not made with the rest of its batch." if reason_told else f"The batch failed: {failure}"
        return [
            result or CollectionError(reasons.get(place, general), **failure.details)
            for place, result in results.items()
        ]

    def _read(self) -> Index:
        """Return the records of the account, those of this batch with what the list leaves out of them."""
        index = Index(self._resource, self._client.records(self._resource.path, {}))
        hidden = [record for step in self._steps() for record in self._hidden(index, step)]
        side_by_side(lambda record: complete(self._resource, self._client, record), hidden, self._concurrency)
        return index

    def _hidden(self, index: Index, step: Step) -> Iterator[dict[str, Any]]:
        """Yield the record of a step, where it does not show all that was asked of it."""
        with suppress(CollectionError):  # more than once
            record = None if step.action == DELETED else record_of(index, step)
            if record is not None and not tells(self._resource, step.body, record):
                yield record

    def _steps(self) -> Iterator[Step]:
        for steps in self._lists.values():
            yield from steps

    def _seen(self, index: Index, step: Step, was_missing: bool) -> Result | None:
        """Return the outcome of a step whose effect is there, None where it is not.

        Args:
            index: the records that are there.
            step: what was to be done.
            was_missing: the answer says that there was no such record.
        """
        if step.action == DELETED:
            if str(step.record_id).lower() in index.by_id:
                return None
            # That somebody else was quicker is no failure, but no change of ours either.
            return Outcome(UNCHANGED, {}, []) if was_missing else Outcome(DELETED, step.expected, [])
        try:
            record = record_of(index, step)
        except CollectionError as error:
            return error
        if record is None or self._resource.difference(step.body, record):
            return None
        return Outcome(step.action, record, [])

    def _is_told(self, index: Index, deleted: Container[str], step: Step) -> bool:
        """Tell whether all that was asked of a record can be seen."""
        if step.action == DELETED:
            return str(step.record_id).lower() in deleted
        try:
            record = record_of(index, step)
        except CollectionError:
            return True  # more than once
        return record is not None and tells(self._resource, step.body, record)


def entry(step: Step) -> dict[str, Any]:
    """Return what a batch holds for a step."""
    return dict(step.body) if step.action == CREATED else {"id": step.record_id, **step.body}


def records_in(answer: Answer | None, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return the records that some lists of the answer to a batch hold."""
    lists = answer.record or {} if answer else {}
    return [
        record
        for name in names
        for record in (lists.get(name) if isinstance(lists.get(name), list) else None) or []
        if isinstance(record, dict)
    ]


def record_of(index: Index, step: Step) -> dict[str, Any] | None:
    """Return the record of a step, None where there is none. Raises CollectionError where there are several."""
    return index.named(step.name) if step.action == CREATED else index.by_id.get(str(step.record_id).lower())


def no_endpoint(error: ApiError) -> bool:
    """Tell whether an account answers that it has no batch. Where the answer names an entry, it is about that one."""
    missing = error.status in NO_ENDPOINT or (error.status == 400 and 7003 in codes(error.failure["errors"]))
    return missing and not reasons_of(error)


def reasons_of(error: ApiError) -> dict[tuple[str, int], str]:
    """Return what a refused batch says of single entries, by list and place."""
    reasons: dict[tuple[str, int], str] = {}
    for entry in error.failure["errors"]:
        source = entry.get("source") if isinstance(entry, dict) else None
        pointer = POINTER.match(str(source.get("pointer"))) if isinstance(source, dict) else None
        if pointer:
            reasons[pointer.group(1), int(pointer.group(2))] = f"HTTP {error.status}: {'; '.join(spoken([entry]))}."
    return reasons
