# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a bulk task, and their errors."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from ..api.errors import ErrorCollector
from ..api.text import MAX_MESSAGE_LENGTH, shorten, truncate
from .desired import Desired
from .plan import normalize_id
from .resource import Resource

#: Characters of the message that remain for the number of entries left out.
REST_LENGTH = 100


class EntryErrors:
    """What is wrong with the entries of a list, so that one message names it all.

    Args:
        option: the option with the list.
    """

    def __init__(self, option: str) -> None:
        self._option = option
        self._errors: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._errors)

    def add(self, index: int, label: Any, message: str) -> None:
        """Add an error of the entry at an index; the label may be any value of a user."""
        name = None if label is None else shorten(label)
        error = self._errors.setdefault(index, {"index": index, "name": name, "msg": ""})
        error["msg"] = truncate(f"{error['msg']} {message}".lstrip())

    def place(self, index: int) -> str:
        """Return where the entry at an index is."""
        return f"{self._option}[{index}]"

    def lines(self) -> list[str]:
        """Return a line for each entry with errors, in their order."""
        return [self._line(error) for error in self._ordered()]

    def report(self, errors: ErrorCollector) -> None:
        """Add what was found to the errors of a task."""
        if self._errors:
            errors.add("\n".join(self._first_lines()), entry_errors=self._ordered())

    def raise_any(self) -> None:
        """Raise InputError if there are errors."""
        errors = ErrorCollector()
        self.report(errors)
        errors.raise_any()

    def _ordered(self) -> list[dict[str, Any]]:
        return [self._errors[index] for index in sorted(self._errors)]

    def _line(self, error: Mapping[str, Any]) -> str:
        name = f" ({error['name']})" if error["name"] else ""
        return truncate(f"{self.place(error['index'])}{name}: {error['msg']}")

    def _first_lines(self) -> Iterator[str]:
        """Yield the lines of the message, no more than people read."""
        length = 0
        lines = self.lines()
        for number, line in enumerate(lines):
            length += len(line)
            if number and length > MAX_MESSAGE_LENGTH - REST_LENGTH:
                yield f"... and {len(lines) - number} more: see entry_errors."
                return
            yield line


def add_duplicates(resource: Resource, desired: Mapping[int, Desired], errors: EntryErrors) -> None:
    """Add an error for each entry, by its index, that has the key or the id of an earlier one."""
    keys = {index: entry.key for index, entry in desired.items() if entry.key is not None}
    ids = {index: normalize_id(entry.record_id) for index, entry in desired.items() if entry.record_id is not None}
    found: tuple[tuple[str, Mapping[int, Hashable]], ...] = (
        (resource.key.fields[0], keys),
        (resource.id_field.name, ids),
    )
    for option, values in found:
        first: dict[Hashable, int] = {}
        for index, value in values.items():
            if first.setdefault(value, index) != index:
                shown = desired[index].record_id if values is ids else desired[index].label
                where = errors.place(first[value])
                errors.add(index, desired[index].label, f"{option} {shorten(shown)} is already in {where}.")
