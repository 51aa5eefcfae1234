# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane, as playbooks use it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from emulator import Emulator
from emulator.testing import DOMAIN, UNKNOWN_ID, Client


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


def test_health(call: Control, emulator: Emulator) -> None:
    emulator.seed("second")
    accounts = [emulator.account_id, "second"]
    assert call("GET", "health") == {"ok": True, "account_id": emulator.account_id, "accounts": accounts}


def test_state_is_put_added_and_read(call: Control, emulator: Emulator) -> None:
    path = "accounts/fresh/state"
    assert call("GET", path) == {"domains": [], "sending_domain_restrictions": []}
    put = call(
        "PUT", path, {"domains": [{"domain": "example.com", "id": UNKNOWN_ID}], "sending_domain_restrictions": 3}
    )
    assert put["domains"][0]["id"] == UNKNOWN_ID
    assert put["domains"][0]["drop_dispositions"] == ["MALICIOUS"]
    names = [record["domain"] for record in put["sending_domain_restrictions"]]
    assert names == ["partner-00001.example", "partner-00002.example", "partner-00003.example"]
    added = call("POST", path, {"domains": [{"domain": "example.org"}]})
    assert [record["domain"] for record in added["domains"]] == ["example.com", "example.org"]
    assert len(added["sending_domain_restrictions"]) == 3
    assert call("GET", path) == added == emulator.state("fresh")
    assert call("PUT", path, {}) == {"domains": [], "sending_domain_restrictions": []}


def test_drift(call: Control, api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    path = f"accounts/{emulator.account_id}/domains"
    before = call("GET", f"{path}/example.com")
    assert call("PATCH", f"{path}/example.com", {"lookback_hops": 9}) == {**before, "lookback_hops": 9}
    assert api.get(f"domains/{before['id']}").json()["result"]["lookback_hops"] == 9
    assert call("GET", f"{path}/{before['id']}")["domain"] == "example.com"
    call("DELETE", f"{path}/example.com")
    assert emulator.state()["domains"] == []
    assert emulator.writes == []


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
    call("DELETE", "log")
    assert call("GET", "log")["requests"] == []


def test_behaviour(call: Control, api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    assert call("GET", "behaviour")["status_case"] == "lower"
    assert call("PATCH", "behaviour", {"status_case": "upper"})["status_case"] == "upper"
    assert api.get("domains").json()["result"][0]["status"] == "ACTIVE"


def test_faults(call: Control, api: Client) -> None:
    fault = {"kind": "status", "status": 503, "retry_after": 1, "path": "/domains", "times": 2}
    assert call("POST", "faults", fault, 201).items() >= fault.items()
    assert api.get("domains").headers["Retry-After"] == "1"
    assert [pending["seen"] for pending in call("GET", "faults")["faults"]] == [1]
    call("DELETE", "faults")
    assert api.get("domains").status_code == 200


def test_credentials_and_accounts(call: Control, api: Client, emulator: Emulator) -> None:
    call("POST", "credentials", {"token": "reader", "permission": "read"}, 201)
    call("POST", "credentials", {"token": "reader", "permission": "none"}, 201)
    api.headers["Authorization"] = "Bearer reader"
    assert api.get("domains").status_code == 403
    call("POST", "credentials", {"token": "reader", "permission": "read"}, 201)
    assert api.get("domains").status_code == 200
    account = f"accounts/{emulator.account_id}"
    assert call("PATCH", account, {"subscribed": False}) == {"id": emulator.account_id, "subscribed": False}
    assert "subscription" in api.get("domains").json()["errors"][0]["message"]


def test_reset(call: Control, api: Client, emulator: Emulator) -> None:
    emulator.seed("second", domains=2)
    emulator.seed(domains=2)
    call("PATCH", "behaviour", {"rename": "refused", "quota": 1})
    call("POST", "faults", {"kind": "drop", "nth": 5}, 201)
    call("POST", "credentials", {"token": "extra"}, 201)
    assert [api.get("domains").status_code for dummy in range(2)] == [200, 429]
    call("POST", "reset")
    assert call("GET", "health")["accounts"] == [emulator.account_id]
    assert emulator.state() == {"domains": [], "sending_domain_restrictions": []}
    assert (emulator.behaviour.rename, emulator.faults.pending, emulator.log) == ("honoured", [], [])
    assert api.get("domains").headers["Ratelimit"].startswith('"default";r=1199;')
    api.headers["Authorization"] = "Bearer extra"
    assert api.get("domains").status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("PATCH", "behaviour", {"colour": "red"}, 400, "no such switch"),
        ("PATCH", "behaviour", [], 400, "a JSON object is wanted"),
        ("POST", "faults", {"kind": "flood"}, 400, "the kind of a fault"),
        ("POST", "faults", {}, 400, "kind"),
        ("POST", "credentials", {}, 400, "either a token"),
        ("PUT", "accounts/a/state", {"mailboxes": []}, 400, "no such collection"),
        ("PUT", "accounts/a/state", {"domains": [{}]}, 400, "needs a domain"),
        ("PUT", "accounts/a/state", {"domains": [{"domain": "a.example", "colour": 1}]}, 400, "has no colour"),
        ("PATCH", "accounts/a", {"plan": "free"}, 400, "subscribed"),
        ("PATCH", "accounts/a/domains/example.com", {}, 404, "no record named example.com"),
        ("GET", "accounts/a/mailboxes/1", None, 404, "no such collection"),
        ("POST", "health", {}, 404, "the control plane has no POST health"),
    ],
)
def test_mistakes(call: Control, method: str, path: str, body: Any, status: int, message: str) -> None:
    assert message in call(method, path, body, status)["error"]


def test_drift_needs_a_field_that_exists(call: Control, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    path = f"accounts/{emulator.account_id}/domains/example.com"
    for changes in ({"colour": "red"}, {"id": UNKNOWN_ID}):
        assert next(iter(changes)) in call("PATCH", path, changes, 400)["error"]
