# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources: how a sort of record is declared, and what a task can want of one. Sends nothing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Iterable, Mapping, NamedTuple, Union
from urllib.parse import quote

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import Field

#: The field that holds the name of a record, in every resource.
NAME = "domain"
#: An id as the API returns it.
RecordId = Union[str, int]
STATES = ["present", "absent"]
NOTHING: Mapping[str, str] = MappingProxyType({})


class Resource:
    """What there is to know of a sort of record.

    Args:
        noun: what one of them is called in a sentence.
        entries_option: the option of a bulk task that holds the list of them.
        path: where they are, relative to the account.
        id_field: the option that holds the id of one.
        fields: what can be set.
        filters_by_name: a list request can ask for names.
        needed_to_create: the settings that a create has to have beside the name, each a list, with the least and the
            most entries that the API takes in it.
        created_with: what a create sends where the task does not say otherwise.
        batch: the lists that a batch request takes, of "deletes", "patches", "puts" and "posts".
        listed_by: what a list request can filter by, beside names and text.
        absence: what it means for a domain to have none, as the end of a sentence.
    """

    def __init__(
        self,
        *,
        noun: str,
        entries_option: str,
        path: str,
        id_field: Field,
        fields: Iterable[Field],
        filters_by_name: bool,
        needed_to_create: Mapping[str, tuple[int, int]],
        created_with: Mapping[str, Any],
        batch: Iterable[str],
        listed_by: Iterable[Field],
        absence: str,
    ) -> None:
        self.noun = noun
        self.entries_option = entries_option
        self.path = path
        self.id_field = id_field
        self.fields = {field.name: field for field in fields}
        self.filters_by_name = filters_by_name
        self.needed_to_create = needed_to_create
        self.created_with = created_with
        self.batch = tuple(batch)
        self.listed_by = tuple(listed_by)
        self.absence = absence

    def spec(self) -> dict[str, dict[str, Any]]:
        """Return the argument spec of one record: its state, its id and its settings."""
        return {
            "state": {"type": "str", "choices": STATES, "default": "present"},
            **{field.name: field.spec() for field in (self.id_field, *self.fields.values())},
        }

    @property
    def required_one_of(self) -> list[list[str]]:
        """Return the options of which a record needs one."""
        return [[self.id_field.name, NAME]]

    def path_of(self, record_id: RecordId | None) -> str:
        """Return where the record of an id is, relative to the account."""
        return f"{self.path}/{quote(str(record_id), safe='')}"

    def shown(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settable fields of a record for a diff: one spelling for each meaning."""
        return {name: field.shown(record.get(name)) for name, field in self.fields.items()}

    def same_name(self, one: Any, other: Any) -> bool:
        """Tell whether two names mean the same domain."""
        return self.fields[NAME].same(one, other)

    def difference(self, settings: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings whose meaning differs from the record's: the body of a PATCH."""
        return {name: value for name, value in settings.items() if not self.fields[name].same(value, record.get(name))}

    def unseen(self, settings: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
        """Return the settings that an answer leaves out and that have to be read before they are compared.

        An empty list or text that is left out counts as empty.
        """
        return [
            name
            for name, value in settings.items()
            if name not in record and (self.fields[name].kind.always_read or not self.fields[name].same(value, None))
        ]


class Wanted(NamedTuple):
    """What a task asks for, checked."""

    absent: bool
    record_id: str | None
    #: The settings that the task names, as they are sent.
    settings: dict[str, Any]

    @property
    def name(self) -> str | None:
        """Return the name that the record has, or with an id shall have."""
        return self.settings.get(NAME)


def wanted_from(resource: Resource, params: Mapping[str, Any], refused: Mapping[str, str] = NOTHING) -> Wanted:
    """Return what the options of a task ask for. Raises InputError, which names every mistake.

    Args:
        resource: the sort of record.
        params: the options. One that is None was left out, and what it would set is not managed.
        refused: the options that cannot be used, with what is to be said of each.
    """
    fields = (resource.id_field, *resource.fields.values())
    names = {field.name for field in fields}
    checked: dict[str, Any] = {}
    mistakes = [mistake for option, mistake in refused.items() if option not in names]
    for field in fields:
        if field.name in refused:
            mistakes.append(refused[field.name])
        elif params[field.name] is not None:
            try:
                checked[field.name] = field.check(params[field.name])
            except InputError as error:
                mistakes.append(str(error))
    # Ansible takes an option for given that is null.
    mistakes += [
        f"One of {' and '.join(options)} is required."
        for options in resource.required_one_of
        if all(params[option] is None and option not in refused for option in options)
    ]
    if mistakes:
        raise InputError(" ".join(mistakes))
    record_id = checked.pop(resource.id_field.name, None)
    return Wanted(params["state"] == "absent", record_id, checked)
