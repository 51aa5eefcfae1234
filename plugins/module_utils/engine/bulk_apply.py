# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applying many changes: by batch where the API has one, else by single requests in parallel."""

from __future__ import annotations

from ..api.client import Client
from ..api.errors import ApiError, CollectionError
from .apply import Result, apply
from .batch import BATCH_LIST, BATCH_SIZE, Batch, Outcome, has_no_endpoint
from .bulk_plan import BulkPlan
from .key_conflicts import changes_key
from .parallel import run_parallel
from .plan import CREATED, DELETED, UNCHANGED
from .resource import Resource

#: After these the next request would fail too, as it would after an error that no retry could mend (429 is one).
REFUSED_STATUSES = (401, 403)


class BulkApply:
    """Applies the changes of a plan.

    Args:
        resource: the resource.
        client: sends the requests.
        plan: the changes.
        concurrency: how many single requests are under way at the same time.
    """

    def __init__(self, resource: Resource, client: Client, plan: BulkPlan, concurrency: int) -> None:
        self._resource = resource
        self._client = client
        self._changes = plan.changes
        self._concurrency = concurrency
        #: None until the batch endpoint has responded.
        self._has_batch: bool | None = None
        #: Every further request would fail.
        self._fatal = False
        self._refused = plan.refused
        self._outcomes: dict[int, Outcome] = {}

    def run(self) -> list[Outcome]:
        """Apply all changes and return what became of each."""
        for position, change in enumerate(self._changes):
            if change.action == UNCHANGED:
                self._outcomes[position] = Result(UNCHANGED, dict(change.record), [])
        for group in self._groups():
            if self._failed:
                # Later changes may need what failed: a key that is still taken, for example.
                self._fail(group, CollectionError("Not attempted, because an earlier change failed."))
            else:
                self._apply_group(group)
        self._outcomes.update(self._refused)
        return [self._outcomes[position] for position in range(len(self._changes))]

    @property
    def _failed(self) -> bool:
        return any(isinstance(outcome, CollectionError) for outcome in self._outcomes.values())

    def _groups(self) -> list[list[int]]:
        """Return the positions of changes to apply together: all, unless a key changes in between."""
        todo = [position for position, change in enumerate(self._changes) if change.action != UNCHANGED]
        groups: list[list[int]] = [[], [], []]  # renames between deletes and updates, and creates
        for position in todo:
            groups[2 if self._changes[position].action == CREATED else int(self._changes_key(position))].append(
                position
            )
        return [group for group in groups if group] if groups[1] else [todo]

    def _changes_key(self, position: int) -> bool:
        return changes_key(self._resource, self._changes[position])

    def _apply_group(self, group: list[int]) -> None:
        batch = [
            position
            for position in group
            if BATCH_LIST[self._changes[position].action] in self._resource.batch and not self._changes_key(position)
        ]
        if self._has_batch is not False and len(batch) > 1:
            self._apply_batches(batch)
        rest = [position for position in group if position not in self._outcomes]
        # Keys may be handed on: one by one, in the order of the task.
        ordered = any(self._changes_key(position) for position in rest)
        self._apply_singly(rest, 1 if ordered else self._concurrency)

    def _apply_singly(self, positions: list[int], concurrency: int) -> None:
        def apply_one(position: int) -> None:
            if self._fatal:
                self._fail([position], CollectionError("Not attempted, because an earlier change failed."))
                return
            try:
                self._outcomes[position] = apply(self._resource, self._client, self._changes[position])
            except CollectionError as error:
                self._fatal = self._fatal or is_fatal(error)
                self._fail([position], error)

        # Deletes make keys available, so they come first.
        deletes = [position for position in positions if self._changes[position].action == DELETED]
        others = [position for position in positions if self._changes[position].action != DELETED]
        try:
            run_parallel(apply_one, deletes, concurrency)
            run_parallel(apply_one, others, concurrency)
        except BaseException:
            # Interrupted, for example by the timeout of the task: the threads must send nothing more.
            self._client.stop()
            raise

    def _apply_batches(self, positions: list[int]) -> None:
        """Apply by batch. Changes without an outcome afterwards are left to single requests."""
        lists: dict[str, list[int]] = {action: [] for action in BATCH_LIST}
        for position in positions:
            lists[self._changes[position].action].append(position)
        for start in range(0, max(map(len, lists.values())), BATCH_SIZE):
            chunk = [position for listed in lists.values() for position in listed[start : start + BATCH_SIZE]]
            if self._failed:
                self._fail(chunk, CollectionError("Not attempted, because an earlier batch failed."))
                continue
            changes = [self._changes[position] for position in chunk]
            outcomes = self._send(Batch(self._resource, self._client, changes, self._concurrency))
            if outcomes is None:
                return
            self._outcomes.update(zip(chunk, outcomes))

    def _send(self, batch: Batch) -> list[Outcome] | None:
        """Send a batch and return the outcomes, None where the account has no batch endpoint."""
        try:
            response = batch.send()
        except ApiError as error:
            if self._has_batch is None and has_no_endpoint(error):
                self._has_batch = False
                return None
            outcomes = batch.outcomes_after(error)
            # Where everything was applied and only the response was lost, the rest may succeed too.
            applied = all(isinstance(outcome, Result) for outcome in outcomes)
            self._fatal = self._fatal or (is_fatal(error) and not applied)
            return outcomes
        self._has_batch = True
        return batch.outcomes(response)

    def _fail(self, positions: list[int], error: CollectionError) -> None:
        for position in positions:
            self._outcomes[position] = error


def is_fatal(error: CollectionError) -> bool:
    """Return whether every further request would fail too."""
    return isinstance(error, ApiError) and (error.retryable or error.status is None or error.status in REFUSED_STATUSES)
