# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches that change what the emulator returns."""

from __future__ import annotations

import time
from typing import Any

import pytest

from emulator import Emulator
from emulator.kinds import KINDS, Kind
from emulator.testing import BODIES, DOMAIN, UNKNOWN_ID, Client

COLLECTIONS = sorted(BODIES)
POLICY = BODIES["allow_policies"]


def first(api: Client, collection: str = "domains") -> Any:
    """The first record of a list."""
    return api.get(collection).json()["result"][0]


MODES = ["RETRO_SCAN", "API", "BCC", "DIRECT"]


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, MODES),
        ({"list_order": "as_sent"}, MODES),
        ({"list_order": "sorted"}, sorted(MODES)),
        ({"list_order": "reversed"}, MODES[::-1]),
        ({"list_order": "shuffled", "shuffle_seed": 1}, ["DIRECT", "RETRO_SCAN", "BCC", "API"]),
        ({"list_order": "shuffled", "shuffle_seed": 5}, ["RETRO_SCAN", "API", "DIRECT", "BCC"]),
    ],
)
def test_list_order(api: Client, emulator: Emulator, switches: dict[str, Any], expected: list[str]) -> None:
    emulator.seed(domains=[{**DOMAIN, "allowed_delivery_modes": MODES}])
    emulator.behaviour.update(switches)
    assert first(api)["allowed_delivery_modes"] == expected
    assert emulator.state()["domains"][0]["allowed_delivery_modes"] == MODES


RECORD = {**DOMAIN, "modified_at": "2026-01-02T03:04:05.000000Z", "require_tls_outbound": True}


OFF = "require_tls_inbound"


@pytest.mark.parametrize(
    ("switches", "listed", "read", "hidden"),
    [
        ({}, {}, {}, ["last_modified"]),
        ({"empty_lists": "list"}, {"ip_restrictions": []}, {}, []),
        ({"empty_lists": "null"}, {"ip_restrictions": None, "regions": ["GLOBAL"]}, {"ip_restrictions": None}, []),
        ({"status_case": "lower"}, {"status": "active"}, {"status": "active"}, []),
        ({"status_case": "upper"}, {"status": "ACTIVE"}, {"status": "ACTIVE"}, []),
        ({"last_modified": True}, {"last_modified": RECORD["modified_at"]}, {}, []),
        ({"omitted_fields": ["modified_at", "regions"]}, {"domain": "example.com"}, {}, ["modified_at", "regions"]),
        ({"false_flags": "false"}, {OFF: False, "require_tls_outbound": True}, {OFF: False}, []),
        ({"false_flags": "null"}, {OFF: None, "require_tls_outbound": True}, {OFF: None}, []),
        ({"false_flags": "omitted"}, {"require_tls_outbound": True}, {}, [OFF]),
    ],
)
def test_what_is_shown_of_a_record(
    api: Client,
    emulator: Emulator,
    switches: dict[str, Any],
    listed: dict[str, Any],
    read: dict[str, Any],
    hidden: list[str],
) -> None:
    emulator.seed(domains=[RECORD])
    emulator.behaviour.update(switches)
    in_list = first(api)
    by_id = api.get(f"domains/{in_list['id']}").json()["result"]
    assert listed.items() <= in_list.items()
    assert read.items() <= by_id.items()
    assert not set(hidden) & {*in_list, *by_id}


@pytest.mark.parametrize(
    ("switches", "field"), [({"unlisted_fields": ["regions"]}, "regions"), ({"false_flags": "unlisted"}, OFF)]
)
def test_what_only_a_read_by_id_shows(api: Client, emulator: Emulator, switches: dict[str, Any], field: str) -> None:
    emulator.seed(domains=[RECORD])
    emulator.behaviour.update(switches)
    record = first(api)
    assert field not in record
    assert api.get(f"domains/{record['id']}").json()["result"][field] == RECORD.get(field, False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("absent", {"is_trusted_sender": True, "is_exempt_recipient": False, "is_acceptable_sender": False}),
        ("only", {"is_sender": True, "is_recipient": False, "is_spoof": False}),
        ("present", {"is_sender": True, "is_trusted_sender": True, "is_spoof": False, "is_acceptable_sender": False}),
    ],
)
def test_aliases(api: Client, emulator: Emulator, value: str, shown: dict[str, bool]) -> None:
    emulator.behaviour.update({"aliases": value})
    record = api.post("allow_policies", json=POLICY).json()["result"]
    assert shown.items() <= record.items()
    assert ("is_trusted_sender" in record, "is_sender" in record) == (value != "only", value != "absent")
    assert first(api, "allow_policies") == record
    assert api.post("allow_policies", json={**POLICY, "is_sender": True}).status_code == 400


