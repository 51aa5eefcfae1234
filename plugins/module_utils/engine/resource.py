# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a resource of the API is declared: its fields, its key, and what its endpoints can do."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import product
from types import MappingProxyType
from typing import Any, Mapping, NamedTuple
from urllib.parse import quote

from ..api.errors import InputError
from ..api.text import printable
from .field_types import FieldType, ListOf, hashable

Record = Mapping[str, Any]
STATES = ["present", "absent"]
NO_DEFAULTS: Mapping[str, Any] = MappingProxyType({})


class Field:
    """A field of a resource.

    Args:
        name: the name of the option, of the API's body parameter and of the record's field: all one.
        type: the type of its values.
        nullable: the API takes ``null`` for it; an empty string in the task means that.
        required_on_create: a task that creates a record has to set it.
        items_on_create: the least and the greatest number of entries in the list that a create takes.
        create_default: what a create sends where the task does not set it, None for nothing.
        former_name: a deprecated name, read where a record lacks the field. It is never sent.
    """

    def __init__(
        self,
        name: str,
        type: FieldType,
        *,
        nullable: bool = False,
        required_on_create: bool = False,
        items_on_create: tuple[int, int] | None = None,
        create_default: Any = None,
        former_name: str | None = None,
    ) -> None:
        self.name = name
        self.type = type
        self.nullable = nullable
        self.required_on_create = required_on_create
        self.items_on_create = items_on_create
        self.create_default = create_default
        self.former_name = former_name

    def argument_spec(self) -> dict[str, Any]:
        """Return the argument spec of the option."""
        spec = self.type.argument_spec()
        if self.nullable and "choices" in spec:
            spec["choices"].append("")
        return spec

    def validate(self, value: Any) -> Any:
        """Return what is sent for a value of the user. Raises InputError."""
        if self.nullable and value == "":
            return None
        try:
            return self.type.validate(value)
        except ValueError as error:
            raise InputError(f"{self.name}: {error}.") from None

    def accepts(self, value: Any) -> bool:
        """Return whether a task can have a value of the server."""
        try:
            self.type.validate(str(value) if self.type.option_type == "str" else value)
        except (TypeError, ValueError):
            return False
        return True

    def same(self, one: Any, other: Any) -> bool:
        """Return whether two values have the same meaning."""
        return one == other or bool(self.normalize(one) == self.normalize(other))

    def normalize(self, value: Any) -> Any:
        """Return the meaning of a value."""
        return self.type.normalize(self._empty_as_null(value))

    def display_value(self, value: Any) -> Any:
        """Return a value for a diff: one spelling for each meaning."""
        return self.type.display_value(self._empty_as_null(value))

    def _empty_as_null(self, value: Any) -> Any:
        return None if self.nullable and value == "" else value


class Key:
    """How a record is found without its id.

    Args:
        fields: the names of the fields, in the order in which people say them.
        defaults: the values of fields that a task or a record leaves out.
        normalize: returns the meaning of a key, from the meanings of its fields and of the context, which may be of any
            type that a server sends. Where it is not given, each field counts on its own.
        context: boolean fields that decide how the key of a record compares. A task need not set them to find it.
    """

    def __init__(
        self,
        *fields: str,
        defaults: Mapping[str, Any] = NO_DEFAULTS,
        normalize: Callable[[Record], Hashable] | None = None,
        context: tuple[str, ...] = (),
    ) -> None:
        self.fields = fields
        self.defaults = defaults
        self.normalize = normalize
        self.context = context
        #: The fields that a task has to set.
        self.required = [name for name in fields if name not in defaults]


class Detail(NamedTuple):
    """What a further request returns about a record, for the info module.

    Args:
        option: the option that asks for it, and the field with the result.
        path: its path, relative to the record.
    """

    option: str
    path: str


def no_errors(settings: Record) -> Iterator[tuple[str, str]]:
    """Find nothing wrong with any settings."""
    yield from ()


