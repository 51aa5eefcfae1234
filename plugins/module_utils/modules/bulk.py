# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules for many records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from ..api.client import Client
from ..api.connection import check_bounds
from ..api.errors import CollectionError, ErrorCollector
from ..engine.apply import Result, preview
from ..engine.batch import Outcome
from ..engine.bulk_apply import BulkApply
from ..engine.bulk_plan import BulkPlan, Purge, plan_all, summarize
from ..engine.desired import Desired, parse_desired
from ..engine.entries import EntryErrors, add_duplicates
from ..engine.index import Index
from ..engine.lookup import list_records, read_fully
from ..engine.parallel import run_parallel
from ..engine.plan import UNCHANGED, Change, diff, needs_full_read
from ..engine.resource import Resource
from .arguments import CONNECTION_SPEC, LIST_MODE_SPEC, REPLACE, Validator
from .base import Kind, Mode, Returned

#: The minimum and the maximum of an option.
BOUNDS = {"purge_limit": (0, 100000), "concurrency": (1, 32)}
#: How many records a warning names.
MAX_LABELS = 10


class Task(NamedTuple):
    """What a task shall do."""

    desired: list[Desired]
    list_mode: str
    purge: Purge
    concurrency: int
    #: Whether the records are returned.
    return_result: bool


def spec(resource: Resource) -> dict[str, Any]:
    """Return the keyword arguments of AnsibleModule."""
    return {
        "argument_spec": {
            **CONNECTION_SPEC,
            **(LIST_MODE_SPEC if resource.has_lists else {}),
            resource.entries_option: {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": resource.argument_spec(),
                "required_one_of": resource.required_one_of,
            },
            "purge": {"type": "bool", "default": False},
            "purge_limit": {"type": "int", "default": 10},
            "concurrency": {"type": "int", "default": 8},
            "return_result": {"type": "bool", "default": True},
        },
        "supports_check_mode": True,
    }


@lru_cache(maxsize=None)
def entry_validator(resource: Resource) -> Validator:
    """Return the validator of an entry."""
    return Validator({"argument_spec": resource.argument_spec(), "required_one_of": resource.required_one_of})


def parse_entries(resource: Resource, entries: Iterable[Any], errors: EntryErrors) -> list[Desired]:
    """Return the desired state of each record, and collect the errors of the entries.

    Args:
        resource: the resource.
        entries: the entries as the user wrote them.
        errors: collects the errors, by the index of the entry.
    """
    desired: dict[int, Desired] = {}
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            errors.add(index, None, "must be a dictionary with the options of a record.")
            continue
        options = entry_validator(resource).validate(entry)
        desired[index] = parse_desired(resource, options.values, options.errors)
        if options.errors.messages:
            errors.add(index, entry.get(resource.key.fields[0]), " ".join(options.errors.messages))
    add_duplicates(resource, desired, errors)
    return list(desired.values())


def parse(resource: Resource, params: Mapping[str, Any], errors: ErrorCollector) -> Task:
    """Return the desired state of each record, and collect the errors of the entries."""
    check_bounds(params, BOUNDS, errors)
    entries = params[resource.entries_option]
    entry_errors = EntryErrors(resource.entries_option)
    desired = parse_entries(resource, entries or (), entry_errors)
    entry_errors.report(errors)
    is_valid = entries is not None and not entry_errors
    if params["purge"] and is_valid and all(entry.absent for entry in desired):
        state = "has no entry with state present" if entries else "is empty"
        errors.add(
            f"purge: {resource.entries_option} {state}. Refusing to delete all {resource.plural} of the account."
        )
    purge = Purge(params["purge"], params["purge_limit"])
    list_mode = params.get("list_mode", REPLACE)
    return Task(desired, list_mode, purge, params["concurrency"], params["return_result"])


