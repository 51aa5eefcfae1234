# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing many records: by batch where the API has one, else by single requests side by side."""

from __future__ import annotations

from itertools import chain

from ansible_collections.mailsec.cloudflare.plugins.module_utils.batch import (
    BATCH_SIZE,
    LIST_OF,
    Batch,
    Result,
    no_endpoint,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import ApiError, CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.plan import CREATED, DELETED, UNCHANGED, UPDATED, Step
from ansible_collections.mailsec.cloudflare.plugins.module_utils.records import Outcome, carry_out
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import NAME, Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.side_by_side import side_by_side

#: After these, as after trouble that all repeats could not mend (429 is such) and without any answer, the next request
#: would fail in the same way.
REFUSED = (401, 403)


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
        try:
            side_by_side(write_one, deletes, concurrency)
            side_by_side(write_one, others, concurrency)
        except BaseException:
            # Interrupted, for example by the timeout of the task: whatever the threads do now, nothing more is sent.
            self._client.stop()
            raise

    def _write_batches(self, positions: list[int]) -> None:
        """Write by batch. Steps that are not in the results afterwards are left to single requests."""
        lists: dict[str, list[int]] = {name: [] for name in self._resource.batch}
        for position in positions:
            lists[LIST_OF[self._steps[position].action]].append(position)
        longest = max(len(listed) for listed in lists.values())
        for start in range(0, longest, BATCH_SIZE):
            chunk = {name: listed[start : start + BATCH_SIZE] for name, listed in lists.items()}
            of_chunk = list(chain.from_iterable(chunk.values()))
            if self._failed:
                self._note(of_chunk, CollectionError("Not tried, because the batch before it failed."))
                continue
            steps = {name: [self._steps[position] for position in listed] for name, listed in chunk.items()}
            results = self._results_of(Batch(self._resource, self._client, steps, self._concurrency))
            if results is None:
                return
            self._results.update(zip(of_chunk, results))

    def _results_of(self, batch: Batch) -> list[Result] | None:
        """Send a batch and return what came of its steps, None where the account has no such endpoint."""
        try:
            answer = batch.send()
        except ApiError as error:
            if self._has_batch is None and no_endpoint(error):
                self._has_batch = False
                return None
            results = batch.results_after(error)
            # Where all was done and only the answer was lost, the rest may well be done too.
            self._hopeless = self._hopeless or (hopeless(error) and not all(isinstance(r, Outcome) for r in results))
            return results
        self._has_batch = True
        return batch.results(answer)

    def _note(self, positions: list[int], error: CollectionError) -> None:
        for position in positions:
            self._results[position] = error


def hopeless(error: CollectionError) -> bool:
    """Tell whether the next request would fail in the same way."""
    return isinstance(error, ApiError) and (error.transient or error.status is None or error.status in REFUSED)
