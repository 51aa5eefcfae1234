# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: A spreadsheet takes a text that begins with one of these for a formula.
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as CSV with a header, one for each; what a row does not have is empty."""
    text = io.StringIO()
    # As RFC 4180 has it; and a field with either of the two in it is quoted.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def cell(value: Any) -> str:
    """Return a value as the text of a cell, which no spreadsheet calculates with."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return harmless(" ".join(str(item) for item in value))
    if isinstance(value, Mapping):
        return harmless("; ".join(str(item) for item in value.values()))
    return harmless(str(value))


def harmless(text: str) -> str:
    """Return a text behind an apostrophe where it would be a formula."""
    return f"'{text}" if text.startswith(FORMULA_MARKS) else text
