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
from .field_types import hashable
from .index import Index
from .plan import needs_full_read, usable_id
from .resource import Detail, Field, Record, Resource

#: More names, or more characters, make a URL that some server or proxy refuses as too long.
MAX_FILTER_VALUES = 50
MAX_QUERY_LENGTH = 4000
#: The options of an order.
ORDER = ("order", "direction")


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


def find_by_key(resource: Resource, client: Client, settings: Record, label: str, was_created: bool = False) -> Found:
    """Return the record with the key of some settings, see ``Index.find_key``."""
    filters: dict[str, list[str]] = {}
    if resource.key_filter is not None:
        field = resource.fields[resource.key_filter]
        filters = {field.name: field.type.query_values(settings[field.name])}
    searched = list_records(resource, client, filters)
    found = Index(resource, searched).find_key(settings, label, was_created)
    if found is None and filters:
        # How the filter compares is not documented: search every record before a create.
        searched = list_records(resource, client, {})
        found = Index(resource, searched).find_key(settings, label, was_created)
    return Found(found, searched)


def list_records(resource: Resource, client: Client, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records of a list, each with its whole key."""
    records = client.list_records(resource.path, filters, resource.list_order)
    for record in records:
        if resource.missing_key_fields(record):
            read_fully(resource, client, record)
    return records


def read_fully(resource: Resource, client: Client, record: dict[str, Any]) -> None:
    """Add to a record of a list what only the request for the single record returns."""
    record_id = usable_id(record)
    if record_id is not None:
        record.update(client.get(resource.path_of(record_id)))


def read_detail(resource: Resource, client: Client, detail: Detail, record: dict[str, Any]) -> None:
    """Add a detail to a record: None where the API has nothing to say about it."""
    record_id = usable_id(record)
    record[detail.option] = None if record_id is None else client.find(f"{resource.path_of(record_id)}/{detail.path}")


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
    given = [field for field in resource.filters if field.name in query]
    local = {field.name for field in given if not field.type.filtered_by_server}
    order = {name: query[name] for name in ORDER if name in query}
    if "order" not in order:
        order = {**resource.list_order, **order}
    sent = {
        name: [query_value(value)]
        for name, value in query.items()
        if name not in keys and name not in local and name not in ORDER
    }
    filters = {field: field.normalize(query[field.name]) for field in given}
    by_key = key_filters(resource, keys)
    if by_key:
        records = client.list_records(resource.path, {**sent, **by_key}, order)
        found = select(resource, records, keys, filters)
        if _all_found(resource, found, keys):
            return found
    return select(resource, client.list_records(resource.path, sent, order), keys, filters)


def query_value(value: Any) -> Any:
    """Return a value as it stands in a query."""
    return str(value).lower() if isinstance(value, bool) else value


def key_filters(resource: Resource, keys: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the query parameters that filter by key, empty where the API has none or the URL would be too long."""
    name = resource.key_filter
    if name is None or name not in keys or len(keys[name]) > MAX_FILTER_VALUES:
        return {}
    values = {name: [spelling for value in keys[name] for spelling in resource.fields[name].type.query_values(value)]}
    return values if len(urlencode(values, doseq=True)) <= MAX_QUERY_LENGTH else {}


def select(
    resource: Resource, records: list[dict[str, Any]], keys: Mapping[str, list[Any]], filters: Mapping[Field, Any]
) -> list[dict[str, Any]]:
    """Return the records that have one of the values of each key field, and the values of the other filters.

    How the server filters is not documented, so each record is compared again.
    """
    matches = [_KeyFilter(resource, name, values) for name, values in keys.items()]
    return [
        record
        for record in records
        if all(match(record) for match in matches)
        and all(_passes(resource.with_current_names(record), field, value) for field, value in filters.items())
    ]


def _passes(record: Record, field: Field, value: Any) -> bool:
    # A field that a list leaves out was compared by the server.
    if field.name not in record and field.type.filtered_by_server:
        return True
    return bool(field.normalize(record.get(field.name)) == value)


class _KeyFilter:
    """Whether a record has one of some values of a key field.

    Args:
        resource: the resource.
        name: the key field.
        values: the values.
    """

    def __init__(self, resource: Resource, name: str, values: list[Any]) -> None:
        self._resource = resource
        self._name = name
        self._values = values
        self._field = resource.fields[name]
        self._normalized = {self._field.normalize(value) for value in values}
        others = (*resource.key.fields, *resource.key.context)
        self._others = [other for other in others if other != name]
        self._keys: dict[Hashable, set[Hashable | None]] = {}

    def __call__(self, record: Record) -> bool:
        key = None if self._resource.key.normalize is None else self._resource.key_of(record)
        if key is None:
            value = self._field.normalize(record.get(self._name))
            return isinstance(value, Hashable) and value in self._normalized
        # How the field compares depends on the rest of the record.
        others = tuple(hashable(record.get(other)) for other in self._others)
        if others not in self._keys:
            self._keys[others] = {self._resource.key_of({**record, self._name: value}) for value in self._values}
        return key in self._keys[others]


def _all_found(resource: Resource, found: list[dict[str, Any]], keys: Mapping[str, list[Any]]) -> bool:
    field = resource.fields[str(resource.key_filter)]
    return {field.normalize(record[field.name]) for record in found} == {
        field.normalize(value) for value in keys[field.name]
    }
