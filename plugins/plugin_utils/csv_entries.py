# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a CSV file as entries of a bulk task."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import shorten
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.desired import Desired, parse_desired
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.entries import EntryErrors, add_duplicates
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import FieldType, ListOf, Text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import entry_validator
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.coercion import describe_value
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.expiry import EXPIRES, parse_time
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.tables import (
    CsvError,
    Row,
    read_rows,
    unescape_formula,
)

#: The id of a record, as the API calls it.
ID = "id"
#: Columns that cannot be set and are ignored, because records, or rows of the report, have them: of every list ...
READ_ONLY = frozenset(("created_at", "modified_at", "last_modified", "findings"))
#: ... and of some lists.
READ_ONLY_OF: Mapping[str, frozenset[str]] = {
    "domains": frozenset(
        (
            "authorization",
            "authorization_message",
            "authorized",
            "dmarc_status",
            "emails_processed",
            "inbox_provider",
            "o365_tenant_id",
            "spf_status",
            "status",
        )
    ),
    "content_policies": frozenset(("expires_at",)),
    "impersonation_entries": frozenset(
        ("directory_id", "directory_node_id", "external_directory_node_id", "provenance")
    ),
}
#: No entry of a list contains one of these characters.
SEPARATORS = re.compile(r"[\s,;]+")
#: A character that is part of no name and of no quoting.
DELIMITER = re.compile(r"[^\w \"\r\n]")


class LineErrors(EntryErrors):
    """What is wrong with the lines of a file. The indexes are the numbers of the lines."""

    def place(self, index: int) -> str:
        """Return where the entry at an index is."""
        return f"line {index}"


class Entry(NamedTuple):
    """A row as an entry."""

    values: dict[str, Any]
    desired: Desired
    messages: list[str]


def entries_of(text: Any, kind: Any, delimiter: Any) -> list[dict[str, Any]]:
    """Return the entries of a list. Raises ValueError, with a line for each line that has a mistake.

    Args:
        text: should be CSV text.
        kind: should be the name of a list.
        delimiter: should be what separates the cells, or None.
    """
    if not isinstance(text, str):
        raise ValueError(
            f"the input must be CSV text, such as lookup('ansible.builtin.file', 'x.csv'), not {describe_value(text)}."
        )
    if not isinstance(kind, str) or kind not in BY_LIST_NAME:
        raise ValueError(f"kind must be one of {', '.join(BY_LIST_NAME)}, not {describe_value(kind)}.")
    if delimiter is not None and (not isinstance(delimiter, str) or not DELIMITER.fullmatch(delimiter)):
        raise ValueError(f"delimiter must be a character such as ; or |, not {describe_value(delimiter)}.")
    errors = LineErrors(kind)
    entries = read_entries(BY_LIST_NAME[kind], text, delimiter, errors)
    if errors:
        raise ValueError("\n".join([f"{kind}: the file has mistakes.", *errors.lines()]))
    return entries


def read_entries(resource: Resource, text: str, delimiter: str | None, errors: EntryErrors) -> list[dict[str, Any]]:
    """Return the entries of a list, without what is wrong.

    Args:
        resource: the resource of the entries.
        text: the CSV text.
        delimiter: what separates the cells; None for that of the header.
        errors: collects the errors, by line.
    """
    arguments = read_arguments(resource, text, delimiter, errors)
    entries = {line: parse_entry(resource, given) for line, given in arguments.items()}
    for lines in alike(entries):
        # As in an export.
        if all(ID in arguments[line] for line in lines):
            for line in lines:
                rest = {name: value for name, value in arguments[line].items() if name not in resource.key.fields}
                entries[line] = parse_entry(resource, rest)
    for line, entry in entries.items():
        if entry.messages:
            errors.add(line, arguments[line].get(resource.key.fields[0]), " ".join(entry.messages))
    add_duplicates(resource, {line: entry.desired for line, entry in entries.items()}, errors)
    return [entry.values for entry in entries.values()]


