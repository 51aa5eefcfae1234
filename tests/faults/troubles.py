# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults that a request can meet, and what each means for the task."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.faults import FaultKind
from emulator.requestlog import Entry

from .jobs import Target
from .rig import Rig

#: The default of the option retry_max_wait.
MAX_WAIT = 300
#: Also those that Cloudflare itself does not send.
RETRYABLE_STATUSES = (408, 500, 502, 503, 504, *range(520, 527))

Times = Literal["once", "always"]
#: Arranges a fault for a request, so many times, None for always.
Arrange = Callable[[Rig, Target, "int | None"], None]
UUID = re.compile(r"[0-9a-f-]{36}$")


@dataclass(frozen=True)
class Trouble:
    """A fault, at the requests that match."""

    name: str
    #: The HTTP status of the failure, None without a response.
    status: int | None
    #: A retry may succeed.
    retryable: bool
    #: The server applies the request all the same.
    applied: bool
    arrange: Arrange = field(repr=False)
    #: There is no fault: someone else was quicker.
    overtaken: bool = False

    @property
    def outcome_unknown(self) -> bool:
        """Return whether a client cannot know what became of a write."""
        return self.retryable and self.name != "refused" and self.status != 429


def _server(kind: FaultKind, **details: Any) -> Arrange:
    def arrange(rig: Rig, target: Target, times: int | None) -> None:
        rig.emulator.faults.add(kind, method=target.method, path=target.path, times=times, **details)

    return arrange


def _refused(rig: Rig, target: Target, times: int | None) -> None:
    rig.network.refuse(target.method, target.path, times)


def _silent(applied: bool) -> Arrange:
    def arrange(rig: Rig, target: Target, times: int | None) -> None:
        rig.network.silence(target.method, target.path, times, applied)

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
    """Create a record of the same name, before a create is served."""

    def create(entry: Entry) -> None:
        body = entry.body["posts"][0] if entry.path.endswith("/batch") else entry.body
        rig.seed(target.collection, [target.kind.key_in(body)])
        rig.overtaken()

    rig.emulator.meanwhile.before(target.method, target.path, create)


def troubles(target: Target) -> Iterator[Trouble]:
    """Yield every fault that a request can meet; for a write, also with the request applied."""
    yield Trouble("refused", None, True, False, _refused)
    if target.by_id or target.batch:
        yield Trouble("gone before it", 404, False, False, _gone, overtaken=True)
    if target.creates:
        yield Trouble("taken before it", 409, False, False, _taken, overtaken=True)
    for acted in (False, True) if target.writes else (False,):
        after = " after it was applied" if acted else ""
        yield Trouble(f"dropped{after}", None, True, acted, _server("drop", acted=acted))
        yield Trouble(f"reset{after}", None, True, acted, _server("drop", acted=acted, reset=True))
        yield Trouble(f"timeout{after}", None, True, acted, _silent(acted))
        for status in RETRYABLE_STATUSES:
            page = _server("status", status=status, acted=acted, html=status > 500)
            yield Trouble(f"{status}{after}", status, True, acted, page)
        wait = _server("status", status=503, acted=acted, retry_after=7)
        yield Trouble(f"503 with Retry-After{after}", 503, True, acted, wait)
    # A response that is cut belongs to a request that was applied.
    yield Trouble("truncated body", None, True, True, _server("truncate"))
    yield Trouble("truncated chunks", None, True, True, _server("cut_chunks"))
    yield Trouble("429", 429, True, False, _server("status", status=429))
    yield Trouble("429 with Retry-After", 429, True, False, _server("status", status=429, retry_after=7))
    beyond = _server("status", status=429, retry_after=MAX_WAIT + 1)
    yield Trouble("429 with Retry-After beyond retry_max_wait", 429, False, False, beyond)
    yield Trouble("HTML with 200", 200, False, False, _server("status", status=200, html=True))
    yield Trouble("success false with 200", 200, False, False, _server("not_success"))
    for status in (400, 401, 403, 409):
        yield Trouble(str(status), status, False, False, _server("status", status=status))
    yield Trouble("404 of a page", 404, False, False, _server("status", status=404, html=True))
    for status in (301, 302, 307, 308):
        elsewhere = _server("redirect", status=status, location="https://elsewhere.example/")
        yield Trouble(f"{status} to another host", status, False, False, elsewhere)
