# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a request, and what a task may make of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.faults import FaultKind
from emulator.requestlog import Entry

from .jobs import Target
from .rig import Rig

#: What the long waits that a server asks for are compared with; the default of the option retry_max_wait.
LONGEST_WAIT = 300
#: Also such as no answer of Cloudflare's own has.
PASSING_STATUSES = (408, 500, 502, 503, 504, *range(520, 527))

Times = Literal["once", "always"]
#: Arranges a trouble for a request, so many times, None for always.
Arrange = Callable[[Rig, Target, "int | None"], None]
UUID = re.compile(r"[0-9a-f-]{36}$")


@dataclass(frozen=True)
class Trouble:
    """A fault, at the requests that match."""

    name: str
    #: The HTTP status that the task tells where it fails, None where no answer came.
    status: int | None
    #: A repeat may succeed: met once, it is got over.
    passing: bool
    #: The server does what it was asked in spite of the trouble.
    acted: bool
    arrange: Arrange = field(repr=False)
    #: Not the server is in trouble: somebody else was quicker.
    overtaken: bool = False

    @property
    def in_doubt(self) -> bool:
        """Tell whether a client cannot know what became of a write."""
        return self.passing and self.name not in ("refused",) and self.status != 429


def _server(kind: FaultKind, **details: Any) -> Arrange:
    def arrange(rig: Rig, target: Target, times: int | None) -> None:
        rig.emulator.faults.add(kind, method=target.method, path=target.path, times=times, **details)

    return arrange


def _refused(rig: Rig, target: Target, times: int | None) -> None:
    rig.network.refuse(target.method, target.path, times)


def _silent(acted: bool) -> Arrange:
    def arrange(rig: Rig, target: Target, times: int | None) -> None:
        rig.network.silence(target.method, target.path, times, acted)

    return arrange


def _gone(rig: Rig, target: Target, _times: int | None) -> None:
    """Delete the record that a request is about, before it is served."""

    def delete(entry: Entry) -> None:
        named = UUID.search(entry.path)
        record_id = named[0] if named else (entry.body["deletes"] + entry.body.get("patches", []))[0]["id"]
        rig.emulator.world.store.open_account(rig.emulator.account_id).records[target.collection].pop(record_id)
        rig.overtaken()

    rig.emulator.meanwhile.before(target.method, target.path, delete)


def _taken(rig: Rig, target: Target, _times: int | None) -> None:
    """Create a record of the name that a request is to create, before it is served."""

    def create(entry: Entry) -> None:
        body = entry.body["posts"][0] if entry.path.endswith("/batch") else entry.body
        rig.seed(target.collection, [{"domain": body["domain"]}])
        rig.overtaken()

    rig.emulator.meanwhile.before(target.method, target.path, create)


def troubles(target: Target) -> Iterator[Trouble]:
    """Yield every trouble that a request can meet; for a write, those after which the server acted all the same too."""
    yield Trouble("refused", None, True, False, arrange=_refused)
    if target.named or target.batch:
        yield Trouble("gone before it", 404, False, False, _gone, overtaken=True)
    if target.creates:
        yield Trouble("taken before it", 409, False, False, _taken, overtaken=True)
    for acted in (False, True) if target.writes else (False,):
        after = " after it acted" if acted else ""
        yield Trouble(f"dropped{after}", None, True, acted, arrange=_server("drop", acted=acted))
        yield Trouble(f"reset{after}", None, True, acted, arrange=_server("drop", acted=acted, reset=True))
        yield Trouble(f"timeout{after}", None, True, acted, arrange=_silent(acted))
        for status in PASSING_STATUSES:
            page = _server("status", status=status, acted=acted, html=status > 500)
            yield Trouble(f"{status}{after}", status, True, acted, arrange=page)
        wait = _server("status", status=503, acted=acted, retry_after=7)
        yield Trouble(f"503 with Retry-After{after}", 503, True, acted, arrange=wait)
    # Of an answer that is cut, the server has always done what it is about.
    yield Trouble("truncated body", None, True, True, arrange=_server("truncate"))
    yield Trouble("truncated chunks", None, True, True, arrange=_server("cut_chunks"))
    yield Trouble("429", 429, True, False, arrange=_server("status", status=429))
    yield Trouble("429 with Retry-After", 429, True, False, arrange=_server("status", status=429, retry_after=7))
    beyond = _server("status", status=429, retry_after=LONGEST_WAIT + 1)
    yield Trouble("429 with Retry-After beyond retry_max_wait", 429, False, False, arrange=beyond)
    yield Trouble("HTML with 200", 200, False, False, arrange=_server("status", status=200, html=True))
    yield Trouble("success false with 200", 200, False, False, arrange=_server("not_success"))
    for status in (400, 401, 403, 409):
        yield Trouble(str(status), status, False, False, arrange=_server("status", status=status))
    yield Trouble("404 of a page", 404, False, False, arrange=_server("status", status=404, html=True))
    for status in (301, 302, 307, 308):
        elsewhere = _server("redirect", status=status, location="https://elsewhere.example/")
        yield Trouble(f"{status} to another host", status, False, False, arrange=elsewhere)
