# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks: what the options of a task lead to. One function for each sort of module, whoever calls it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource, converge, wanted_from


def converge_record(
    resource: Resource, params: Mapping[str, Any], check_mode: bool, environment: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Do what a task for one record asks. Raises CollectionError.

    Args:
        resource: the sort of record.
        params: the options of the task, with every option of ``spec``.
        check_mode: send nothing that changes anything.
        environment: the environment variables of the task.

    Returns:
        What the task returns, and its warnings.
    """
    wanted = wanted_from(resource, params)
    client = Client(connection.settings(params, environment))
    try:
        outcome = converge(resource, client, wanted, check_mode)
    finally:
        client.close()
    remarks = [f"Cloudflare remarks: {message}." for message in dict.fromkeys(client.messages)]
    return {"changed": outcome.changed, "result": outcome.result, "diff": outcome.diff}, outcome.warnings + remarks


def spec(resource: Resource) -> dict[str, Any]:
    """Return how the options of a task for one record are declared to Ansible."""
    return {
        "argument_spec": {**connection.spec(), **resource.spec()},
        "required_one_of": [[resource.id_field.name, "domain"]],
        "supports_check_mode": True,
    }
