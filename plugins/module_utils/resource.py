# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine: a resource as it is wanted, its record as it is, and the least that makes them one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible_collections.mailsec.cloudflare.plugins.module_utils.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import Field, a_labels

#: The field that holds the name of a record, in every resource.
NAME = "domain"


class Resource(NamedTuple):
    """What there is to know of a sort of record."""

    #: What one of them is called in a sentence.
    noun: str
    #: Where they are, relative to the account.
    path: str
    #: The option that holds the id of one.
    id_field: Field
    #: Whether a list request can ask for a name.
    filters_by_name: bool
    #: What can be set.
    fields: tuple[Field, ...]

    def spec(self) -> dict[str, dict[str, Any]]:
        """Return the argument spec of the id and the settings."""
        return {field.name: field.spec() for field in (self.id_field, *self.fields)}

    def field(self, name: str) -> Field:
        """Return the field of a name."""
        return next(field for field in self.fields if field.name == name)

    def path_of(self, record_id: str) -> str:
        """Return where the record of an id is, relative to the account."""
        return f"{self.path}/{quote(record_id, safe='')}"

    def shown(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settable fields of a record for a diff: one spelling for each meaning."""
        return {field.name: field.shown(record.get(field.name)) for field in self.fields}


class Wanted(NamedTuple):
    """What a task asks for, checked."""

    record_id: str | None
    #: The settings that the task names, as they are sent.
    settings: dict[str, Any]


class Outcome(NamedTuple):
    """What a task found and did."""

    changed: bool
    #: The record as the API returned it; in check mode as it would be.
    result: dict[str, Any]
    diff: dict[str, Any]
    warnings: list[str]


def wanted_from(resource: Resource, params: Mapping[str, Any]) -> Wanted:
    """Return what the options of a task ask for. Raises InputError.

    An option that is None was left out, and what it would set is not managed.
    """
    record_id = params[resource.id_field.name]
    return Wanted(
        record_id=None if record_id is None else resource.id_field.check(record_id),
        settings={
            field.name: field.check(params[field.name]) for field in resource.fields if params[field.name] is not None
        },
    )


def converge(resource: Resource, client: Client, wanted: Wanted, check_mode: bool) -> Outcome:
    """Make a record as it is wanted and return what came of it. Raises CollectionError."""
    record = find(resource, client, wanted)
    patch = difference(resource, wanted.settings, record)
    result: dict[str, Any] = {**record, **patch}
    warnings: list[str] = []
    if patch:
        record_id = id_of(resource, wanted, record)
        if not check_mode:
            result, warnings = write(resource, client, record_id, patch)
    name = record.get(NAME) or record.get("id") or wanted.record_id
    header = f"{resource.noun} {name}"
    diff = {
        "before_header": header,
        "before": resource.shown(record),
        "after_header": header,
        "after": resource.shown(result),
    }
    return Outcome(bool(patch), result, diff, warnings)


def find(resource: Resource, client: Client, wanted: Wanted) -> dict[str, Any]:
    """Return the record that a task is about. Raises CollectionError."""
    if wanted.record_id is not None:
        return client.get(resource.path_of(wanted.record_id))
    name = wanted.settings[NAME]
    same_name = resource.field(NAME).same
    filters = {NAME: spellings(name)} if resource.filters_by_name else {}
    listed = client.records(resource.path, filters)
    found = [record for record in listed if same_name(record.get(NAME), name)]
    if not found and filters:
        # How exactly the filter compares is not documented: before a name counts as missing, every record is looked at.
        listed = client.records(resource.path, {})
        found = [record for record in listed if same_name(record.get(NAME), name)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(sorted(str(record.get("id")) for record in found))
        raise CollectionError(
            f"{NAME}: {len(found)} {resource.noun}s are named {name}. "
            f"Say which one is meant with {resource.id_field.name}: {ids}."
        )
    raise CollectionError(
        f"{NAME}: this account has no {resource.noun} named {name}. {closest(resource, name, listed)}"
    )


def spellings(name: str) -> list[str]:
    """Return the forms of a name that a server may know it by: with A-labels, and as it was written."""
    name_in_a_labels = a_labels(name)
    return [name_in_a_labels] if name.isascii() else [name_in_a_labels, name]


def closest(resource: Resource, name: str, records: list[dict[str, Any]]) -> str:
    """Return a sentence that names the existing records whose names are the closest to a name."""
    # Loaded late: only a task that fails needs it.
    from difflib import get_close_matches

    if not records:
        return f"It has no {resource.noun}s at all; is account_id the right one?"
    known = {str(resource.field(NAME).shown(record[NAME])): str(record[NAME]) for record in records if record.get(NAME)}
    close = get_close_matches(str(resource.field(NAME).shown(name)), known, n=3, cutoff=0.6)
    if not close:
        return f"None of the {len(records)} names it has is close to that."
    return f"The closest: {', '.join(known[match] for match in close)}."


def difference(resource: Resource, settings: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings whose meaning differs from the record's: the body of the PATCH."""
    return {name: value for name, value in settings.items() if not resource.field(name).same(value, record.get(name))}


def id_of(resource: Resource, wanted: Wanted, record: Mapping[str, Any]) -> str:
    """Return the id that a record is changed by. Raises CollectionError."""
    record_id = wanted.record_id or record.get("id")
    if not record_id or not isinstance(record_id, str):
        raise CollectionError(f"The API returned no id for {resource.noun} {record.get(NAME)}: it cannot be changed.")
    return record_id


def write(
    resource: Resource, client: Client, record_id: str, patch: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Send a PATCH and return the record it led to, with warnings.

    Raises CollectionError, also where the answer does not hold what was asked.
    """
    path = resource.path_of(record_id)
    answer = client.patch(path, patch)
    # ``result`` is optional in the API's reference.
    result = answer.record or client.get(path)
    warnings: list[str] = []
    unfulfilled: list[str] = []
    for name in difference(resource, patch, result):
        field = resource.field(name)
        remark = f"{name}: is {field.shown(result.get(name))!r}, not {field.shown(patch[name])!r}"
        (warnings if field.kind.may_be_rewritten else unfulfilled).append(remark)
    if unfulfilled:
        error = answer.failed(f"The API accepted the change but did not make it. {'; '.join(unfulfilled)}.")
        error.details["result"] = result
        raise error
    return result, [f"The API stored something else than it was sent. {remark}." for remark in warnings]
