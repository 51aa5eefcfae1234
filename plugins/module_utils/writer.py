# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing many records: by batch where the API has one, else by single requests side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
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
from ansible_collections.mailsec.cloudflare.plugins.module_utils.records import Outcome, carry_out, tells, verified
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import NAME, Resource

#: The most entries that each list of a batch takes.
BATCH_SIZE = 1000
#: The list of a batch that a step goes into.
LIST_OF = {DELETED: "deletes", UPDATED: "patches", CREATED: "posts"}
#: What an account answers that has no batch endpoint; 400 only with the code 7003, "could not route".
NO_ENDPOINT = (404, 405, 501)
#: After these, as after trouble that all repeats could not mend, the next request would fail in the same way.
REFUSED = (401, 403, 429)
POINTER = re.compile(r"/?(deletes|patches|posts)/(\d+)(?:/|$)")

#: What came of a step, or why nothing did.
Result = Union[Outcome, CollectionError]


class Writer:
    """Carries out the steps of a plan.

    Args:
        resource: the sort of record.
        client: sends the requests.
        steps: what is to be done.
        concurrency: how many single requests are under way at the same time.
    """

    def __init__(self, resource: Resource, client: Client, steps: list[Step], concurrency: int) -> None:
        self._resource = resource
        self._client = client
        self._steps = steps
        self._concurrency = concurrency
        #: Whether there is a batch endpoint, None until it has answered.
        self._has_batch: bool | None = None
        self._hopeless = False
        self._results: dict[int, Result] = {}

    def write(self) -> list[Result]:
        """Do it all and return what came of each step."""
        for position, step in enumerate(self._steps):
            if step.action == UNCHANGED:
                self._results[position] = Outcome(UNCHANGED, dict(step.record), [])
        for group in self._groups():
            if self._failed:
                # What comes later may need what went wrong: a name that is not free yet, for example.
                self._note(group, CollectionError("Not tried, because something before it failed."))
                continue
            self._write_group(group)
        return [self._results[position] for position in range(len(self._steps))]

    @property
    def _failed(self) -> bool:
        return any(isinstance(result, CollectionError) for result in self._results.values())

    def _groups(self) -> list[list[int]]:
        """Return the steps to do together, by their positions: all, unless a rename has to come in between."""
        todo = [position for position, step in enumerate(self._steps) if step.action != UNCHANGED]
        if not any(self._renames(position) for position in todo):
            return [todo]
        creates = [position for position in todo if self._steps[position].action == CREATED]
        renames = [position for position in todo if self._renames(position)]
        others = [position for position in todo if position not in {*creates, *renames}]
        return [group for group in (others, renames, creates) if group]

    def _renames(self, position: int) -> bool:
        step = self._steps[position]
        return step.action == UPDATED and NAME in step.body

    def _write_group(self, group: list[int]) -> None:
        batch = [
            position
            for position in group
            if LIST_OF[self._steps[position].action] in self._resource.batch and not self._renames(position)
        ]
        if self._has_batch is not False and len(batch) > 1:
            self._write_batches(batch)
        rest = [position for position in group if position not in self._results]
        # Renames may depend on each other: one by one, in the order of the task.
        ordered = any(self._renames(position) for position in rest)
        self._write_singly(rest, 1 if ordered else self._concurrency)

    def _write_singly(self, positions: list[int], concurrency: int) -> None:
        def write_one(position: int) -> None:
            if self._hopeless:
                self._note([position], CollectionError("Not tried, because something before it failed."))
                return
            try:
                self._results[position] = carry_out(self._resource, self._client, self._steps[position])
            except CollectionError as error:
                self._hopeless = self._hopeless or hopeless(error)
                self._note([position], error)

        # Deletes make room for names, so they come first.
        deletes = [position for position in positions if self._steps[position].action == DELETED]
        others = [position for position in positions if self._steps[position].action != DELETED]
        with ThreadPoolExecutor(max_workers=concurrency) as pool:
            list(pool.map(write_one, deletes))
            list(pool.map(write_one, others))

    def _write_batches(self, positions: list[int]) -> None:
        """Write by batch. Steps that are not in the results afterwards are left to single requests."""
        lists: dict[str, list[int]] = {name: [] for name in self._resource.batch}
        for position in positions:
            lists[LIST_OF[self._steps[position].action]].append(position)
        longest = max(len(listed) for listed in lists.values())
        for start in range(0, longest, BATCH_SIZE):
            chunk = {name: listed[start : start + BATCH_SIZE] for name, listed in lists.items()}
            if self._failed:
                self._note(positions_in(chunk), CollectionError("Not tried, because the batch before it failed."))
            elif not self._write_batch(chunk):
                return

    def _write_batch(self, chunk: Mapping[str, list[int]]) -> bool:
        """Send one batch. False: the account has no such endpoint."""
        body = {name: [self._batch_entry(position) for position in listed] for name, listed in chunk.items()}
        try:
            answer = self._client.post(f"{self._resource.path}/batch", body)
        except ApiError as error:
            if self._has_batch is None and no_endpoint(error):
                self._has_batch = False
                return False
            self._hopeless = self._hopeless or hopeless(error)
            self._look_again(chunk, error)
        else:
            self._has_batch = True
            self._read_batch(chunk, answer)
        return True

    def _batch_entry(self, position: int) -> dict[str, Any]:
        step = self._steps[position]
        return dict(step.body) if step.action == CREATED else {"id": step.record_id, **step.body}

    def _read_batch(self, chunk: Mapping[str, list[int]], answer: Answer | None) -> None:
        """Take the results of a batch that succeeded; what its answer leaves out is read once more."""
        lists = answer.record or {} if answer else {}
        returned = [
            record
            for name in ("patches", "posts")
            for record in (lists.get(name) if isinstance(lists.get(name), list) else None) or []
            if isinstance(record, dict)
        ]
        index = Index(self._resource, returned)
        unread: CollectionError | None = None
        written = [*chunk.get("patches", []), *chunk.get("posts", [])]
        if any(not self._is_told(index, position) for position in written):
            try:
                index = Index(self._resource, self._client.records(self._resource.path, {}))
            except CollectionError as error:
                unread = CollectionError(
                    f"The API accepted the batch, but the record could not be read: {error}", **error.details
                )
        for position in positions_in(chunk):
            step = self._steps[position]
            if step.action == DELETED:
                self._results[position] = Outcome(DELETED, step.expected, [])
                continue
            try:
                record = self._record_in(index, position)
                if record is None:
                    raise unread or CollectionError("The API accepted the batch, but the record is not there.")
                warnings = verified(self._resource, step, record, answer)
                self._results[position] = Outcome(step.action, record, warnings)
            except CollectionError as error:
                self._note([position], error)

    def _look_again(self, chunk: Mapping[str, list[int]], error: ApiError) -> None:
        """Read the state after a batch that failed, and tell for each step whether it was done all the same."""
        try:
            index = Index(self._resource, self._client.records(self._resource.path, {}))
        except CollectionError as second:
            unread = CollectionError(f"{error} The state could not be read again: {second}", **error.details)
            self._note(positions_in(chunk), unread)
            return
        places = {(name, place) for name, listed in chunk.items() for place in range(len(listed))}
        reasons = {entry: reason for entry, reason in reasons_of(error).items() if entry in places}
        general = "Not made with the rest of its batch." if reasons else f"The batch failed: {error}"
        for name, listed in chunk.items():
            for place, position in enumerate(listed):
                try:
                    outcome = self._seen_done(index, position)
                    if outcome is None:
                        raise CollectionError(reasons.get((name, place), general), **error.details)
                    self._results[position] = outcome
                except CollectionError as why:
                    self._note([position], why)

    def _seen_done(self, index: Index, position: int) -> Outcome | None:
        """Return the outcome of a step whose effect is there, None where it is not."""
        step = self._steps[position]
        if step.action == DELETED:
            gone = str(step.record_id).lower() not in index.by_id
            return Outcome(DELETED, step.expected, []) if gone else None
        record = self._record_in(index, position)
        if record is None or self._resource.difference(step.body, record):
            return None
        return Outcome(step.action, record, [])

    def _is_told(self, index: Index, position: int) -> bool:
        """Tell whether all that was asked of a record can be seen."""
        try:
            record = self._record_in(index, position)
        except CollectionError:
            return True  # more than once
        return record is not None and tells(self._resource, self._steps[position].body, record)

    def _record_in(self, index: Index, position: int) -> dict[str, Any] | None:
        """Return the record of a step, None where there is none. Raises CollectionError where there are several."""
        step = self._steps[position]
        if step.action == CREATED:
            return index.named(step.name)
        return index.by_id.get(str(step.record_id).lower())

    def _note(self, positions: list[int], error: CollectionError) -> None:
        for position in positions:
            self._results[position] = error


def positions_in(chunk: Mapping[str, list[int]]) -> list[int]:
    """Return the positions of all steps of a batch."""
    return list(chain.from_iterable(chunk.values()))


def hopeless(error: CollectionError) -> bool:
    """Tell whether the next request would fail in the same way."""
    return isinstance(error, ApiError) and (error.transient or error.status in REFUSED)


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
