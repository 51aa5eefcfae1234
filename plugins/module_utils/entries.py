# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries: the list of a bulk task, checked as a whole. Every mistake is found before the first request is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import quoted, tidied
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import (
    NAME,
    Resource,
    Wanted,
    wanted_from,
)

#: The classes of values that need no conversion, by the type of the option.
TYPES = {"str": str, "bool": bool, "int": int, "list": list}


class Mistakes:
    """What is wrong with the entries of a list, gathered so that one message names it all."""

    def __init__(self, option: str) -> None:
        self._option = option
        self._found: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, index: int, name: Any, message: str) -> None:
        """Note a mistake of the entry with an index."""
        # What is no name can be anything: on one line and cut where it is long, but without the quotes.
        shown = None if name is None else quoted(name)[1:-1]
        self._found.append({"index": index, "name": shown, "msg": message})

    def raise_any(self) -> None:
        """Raise InputError where there is a mistake."""
        if self._found:
            found = sorted(self._found, key=lambda mistake: mistake["index"])
            raise InputError("\n".join(self._spoken(**mistake) for mistake in found), mistakes=found)

    def _spoken(self, index: int, name: str | None, msg: str) -> str:
        return f"{self._option}[{index}]{f' ({name})' if name else ''}: {msg}"


def entries_from(resource: Resource, entries: list[Any]) -> list[Wanted]:
    """Return what each entry asks for. Raises InputError, which names every mistake of every entry.

    Args:
        resource: the sort of record.
        entries: the list as the user wrote it.
    """
    spec = resource.spec()
    validator = ArgumentSpecValidator(spec, required_one_of=resource.required_one_of)
    mistakes = Mistakes(resource.entries_option)
    wanted: dict[int, Wanted] = {}
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            mistakes.add(index, None, "must be a dictionary with the options of one record.")
            continue
        # Null is not managed. Ansible's own check takes it for a wrong value where there are choices.
        entry = tidied(
            spec, {option: value for option, value in entry.items() if value is not None or option not in spec}
        )
        try:
            wanted[index] = wanted_from(resource, validated(resource, spec, validator, entry))
        except InputError as error:
            mistakes.add(index, entry.get(NAME), str(error))
    note_repeats(resource, wanted, mistakes)
    mistakes.raise_any()
    return list(wanted.values())


def validated(
    resource: Resource, spec: Mapping[str, Any], validator: ArgumentSpecValidator, entry: dict[str, Any]
) -> Mapping[str, Any]:
    """Return an entry with its values converted and its defaults filled in. Raises InputError."""
    if is_plain(resource, spec, entry):
        return {**{option: declared.get("default") for option, declared in spec.items()}, **entry}
    checked = validator.validate(entry)
    if checked.error_messages:
        raise InputError(" ".join(mistakes_in(resource, spec, entry)))
    parameters: Mapping[str, Any] = checked.validated_parameters
    return parameters


def is_plain(resource: Resource, spec: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Tell whether Ansible would find nothing to object to or to convert in an entry.

    Most entries are like that, and to know it takes a small part of the time that Ansible takes to check them.
    """
    for option, value in entry.items():
        declared = spec.get(option, {})
        if value.__class__ is not TYPES.get(declared.get("type")):
            return False
        items: list[Any] = value if isinstance(value, list) else [value]
        if items is value and any(item.__class__ is not str for item in items):
            return False
        if "choices" in declared and any(item not in declared["choices"] for item in items):
            return False
    return all(any(option in entry for option in options) for options in resource.required_one_of)


def mistakes_in(resource: Resource, spec: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each mistake of an entry that has some: option by option, for Ansible stops early."""
    fields = {resource.id_field.name: resource.id_field, **resource.fields}
    for option, value in entry.items():
        if option not in spec:
            yield f"{option}: there is no such option. There are {', '.join(sorted(spec))}."
            continue
        alone = ArgumentSpecValidator({option: spec[option]}).validate({option: value})
        yield from (f"{option}: {message.rstrip('.')}." for message in alone.error_messages)
        if not alone.error_messages and option in fields and value is not None:
            try:
                fields[option].check(alone.validated_parameters[option])
            except InputError as error:
                yield str(error)
    for options in resource.required_one_of:
        if all(entry.get(option) is None for option in options):
            yield f"One of {' and '.join(options)} is required."


def note_repeats(resource: Resource, wanted: Mapping[int, Wanted], mistakes: Mistakes) -> None:
    """Note where two entries, by their indices, have one name or one id."""
    for field, values in (
        (resource.fields[NAME], {index: entry.name for index, entry in wanted.items()}),
        (resource.id_field, {index: entry.record_id for index, entry in wanted.items()}),
    ):
        first: dict[str, int] = {}
        for index, value in values.items():
            if value is not None and first.setdefault(field.shown(value), index) != index:
                where = f"{resource.entries_option}[{first[field.shown(value)]}]"
                mistakes.add(index, wanted[index].name, f"{field.name} {value} is in {where} already.")


def names_of(records: Iterable[Any]) -> str:
    """Return the names of records for a sentence."""
    return ", ".join(sorted(str(record.get(NAME) or record.get("id")) for record in records))