class Resource:
    """A resource of the API.

    Args:
        module: the name of the module for one record. That of the module that reads ends in ``_info``.
        bulk_module: the name of the module for many records.
        entries_option: the option of the bulk module with the list of records.
        noun: what one record is called in a sentence.
        absence: what it means that there is no record, as the end of a sentence.
        path: the path of the list, relative to the account.
        id_field: the option with the id of a record.
        key: how a record is found without its id.
        fields: what can be set.
        key_filter: the key field by which a list request can filter, or None. Only where no two records have one key:
            a filter may miss records whose keys are spelled in another way.
        filters: what else a list request can filter by.
        orders: what a list request can be ordered by.
        batch: the lists that a batch request takes, of "deletes", "patches", "puts" and "posts"; empty without batch.
        protected: returns why a record must not be changed or deleted, or None.
        protected_by: the field that decides about that. A list may leave it out.
        one_true_on_create: boolean fields of which at least one must be true to create a record.
        check: yields what is wrong with a whole key, as pairs of a field and the end of a sentence.
        searchable: a list request takes ``search``.
        details: what the info module can read in addition.
    """

    def __init__(
        self,
        *,
        module: str,
        bulk_module: str,
        entries_option: str,
        noun: str,
        absence: str,
        path: str,
        id_field: Field,
        key: Key,
        fields: Iterable[Field],
        key_filter: str | None = None,
        filters: Iterable[Field] = (),
        orders: Iterable[str] = (),
        batch: Iterable[str] = (),
        protected: Callable[[Record], str | None] = lambda record: None,
        protected_by: str | None = None,
        one_true_on_create: Iterable[str] = (),
        check: Callable[[Record], Iterator[tuple[str, str]]] = no_errors,
        searchable: bool = True,
        details: Iterable[Detail] = (),
    ) -> None:
        self.module = module
        self.bulk_module = bulk_module
        self.info_module = f"{module}_info"
        self.entries_option = entries_option
        self.noun = noun
        self.absence = absence
        self.path = path
        self.id_field = id_field
        self.key = key
        self.fields = {field.name: field for field in fields}
        self.key_filter = key_filter
        self.filters = tuple(filters)
        self.orders = tuple(orders)
        self.batch = tuple(batch)
        self.protected = protected
        self.protected_by = protected_by
        self.one_true_on_create = tuple(one_true_on_create)
        self.check = check
        self.searchable = searchable
        self.details = tuple(details)
        self._names_in_key = (*key.fields, *key.context)
        self._former_names = {each.name: each.former_name for each in self.fields.values() if each.former_name}

    @property
    def list_name(self) -> str:
        """Return the name of a list of records in the role, in an export and in a report."""
        return self.bulk_module[len("email_security_") :] if "email_security_" in self.bulk_module else self.bulk_module

    @property
    def plural(self) -> str:
        """Return what several records are called in a sentence."""
        return f"{self.noun[:-1]}ies" if self.noun.endswith("y") else f"{self.noun}s"

    def count(self, number: int) -> str:
        """Return a number of records with the noun."""
        return f"{number} {self.noun if number == 1 else self.plural}"

    @property
    def has_lists(self) -> bool:
        """Return whether a field is a list."""
        return any(isinstance(field.type, ListOf) for field in self.fields.values())

    @property
    def list_order(self) -> Mapping[str, str]:
        """Return the query parameters for an order in which no record changes its page while a list is read."""
        return {"order": "created_at", "direction": "asc"} if "created_at" in self.orders else {}

    def argument_spec(self) -> dict[str, dict[str, Any]]:
        """Return the argument spec of one record: its state, its id and its fields."""
        return {
            "state": {"type": "str", "choices": STATES, "default": "present"},
            **{field.name: field.argument_spec() for field in (self.id_field, *self.fields.values())},
        }

    @property
    def required_one_of(self) -> list[list[str]]:
        """Return the options of which a task has to set one each: the id, or else the whole key."""
        return [[self.id_field.name, name] for name in self.key.required]

    def hides_protection(self, record: Record) -> bool:
        """Return whether a record leaves out whether it must not be changed."""
        return self.protected_by is not None and self.protected_by not in record

    def path_of(self, record_id: object) -> str:
        """Return the path of a record."""
        return f"{self.path}/{quote(str(record_id), safe='')}"

    def key_of(self, record: Record) -> Hashable | None:
        """Return the meaning of the key of a record or of settings, None where it is incomplete."""
        record = self.with_current_names(record)
        values = self._key_values(record)
        if any(value is None or value == "" for value in values.values()):
            return None
        values.update((name, record.get(name)) for name in self.key.context)
        meanings = {name: hashable(self.fields[name].normalize(value)) for name, value in values.items()}
        if self.key.normalize is None:
            return tuple(meanings.values())
        key = self.key.normalize(meanings)
        return (key, *(meanings[name] for name in self.key.context)) if self.key.context else key

    def keys_of(self, settings: Record) -> list[Hashable | None]:
        """Return the keys of the records that settings may mean: one for each value of the context of the key."""
        if not self.key.context:
            return [self.key_of(settings)]
        contexts = product((False, True), repeat=len(self.key.context))
        return [self.key_of({**settings, **dict(zip(self.key.context, values))}) for values in contexts]

    def missing_key_fields(self, record: Record) -> list[str]:
        """Return what a record with a part of a key leaves out of it. Without any part it cannot be found at all."""
        names = self._names_in_key
        if len(names) == 1:
            return []
        record = self.with_current_names(record)
        missing = [name for name in names if name not in record]
        return missing if len(missing) < len(names) else []

    def unknown_key_fields(self, record: Record) -> list[str]:
        """Return what a fully read record leaves out of its key. A flag that is left out is false."""
        known = (*self.key.defaults, *self.key.context)
        return [name for name in self.missing_key_fields(record) if name not in known]

    def may_match(self, settings: Record, record: Record) -> bool:
        """Return whether a record that leaves out a part of its key may be the one that settings mean."""
        filled = {name: settings.get(name) for name in self.unknown_key_fields(record)}
        return self.key_of({**filled, **record}) in self.keys_of(settings)

    def _key_values(self, record: Record) -> dict[str, Any]:
        """Return the key fields of a record, with defaults where it has null or nothing."""
        values = {name: record.get(name) for name in self.key.fields}
        return {name: self.key.defaults.get(name) if value is None else value for name, value in values.items()}

    def label(self, record: Record) -> str | None:
        """Return what a record or settings are called in a sentence, None where the key is incomplete."""
        values = self._key_values(self.with_current_names(record)).values()
        if any(value is None or value == "" for value in values):
            return None
        first, *others = values
        details = ", ".join(
            name if value is True else str(value)
            for name, value in zip(self.key.fields[1:], others)
            if value is not False
        )
        return printable(f"{first} ({details})" if details else str(first))

    def with_current_names(self, record: Record) -> Record:
        """Return a record with the values of deprecated names under the current names that it lacks."""
        if not self._former_names:
            return record
        current = {
            name: record[former_name]
            for name, former_name in self._former_names.items()
            if name not in record and former_name in record
        }
        return {**record, **current} if current else record

    def display(self, record: Record) -> dict[str, Any]:
        """Return the fields of a record for a diff: one spelling for each meaning."""
        record = self.with_current_names(record)
        return {name: field.display_value(record.get(name)) for name, field in self.fields.items()}

    def display_both(self, before: Record, after: Record) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the fields of a record before and after a change for a diff. Most of them are the same."""
        shown = self.display(before)
        before, after = self.with_current_names(before), self.with_current_names(after)
        return shown, {
            name: shown[name] if after.get(name) == before.get(name) else field.display_value(after.get(name))
            for name, field in self.fields.items()
        }

    def undecided(self, settings: Record, record: Record) -> list[str]:
        """Return the settings that a record leaves out and that cannot be compared without it.

        A text or a list that shall be empty and is left out counts as empty, and a key field as its default.
        """
        record = self.with_current_names(record)
        defaults = self.key.defaults
        return [
            name
            for name, value in settings.items()
            if name not in record
            and (
                (self.fields[name].type.ambiguous_when_missing and name not in defaults)
                or not self.fields[name].same(value, defaults.get(name))
            )
        ]

    def difference(self, settings: Record, record: Record) -> dict[str, Any]:
        """Return the settings whose meaning differs from that of the record: the body of a PATCH."""
        record = self.with_current_names(record)
        different = {
            name: value for name, value in settings.items() if not self.fields[name].same(value, record.get(name))
        }
        # How a key compares may depend on the whole record.
        key = self.key_of(record)
        changes_key = not different.keys().isdisjoint(self.key.fields)
        if key is not None and changes_key and different.keys().isdisjoint(self.key.context):
            given = {name: value for name, value in settings.items() if name in self.key.fields}
            if self.key_of({**record, **given}) == key:
                different = {name: value for name, value in different.items() if name not in self.key.fields}
        return different
