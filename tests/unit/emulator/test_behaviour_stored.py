# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches that change what the emulator accepts and stores."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.kinds import KINDS, Kind
from emulator.testing import BODIES, DOMAIN, RESTRICTION, Client

COLLECTIONS = sorted(BODIES)
ENTRY = BODIES["impersonation_registry"]
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
        ({}, {"comments": ""}, {"comments": ""}),
        ({"empty_text": "null"}, {"comments": ""}, {"comments": None}),
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
    ("collection", "switches", "sent", "kept"),
    [
        ("block_senders", {"name_form": "lower"}, {"pattern": "A@B.Example"}, {"pattern": "a@b.example"}),
        ("block_senders", {"name_form": "lower"}, {"pattern": "A.*", "is_regex": True}, {"pattern": "A.*"}),
        (
            "block_senders",
            {"name_form": "a_label"},
            {"pattern": "A@B\u00fccher.example"},
            {"pattern": "a@xn--bcher-kva.example"},
        ),
        (
            "block_senders",
            {"network_form": "canonical"},
            {"pattern": "1.2.3.4/24", "pattern_type": "IP"},
            {"pattern": "1.2.3.0/24"},
        ),
        (
            "impersonation_registry",
            {"name_form": "a_label"},
            {"email": "A@b.example, C@d.example"},
            {"email": "a@b.example,c@d.example"},
        ),
        ("impersonation_registry", {"text_form": "trimmed"}, {"name": " Jane  Roe "}, {"name": "Jane  Roe"}),
        ("content_policies", {"text_form": "trimmed", "name_form": "lower"}, {"pattern": " A"}, {"pattern": " A"}),
        ("content_policies", {"text_form": "trimmed"}, {"notes": " A  b"}, {"notes": "A b"}),
    ],
)
def test_how_patterns_are_kept(
    api: Client,
    emulator: Emulator,
    collection: str,
    switches: dict[str, Any],
    sent: dict[str, Any],
    kept: dict[str, Any],
) -> None:
    emulator.behaviour.update(switches)
    record = api.post(collection, json={**BODIES[collection], **sent}).json()["result"]
    assert kept.items() <= record.items()


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


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize(("value", "status"), [("accepted", 201), ("refused", 409)])
def test_duplicates(api: Client, emulator: Emulator, collection: str, value: str, status: int) -> None:
    emulator.seed(**{collection: [BODIES[collection]]})
    emulator.behaviour.update({"duplicates": value})
    answer = api.post(collection, json=BODIES[collection])
    assert answer.status_code == (409 if collection == "domains" else status)


NO_FLAG = {"is_trusted_sender": False}


SEVERAL_FLAGS = {"is_trusted_sender": True, "is_exempt_recipient": True}


IPV6 = {"pattern": "2606:4700:4700::/48", "pattern_type": "IP"}


