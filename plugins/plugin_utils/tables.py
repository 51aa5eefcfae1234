# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: A spreadsheet evaluates text with one of these prefixes as a formula.
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


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
    """Return text, prefixed with an apostrophe if it would be a formula."""
    return f"'{text}" if text.startswith(FORMULA_PREFIXES) else text
