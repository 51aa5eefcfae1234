# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of records, and the form of every answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emulator import Emulator
from emulator.seeds import DEMO
from emulator.testing import BODIES, DOMAIN, RESTRICTION, UNKNOWN_ID, Client

COLLECTIONS = sorted(BODIES)
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_whole_life_of_a_record(api: Client, emulator: Emulator, collection: str) -> None:
    created = api.post(collection, json=BODIES[collection])
    assert created.status_code == 201
    record = created.json()["result"]
    assert BODIES[collection].items() <= record.items()
    assert TIMESTAMP.fullmatch(record["created_at"])
    assert record["created_at"] == record["modified_at"]
    path = f"{collection}/{record['id']}"
    assert api.get(path).json()["result"] == record
    assert api.get(f"{collection}/{record['id'].upper()}").status_code == 404
    changed = api.patch(path, json={"domain": "other.example"})
    assert changed.status_code == 200
    after = changed.json()["result"]
    assert after["modified_at"] > record["modified_at"]
    assert {**after, "modified_at": ""} == {**record, "domain": "other.example", "modified_at": ""}
    gone = api.delete(path)
    assert (gone.status_code, gone.json()["result"]) == (200, {"id": record["id"]})
    for method in ("GET", "DELETE"):
        assert api.request(method, path).status_code == 404
    assert emulator.state()[collection] == []


@pytest.mark.parametrize(
    ("collection", "field"),
    [("domains", "folder"), ("domains", "integration_id"), ("sending_domain_restrictions", "comments")],
)
def test_what_null_clears(api: Client, emulator: Emulator, collection: str, field: str) -> None:
    full = {"folder": "Inbox", "integration_id": UNKNOWN_ID, "comments": "Agreed"}
    emulator.seed(**{collection: [{**BODIES[collection], field: full[field]}]})
    path = f"{collection}/{emulator.state()[collection][0]['id']}"
    assert api.get(path).json()["result"][field] == full[field]
    assert api.patch(path, json={field: None}).json()["result"][field] is None


def test_put_resets_what_is_left_out(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[{**DOMAIN, "folder": "Inbox", "lookback_hops": 7, "require_tls_inbound": True}])
    path = f"domains/{emulator.state()['domains'][0]['id']}"
    record = api.put(path, json={"regions": ["DE"]}).json()["result"]
    assert (record["domain"], record["regions"]) == ("example.com", ["DE"])
    assert (record["folder"], record["lookback_hops"], record["require_tls_inbound"]) == (None, 1, False)
    assert record["drop_dispositions"] == []
    assert api.put(path, json={"domain": "example.com"}).status_code == 400


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("name", ["{}", "{}.", "UPPER"])
def test_a_name_is_taken_once(api: Client, emulator: Emulator, collection: str, name: str) -> None:
    body = BODIES[collection]
    emulator.seed(**{collection: [body, {**body, "domain": "other.example"}]})
    taken = body["domain"].upper() if name == "UPPER" else name.format(body["domain"])
    before = emulator.state()
    answer = api.post(collection, json={**body, "domain": taken})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["source"] == {"pointer": "/domain"}
    renamed = api.patch(f"{collection}/{before[collection][1]['id']}", json={"domain": taken})
    assert renamed.status_code == 409
    assert emulator.state() == before


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_there_is_no_such_record(api: Client, collection: str, method: str) -> None:
    answer = api.request(method, f"{collection}/{UNKNOWN_ID}", json={} if method == "PATCH" else None)
    assert answer.status_code == 404
    assert answer.json()["success"] is False
    assert answer.json()["errors"][0]["code"] >= 1000


def test_the_envelope_of_a_success(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    envelope = api.get("domains").json()
    assert list(envelope) == ["success", "errors", "messages", "result", "result_info"]
    assert (envelope["success"], envelope["errors"], envelope["messages"]) == (True, [], [])
    assert envelope["result_info"] == {"count": 1, "page": 1, "per_page": 20, "total_count": 1}
    assert set(envelope["result"][0]) == {
        *DOMAIN,
        *("id", "lookback_hops", "folder", "inbox_provider", "integration_id", "o365_tenant_id", "transport"),
        *("require_tls_inbound", "require_tls_outbound", "status", "dmarc_status", "spf_status", "authorization"),
        *("emails_processed", "created_at", "modified_at"),
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "domains", None),
        ("POST", "sending_domain_restrictions", RESTRICTION),
        ("GET", "domains/17", None),
        ("GET", f"domains/{UNKNOWN_ID}", None),
        ("POST", "domains", {}),
    ],
)
def test_headers_of_every_answer(api: Client, method: str, path: str, body: Any) -> None:
    answer = api.request(method, path, json=body)
    assert re.fullmatch(r"[0-9a-f]{16}-[A-Z]{3}", answer.headers["cf-ray"])
    assert re.fullmatch(r'"default";r=\d+;t=\d+', answer.headers["Ratelimit"])
    assert answer.headers["Ratelimit-Policy"] == '"default";q=1200;w=300'
    assert answer.headers["Content-Type"] == "application/json"


def test_a_fresh_account_is_empty_and_apart(api: Client, emulator: Emulator) -> None:
    emulator.seed("fresh")
    emulator.seed(domains=3)
    assert api.get(f"{emulator.settings_url('fresh')}/domains").json()["result"] == []
    api.post(f"{emulator.settings_url('fresh')}/domains", json=DOMAIN)
    assert len(emulator.state("fresh")["domains"]) == 1
    assert len(emulator.state()["domains"]) == 3


def test_the_records_of_the_demo_keep_the_contract() -> None:
    with Emulator(seed=DEMO) as emulator, Client(emulator) as api:
        for collection in COLLECTIONS:
            assert len(api.get(collection).json()["result"]) == len(DEMO[collection])
        assert emulator.violations == []