@pytest.mark.parametrize(
    ("switches", "collection", "sent", "pointer"),
    [
        ({}, "allow_policies", NO_FLAG, None),
        ({}, "allow_policies", SEVERAL_FLAGS, None),
        ({"true_flags": "some"}, "allow_policies", NO_FLAG, "/is_acceptable_sender"),
        ({"true_flags": "some"}, "allow_policies", SEVERAL_FLAGS, None),
        ({"true_flags": "one"}, "allow_policies", SEVERAL_FLAGS, "/is_acceptable_sender"),
        ({"true_flags": "some"}, "trusted_domains", {"is_recent": False}, "/is_recent"),
        ({}, "block_senders", IPV6, None),
        ({"ipv6_patterns": False}, "block_senders", IPV6, "/pattern"),
        *[
            ({}, collection, {"pattern": pattern, "pattern_type": "IP"}, pointer)
            for collection in ("allow_policies", "block_senders")
            for pattern, pointer in (
                ("1.2.3.4", None),
                ("1.2.3.0/24", None),
                ("192.0.2.1", None),
                *((refused, "/pattern") for refused in ("10.1.2.3", "192.168.0.0/24", "127.0.0.1", "169.254.1.1")),
                *((refused, "/pattern") for refused in ("0.0.0.0", "255.255.255.255", "fe80::1", "fd00::/8", "::1")),
                *(
                    (refused, "/pattern")
                    for refused in ("::", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104", "mail", "1.2.3")
                ),
            )
        ],
        ({}, "block_senders", {"pattern": "example.com", "pattern_type": "EMAIL"}, "/pattern"),
        ({}, "block_senders", {"pattern": "a@example.com", "pattern_type": "DOMAIN"}, "/pattern"),
        ({}, "block_senders", {"pattern": "example.com", "pattern_type": "DOMAIN"}, None),
        ({}, "block_senders", {"pattern": "^10\\.", "pattern_type": "IP", "is_regex": True}, None),
        ({}, "block_senders", {"pattern_type": "UNKNOWN"}, "/pattern_type"),
        ({}, "trusted_domains", {"pattern": "no name"}, "/pattern"),
        ({}, "trusted_domains", {"pattern": "no name", "is_regex": True}, None),
        ({}, "impersonation_registry", {"email": "a@example.com, b@example.com"}, None),
        ({}, "impersonation_registry", {"email": "a@example.com, b"}, "/email"),
        ({}, "impersonation_registry", {"email": ".*@example.com$", "is_email_regex": True}, None),
    ],
)
def test_what_a_create_and_a_patch_refuse(
    api: Client,
    emulator: Emulator,
    switches: dict[str, Any],
    collection: str,
    sent: dict[str, Any],
    pointer: str | None,
) -> None:
    emulator.seed(**{collection: [BODIES[collection]]})
    emulator.behaviour.update(switches)
    path = f"{collection}/{emulator.state()[collection][0]['id']}"
    for answer in (api.post(collection, json={**BODIES[collection], **sent}), api.patch(path, json=sent)):
        errors = [] if answer.ok else answer.json()["errors"]
        assert [error["source"]["pointer"] for error in errors] == ([] if pointer is None else [pointer])


def test_what_is_refused_today_can_be_in_an_old_record(api: Client, emulator: Emulator) -> None:
    emulator.seed(
        block_senders=[{"pattern": "10.0.0.1", "pattern_type": "IP"}, {"pattern": "?", "pattern_type": "UNKNOWN"}]
    )
    for record in api.get("block_senders").json()["result"]:
        path = f"block_senders/{record['id']}"
        assert api.patch(path, json={"comments": "old"}).json()["result"]["comments"] == "old"
        assert api.patch(path, json={"pattern": "10.0.0.2", "pattern_type": "IP"}).status_code == 400
        assert api.delete(path).status_code == 200


@pytest.mark.parametrize("provenance", ["SNOOPY-OFFICE_365", "A1S_INTERNAL", None])
@pytest.mark.parametrize("value", ["refused", "changed"])
def test_entries_of_a_directory(api: Client, emulator: Emulator, value: str, provenance: str | None) -> None:
    emulator.seed(impersonation_registry=[{**ENTRY, "provenance": provenance}])
    emulator.behaviour.update({"locked_records": value})
    path = f"impersonation_registry/{emulator.state()['impersonation_registry'][0]['id']}"
    status = 400 if provenance == "SNOOPY-OFFICE_365" and value == "refused" else 200
    assert api.patch(path, json={"comments": "CEO"}).status_code == status
    assert api.delete(path).status_code == status


@pytest.mark.parametrize("value", ["A1S_INTERNAL", None])
def test_provenance_of_entries_made_by_hand(api: Client, emulator: Emulator, value: str | None) -> None:
    emulator.behaviour.update({"provenance": value})
    assert api.post("impersonation_registry", json=ENTRY).json()["result"]["provenance"] == value


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.collection)
def test_integer_ids(api: Client, emulator: Emulator, kind: Kind) -> None:
    collection, key = kind.collection, kind.key[0]
    emulator.behaviour.update({"integer_ids": True})
    emulator.seed(**{collection: 3})
    ids = [record["id"] for record in emulator.state()[collection]]
    assert all(isinstance(each, int) for each in ids)
    path = f"{collection}/{ids[0]}"
    assert api.get(path).json()["result"]["id"] == ids[0]
    assert api.patch(path, json={key: kind.example(4)[key]}).json()["result"]["id"] == ids[0]
    assert api.delete(path).json()["result"] == {"id": ids[0]}
    if not kind.batch:
        return
    others: dict[str, Any] = {name: [] for name in kind.batch if name != "deletes"}
    for record_id, status in ((str(ids[1]), 404), (ids[1], 200)):
        answer = api.post(f"{collection}/batch", json={"deletes": [{"id": record_id}], **others})
        assert answer.status_code == (400 if isinstance(record_id, str) else status)
    assert [record["id"] for record in emulator.state()[collection]] == [ids[2]]