@pytest.mark.parametrize("value", [False, True])
def test_expires_at(api: Client, emulator: Emulator, value: bool) -> None:
    emulator.behaviour.update({"expires_at": value, "last_modified": True})
    record = api.post("content_policies", json=BODIES["content_policies"]).json()["result"]
    assert ("expires_at" in record, "last_modified" in record) == (value, False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("exact", ["example.com"]),
        ("ignore_case", ["EXAMPLE.com", "example.com"]),
        ("substring", ["EXAMPLE.com", "example.com", "my-example.com.example"]),
    ],
)
def test_key_filter(api: Client, emulator: Emulator, value: str, expected: list[str]) -> None:
    names = ["EXAMPLE.com", "example.com", "my-example.com.example", "other.example"]
    emulator.seed(domains=[{"domain": name} for name in names])
    emulator.behaviour.update({"key_filter": value})
    assert api.names(domain="example.com") == expected


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, {"count": 20, "page": 1, "per_page": 20, "total_count": 45}),
        ({"total_count": False}, {"count": 20, "page": 1, "per_page": 20}),
        ({"total_pages": True}, {"count": 20, "page": 1, "per_page": 20, "total_count": 45, "total_pages": 3}),
        ({"page_size_cap": 10}, {"count": 10, "page": 1, "per_page": 10, "total_count": 45}),
        ({"result_info": False}, None),
    ],
)
def test_result_info(api: Client, emulator: Emulator, switches: dict[str, Any], expected: Any) -> None:
    emulator.seed(domains=45)
    emulator.behaviour.update(switches)
    envelope = api.get("domains").json()
    assert envelope.get("result_info") == expected
    assert len(envelope["result"]) == switches.get("page_size_cap", 20)


def test_a_new_domain_may_go_through_statuses(api: Client, emulator: Emulator) -> None:
    emulator.behaviour.update({"domain_statuses": ["pending", "pending", "active"]})
    created = api.post("domains", json=DOMAIN).json()["result"]
    emulator.seed(domains=[{**DOMAIN, "domain": "seeded.example"}])
    seen = []
    for _time in range(4):
        first_one, seeded = api.get("domains").json()["result"]
        verified = api.get(f"domains/{created['id']}/verification").json()["result"]["status"]
        seen.append((first_one["status"], verified, seeded["status"]))
    assert created["status"] == "pending"
    expected = ["pending", "pending", "active", "active"]
    assert seen == [(status, status, "active") for status in expected]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_create_may_answer_with_200(api: Client, emulator: Emulator, collection: str) -> None:
    emulator.behaviour.update({"create_status": 200})
    assert api.post(collection, json=BODIES[collection]).status_code == 200


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.collection)
def test_a_patch_without_a_result(api: Client, emulator: Emulator, kind: Kind) -> None:
    emulator.seed(**{kind.collection: 1})
    emulator.behaviour.update({"patch_result": False})
    key = kind.key[0]
    old, new = kind.example(1)[key], kind.example(2)[key]
    answer = api.patch(f"{kind.collection}/{api.id_of(kind.collection, old)}", json={key: new})
    assert answer.json() == {"success": True, "errors": [], "messages": []}
    assert emulator.state()[kind.collection][0][key] == new


ENDPOINTS = pytest.mark.parametrize(
    ("value", "status"), [("present", 200), ("404", 404), ("405", 405), ("501", 501), ("7003", 400)]
)


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.batch], ids=lambda kind: kind.collection)
@ENDPOINTS
def test_batch_endpoints(api: Client, emulator: Emulator, kind: Kind, value: str, status: int) -> None:
    emulator.behaviour.update({"batch": value})
    answer = api.post(f"{kind.collection}/batch", json={name: [] for name in kind.batch})
    assert answer.status_code == status
    codes = [error["code"] for error in answer.json()["errors"]]
    assert (codes == [7003]) == (value == "7003")


@pytest.mark.parametrize("collection", [name for name, kind in KINDS.items() if kind.put])
@ENDPOINTS
def test_put_endpoints(api: Client, emulator: Emulator, collection: str, value: str, status: int) -> None:
    emulator.seed(**{collection: 1})
    emulator.behaviour.update({"put": value})
    body = {name: value for name, value in BODIES[collection].items() if name != "domain"}
    answer = api.put(f"{collection}/{emulator.state()[collection][0]['id']}", json=body)
    assert answer.status_code == status


def test_messages(api: Client, emulator: Emulator) -> None:
    messages = [{"code": 1234, "message": "This endpoint moves soon"}]
    emulator.behaviour.update({"messages": messages})
    assert api.get("domains").json()["messages"] == messages
    assert api.get(f"domains/{UNKNOWN_ID}").json()["messages"] == []


def test_delay(api: Client, emulator: Emulator) -> None:
    emulator.behaviour.update({"delay": 0.15})
    start = time.monotonic()
    assert api.get("domains").status_code == 200
    assert time.monotonic() - start >= 0.15
