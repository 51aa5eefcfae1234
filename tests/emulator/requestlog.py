# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request that came in, in order."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, field
from typing import Any

READS = {"GET", "HEAD", "OPTIONS"}


@dataclass
class Entry:
    """One request and how it was answered."""

    sequence: int
    time: str
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    """The JSON value that was sent; where it is no JSON, the text; None without a body."""
    headers: dict[str, str]
    """The headers that tests look at, by lower-case name; authorization is kept verbatim."""
    connection: int
    """Requests with the same number came over the same connection."""
    status: int | None = None
    """None where no answer was sent."""
    broke_contract: list[str] = field(default_factory=list)
    """What the contract does not allow about this request."""
    fault: str | None = None
    """The scheduled fault that hit this request."""

    @property
    def is_write(self) -> bool:
        """Whether this request asked for a change."""
        return self.method not in READS

    def as_json(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


class RequestLog:
    """The entries, and the answers of the emulator that broke its own contract."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._violations: list[dict[str, Any]] = []
        self._sequence = 0

    def add(self, **fields: Any) -> Entry:
        """A new entry with the next number."""
        with self._lock:
            self._sequence += 1
            entry = Entry(sequence=self._sequence, **fields)
            self._entries.append(entry)
            return entry

    def add_violation(self, entry: Entry, problems: list[str]) -> None:
        """An answer that would have broken the contract."""
        with self._lock:
            where = {"sequence": entry.sequence, "method": entry.method, "path": entry.path}
            self._violations.append({**where, "problems": problems})

    def clear(self) -> None:
        """Forgets everything; numbers go on."""
        with self._lock:
            self._entries.clear()
            self._violations.clear()

    @property
    def requests(self) -> list[Entry]:
        """All entries, oldest first."""
        with self._lock:
            return list(self._entries)

    @property
    def writes(self) -> list[Entry]:
        """The entries that asked for a change."""
        return [entry for entry in self.requests if entry.is_write]

    @property
    def rejected(self) -> list[Entry]:
        """The entries that broke the contract."""
        return [entry for entry in self.requests if entry.broke_contract]

    @property
    def violations(self) -> list[dict[str, Any]]:
        """The defects of the emulator that came to light."""
        with self._lock:
            return list(self._violations)
