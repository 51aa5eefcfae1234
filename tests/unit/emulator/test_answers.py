# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of records, and the form of every answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emulator import Emulator
from emulator.kinds import KINDS
from emulator.seeds import DEMO
from emulator.testing import BODIES, DOMAIN, RESTRICTION, UNKNOWN_ID, Client

COLLECTIONS = sorted(BODIES)
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def other_key(collection: str) -> dict[str, Any]:
    """The first field of the key of another record."""
    name = KINDS[collection].key[0]
    return {name: KINDS[collection].example(2)[name]}


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
    new = other_key(collection)
    changed = api.patch(path, json=new)
    assert changed.status_code == 200
    after = changed.json()["result"]
    assert after["modified_at"] > record["modified_at"]
    assert {**after, "modified_at": ""} == {**record, **new, "modified_at": ""}
    gone = api.delete(path)
    assert (gone.status_code, gone.json()["result"]) == (200, {"id": record["id"]})
    for method in ("GET", "DELETE"):
        assert api.request(method, path).status_code == 404
    assert emulator.state()[collection] == []


@pytest.mark.parametrize(
    ("collection", "field"),
    [
        ("domains", "folder"),
        ("domains", "integration_id"),
        *((name, "comments") for name in COLLECTIONS if "comments" in KINDS[name].settable),
        ("content_policies", "notes"),
    ],
)
def test_what_null_clears(api: Client, emulator: Emulator, collection: str, field: str) -> None:
    full = {"folder": "Inbox", "integration_id": UNKNOWN_ID, "comments": "Agreed", "notes": "Agreed"}
    emulator.seed(**{collection: [{**BODIES[collection], field: full[field]}]})
    path = f"{collection}/{emulator.state()[collection][0]['id']}"
    assert api.get(path).json()["result"][field] == full[field]
    assert api.patch(path, json={field: None}).json()["result"][field] is None


def test_put_resets_what_is_left_out(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[{**DOMAIN, "folder": "Inbox", "lookback_hops": 7, "require_tls_inbound": True}])
    path = f"domains/{emulator.state()['domains'][0]['id']}"
    body = {name: value for name, value in DOMAIN.items() if name != "domain"}
    record = api.put(path, json={**body, "regions": ["DE"]}).json()["result"]
    assert (record["domain"], record["regions"]) == ("example.com", ["DE"])
    assert (record["folder"], record["lookback_hops"], record["require_tls_inbound"]) == (None, 1, False)
    assert api.put(path, json=DOMAIN).status_code == 400
    assert api.put(path, json={"regions": ["DE"]}).status_code == 400


@pytest.mark.parametrize("collection", [name for name in COLLECTIONS if KINDS[name].put and name != "domains"])
def test_put_takes_the_body_of_a_create(api: Client, emulator: Emulator, collection: str) -> None:
    body = BODIES[collection]
    emulator.seed(**{collection: [{**body, "comments": "Agreed"}]})
    path = f"{collection}/{emulator.state()[collection][0]['id']}"
    required = {name: value for name, value in body.items() if name != "comments"}
    assert api.put(path, json={**required, **other_key(collection)}).status_code == 200
    assert {**body, **other_key(collection)}.items() <= emulator.state()[collection][0].items()
    for missing in required:
        assert api.put(path, json={name: required[name] for name in required if name != missing}).status_code == 400


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("form", ["{}", " {}", "UPPER"])
def test_a_key_is_taken_once(api: Client, emulator: Emulator, collection: str, form: str) -> None:
    body, name = BODIES[collection], KINDS[collection].key[0]
    literal = name != "name" and collection != "url_ignore_patterns"
    emulator.seed(**{collection: [body, {**body, **other_key(collection)}]})
    emulator.behaviour.update({"duplicates": "refused"})
    taken = body[name].upper() if form == "UPPER" else form.format(body[name])
    before = emulator.state()
    # A title compares in its case, and a regular expression letter by letter.
    free = (form == "UPPER" and not literal) or (form == " {}" and collection == "url_ignore_patterns")
    answer = api.post(collection, json={**body, name: taken})
    if free:
        assert answer.status_code == 201
        return
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["source"] == {"pointer": f"/{name}"}
    renamed = api.patch(f"{collection}/{before[collection][1]['id']}", json={name: taken})
    assert renamed.status_code == 409
    assert emulator.state() == before


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_there_is_no_such_record(api: Client, collection: str, method: str) -> None:
    answer = api.request(method, f"{collection}/{UNKNOWN_ID}", json=BODIES[collection] if method == "PATCH" else None)
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
        for collection in DEMO:
            assert len(api.get(collection).json()["result"]) == len(DEMO[collection])
        assert emulator.violations == []


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_generated_records_keep_the_contract(api: Client, emulator: Emulator, collection: str) -> None:
    emulator.seed(**{collection: 3})
    records = api.get(collection).json()["result"]
    assert [record["id"] for record in records] == [record["id"] for record in emulator.state()[collection]]
    for record in records:
        assert api.get(f"{collection}/{record['id']}").json()["result"] == record
        settings = {name: record[name] for name in KINDS[collection].settable}
        assert api.post(collection, json=settings).status_code == (409 if KINDS[collection].unique else 201)


def test_the_verification_of_a_domain(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[{**DOMAIN, "status": "pending"}, {"domain": "a.example", "integration_id": UNKNOWN_ID}])
    emulator.behaviour.update({"status_case": "upper"})
    by_record, by_integration = [
        api.get(f"domains/{record['id']}/verification") for record in emulator.state()["domains"]
    ]
    result = by_record.json()["result"]
    assert (result["status"], result["txt_record_name"]) == ("PENDING", "_cf-email-sec-challenge.example.com")
    assert (by_integration.status_code, by_integration.content) == (204, b"")
    assert api.get(f"domains/{UNKNOWN_ID}/verification").status_code == 404
