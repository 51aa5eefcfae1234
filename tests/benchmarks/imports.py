# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the start of a Python process goes: what C(python -X importtime) writes, summed up by what is imported."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

LINE = re.compile(r"import time: +(\d+) \| +(\d+) \| ( *)(\S+)")

#: Who is blamed for an import, by the beginning of its name. What it imports in its turn counts as its own.
BLAME = {
    "requests": "requests and what it needs",
    "urllib3": "requests and what it needs",
    "ansible_collections.mailsec": "this collection's own code",
    "ansible.module_utils.urls": "ansible.module_utils.urls",
    "ansible.module_utils": "ansible.module_utils.basic",
    "concurrent.futures": "concurrent.futures (loaded by this collection)",
}
REST = "interpreter and standard library"


def blame(text: str) -> Mapping[str, float]:
    """Return the seconds that each part takes.

    Args:
        text: what Python wrote. An import comes after those that it needs, which are indented deeper.
    """
    spent: dict[str, float] = defaultdict(float)
    #: By depth, who is to blame. Read backwards, an import comes before those that it needs.
    above: list[str] = []
    for seconds, depth, name in reversed(list(parsed(text.splitlines()))):
        del above[depth:]
        own = next((part for start, part in BLAME.items() if is_in(name, start)), None)
        part = own or (above[-1] if above else REST)
        above += [part] * (depth + 1 - len(above))
        spent[part] += seconds
    return dict(spent)


def parsed(lines: Iterable[str]) -> Iterator[tuple[float, int, str]]:
    """Yield the seconds of an import itself, its depth, and its name."""
    for line in lines:
        match = LINE.match(line)
        if match:
            yield int(match[1]) / 1e6, len(match[3]) // 2, match[4]


def is_in(name: str, start: str) -> bool:
    """Tell whether a module is a package, or in it."""
    return name == start or name.startswith(start + ".")
