# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

#: A spreadsheet evaluates text with one of these prefixes as a formula.
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")
#: In the order in which they are tried. Spreadsheets of a locale with decimal commas write semicolons.
DELIMITERS = (",", ";", "\t")


class Row(NamedTuple):
    """A row of a file."""

    #: The number of its first line, from 1.
    line: int
    cells: list[str]


class CsvError(Exception):
    """A row is not CSV. Nothing after it can be read.

    Args:
        line: the number of its first line.
        message: the end of a sentence.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def format_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as CSV with a header line. Missing values are empty."""
    text = io.StringIO()
    # Line endings of RFC 4180.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([format_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def format_cell(value: Any) -> str:
    """Return a value as the text of a cell, never as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return escape_formula(" ".join(str(item) for item in value))
    if isinstance(value, Mapping):
        return escape_formula("; ".join(str(item) for item in value.values()))
    return escape_formula(str(value))


def escape_formula(text: str) -> str:
    """Return text, prefixed with an apostrophe if it would be a formula, or a formula with such a prefix."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_PREFIXES) else text


def unescape_formula(text: str) -> str:
    """Return the text that ``escape_formula`` was given."""
    return text[1:] if text.startswith("'") and escape_formula(text) != text else text


def read_rows(text: str, delimiter: str | None = None) -> Iterator[Row]:
    """Yield the rows of a CSV text that are not blank. Raises CsvError.

    Args:
        text: the text. A byte order mark and blank lines are ignored.
        delimiter: what separates the cells; None for that of the first row.
    """
    text = text[1:] if text.startswith("\ufeff") else text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or find_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise CsvError(line, str(error)) from None


def find_delimiter(text: str) -> str:
    """Return the delimiter that occurs most often in the header line."""
    header = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=header.count)
