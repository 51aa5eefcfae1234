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


@pytest.mark.parametrize(("value", "expected"), [("list", []), ("null", None)])
def test_empty_lists(api: Client, emulator: Emulator, value: str, expected: Any) -> None:
    emulator.seed(domains=[DOMAIN], sending_domain_restrictions=[RESTRICTION])
    emulator.behaviour.update({"empty_lists": value})
    assert first(api)["ip_restrictions"] == expected
    assert first(api, "sending_domain_restrictions")["exclude"] == expected
    assert first(api)["regions"] == ["GLOBAL"]


@pytest.mark.parametrize(("value", "expected"), [("lower", "active"), ("upper", "ACTIVE")])
def test_status_case(api: Client, emulator: Emulator, value: str, expected: str) -> None:
    emulator.seed(domains=[DOMAIN])
    emulator.behaviour.update({"status_case": value})
    assert first(api)["status"] == expected


@pytest.mark.parametrize("present", [True, False])
def test_last_modified(api: Client, emulator: Emulator, present: bool) -> None:
    emulator.seed(domains=[DOMAIN])
    emulator.behaviour.update({"last_modified": present})
    record = first(api)
    assert ("last_modified" in record) == present
    assert record.get("last_modified", record["modified_at"]) == record["modified_at"]


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


@pytest.mark.parametrize(
    ("value", "domain", "exclude"),
    [
        ("as_sent", "Bücher.Example.", "News.Bücher.example"),
        ("lower", "bücher.example.", "news.bücher.example"),
        ("a_label", "xn--bcher-kva.example", "news.xn--bcher-kva.example"),
    ],
)
def test_name_form(api: Client, emulator: Emulator, value: str, domain: str, exclude: str) -> None:
    emulator.behaviour.update({"name_form": value})
    body = {"domain": "Bücher.Example.", "exclude": ["News.Bücher.example"]}
    record = api.post("sending_domain_restrictions", json=body).json()["result"]
    assert (record["domain"], record["exclude"]) == (domain, [exclude])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("as_sent", ["192.0.2.7", "198.51.100.9/24", "2001:DB8:0::/32", "mx"]),
        ("canonical", ["192.0.2.7/32", "198.51.100.0/24", "2001:db8::/32", "mx"]),
    ],
)
def test_network_form(api: Client, emulator: Emulator, value: str, expected: list[str]) -> None:
    emulator.behaviour.update({"network_form": value})
    body = {**DOMAIN, "ip_restrictions": ["192.0.2.7", "198.51.100.9/24", "2001:DB8:0::/32", "mx"]}
    assert api.post("domains", json=body).json()["result"]["ip_restrictions"] == expected


@pytest.mark.parametrize(("value", "expected"), [("as_sent", "  two  words "), ("trimmed", "two words")])
def test_text_form(api: Client, emulator: Emulator, value: str, expected: str) -> None:
    emulator.behaviour.update({"text_form": value})
    body = {**RESTRICTION, "comments": "  two  words "}
    assert api.post("sending_domain_restrictions", json=body).json()["result"]["comments"] == expected


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


def test_omitted_fields(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    emulator.behaviour.update({"omitted_fields": ["modified_at", "regions", "status"]})
    record = first(api)
    assert not {"modified_at", "regions", "status"} & set(record)
    assert record["domain"] == "example.com"


def test_unlisted_fields(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=[DOMAIN])
    emulator.behaviour.update({"unlisted_fields": ["regions", "no_such_field"]})
    record = first(api)
    assert "regions" not in record
    assert api.get(f"domains/{record['id']}").json()["result"]["regions"] == DOMAIN["regions"]


@pytest.mark.parametrize(
    ("shown", "listed", "read"),
    [
        ("false", {"require_tls_inbound": False}, {"require_tls_inbound": False}),
        ("null", {"require_tls_inbound": None}, {"require_tls_inbound": None}),
        ("omitted", {}, {}),
        ("unlisted", {}, {"require_tls_inbound": False}),
    ],
)
def test_false_flags(api: Client, emulator: Emulator, shown: str, listed: dict[str, Any], read: dict[str, Any]) -> None:
    emulator.seed(domains=[{**DOMAIN, "require_tls_outbound": True}])
    emulator.behaviour.update({"false_flags": shown})

    def flags(record: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in record.items() if name.startswith("require_tls")}

    record = first(api)
    assert flags(record) == {**listed, "require_tls_outbound": True}
    path = f"domains/{record['id']}"
    assert flags(api.get(path).json()["result"]) == {**read, "require_tls_outbound": True}
    off = api.patch(path, json={"require_tls_outbound": False}).json()["result"]
    assert flags(off) == {
        name: read["require_tls_inbound"] for name in ("require_tls_inbound", "require_tls_outbound") if read
    }


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
