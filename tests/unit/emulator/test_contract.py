# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request and every answer is held against the OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.api import HANDLERS
from emulator.kinds import KINDS, Kind
from emulator.server import shared_contract
from emulator.testing import BODIES, DOMAIN, RESTRICTION, UNKNOWN_ID, Client

COLLECTIONS = sorted(BODIES)


def test_every_operation_of_the_document_is_served() -> None:
    assert sorted(shared_contract().operations) == sorted(HANDLERS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.collection)
def test_a_record_begins_with_a_value_for_everything_that_can_be_set(kind: Kind) -> None:
    properties = shared_contract().document["components"]["schemas"][f"{kind.one}Create"]["properties"]
    assert set(kind.settable) == set(properties), "tests/emulator/kinds.py, tests/emulator/openapi.yaml"


PATTERNS = ("allow_policies", "block_senders", "trusted_domains", "url_ignore_patterns")
BAD_PATCHES: list[tuple[str, Any, str]] = [
    ("domains", {"lookback_hops": 0}, "/lookback_hops"),
    ("domains", {"lookback_hops": 21}, "/lookback_hops"),
    ("domains", {"lookback_hops": 2.5}, "/lookback_hops"),
    ("domains", {"lookback_hops": None}, "/lookback_hops"),
    ("domains", {"require_tls_inbound": "yes"}, "/require_tls_inbound"),
    ("domains", {"regions": ["GLOBAL", "MOON"]}, "/regions/1"),
    ("domains", {"drop_dispositions": None}, "/drop_dispositions"),
    ("domains", {"folder": "Trash"}, "/folder"),
    ("domains", {"integration_id": "17"}, "/integration_id"),
    ("domains", {"transport": None}, "/transport"),
    ("domains", {"require_tls_inbound": None}, "/require_tls_inbound"),
    ("domains", {"id": UNKNOWN_ID}, ""),
    ("domains", [], ""),
    ("sending_domain_restrictions", {"comments": "x" * 1025}, "/comments"),
    ("sending_domain_restrictions", {"exclude": "a.partner.example"}, "/exclude"),
    ("sending_domain_restrictions", {"exclude": [7]}, "/exclude/0"),
    ("sending_domain_restrictions", {"domain": None}, "/domain"),
    ("sending_domain_restrictions", {"status": "active"}, ""),
    *((name, {}, "") for name in COLLECTIONS if name != "domains"),
    *((name, {"colour": "red"}, "") for name in COLLECTIONS),
    *((name, {"is_regex": None}, "/is_regex") for name in ("allow_policies", "block_senders", "trusted_domains")),
    *((name, {"pattern": "x" * 1025}, "/pattern") for name in COLLECTIONS if name in PATTERNS),
    *((name, {"pattern": ""}, "/pattern") for name in COLLECTIONS if name in PATTERNS),
    ("allow_policies", {"is_sender": True}, ""),
    ("allow_policies", {"verify_sender": "yes"}, "/verify_sender"),
    ("impersonation_registry", {"name": "x" * 1025}, "/name"),
    ("impersonation_registry", {"provenance": "A1S_INTERNAL"}, ""),
    ("content_policies", {"pattern": "x" * 2049}, "/pattern"),
    ("content_policies", {"name": "x" * 257}, "/name"),
    ("content_policies", {"targets": ["HEADER"]}, "/targets/0"),
    ("content_policies", {"notes": "x" * 4097}, "/notes"),
]


@pytest.mark.parametrize(("collection", "body", "pointer"), BAD_PATCHES)
def test_a_bad_patch_is_refused(
    api: Client, emulator: Emulator, collection: str, body: dict[str, Any], pointer: str
) -> None:
    emulator.seed(**{collection: [BODIES[collection]]})
    before = emulator.state()
    answer = api.patch(f"{collection}/{before[collection][0]['id']}", json=body)
    assert answer.status_code == 400
    envelope = answer.json()
    assert envelope["success"] is False
    assert [error["source"]["pointer"] for error in envelope["errors"]] == [pointer]
    assert all(error["code"] >= 1000 for error in envelope["errors"])
    assert emulator.state() == before
    assert len(emulator.rejected) == 1
    assert emulator.rejected[0].status == 400


BAD_CREATES: list[tuple[str, Any]] = [
    *[("domains", {name: value for name, value in DOMAIN.items() if name != missing}) for missing in DOMAIN],
    ("domains", {**DOMAIN, "allowed_delivery_modes": []}),
    ("domains", {**DOMAIN, "regions": []}),
    ("domains", {**DOMAIN, "ip_restrictions": ["192.0.2.1"] * 101}),
    ("domains", {**DOMAIN, "domain": ""}),
    ("domains", {**DOMAIN, "status": "active"}),
    ("sending_domain_restrictions", {"domain": "partner.example"}),
    ("sending_domain_restrictions", {"exclude": []}),
    ("sending_domain_restrictions", {**RESTRICTION, "colour": "red"}),
    *[
        (collection, {name: value for name, value in body.items() if name != missing})
        for collection, body in BODIES.items()
        for missing in body
        if collection not in ("domains", "sending_domain_restrictions") and missing not in ("comments", "notes")
    ],
]