def perform(resource: Resource, task: Task, client: Client, mode: Mode) -> Returned:
    """Bring many records to their desired state. Raises CollectionError."""
    index = Index(resource, list_records(resource, client, {}))
    complete_records(resource, client, index, task)
    plan = plan_all(resource, task.desired, index, task.list_mode, task.purge)
    if mode.check:
        outcomes: list[Outcome] = [plan.refused.get(n, preview(change)) for n, change in enumerate(plan.changes)]
    else:
        outcomes = BulkApply(resource, client, plan, task.concurrency).run()
    return report(resource, plan, outcomes, len(task.desired) if task.return_result else None, mode.diff)


def complete_records(resource: Resource, client: Client, index: Index, task: Task) -> None:
    """Add to the records what the list leaves out and the plan needs."""
    incomplete: list[dict[str, Any]] = []
    listed: set[int] = set()
    for entry in task.desired:
        with suppress(CollectionError):  # the plan reports it
            record = index.find(entry)
            if record is not None:
                listed.add(id(record))
                if needs_full_read(resource, entry, record, task.list_mode):
                    incomplete.append(record)
    if task.purge.enabled:
        unlisted = (record for record in index.records if id(record) not in listed)
        incomplete += [record for record in unlisted if resource.hides_protection(record)]
    run_parallel(lambda record: read_fully(resource, client, record), incomplete, task.concurrency)


def report(
    resource: Resource, plan: BulkPlan, outcomes: list[Outcome], entries: int | None, with_diff: bool
) -> Returned:
    """Return the result of a task. Raises CollectionError where a change failed.

    Args:
        resource: the resource.
        plan: the plan.
        outcomes: what became of each of its changes.
        entries: the number of entries in the task, None if their records are not returned. The changes after them are
            those of the purge.
        with_diff: include the difference of each record that was changed.
    """
    pairs = list(zip(plan.changes, outcomes))
    done = [(change, outcome) for change, outcome in pairs if isinstance(outcome, Result)]
    failed = [(change, outcome) for change, outcome in pairs if isinstance(outcome, CollectionError)]
    changed = [(change, result) for change, result in done if result.action != UNCHANGED]
    warnings = plan.warnings + by_warning(pairs)
    values: dict[str, Any] = {
        "changed": bool(changed) or any(error.details.get("changed") for _change, error in failed),
        "summary": summarize((result.action, change.label) for change, result in done),
    }
    if entries is not None:
        values["result"] = [outcome.record if isinstance(outcome, Result) else {} for outcome in outcomes[:entries]]
    if with_diff:
        values["diff"] = [diff(resource, change, result.record) for change, result in changed]
    if not failed:
        return Returned(values, warnings)
    labels: dict[str, list[str]] = {}
    for change, error in failed:
        labels.setdefault(str(error), []).append(change.label)
    reasons = "\n".join(f"{', '.join(alike)}: {reason}" for reason, alike in labels.items())
    # The first error with a failure: what was not tried has none, and may come first in the order of the task.
    details = next((error.details for _change, error in failed if "failure" in error.details), failed[0][1].details)
    failure = CollectionError(
        f"{len(failed)} of {len(changed) + len(failed)} changes failed, {len(changed)} succeeded.\n{reasons}",
        **{
            # A detail may have the record of one change as its result.
            **{key: value for key, value in details.items() if key != "result"},
            **values,
            "failed_records": [{"name": change.label, "msg": str(error)} for change, error in failed],
        },
    )
    failure.warnings = warnings
    raise failure


def by_warning(pairs: list[tuple[Change, Outcome]]) -> list[str]:
    """Return each warning once, with the records that it is about."""
    labels: dict[str, list[str]] = {}
    for change, outcome in pairs:
        for warning in (*change.warnings, *(outcome.warnings if isinstance(outcome, Result) else ())):
            labels.setdefault(warning, []).append(change.label)
    return [f"{join_labels(alike)}: {warning}" for warning, alike in labels.items()]


def join_labels(labels: list[str]) -> str:
    """Return labels for a sentence, no more than people read."""
    more = len(labels) - MAX_LABELS
    return ", ".join(labels) if more <= 0 else f"{', '.join(labels[:MAX_LABELS])} and {more} more"


BULK = Kind(spec, parse, perform, diff_mode_only=True)
