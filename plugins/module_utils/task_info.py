# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task that reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import InputError, Mistakes
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import Field, Name, SetOf, Text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.records import read
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import NAME, Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.task import Context, Returned, connected, remarks

#: It becomes a part of an address, which must not be too long.
SEARCH = Field("search", Text(max_length=1024))
#: In which order the records come.
ORDER = {
    "order": {"type": "str", "choices": ["domain", "created_at"]},
    "direction": {"type": "str", "choices": ["asc", "desc"]},
}


def spec(resource: Resource) -> dict[str, Any]:
    """Return how the options of a task that reads are declared to Ansible."""
    filters = {
        NAME: SetOf(Name()).spec(),
        **{field.name: field.spec() for field in resource.listed_by},
        SEARCH.name: SEARCH.spec(),
        **ORDER,
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
    mistakes = Mistakes(context.refused.values())
    asked: dict[str, Any] = {}
    for field in (resource.id_field, Field(NAME, SetOf(Name())), *resource.listed_by, SEARCH):
        if params[field.name] is not None:
            with mistakes.gather():
                asked[field.name] = field.check(params[field.name])
    asked.update((option, params[option]) for option in ORDER if params[option] is not None)
    with mistakes.gather():
        check_together(
            resource, [option for option in params if params[option] is not None or option in context.refused]
        )
    with mistakes.gather():
        if asked.get(SEARCH.name) == "":
            raise InputError("search: is empty. Leave it out to read all.")
    with mistakes.gather():
        settings = connection.settings(params, context.environment, context.refused)
    mistakes.raise_any()
    with connected(settings, context) as client:
        return Returned({"changed": False, "result": read(resource, client, asked)}, remarks(client))


def check_together(resource: Resource, given: Collection[str]) -> None:
    """Raise InputError where options are given that do not go together."""
    others = [other for pair in spec(resource)["mutually_exclusive"] if set(pair) <= set(given) for other in pair[1:]]
    if others:
        raise InputError(f"{resource.id_field.name}: is mutually exclusive with {', '.join(others)}.")
