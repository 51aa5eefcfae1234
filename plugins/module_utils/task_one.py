# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task for one record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import Mistakes
from ansible_collections.mailsec.cloudflare.plugins.module_utils.plan import UNCHANGED, diff, plan
from ansible_collections.mailsec.cloudflare.plugins.module_utils.records import Outcome, carry_out, find
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource, wanted_from
from ansible_collections.mailsec.cloudflare.plugins.module_utils.task import (
    LIST_MODE,
    Context,
    Returned,
    connected,
    remarks,
)


def spec(resource: Resource) -> dict[str, Any]:
    """Return how the options of a task for one record are declared to Ansible."""
    return {
        "argument_spec": {**connection.spec(), **LIST_MODE, **resource.spec()},
        "required_one_of": resource.required_one_of,
        "supports_check_mode": True,
    }


def perform(resource: Resource, params: Mapping[str, Any], context: Context) -> Returned:
    """Do what a task for one record asks. Raises CollectionError.

    Args:
        resource: the sort of record.
        params: the options of the task, with every option of ``spec``.
        context: what the task runs in.
    """
    mistakes = Mistakes([])
    with mistakes.gather():
        wanted = wanted_from(resource, params, context.refused)
    with mistakes.gather():
        settings = connection.settings(params, context.environment, context.refused)
    mistakes.raise_any()
    with connected(settings, context) as client:
        found = find(resource, client, wanted, params["list_mode"])
        step = plan(resource, wanted, found.record, params["list_mode"], found.looked_at)
        outcome = Outcome(step.action, step.expected, []) if context.check_mode else carry_out(resource, client, step)
        changed = outcome.action != UNCHANGED
        if not changed:
            # Also where somebody else deleted the record first: nothing differs that this task has changed.
            step = step._replace(action=UNCHANGED, record=outcome.result)
        values = {"changed": changed, "result": outcome.result, "diff": diff(resource, step, outcome.result)}
        return Returned(values, outcome.warnings + remarks(client))
