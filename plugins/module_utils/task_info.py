# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task that reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import Field, Name, SetOf, Text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.records import read
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import NAME, Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.task import Context, Returned, connected, remarks

#: It becomes a part of an address, which must not be too long.
SEARCH = Field("search", Text(max_length=1024))


def spec(resource: Resource) -> dict[str, Any]:
    """Return how the options of a task that reads are declared to Ansible."""
    filters = {
        NAME: SetOf(Name()).spec(),
        **{field.name: field.spec() for field in resource.listed_by},
        SEARCH.name: SEARCH.spec(),
        "order": {"type": "str", "choices": ["domain", "created_at"]},
        "direction": {"type": "str", "choices": ["asc", "desc"]},
    }
    return {
        "argument_spec": {**connection.spec(), resource.id_field.name: resource.id_field.spec(), **filters},
        "mutually_exclusive": [[resource.id_field.name, option] for option in filters],
        "supports_check_mode": True,
    }


def perform(resource: Resource, params: Mapping[str, Any], context: Context) -> Returned:
    """Do what a task that reads asks. Raises CollectionError.

    Args:
        resource: the sort of record.
        params: the options of the task, with every option of ``spec``.
        context: what the task runs in; check mode makes no difference.
    """
    fields = (resource.id_field, Field(NAME, SetOf(Name())), *resource.listed_by, SEARCH)
    asked = {field.name: field.check(params[field.name]) for field in fields if params[field.name] is not None}
    asked.update((option, params[option]) for option in ("order", "direction") if params[option] is not None)
    if asked.get(SEARCH.name) == "":
        raise InputError("search: is empty. Leave it out to read all.")
    with connected(params, context) as client:
        return Returned({"changed": False, "result": read(resource, client, asked)}, remarks(client))
