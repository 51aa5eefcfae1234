# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ``Sample`` is what the tests know of a resource. Every request of a script is built here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    Boolean,
    DomainName,
    Integer,
    ListOf,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from support.script import Exchange, envelope, page

Settings = dict[str, Any]
ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"
CREDENTIALS = {"account_id": ACCOUNT, "api_token": TOKEN}
API = "https://api.cloudflare.com"
ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"


@dataclass(frozen=True, eq=False, repr=False)
class Sample:
    """A resource with a record of it, and the requests that concern its records.

    Where a request takes ``answer``, these are the attributes of the exchange that replace the usual response.
    """

    resource: Resource
    #: A record as the API returns it.
    record: Settings
    #: Returns the key of the record with a number: what a task has to set, and perhaps more.
    key_of: Callable[[int], Settings]
    #: The key of the record in another spelling, without its defaults.
    respelled: Settings
    #: Settings that the record does not have, ...
    change: Settings
    #: ... and settings that it has.
    same: Settings
    #: Settings of a new record, at least those that a create requires.
    settings: Settings
    #: Good values of texts, and of the entries of lists, by field.
    values: Mapping[str, list[str]] = field(default_factory=dict)
    #: Keys of few records in several spellings, without their defaults.
    keys: list[Settings] = field(default_factory=list)

    def __repr__(self) -> str:
        return self.module

    # What the declaration says.

    @property
    def module(self) -> str:
        return self.resource.module

    @property
    def bulk_module(self) -> str:
        return self.resource.bulk_module

    @property
    def info_module(self) -> str:
        return self.resource.info_module

    @property
    def entries_option(self) -> str:
        return self.resource.entries_option

    @property
    def id_option(self) -> str:
        return self.resource.id_field.name

    @property
    def noun(self) -> str:
        return self.resource.noun

    @property
    def plural(self) -> str:
        return self.resource.plural

    @property
    def path(self) -> str:
        return f"/client/v4/accounts/{ACCOUNT}/{self.resource.path}"

    @property
    def collection(self) -> str:
        """Return the last part of the path, which is the name of the records in the emulator."""
        return self.resource.path.rpartition("/")[2]

    @property
    def key_field(self) -> str:
        """Return the first field of the key, which errors about the key begin with."""
        return self.resource.key.fields[0]

    @property
    def key_required(self) -> str:
        """Return what a task without an id and a key is refused with."""
        return " ".join(
            f"one of the following is required: {', '.join(names)}." for names in self.resource.required_one_of
        )

    @property
    def filtered(self) -> bool:
        """Return whether a list request can filter by key."""
        return self.resource.key_filter is not None

    @property
    def settable(self) -> list[str]:
        """Return the fields but those of the key."""
        return [name for name in self.resource.fields if name not in self.resource.key.fields]

    @property
    def needed(self) -> Settings:
        """Return what a create needs beside the key."""
        required = [name for name in self.settable if self.resource.fields[name].required_on_create]
        one_true = [name for name in self.resource.one_true_on_create if self.settings.get(name)]
        return {name: self.settings[name] for name in [*required, *one_true]}

    @property
    def needed_words(self) -> str:
        """Return what a task has to set to create the record, in the words of its message."""
        required = [name for name in self.settable if self.resource.fields[name].required_on_create]
        one_true = self.resource.one_true_on_create
        return ", ".join([*required, *([f"one of {', '.join(one_true)} to true"] if one_true else [])])

    def other_value(self, name: str) -> Any:
        """Return a value of a field that a new record with the settings does not have."""
        field_type = self.resource.fields[name].type
        if isinstance(field_type, Boolean):
            return not self.settings.get(name, self.resource.fields[name].create_default)
        if isinstance(field_type, Integer):
            return 9
        return [self.values[name][1]] if isinstance(field_type, ListOf) else self.values[name][1]

    # The record, and others with a number.

    @property
    def id(self) -> Any:
        return self.record["id"]

    @property
    def key(self) -> Settings:
        return self.key_in(self.record)

    @property
    def label(self) -> str:
        return str(self.resource.label(self.record))

    @property
    def other(self) -> Settings:
        """Return a second record."""
        return self.numbered(2)

    @property
    def other_id(self) -> Any:
        return self.other["id"]

    @property
    def changed_record(self) -> Settings:
        """Return the record after the change."""
        return {**self.record, **self.change, "modified_at": "2026-11-22T09:00:00.000000Z"}

    def key_in(self, record: Settings) -> Settings:
        """Return the key fields of a record."""
        return {name: record[name] for name in self.resource.key.fields}

    def without_key(self, record: Settings) -> Settings:
        """Return a record without the fields of its key."""
        return {name: value for name, value in record.items() if name not in self.resource.key.fields}

    def without_id(self, record: Settings) -> Settings:
        """Return a record without its id."""
        return {name: value for name, value in record.items() if name != "id"}

    def id_of(self, number: int) -> Any:
        """Return the id of the record with a number."""
        integer = isinstance(self.resource.id_field.type, Integer)
        return number if integer else f"00000000-0000-4000-8000-{number:012}"

    def label_of(self, number: int) -> str:
        """Return what the record with a number is called in a sentence."""
        return str(self.resource.label(self.key_of(number)))

    def labels(self, records: Iterable[Settings]) -> list[str | None]:
        """Return what records are called in a sentence."""
        return [self.resource.label(record) for record in records]

    def rename(self, number: int) -> Settings:
        """Return the change that gives the key of the record with a number to another record."""
        return {name: value for name, value in self.key_of(number).items() if value != self.record[name]}

    def numbered(self, number: int = 1, **settings: Any) -> Settings:
        """Return the record with a number, as the API returns it."""
        return {**self.record, "id": self.id_of(number), **self.key_of(number), **settings}

    def records(self, count: int, **settings: Any) -> list[Settings]:
        """Return records as the API returns them, numbered from 1."""
        return [self.numbered(number, **settings) for number in range(1, count + 1)]

    def absent(self, *numbers: int) -> list[Settings]:
        """Return entries that delete the records with these numbers."""
        return [{**self.key_of(number), "state": "absent"} for number in numbers]

    def changes(self, *numbers: int) -> list[Settings]:
        """Return entries that change the records with these numbers."""
        return [{**self.key_of(number), **self.change} for number in numbers]

    def patches(self, *numbers: int) -> list[Settings]:
        """Return what a batch has for these changes."""
        return [{"id": self.id_of(number), **self.change} for number in numbers]

    def patched(self, *numbers: int) -> list[Settings]:
        """Return the records with these numbers after the change."""
        return [self.numbered(number, **self.change) for number in numbers]

    def create_body(self, entry: Settings) -> Settings:
        """Return what is sent to create the record of a task or of an entry."""
        fields = self.resource.fields.values()
        defaults = {each.name: each.create_default for each in fields if each.create_default is not None}
        return {**defaults, **self.resource.key.defaults, **entry}

    # Requests, and their responses.

    @property
    def record_path(self) -> str:
        return self.path_of(self.record)

    @property
    def url(self) -> str:
        """Return the URL of the record."""
        return API + self.record_path

    def path_of(self, record: Settings) -> str:
        """Return the path of a record, of which an answer may leave out the id."""
        return f"{self.path}/{record.get('id', self.id)}"

    def listing(
        self,
        *records: Settings,
        number: int = 1,
        total: int | None = None,
        query: Mapping[str, list[str]] | None = None,
        **answer: Any,
    ) -> Exchange:
        """Return the request for a page of all records, or of those that a query finds."""
        query = {**(query or {}), "page": [str(number)], "per_page": ["1000"]}
        if query.keys().isdisjoint(("order", "direction")):
            query.update((name, [value]) for name, value in self.resource.list_order.items())
        return Exchange("GET", self.path, query, **(answer or {"answer": page(list(records), number, total)}))

    def lookup(self, *records: Settings, key: Settings | None = None, **options: Any) -> Exchange:
        """Return the first request of a lookup by key: with a filter where the API has one.

        Args:
            records: the records of the page.
            key: the key of the task; that of the record if None.
            options: those of ``listing``.
        """
        name = self.resource.key_filter
        if name is None:
            return self.listing(*records, **options)
        value = (key or self.key)[name]
        if isinstance(self.resource.fields[name].type, DomainName):
            value = value.lower().rstrip(".")
        return self.listing(*records, query={name: [value]}, **options)

    def fallback(self, *records: Settings) -> list[Exchange]:
        """Return the request for all records, which follows where a filter by key found nothing."""
        return [self.listing(*records)] if self.filtered else []

    def found(self) -> Exchange:
        """Return the lookup that finds the record."""
        return self.lookup(self.record)

    def missing(self, *others: Settings, key: Settings | None = None) -> list[Exchange]:
        """Return the lookup that finds nothing among other records."""
        return [self.lookup(*others, key=key), *self.fallback(*others)]

    def reading(self, record: Settings | None = None, **answer: Any) -> Exchange:
        """Return the request that reads a record by its id."""
        record = self.record if record is None else record
        return Exchange("GET", self.path_of(record), **(answer or {"answer": envelope(record)}))

    def creating(self, body: Settings, stored: Settings | None = None, **answer: Any) -> Exchange:
        """Return the request that creates a record."""
        stored = stored or {"id": self.id_of(999), **body}
        return Exchange("POST", self.path, body=body, **(answer or {"status": 201, "answer": envelope(stored)}))

    def patching(
        self,
        record: Settings | None = None,
        body: Settings | None = None,
        stored: Settings | None = None,
        **answer: Any,
    ) -> Exchange:
        """Return the request that changes a record.

        Args:
            record: the record before the change.
            body: what is sent; the change of the sample if None.
            stored: the record after the change, where it is not simply the record with the body.
            answer: other attributes of the exchange.
        """
        record = self.record if record is None else record
        body = self.change if body is None else body
        answer = answer or {"answer": envelope(stored or {**record, **body})}
        return Exchange("PATCH", self.path_of(record), body=body, **answer)

    def deleting(self, record: Settings | None = None, **answer: Any) -> Exchange:
        """Return the request that deletes a record."""
        record = self.record if record is None else record
        answer = answer or {"answer": envelope({"id": record.get("id", self.id)})}
        return Exchange("DELETE", self.path_of(record), **answer)

    def batch(self, lists: Mapping[str, list[Settings]], result: Any = None, **answer: Any) -> Exchange:
        """Return the request for many changes at once; ``result`` is what its response has beside the deletes."""
        body = {name: lists.get(name, []) for name in self.resource.batch}
        if isinstance(result, dict):
            result = {"deletes": body["deletes"], **result}
        return Exchange("POST", f"{self.path}/batch", body=body, **(answer or {"answer": envelope(result)}))

    def deletes(self, *records: Settings) -> list[Exchange]:
        """Return the requests that delete records: one batch of several, where the API has it."""
        if len(records) > 1 and "deletes" in self.resource.batch:
            return [self.batch({"deletes": [{"id": record["id"]} for record in records]}, {})]
        return [self.deleting(record) for record in records]
