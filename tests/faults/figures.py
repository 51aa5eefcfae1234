# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures in the table of docs/reliability.md. A figure begins with its name and a colon."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
ROW = re.compile(r"^\| (?P<promise>.+) \| (?P<held_by>.+) \| (?P<figure>.+) \|$", re.MULTILINE)


class Row(NamedTuple):
    """A promise, what holds it, and what that printed."""

    promise: str
    held_by: str
    figure: str


def rows(page: str) -> list[Row]:
    """Return the rows of the table of promises."""
    table = page[page.index("| Promise |") :].split("\n\n")[0]
    return [Row(*found) for found in ROW.findall(table)[1:]]


def name_of(figure: str) -> str:
    """Return the name of a figure."""
    return figure.partition(":")[0]


def recorded() -> Mapping[str, str]:
    """Return the figures of the page by their names."""
    return {name_of(row.figure): row.figure for row in rows(PAGE.read_text()) if ": " in row.figure}


def record(figures: list[str]) -> None:
    """Write figures into the page. Raises KeyError where it has no place for one."""
    page, places = PAGE.read_text(), recorded()
    for figure in figures:
        page = page.replace(f"| {places[name_of(figure)]} |", f"| {figure} |")
    PAGE.write_text(page)
