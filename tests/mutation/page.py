# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of equivalent mutants in docs/reliability.md: those that nobody can tell from the code as it is."""

from __future__ import annotations

import re
from pathlib import Path

from .mutants import ROOT, Key

PAGE = ROOT / "docs/reliability.md"
HEADER = "| File, function | Changed to | Why nobody can tell |"
ROW = re.compile(r"\| `(?P<file>\w+\.py)`, `(?P<function>[\w.()]+)` \| (?P<texts>`.+`) \| (?P<why>[^|`]+) \|")


def listed(page: Path = PAGE) -> dict[Key, str]:
    """Return the mutants of the table, each with its reason. Raises ValueError where a row cannot be read."""
    table = page.read_text().partition(f"{HEADER}\n")[2].split("\n\n")[0].splitlines()[1:]
    found: dict[Key, str] = {}
    for line in table:
        row = ROW.fullmatch(line)
        if not row:
            raise ValueError(f"docs/reliability.md: not a row of the table of mutants: {line}")
        for text in row["texts"].split("<br>"):
            # A bar would end the cell, so it is written with a backslash.
            key = Key(row["file"], row["function"], text.strip("`").replace("\\|", "|"))
            if key in found:
                raise ValueError(f"docs/reliability.md: listed twice: {key}")
            found[key] = row["why"]
    return found
