# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules for one record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..api.client import Client
from ..api.errors import ErrorCollector, InputError
from ..engine.apply import apply, preview
from ..engine.desired import Desired, parse_desired
from ..engine.key_conflicts import changes_key, conflict_message, key_conflicts, with_similar_names
from ..engine.lookup import find, list_records
from ..engine.plan import UNCHANGED, diff, plan
from ..engine.resource import Resource
from .arguments import CONNECTION_SPEC, LIST_MODE_SPEC, REPLACE
from .base import Kind, Mode, Returned


class Task(NamedTuple):
    """What a task shall do."""

    desired: Desired
    list_mode: str


def spec(resource: Resource) -> dict[str, Any]:
    """Return the keyword arguments of AnsibleModule."""
    return {
        "argument_spec": {
            **CONNECTION_SPEC,
            **(LIST_MODE_SPEC if resource.has_lists else {}),
            **resource.argument_spec(),
        },
        "required_one_of": resource.required_one_of,
        "supports_check_mode": True,
    }


def parse(resource: Resource, params: Mapping[str, Any], errors: ErrorCollector) -> Task:
    """Return the desired state of a record, and collect its errors."""
    return Task(parse_desired(resource, params, errors), params.get("list_mode", REPLACE))


def perform(resource: Resource, task: Task, client: Client, mode: Mode) -> Returned:
    """Bring a record to its desired state. Raises CollectionError."""
    found = find(resource, client, task.desired, task.list_mode)
    change = plan(resource, task.desired, found.record, task.list_mode, found.searched)
    searched = found.searched
    if task.desired.record_id is not None and changes_key(resource, change):
        # By its key, a record is found among all that have this one.
        searched = list_records(resource, client, {})
        if key_conflicts(resource, searched, [change]):
            raise InputError(conflict_message(resource))
    (change,) = with_similar_names(resource, searched, [change])
    result = preview(change) if mode.check else apply(resource, client, change)
    changed = result.action != UNCHANGED
    if not changed:
        # The record may have changed without us: deleted by someone else, or text that the API stores differently.
        change = change._replace(action=UNCHANGED, record=result.record)
    values = {"changed": changed, "result": result.record, "diff": diff(resource, change, result.record)}
    return Returned(values, [*change.warnings, *result.warnings])


SINGLE = Kind(spec, parse, perform)
