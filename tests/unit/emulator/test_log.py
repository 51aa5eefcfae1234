# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request log, and the connections that it counts."""

from __future__ import annotations

import threading

from emulator import Emulator
from emulator.testing import RESTRICTION, Client


def test_an_entry_tells_everything(api: Client, emulator: Emulator) -> None:
    api.headers["User-Agent"] = "a-test/1.0"
    api.get("domains", params={"domain": ["a.example", "b.example"], "page": 1})
    api.post("sending_domain_restrictions", json=RESTRICTION)
    read, write = emulator.log
    base = f"/client/v4/accounts/{emulator.account_id}/email-security/settings"
    assert (read.method, read.path, read.status) == ("GET", f"{base}/domains", 200)
    assert read.query == {"domain": ["a.example", "b.example"], "page": ["1"]}
    assert (read.body, read.broke_contract, read.fault) == (None, [], None)
    assert read.headers["authorization"] == f"Bearer {emulator.token}"
    assert read.headers["user-agent"] == "a-test/1.0"
    assert (write.method, write.body, write.status) == ("POST", RESTRICTION, 201)
    assert write.sequence == read.sequence + 1
    assert write.time > read.time
    assert emulator.writes == [write]


def test_what_broke_the_contract_is_marked(api: Client, emulator: Emulator) -> None:
    api.get("domains", params={"page": "0"})
    api.post("sending_domain_restrictions", data=b"{", headers={"Content-Type": "application/json"})
    api.get("domains")
    assert [bool(entry.broke_contract) for entry in emulator.log] == [True, True, False]
    assert emulator.log[0].broke_contract == ["query /page: 0 is less than the minimum of 1"]
    assert emulator.log[1].body == "{"
    assert emulator.rejected == emulator.log[:2]


def test_a_session_keeps_its_connection(api: Client, emulator: Emulator) -> None:
    for _dummy in range(3):
        api.post("sending_domain_restrictions", json=RESTRICTION)
        api.get("domains/17")
    assert len({entry.connection for entry in emulator.log}) == 1
    with Client(emulator) as other:
        other.get("domains")
    assert emulator.log[-1].connection != emulator.log[0].connection


def test_a_chunked_request_does_not_confuse_the_connection(api: Client, emulator: Emulator) -> None:
    chunks = (part for part in (b'{"domain": "a.example",', b' "exclude": []}'))
    headers = {"Content-Type": "application/json"}
    assert api.post("sending_domain_restrictions", data=chunks, headers=headers).status_code == 201
    assert api.head("domains").status_code == 400
    assert api.get("domains").status_code == 200
    assert len({entry.connection for entry in emulator.log}) == 1


def test_many_clients_at_once(emulator: Emulator) -> None:
    def create(number: int) -> None:
        with Client(emulator) as api:
            for index in range(5):
                body = {**RESTRICTION, "domain": f"n{number}-{index}.example"}
                assert api.post("sending_domain_restrictions", json=body).status_code == 201

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = {record["domain"] for record in emulator.state()["sending_domain_restrictions"]}
    assert names == {f"n{number}-{index}.example" for number in range(8) for index in range(5)}
    sequence = [entry.sequence for entry in emulator.log]
    assert sequence == list(range(sequence[0], sequence[0] + 40))


def test_of_many_creates_of_one_name_one_succeeds(emulator: Emulator) -> None:
    emulator.behaviour.update({"duplicates": "refused"})
    statuses: list[int] = []

    def create() -> None:
        with Client(emulator) as api:
            statuses.append(api.post("sending_domain_restrictions", json=RESTRICTION).status_code)

    threads = [threading.Thread(target=create) for _dummy in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, *[409] * 7]
    assert len(emulator.state()["sending_domain_restrictions"]) == 1
