# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others do to the server between two requests of a client."""

from __future__ import annotations

from emulator import Emulator
from emulator.requestlog import Entry
from emulator.testing import RESTRICTION, Client

COLLECTION = "sending_domain_restrictions"


def test_before_a_request_something_else_is_done_once(api: Client, emulator: Emulator) -> None:
    emulator.meanwhile.before("GET", "page=1", lambda _entry: emulator.seed(**{COLLECTION: [RESTRICTION]}))

    assert api.get(COLLECTION).json()["result"] == []
    assert len(api.get(COLLECTION, params={"page": 1}).json()["result"]) == 1
    assert len(api.get(COLLECTION, params={"page": 1}).json()["result"]) == 1
    assert emulator.meanwhile.pending == []


def test_after_a_request_what_it_did_can_be_seen_even_if_its_answer_is_lost(api: Client, emulator: Emulator) -> None:
    seen: list[tuple[int, int]] = []

    def look(entry: Entry) -> None:
        seen.append((entry.sequence, len(emulator.state()[COLLECTION])))

    emulator.behaviour.update({"duplicates": "refused"})
    emulator.faults.add("status", status=502, acted=True)
    emulator.meanwhile.after("POST", COLLECTION, look, once=False)

    assert api.post(COLLECTION, json=RESTRICTION).status_code == 502
    assert api.post(COLLECTION, json=RESTRICTION).status_code == 409
    assert seen == [(entry.sequence, 1) for entry in emulator.log]


def test_what_happens_may_send_requests_of_its_own(api: Client, emulator: Emulator) -> None:
    def other_client(_entry: Entry) -> None:
        with Client(emulator) as other:
            other.post(COLLECTION, json=RESTRICTION)

    emulator.behaviour.update({"duplicates": "refused"})
    emulator.meanwhile.before("POST", COLLECTION, other_client)

    assert api.post(COLLECTION, json=RESTRICTION).status_code == 409
    assert [entry.status for entry in emulator.log] == [409, 201]


def test_a_reset_forgets_what_was_to_happen(emulator: Emulator) -> None:
    emulator.meanwhile.before("GET", "", lambda _entry: None, once=False)
    emulator.reset()
    assert emulator.meanwhile.pending == []
