# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of an HTML table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def format_html_rows(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], words: Mapping[str, Sequence[str]]
) -> str:
    """Return rows as the rows of an HTML table. The first column is a header.

    The value of the key "findings" is a dictionary: cells whose column is in it are marked, its other texts are below
    the header.

    Args:
        rows: the rows.
        columns: their keys.
        words: the words for true and false, by column.
    """
    return "".join(_html_row(row, columns, words) for row in rows)


def _html_row(row: Mapping[str, Any], columns: Sequence[str], words: Mapping[str, Sequence[str]]) -> str:
    findings = row.get("findings") or {}
    others = "<br>".join(_escape(text) for column, text in findings.items() if column not in columns)
    found = f'<span class="found">{others}</span>' if others else ""
    first, *further = (format_html(row.get(column), *words.get(column, ("yes", "no"))) for column in columns)
    cells = "".join(
        f'<td class="finding">{text}</td>' if column in findings else f"<td>{text}</td>"
        for column, text in zip(columns[1:], further)
    )
    return f'<tr><th scope="row">{first}{found}</th>{cells}</tr>\n'


def format_html(value: Any, yes: str = "yes", no: str = "no") -> str:
    """Return a value as HTML."""
    if value is None:
        return "<i>unknown</i>"
    if isinstance(value, bool):
        return _escape(yes) if value else f'<span class="dim">{_escape(no)}</span>'
    if isinstance(value, (list, tuple)):
        return " ".join(f"<kbd>{_escape(item)}</kbd>" for item in value) or "<i>none</i>"
    return _escape(value)


def _escape(value: Any) -> str:
    return html.escape(str(value))
