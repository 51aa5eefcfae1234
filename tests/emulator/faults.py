# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that can be scheduled: what goes wrong between a client and the API."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

FaultKind = Literal["status", "drop", "truncate", "cut_chunks", "slow", "not_success", "redirect"]
_ACTING: set[str] = {"truncate", "cut_chunks", "slow"}


@dataclass
class Fault:
    """One fault and the requests that it hits: from the nth matching one on, so many times."""

    kind: FaultKind
    method: str = ""
    """Any method when empty."""
    path: str = ""
    """A regular expression that is searched in the path and query."""
    nth: int = 1
    times: int | None = 1
    """None means always."""
    acted: bool | None = None
    """Whether the server does what was asked before things go wrong. Each kind has its own default:
    truncated and slow answers act, all else does not."""
    status: int | None = None
    body: Any = None
    """For `status`: a JSON value is sent as such, a text as HTML; without one there is a fitting body."""
    html: bool = False
    retry_after: str | int | None = None
    delay: float = 0.0
    """Seconds before the answer, with any kind."""
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Further headers of the answer."""
    reset: bool = False
    """A dropped connection is reset instead of closed."""
    seen: int = field(default=0)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Fault:
        """Made from what the control plane was sent; anything odd is a ValueError or TypeError."""
        fault = cls(**given)
        fault.check()
        return fault

    def check(self) -> None:
        """A ValueError for a fault that could never do what it says."""
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"the kind of a fault is one of {', '.join(get_args(FaultKind))}, not {self.kind!r}")
        if self.kind == "status" and self.status is None:
            raise ValueError("a status fault needs a status")
        if self.kind == "redirect" and not self.location:
            raise ValueError("a redirect needs a location")
        if self.kind == "slow" and not self.delay:
            raise ValueError("a slow answer needs a delay")
        if self.nth < 1 or (self.times is not None and self.times < 1):
            raise ValueError("nth and times begin at 1")
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path is no regular expression: {error}") from error

    @property
    def acts(self) -> bool:
        """Whether the server does what was asked."""
        return self.kind in _ACTING if self.acted is None else self.acted

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is of the kind that this fault is for."""
        return self.method.upper() in ("", method) and re.search(self.path, path) is not None

    def hits(self) -> bool:
        """Counts a matching request; whether it is one of those that are hit."""
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)

    @property
    def spent(self) -> bool:
        """Whether this fault will never hit again."""
        return self.times is not None and self.seen >= self.nth + self.times - 1

    def as_json(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


class FaultPlan:
    """The scheduled faults. A request is hit by the first that wants it; those behind do not count that request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, kind: FaultKind, **details: Any) -> Fault:
        """Schedules one more."""
        return self.schedule(Fault.from_json({"kind": kind, **details}))

    def schedule(self, fault: Fault) -> Fault:
        """Schedules one that was made elsewhere."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._faults.clear()

    @property
    def pending(self) -> list[Fault]:
        """Those that may still hit."""
        with self._lock:
            return [fault for fault in self._faults if not fault.spent]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request."""
        with self._lock:
            for fault in self._faults:
                if not fault.spent and fault.matches(method, path) and fault.hits():
                    return fault
        return None
