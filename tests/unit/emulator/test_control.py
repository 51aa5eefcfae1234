# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane, as playbooks use it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
import requests

from emulator import Emulator
from emulator.kinds import KINDS, Kind
from emulator.testing import DOMAIN, UNKNOWN_ID, Client

NOTHING: dict[str, list[Any]] = {name: [] for name in KINDS}


class Control:
    """JSON to and from the control plane."""

    def __init__(self, session: requests.Session, emulator: Emulator) -> None:
        self._session = session
        self._url = emulator.control_url

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """One call, which has to be answered with this status."""
        answer = self._session.request(method, f"{self._url}/{path}", json=body, timeout=5)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def call(control: requests.Session, emulator: Emulator) -> Control:
    """A call to the control plane."""
    return Control(control, emulator)


def test_state_is_added_and_read(call: Control, emulator: Emulator) -> None:
    path = "accounts/fresh/state"
    assert call("GET", path) == NOTHING
    added = call("POST", path, {"domains": [{"domain": "example.com", "id": UNKNOWN_ID}]})
    assert added["domains"][0]["id"] == UNKNOWN_ID
    assert added["domains"][0]["drop_dispositions"] == ["MALICIOUS"]
    added = call("POST", path, {"sending_domain_restrictions": 2})
    names = [record["domain"] for record in added["sending_domain_restrictions"]]
    assert names == ["partner-00001.example", "partner-00002.example"]
    assert len(added["domains"]) == 1
    assert call("GET", path) == added == emulator.state("fresh")


def test_drift(call: Control, api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    (before,) = emulator.state()["domains"]
    path = f"accounts/{emulator.account_id}/domains/example.com"
    assert call("PATCH", path, {"lookback_hops": 9}) == {**before, "lookback_hops": 9}
    assert api.get(f"domains/{before['id']}").json()["result"]["lookback_hops"] == 9
    assert emulator.writes == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.collection)
def test_any_record_is_changed_by_key_or_id(call: Control, emulator: Emulator, kind: Kind) -> None:
    emulator.seed(**{kind.collection: 2})
    first, second = emulator.state()[kind.collection]
    path = f"accounts/{emulator.account_id}/{kind.collection}"
    for record, name in ((first, quote(first[kind.key[0]], safe="")), (second, second["id"])):
        changed = call("PATCH", f"{path}/{name}", {"modified_at": "2026-01-01T00:00:00.000000Z"})
        assert (changed["id"], changed["modified_at"]) == (record["id"], "2026-01-01T00:00:00.000000Z")


def test_log(call: Control, api: Client, emulator: Emulator) -> None:
    api.get("domains")
    api.post("domains", json=DOMAIN)
    api.post("domains", json={})
    api.get(f"{emulator.settings_url('second')}/domains")
    log = call("GET", "log")
    assert sorted(log) == ["rejected", "requests", "violations", "writes"]
    assert [(entry["method"], entry["status"]) for entry in log["requests"]] == [
        *(("GET", 200), ("POST", 201), ("POST", 400), ("GET", 403))
    ]
    assert [entry["body"] for entry in log["writes"]] == [DOMAIN, {}]
    assert [entry["body"] for entry in log["rejected"]] == [{}]
    assert log["violations"] == []
    assert [entry["status"] for entry in call("GET", "log?account_id=second")["requests"]] == [403]


def test_faults(call: Control, api: Client) -> None:
    fault = {"kind": "status", "status": 503, "retry_after": 1, "path": "/domains", "times": 2}
    assert call("POST", "faults", fault, 201).items() >= fault.items()
    assert api.get("domains").headers["Retry-After"] == "1"
    assert [api.get("domains").status_code for _dummy in range(2)] == [503, 200]


def test_credentials(call: Control, api: Client) -> None:
    api.headers["Authorization"] = "Bearer reader"
    for permission, status in (("read", 200), ("none", 403)):
        call("POST", "credentials", {"token": "reader", "permission": permission}, 201)
        assert api.get("domains").status_code == status


def test_reset(call: Control, api: Client, emulator: Emulator) -> None:
    emulator.seed("second", domains=2)
    emulator.seed(domains=2)
    call("POST", "credentials", {"token": "extra"}, 201)
    start = {"accounts": {"third": {"domains": 1}}, "behaviour": {"rename": "refused", "quota": 1}}
    call("POST", "reset", {**start, "faults": [{"kind": "drop", "nth": 5}]})
    assert emulator.world.store.account_ids() == [emulator.account_id, "third"]
    assert (emulator.behaviour.rename, len(emulator.faults.pending)) == ("refused", 1)
    assert [api.get("domains").status_code for dummy in range(2)] == [200, 429]
    call("POST", "reset")
    assert emulator.world.store.account_ids() == [emulator.account_id]
    assert emulator.state() == NOTHING
    assert (emulator.behaviour.rename, emulator.faults.pending, emulator.log) == ("honoured", [], [])
    assert api.get("domains").headers["Ratelimit"].startswith('"default";r=1199;')
    api.headers["Authorization"] = "Bearer extra"
    assert api.get("domains").status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "reset", {"behaviour": {"colour": "red"}}, 400, "no such switch"),
        ("POST", "reset", {"domains": 2}, 400, "a reset takes"),
        ("POST", "faults", [], 400, "a JSON object is wanted"),
        ("POST", "faults", {"kind": "flood"}, 400, "the kind of a fault"),
        ("POST", "credentials", {"pin": 1}, 400, "pin"),
        ("POST", "accounts/a/state", {"mailboxes": []}, 400, "no such collection"),
        ("POST", "accounts/a/state", {"domains": [{}]}, 400, "needs a domain"),
        ("POST", "accounts/a/state", {"domains": [{"domain": "a.example", "colour": 1}]}, 400, "has no colour"),
        ("PATCH", "accounts/a/domains/example.com", {}, 404, "no record named example.com"),
        ("GET", "nothing", None, 404, "the control plane has no GET nothing"),
    ],
)
def test_mistakes(call: Control, method: str, path: str, body: Any, status: int, message: str) -> None:
    assert message in call(method, path, body, status)["error"]


def test_drift_needs_a_field_that_exists(call: Control, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    path = f"accounts/{emulator.account_id}/domains/example.com"
    for changes in ({"colour": "red"}, {"id": UNKNOWN_ID}):
        assert next(iter(changes)) in call("PATCH", path, changes, 400)["error"]