@pytest.mark.parametrize(("collection", "body"), BAD_CREATES)
def test_a_bad_create_is_refused(api: Client, emulator: Emulator, collection: str, body: dict[str, Any]) -> None:
    answer = api.post(collection, json=body)
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert not any(emulator.state().values())
    assert len(emulator.rejected) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "one"},
        {"per_page": "0"},
        {"per_page": "1001"},
        {"order": "status"},
        {"direction": "down"},
        {"status": "gone"},
        {"allowed_delivery_mode": "direct"},
        {"integration_id": "17"},
        {"colour": "red"},
        {"page": ["1", "2"]},
    ],
)
def test_a_bad_query_is_refused(api: Client, emulator: Emulator, query: dict[str, Any]) -> None:
    answer = api.get("domains", params=query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"]["pointer"] == f"/{next(iter(query))}"
    assert len(emulator.rejected) == 1


@pytest.mark.parametrize(
    ("collection", "query"),
    [
        ("sending_domain_restrictions", {"domain": "partner.example"}),
        ("block_senders", {"is_regex": "true"}),
        ("trusted_domains", {"is_regex": "true"}),
        ("impersonation_registry", {"name": "Jane"}),
        ("impersonation_registry", {"email": "a@example.com"}),
        *(("url_ignore_patterns", {name: "pattern"}) for name in ("pattern", "search", "order", "direction")),
    ],
)
def test_what_no_list_can_be_filtered_by(api: Client, collection: str, query: dict[str, str]) -> None:
    assert api.get(collection, params=query).status_code == 400


def test_an_empty_patch_changes_no_domain(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    before = emulator.state()["domains"][0]
    assert api.patch(f"domains/{before['id']}", json={}).status_code == 200
    after = emulator.state()["domains"][0]
    assert {name for name in after if after[name] != before[name]} <= {"modified_at", "last_modified"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "domains/17a"),
        ("GET", "domains/batch"),
        ("PATCH", "sending_domain_restrictions/partner.example"),
        ("GET", "nothing"),
        ("GET", "domains/"),
        ("DELETE", "domains"),
        *(("PUT", f"{name}/{UNKNOWN_ID}") for name in COLLECTIONS if not KINDS[name].put),
        ("POST", "impersonation_registry/batch"),
        ("GET", f"block_senders/{UNKNOWN_ID}/verification"),
    ],
)
def test_what_cannot_be_routed(api: Client, emulator: Emulator, method: str, path: str) -> None:
    emulator.seed(domains=1)
    answer = api.request(method, path, json={} if method in ("PATCH", "PUT", "POST") else None)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, 7003)
    assert answer.json()["errors"][0]["message"].startswith("Could not route to /accounts/")
    assert len(emulator.rejected) == 1
    assert len(emulator.state()["domains"]) == 1


def test_the_prefix_is_part_of_the_path(api: Client, emulator: Emulator) -> None:
    answer = api.get(emulator.settings_url().replace("/client/v4", "") + "/domains")
    assert answer.json()["errors"][0]["code"] == 7003


def test_a_defect_of_the_emulator_is_a_violation(
    api: Client, running: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HANDLERS, "listDomains", lambda call: 1 / 0)
    assert api.get("domains").status_code == 500
    assert "ZeroDivisionError" in running.violations[0]["problems"][0]
    running.reset()


def test_an_account_id_that_is_too_long_cannot_be_routed(api: Client, emulator: Emulator) -> None:
    answer = api.get(f"{emulator.settings_url('a' * 33)}/domains")
    assert answer.json()["errors"][0]["code"] == 7003


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"lookback_hops": NaN}', b'"text'])
def test_a_body_that_is_no_json(api: Client, emulator: Emulator, body: bytes) -> None:
    emulator.seed(domains=1)
    before = emulator.state()
    answer = api.patch(f"domains/{before['domains'][0]['id']}", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == (6007 if body else 1400)
    assert emulator.state() == before
    assert len(emulator.rejected) == 1


def test_the_content_type_is_part_of_the_contract(api: Client, emulator: Emulator) -> None:
    answer = api.post("sending_domain_restrictions", data=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400
    assert len(emulator.rejected) == 1


def test_a_read_takes_no_body(api: Client, emulator: Emulator) -> None:
    assert api.get("domains", json={}).status_code == 400
    assert len(emulator.rejected) == 1


@pytest.mark.parametrize(
    "seed",
    [
        {"status": "odd"},
        {"regions": ["MOON"]},
        {"created_at": "yesterday"},
        {"id": "17"},
        {"lookback_hops": "two"},
        {"emails_processed": {}},
    ],
)
def test_an_answer_that_breaks_the_contract_is_a_defect_of_the_emulator(
    api: Client, running: Emulator, seed: dict[str, Any]
) -> None:
    running.seed(domains=[{**DOMAIN, **seed}])
    answer = api.get("domains")
    assert answer.status_code == 500
    assert "breaks its contract" in answer.json()["errors"][0]["message"]
    (violation,) = running.violations
    assert violation["sequence"] == running.log[0].sequence
    assert violation["problems"][0].startswith("/result/0/")
    running.reset()


def test_the_check_of_answers_can_be_switched_off() -> None:
    with Emulator(check_answers=False, seed={"domains": [{**DOMAIN, "status": "odd"}]}) as emulator:
        with Client(emulator) as api:
            assert api.get("domains").json()["result"][0]["status"] == "odd"
            assert api.patch(f"domains/{UNKNOWN_ID}", json={"lookback_hops": 0}).status_code == 400
        assert emulator.violations == []


def test_what_may_be_null_in_a_create_and_a_put_of_a_domain(api: Client, emulator: Emulator) -> None:
    empty = dict.fromkeys(
        ("folder", "integration_id", "lookback_hops", "require_tls_inbound", "require_tls_outbound", "transport")
    )
    created = api.post("domains", json={**DOMAIN, **empty})
    assert created.status_code == 201
    assert emulator.state()["domains"][0]["lookback_hops"] is None
    body = {name: value for name, value in DOMAIN.items() if name != "domain"}
    assert api.put(f"domains/{created.json()['result']['id']}", json={**body, **empty}).status_code == 200
