# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every switch, and what it changes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from emulator import Emulator
from emulator.behaviour import Behaviour
from emulator.testing import DOMAIN, RESTRICTION, UNKNOWN_ID, Client

MODES = ["RETRO_SCAN", "API", "BCC", "DIRECT"]


def first(api: Client, collection: str = "domains") -> Any:
    """The first record of a list."""
    return api.get(collection).json()["result"][0]


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
    ("value", "expected"),
    [
        ("exact", ["example.com"]),
        ("ignore_case", ["EXAMPLE.com", "example.com"]),
        ("substring", ["EXAMPLE.com", "example.com", "my-example.com.example"]),
    ],
)
def test_domain_filter(api: Client, emulator: Emulator, value: str, expected: list[str]) -> None:
    names = ["EXAMPLE.com", "example.com", "my-example.com.example", "other.example"]
    emulator.seed(domains=[{"domain": name} for name in names])
    emulator.behaviour.update({"domain_filter": value})
    assert api.names(domain="example.com") == expected


NETWORKS = ["192.0.2.7", "198.51.100.9/24", "2001:DB8:0::/32", "mx"]


@pytest.mark.parametrize(
    ("switches", "sent", "kept"),
    [
        ({}, {"domain": "Bücher.Example."}, {"domain": "Bücher.Example."}),
        ({"name_form": "lower"}, {"domain": "Bücher.Example."}, {"domain": "bücher.example."}),
        ({"name_form": "a_label"}, {"domain": "Bücher.Example."}, {"domain": "xn--bcher-kva.example"}),
        ({"name_form": "a_label"}, {"exclude": ["Bücher.example"]}, {"exclude": ["xn--bcher-kva.example"]}),
        ({}, {"comments": "  two  words "}, {"comments": "  two  words "}),
        ({"text_form": "trimmed"}, {"comments": "  two  words "}, {"comments": "two words"}),
        ({}, {"ip_restrictions": NETWORKS}, {"ip_restrictions": NETWORKS}),
        (
            {"network_form": "canonical"},
            {"ip_restrictions": NETWORKS},
            {"ip_restrictions": ["192.0.2.7/32", "198.51.100.0/24", "2001:db8::/32", "mx"]},
        ),
    ],
)
def test_how_values_are_kept(
    api: Client, emulator: Emulator, switches: dict[str, Any], sent: dict[str, Any], kept: dict[str, Any]
) -> None:
    emulator.behaviour.update(switches)
    path, body = ("domains", DOMAIN) if "ip_restrictions" in sent else ("sending_domain_restrictions", RESTRICTION)
    assert kept.items() <= api.post(path, json={**body, **sent}).json()["result"].items()


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


@pytest.mark.parametrize(
    ("value", "status", "name"),
    [("honoured", 200, "new.example"), ("refused", 400, "example.com"), ("ignored", 200, "example.com")],
)
def test_rename(api: Client, emulator: Emulator, value: str, status: int, name: str) -> None:
    emulator.seed(domains=[DOMAIN])
    emulator.behaviour.update({"rename": value})
    path = f"domains/{api.id_of('domains', 'example.com')}"
    answer = api.patch(path, json={"domain": "new.example", "lookback_hops": 9})
    assert answer.status_code == status
    stored = emulator.state()["domains"][0]
    assert (stored["domain"], stored["lookback_hops"]) == (name, 9 if status == 200 else 2)
    assert api.patch(path, json={"domain": name}).status_code == 200