def read_arguments(
    resource: Resource, text: str, delimiter: str | None, errors: EntryErrors
) -> dict[int, dict[str, Any]]:
    """Return the cells that are not empty, by line and by column."""
    rows: list[Row] = []
    try:
        rows.extend(read_rows(text, delimiter))
    except CsvError as error:
        errors.add(error.line, None, f"is not CSV ({error}). What follows was not read.")
    if not rows:
        if not errors:
            errors.add(1, None, "the file is empty. It must have a header with the names of options.")
        return {}
    header, *others = rows
    columns = read_header(resource, header, errors)
    missing = [name for name in resource.key.required if name not in columns]
    if missing and {ID, resource.id_field.name}.isdisjoint(columns):
        errors.add(header.line, None, " ".join(f"{name}: the column is missing." for name in missing))
        return {}
    arguments: dict[int, dict[str, Any]] = {}
    for row in others:
        # The lookup plugin for files removes delimiters at the end if they are tabs.
        problem = check_width(row, columns, may_be_short=row is others[-1])
        if problem:
            errors.add(row.line, None, problem)
        else:
            arguments[row.line] = read_row(resource, columns, row)
    return arguments


def read_header(resource: Resource, header: Row, errors: EntryErrors) -> list[str | None]:
    """Return the names of the columns: empty where there is none, None for a column that is not read."""
    known = (*resource.argument_spec(), EXPIRES, ID)
    former_names = {field.former_name: name for name, field in resource.fields.items() if field.former_name}
    ignored = READ_ONLY | READ_ONLY_OF.get(resource.list_name, frozenset())
    names = [cell.strip().lower() for cell in header.cells]
    columns: list[str | None] = []
    for name in names:
        column = name if name in known or not name else None
        current_name = former_names.get(name)
        if column and column in columns:
            errors.add(header.line, None, f"{name}: there are several such columns.")
            column = None
        elif current_name and current_name not in names:
            errors.add(header.line, None, f"{name}: is now called {current_name}.")
        elif column is None and not current_name and name not in ignored:
            close = get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"The columns are {', '.join(known)}."
            errors.add(header.line, None, f"{shorten(name)}: unknown column. {hint}")
        columns.append(column)
    return columns


def check_width(row: Row, columns: list[str | None], may_be_short: bool) -> str | None:
    """Return what is wrong with the number of cells of a row."""
    extra = [number for number, cell in enumerate(row.cells[len(columns) :], start=len(columns) + 1) if cell.strip()]
    if extra or (len(row.cells) < len(columns) and not may_be_short):
        return f"has {len(row.cells)} cells, but the header has {len(columns)}. Text with a delimiter must be quoted."
    unnamed = [
        str(number)
        for number, (cell, column) in enumerate(zip(row.cells, columns), start=1)
        if column == "" and cell.strip()
    ]
    return f"has a value in column {', '.join(unnamed)}, which has no name." if unnamed else None


def read_row(resource: Resource, columns: list[str | None], row: Row) -> dict[str, Any]:
    """Return the cells of a row that are not empty, by column."""
    types = {field.name: field.type for field in (resource.id_field, *resource.fields.values())}
    return {
        column: convert(types.get(column), cell) for column, cell in zip(columns, row.cells) if column and cell.strip()
    }


def convert(field_type: FieldType | None, cell: str) -> Any:
    """Return the value of a cell for the validation of an entry, which converts numbers and booleans."""
    text = unescape_formula(cell)
    if isinstance(field_type, ListOf):
        return [item for item in SEPARATORS.split(text) if item]
    # In a pattern or a comment, each character counts.
    return text if isinstance(field_type, Text) else text.strip()


def parse_entry(resource: Resource, arguments: Mapping[str, Any]) -> Entry:
    """Return a row as an entry. The id of the record identifies it if its key is incomplete."""
    options = {name: value for name, value in arguments.items() if name not in (ID, EXPIRES)}
    if ID in arguments and not options.keys() >= {*resource.key.required}:
        options = {resource.id_field.name: arguments[ID], **options}
    valid = entry_validator(resource).validate(options)
    desired = parse_desired(resource, valid.values, valid.errors)
    values = {name: valid.values[name] for name in options}
    messages = list(valid.errors.messages)
    if EXPIRES in arguments:
        values[EXPIRES] = arguments[EXPIRES]
        try:
            parse_time(arguments[EXPIRES])
        except ValueError as error:
            messages.append(f"{EXPIRES}: {error}.")
    return Entry(values, desired, messages)


def alike(entries: Mapping[int, Entry]) -> Iterable[list[int]]:
    """Return the lines of entries that are identified by the same key."""
    lines: dict[Hashable, list[int]] = {}
    for line, entry in entries.items():
        if entry.desired.key is not None and entry.desired.record_id is None:
            lines.setdefault(entry.desired.key, []).append(line)
    return (each for each in lines.values() if len(each) > 1)
