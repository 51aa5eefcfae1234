# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding and reading records. Every function raises CollectionError."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from ..api.client import Client
from ..api.errors import ApiError
from .desired import Desired
from .index import one_or_none
from .plan import needs_full_read, usable_id
from .resource import Record, Resource

#: More names, or more characters, make a URL that some server or proxy refuses as too long.
MAX_FILTER_VALUES = 50
MAX_QUERY_LENGTH = 4000


class Found(NamedTuple):
    """The result of a lookup."""

    record: dict[str, Any] | None
    #: The records that were searched.
    searched: list[dict[str, Any]]


def find(resource: Resource, client: Client, desired: Desired, list_mode: str) -> Found:
    """Return the record that a task describes; None only where the task can go on without it."""
    if desired.record_id is None:
        found = find_by_key(resource, client, desired.settings, desired.label)
        if found.record is not None and needs_full_read(resource, desired, found.record, list_mode):
            read_fully(resource, client, found.record)
        return found
    try:
        record = client.get(resource.path_of(desired.record_id))
    except ApiError as error:
        if not (desired.absent and error.not_found):
            raise
        return Found(None, [])
    return Found(record, [record])


def find_by_key(resource: Resource, client: Client, settings: Record, label: str) -> Found:
    """Return the record with the key of some settings. More than one is an error that lists their ids."""
    key = resource.key_of(settings)
    filters: dict[str, list[str]] = {}
    if resource.key_filter is not None:
        field = resource.fields[resource.key_filter]
        filters = {field.name: field.type.query_values(settings[field.name])}
    searched = client.list_records(resource.path, filters)
    found = [record for record in searched if resource.key_of(record) == key]
    if not found and filters:
        # How the filter compares is not documented: search every record before a create.
        searched = client.list_records(resource.path, {})
        found = [record for record in searched if resource.key_of(record) == key]
    return Found(one_or_none(resource, label, found), searched)


def read_fully(resource: Resource, client: Client, record: dict[str, Any]) -> None:
    """Add to a record of a list what only the request for the single record returns."""
    record_id = usable_id(record)
    if record_id is not None:
        record.update(client.get(resource.path_of(record_id)))


def read(resource: Resource, client: Client, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records that match a query, in the order of the server.

    Args:
        resource: the resource.
        client: sends the requests.
        query: an id, or the values of filters; a key field has the list of values that match.
    """
    if resource.id_field.name in query:
        try:
            return [client.get(resource.path_of(query[resource.id_field.name]))]
        except ApiError as error:
            if not error.not_found:
                raise
            return []
    keys = {name: query[name] for name in resource.key.fields if name in query}
    if any(values == [] for values in keys.values()):
        return []
    local = {
        field.name: field.normalize(query[field.name])
        for field in resource.filters
        if field.name in query and not field.type.filtered_by_server
    }
    sent = {name: [value] for name, value in query.items() if name not in keys and name not in local}
    by_key = key_filters(resource, keys)
    if by_key:
        found = select(resource, client.list_records(resource.path, {**sent, **by_key}), keys, local)
        if _all_found(resource, found, keys):
            return found
    return select(resource, client.list_records(resource.path, sent), keys, local)


def key_filters(resource: Resource, keys: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the query parameters that filter by key, empty where the API has none or the URL would be too long."""
    name = resource.key_filter
    if name is None or name not in keys or len(keys[name]) > MAX_FILTER_VALUES:
        return {}
    values = {name: [spelling for value in keys[name] for spelling in resource.fields[name].type.query_values(value)]}
    return values if len(urlencode(values, doseq=True)) <= MAX_QUERY_LENGTH else {}


def select(
    resource: Resource, records: list[dict[str, Any]], keys: Mapping[str, list[Any]], local: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the records that have one of the values of each key field, and the values of the other filters."""
    filters = {field.name: field for field in resource.filters}
    normalized = {name: {resource.fields[name].normalize(value) for value in values} for name, values in keys.items()}
    return [
        record
        for record in records
        if all(_matches(resource, record, name, keys[name], normalized[name]) for name in keys)
        and all(filters[name].normalize(record.get(name)) == value for name, value in local.items())
    ]


def _matches(resource: Resource, record: Record, name: str, values: list[Any], normalized: set[Hashable]) -> bool:
    if resource.key.normalize is None:
        value = resource.fields[name].normalize(record.get(name))
        return isinstance(value, Hashable) and value in normalized
    # How the field compares depends on the rest of the record.
    key = resource.key_of(record)
    return key is not None and any(resource.key_of({**record, name: value}) == key for value in values)


def _all_found(resource: Resource, found: list[dict[str, Any]], keys: Mapping[str, list[Any]]) -> bool:
    field = resource.fields[str(resource.key_filter)]
    return {field.normalize(record[field.name]) for record in found} == {
        field.normalize(value) for value in keys[field.name]
    }