def test_ignored_fields(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    emulator.behaviour.update({"ignored_fields": ["require_tls_inbound"]})
    path = f"domains/{api.id_of('domains', 'example.com')}"
    record = api.patch(path, json={"require_tls_inbound": True, "require_tls_outbound": True}).json()["result"]
    assert (record["require_tls_inbound"], record["require_tls_outbound"]) == (False, True)


@pytest.mark.parametrize("collection", ["domains", "sending_domain_restrictions"])
def test_a_patch_without_a_result(api: Client, emulator: Emulator, collection: str) -> None:
    emulator.seed(**{collection: [{"domain": "a.example"}]})
    emulator.behaviour.update({"patch_result": False})
    answer = api.patch(f"{collection}/{api.id_of(collection, 'a.example')}", json={"domain": "b.example"})
    assert answer.json() == {"success": True, "errors": [], "messages": []}
    assert emulator.state()[collection][0]["domain"] == "b.example"


@pytest.mark.parametrize(
    ("switch", "path", "body"),
    [
        ("domain_batch", "domains/batch", {"deletes": [], "patches": [], "puts": [], "posts": []}),
        ("restriction_batch", "sending_domain_restrictions/batch", {"deletes": []}),
    ],
)
@pytest.mark.parametrize(
    ("value", "status"), [("present", 200), ("404", 404), ("405", 405), ("501", 501), ("7003", 400)]
)
def test_batch_endpoints(
    api: Client, emulator: Emulator, switch: str, path: str, body: dict[str, Any], value: str, status: int
) -> None:
    emulator.behaviour.update({switch: value})
    answer = api.post(path, json=body)
    assert answer.status_code == status
    codes = [error["code"] for error in answer.json()["errors"]]
    assert (codes == [7003]) == (value == "7003")


@pytest.mark.parametrize(("allowed", "status"), [(True, 201), (False, 409)])
def test_duplicate_restrictions(api: Client, emulator: Emulator, allowed: bool, status: int) -> None:
    emulator.seed(sending_domain_restrictions=[RESTRICTION], domains=[DOMAIN])
    emulator.behaviour.update({"duplicate_restrictions": allowed})
    assert api.post("sending_domain_restrictions", json=RESTRICTION).status_code == status
    assert api.post("domains", json=DOMAIN).status_code == 409


@pytest.mark.parametrize("collection", ["domains", "sending_domain_restrictions"])
def test_integer_ids(api: Client, emulator: Emulator, collection: str) -> None:
    emulator.behaviour.update({"integer_ids": True})
    emulator.seed(**{collection: [{"domain": name} for name in ("a.example", "b.example", "c.example")]})
    ids = [api.id_of(collection, f"{name}.example") for name in "abc"]
    assert all(isinstance(each, int) for each in ids)
    path = f"{collection}/{ids[0]}"
    assert api.get(path).json()["result"]["id"] == ids[0]
    assert api.patch(path, json={"domain": "d.example"}).json()["result"]["id"] == ids[0]
    assert api.delete(path).json()["result"] == {"id": ids[0]}
    others: dict[str, Any] = {} if collection != "domains" else {"patches": [], "puts": [], "posts": []}
    for record_id, status in ((str(ids[1]), 404), (ids[1], 200)):
        answer = api.post(f"{collection}/batch", json={"deletes": [{"id": record_id}], **others})
        assert answer.status_code == (400 if isinstance(record_id, str) else status)
    assert [record["id"] for record in emulator.state()[collection]] == [ids[2]]


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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, "no such switch: colour"),
        ({"rename": "maybe"}, "rename is one of"),
        ({"last_modified": "yes"}, "last_modified cannot be"),
        ({"omitted_fields": "status"}, "omitted_fields is a list"),
        ({"omitted_fields": [1]}, "omitted_fields is a list"),
        ({"delay": -1}, "delay cannot be"),
        ({"delay": None}, "delay cannot be"),
        ({"page_size_cap": 0}, "page_size_cap cannot be"),
        ({"quota": True}, "quota cannot be"),
    ],
)
def test_a_switch_that_does_not_exist_changes_nothing(changes: dict[str, Any], message: str) -> None:
    behaviour = Behaviour()
    with pytest.raises(ValueError, match=message):
        behaviour.update({"last_modified": True, **changes})
    assert behaviour == Behaviour()


def test_switches_at_the_start_survive_a_reset() -> None:
    with Emulator(behaviour={"status_case": "upper"}, seed={"domains": [DOMAIN]}) as emulator, Client(emulator) as api:
        emulator.behaviour.update({"status_case": "lower", "rename": "refused"})
        emulator.reset()
        assert first(api)["status"] == "ACTIVE"
        assert emulator.behaviour.rename == "honoured"
