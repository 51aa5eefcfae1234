# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from ..api.client import Client
from ..api.errors import ErrorCollector
from ..engine.field_types import Boolean, ListOf, Text
from ..engine.lookup import read, read_detail
from ..engine.parallel import run_parallel
from ..engine.resource import Detail, Field, Resource
from .arguments import CONNECTION_SPEC
from .base import Kind, Mode, Returned

#: Limited, because it becomes a part of the URL.
SEARCH = Field("search", Text(max_length=1024))
#: How many details are read at the same time.
CONCURRENCY = 8


def key_options(resource: Resource) -> list[Field]:
    """Return the key fields as options: each takes a list of values, of which a record must have one."""
    fields = (resource.fields[name] for name in resource.key.fields)
    return [field if isinstance(field.type, Boolean) else Field(field.name, ListOf(field.type)) for field in fields]


def options_with_commas(resource: Resource) -> list[str]:
    """Return the options of which a text is one value: it may be a regular expression or several addresses."""
    return [field.name for field in key_options(resource) if isinstance(getattr(field.type, "item", None), Text)]


def query_fields(resource: Resource) -> list[Field]:
    """Return what a list request can be filtered by."""
    return [*key_options(resource), *resource.filters, *([SEARCH] if resource.searchable else [])]


def spec(resource: Resource) -> dict[str, Any]:
    """Return the keyword arguments of AnsibleModule."""
    options = {field.name: field.argument_spec() for field in query_fields(resource)}
    if resource.orders:
        options["order"] = {"type": "str", "choices": list(resource.orders)}
        options["direction"] = {"type": "str", "choices": ["asc", "desc"]}
    id_option = resource.id_field.name
    details = {detail.option: {"type": "bool", "default": False} for detail in resource.details}
    return {
        "argument_spec": {**CONNECTION_SPEC, id_option: resource.id_field.argument_spec(), **options, **details},
        "mutually_exclusive": [[id_option, option] for option in options],
        "supports_check_mode": True,
    }


class Task(NamedTuple):
    """What to read."""

    query: dict[str, Any]
    details: list[Detail]


def parse(resource: Resource, params: Mapping[str, Any], errors: ErrorCollector) -> Task:
    """Return what to read, and collect its errors."""
    query: dict[str, Any] = {}
    for field in (resource.id_field, *query_fields(resource)):
        if params[field.name] is not None:
            with errors.collect(field.name):
                query[field.name] = field.validate(params[field.name])
    if query.get(SEARCH.name) == "":
        errors.add("search: is empty. Leave it out to read all records.")
    query.update((option, params[option]) for option in ("order", "direction") if params.get(option) is not None)
    listed = {
        name: [value] if name in resource.key.fields and not isinstance(value, list) else value
        for name, value in query.items()
    }
    return Task(listed, [detail for detail in resource.details if params[detail.option]])


def perform(resource: Resource, task: Task, client: Client, mode: Mode) -> Returned:
    """Return the records that match the query. Raises CollectionError."""
    records = read(resource, client, task.query)
    for detail in task.details:
        run_parallel(partial(read_detail, resource, client, detail), records, CONCURRENCY)
    return Returned({"changed": False, "result": records}, [])


INFO = Kind(spec, parse, perform, options_with_commas)
