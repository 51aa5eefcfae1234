# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries: the list of a bulk task, checked as a whole. Every mistake is found before the first request is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import (
    LONGEST_MESSAGE,
    InputError,
    shortened,
    unquoted,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import (
    NAME,
    Resource,
    Wanted,
    wanted_from,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.written import read


class EntryMistakes:
    """What is wrong with the entries of a list, gathered so that one message names it all."""

    def __init__(self, option: str) -> None:
        self._option = option
        self._found: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, index: int, name: Any, message: str) -> None:
        """Note a mistake of the entry with an index, beside those that are noted already."""
        # What is no name can be anything: on one line and cut where it is long, but without the quotes.
        shown = None if name is None else unquoted(name)
        entry = self._found.setdefault(index, {"index": index, "name": shown, "msg": ""})
        entry["msg"] = shortened(f"{entry['msg']} {message}".lstrip())

    def raise_any(self) -> None:
        """Raise InputError where there is a mistake."""
        if self._found:
            found = [self._found[index] for index in sorted(self._found)]
            raise InputError("\n".join(self._told(found)), mistakes=found)

    def _told(self, found: list[dict[str, Any]]) -> Iterator[str]:
        """Yield the lines of the message, only as many as somebody would read."""
        length = 0
        for number, mistake in enumerate(found):
            line = self._spoken(**mistake)
            length += len(line)
            if number and length > LONGEST_MESSAGE - 100:
                yield f"{len(found) - number} more entries have mistakes: the list mistakes has them all."
                return
            yield shortened(line)

    def _spoken(self, index: int, name: str | None, msg: str) -> str:
        return f"{self._option}[{index}]{f' ({name})' if name else ''}: {msg}"


def entries_from(resource: Resource, entries: list[Any]) -> list[Wanted]:
    """Return what each entry asks for. Raises InputError, which names every mistake of every entry.

    Args:
        resource: the sort of record.
        entries: the list as the user wrote it.
    """
    spec = resource.spec()
    defaults = {option: declared.get("default") for option, declared in spec.items()}
    mistakes = EntryMistakes(resource.entries_option)
    wanted: dict[int, Wanted] = {}
    keys: dict[int, Mapping[str, str | None]] = {}
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            mistakes.add(index, None, "must be a dictionary with the options of one record.")
            continue
        taken, refused = read(spec, entry)
        unknown = ", ".join(unquoted(option) or "''" for option in taken if option not in spec)
        if unknown:
            refused[unknown] = f"{unknown}: there is no such option. There are {', '.join(sorted(spec))}."
        try:
            wanted[index] = wanted_from(resource, {**defaults, **taken}, refused)
            keys[index] = {NAME: wanted[index].name, resource.id_field.name: wanted[index].record_id}
        except InputError as error:
            keys[index] = keys_of(resource, taken)
            mistakes.add(index, entry.get(NAME), str(error))
    note_repeats(resource, keys, mistakes)
    mistakes.raise_any()
    return list(wanted.values())


def keys_of(resource: Resource, taken: Mapping[str, Any]) -> dict[str, str]:
    """Return the name and the id of an entry, whatever else is wrong with it."""
    keys: dict[str, str] = {}
    for field in (resource.fields[NAME], resource.id_field):
        if field.name in taken:
            with suppress(InputError):
                keys[field.name] = field.check(taken[field.name])
    return keys


def note_repeats(resource: Resource, keys: Mapping[int, Mapping[str, str | None]], mistakes: EntryMistakes) -> None:
    """Note where two entries, by their indices, have one name or one id."""
    for field in (resource.fields[NAME], resource.id_field):
        first: dict[str, int] = {}
        for index, of_entry in keys.items():
            value = of_entry.get(field.name)
            if value is not None and first.setdefault(field.shown(value), index) != index:
                where = f"{resource.entries_option}[{first[field.shown(value)]}]"
                mistakes.add(index, of_entry.get(NAME), f"{field.name} {value} is in {where} already.")


def names_of(records: Iterable[Any]) -> str:
    """Return the names of records for a sentence."""
    return ", ".join(sorted(str(record.get(NAME) or record.get("id")) for record in records))
