# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task for many records."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.batch import Result
from ansible_collections.mailsec.cloudflare.plugins.module_utils.bulk import Index, Purge, plan_all, summary
from ansible_collections.mailsec.cloudflare.plugins.module_utils.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.entries import entries_from
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import CollectionError, InputError, Mistakes
from ansible_collections.mailsec.cloudflare.plugins.module_utils.plan import UNCHANGED, Step, diff, lacks
from ansible_collections.mailsec.cloudflare.plugins.module_utils.records import Outcome, complete
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource, Wanted
from ansible_collections.mailsec.cloudflare.plugins.module_utils.side_by_side import side_by_side
from ansible_collections.mailsec.cloudflare.plugins.module_utils.task import (
    LIST_MODE,
    Context,
    Returned,
    connected,
    remarks,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.writer import Writer

#: Option: the least and the most, both included.
BOUNDS = {"purge_limit": (0, 100000), "concurrency": (1, 32)}


def spec(resource: Resource) -> dict[str, Any]:
    """Return how the options of a task for many records are declared to Ansible."""
    return {
        "argument_spec": {
            **connection.spec(),
            **LIST_MODE,
            resource.entries_option: {"type": "list", "elements": "dict", "required": True, "options": resource.spec()},
            "purge": {"type": "bool", "default": False},
            "purge_limit": {"type": "int", "default": 10},
            "concurrency": {"type": "int", "default": 8},
        },
        "supports_check_mode": True,
    }


def perform(resource: Resource, params: Mapping[str, Any], context: Context) -> Returned:
    """Do what a task for many records asks. Raises CollectionError.

    Args:
        resource: the sort of record.
        params: the options of the task, with every option of ``spec``; the entries are as the user wrote them.
        context: what the task runs in.
    """
    mistakes = Mistakes(context.refused.values())
    with mistakes.gather():
        connection.check_bounds(params, BOUNDS)
    with mistakes.gather():
        settings = connection.settings(params, context.environment, context.refused)
    with mistakes.gather():
        wanted = entries_from(resource, params[resource.entries_option])
        if params["purge"] and resource.entries_option not in context.refused:
            check_purge(resource, wanted)
    mistakes.raise_any()
    with connected(settings, context) as client:
        purge = Purge(params["purge"], params["purge_limit"])
        index = Index(resource, client.records(resource.path, {}))
        complete_all(resource, client, wanted, index, params)
        steps = plan_all(resource, wanted, index, params["list_mode"], purge)
        results: list[Result] = [Outcome(step.action, step.expected, []) for step in steps]
        if not context.check_mode:
            results = Writer(resource, client, steps, params["concurrency"]).write()
        returned = report(resource, steps, results, len(wanted))
        return Returned(returned.values, returned.warnings + remarks(client))


def check_purge(resource: Resource, wanted: list[Wanted]) -> None:
    """Raise InputError where a purge would leave nothing."""
    if all(entry.absent for entry in wanted):
        raise InputError(
            f"purge: {resource.entries_option} {'lists nothing that is to stay' if wanted else 'is empty'}. "
            f"To delete every {resource.noun} of an account is refused."
        )


def complete_all(
    resource: Resource, client: Client, wanted: list[Wanted], index: Index, params: Mapping[str, Any]
) -> None:
    """Add to the records of a list what it leaves out and the task has to know."""
    lacking: list[dict[str, Any]] = []
    for entry in wanted:
        with suppress(CollectionError):  # the plan tells of it
            record = index.find(entry)
            if record is not None and lacks(resource, entry, record, params["list_mode"]):
                lacking.append(record)
    side_by_side(lambda record: complete(resource, client, record), lacking, params["concurrency"])


def report(resource: Resource, steps: list[Step], results: list[Result], entries: int) -> Returned:
    """Return what a task for many records gives back. Raises CollectionError where a step failed."""
    done = [(step, outcome) for step, outcome in zip(steps, results) if isinstance(outcome, Outcome)]
    failed = [(step, error) for step, error in zip(steps, results) if isinstance(error, CollectionError)]
    changed = [(step, outcome) for step, outcome in done if outcome.action != UNCHANGED]
    warnings = [f"{step.name}: {warning}" for step, outcome in done for warning in outcome.warnings]
    values = {
        "changed": bool(changed) or any(error.details.get("changed") for step, error in failed),
        "result": [outcome.result if isinstance(outcome, Outcome) else {} for outcome in results[:entries]],
        "summary": summary((outcome.action, step.name) for step, outcome in done),
        "diff": [diff(resource, step, outcome.result) for step, outcome in changed],
    }
    if failed:
        intended = len(changed) + len(failed)
        names: dict[str, list[str]] = {}
        for step, error in failed:
            names.setdefault(str(error), []).append(step.name)
        reasons = "\n".join(f"{', '.join(alike)}: {reason}" for reason, alike in names.items())
        values["failed_records"] = [{"name": step.name, "msg": str(error)} for step, error in failed]
        # What was not tried comes of another failure, which need not be the first in the order of the task.
        told = next((error.details for _step, error in failed if "failure" in error.details), failed[0][1].details)
        error = CollectionError(
            f"{len(failed)} of {intended} changes failed, {len(changed)} succeeded.\n{reasons}",
            **{**told, **values},
        )
        error.warnings = warnings
        raise error
    return Returned(values, warnings)
