# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many changes in one request."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.kinds import KINDS
from emulator.testing import BODIES, DOMAIN, UNKNOWN_ID, Client

EMPTY: dict[str, list[Any]] = {"deletes": [], "patches": [], "puts": [], "posts": []}
PUT = {name: value for name, value in DOMAIN.items() if name != "domain"}
WITH_BATCH = [name for name, kind in KINDS.items() if len(kind.batch) == 4]


@pytest.fixture
def ids(emulator: Emulator) -> list[str]:
    """The ids of three domains: a, b and c.example."""
    emulator.seed(domains=[{"domain": f"{name}.example", "lookback_hops": 7} for name in "abc"])
    return [record["id"] for record in emulator.state()["domains"]]


def test_the_order_is_deletes_patches_puts_posts(api: Client, emulator: Emulator, ids: list[str]) -> None:
    body = {
        # The name of the deleted domain can be taken again, and of two changes to one record the put comes last.
        "posts": [{**DOMAIN, "domain": "a.example"}],
        "puts": [{**PUT, "id": ids[1], "regions": ["DE"]}],
        "patches": [{"id": ids[1], "regions": ["AU"], "lookback_hops": 3}, {"id": ids[2], "regions": ["US"]}],
        "deletes": [{"id": ids[0]}],
    }
    answer = api.post("domains/batch", json=body)
    assert answer.status_code == 200
    result = answer.json()["result"]
    assert result["deletes"] == [{"id": ids[0]}]
    assert [(record["id"], record["regions"]) for record in result["patches"]] == [(ids[1], ["AU"]), (ids[2], ["US"])]
    assert [(record["regions"], record["lookback_hops"]) for record in result["puts"]] == [(["DE"], 1)]
    assert [record["domain"] for record in result["posts"]] == ["a.example"]
    stored = [(r["domain"], r["regions"], r["lookback_hops"]) for r in emulator.state()["domains"]]
    assert stored == [("b.example", ["DE"], 1), ("c.example", ["US"], 7), ("a.example", ["GLOBAL"], 1)]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        *[({name: [] for name in EMPTY if name != missing}, "") for missing in EMPTY],
        ({**EMPTY, "patches": [{"regions": ["DE"]}]}, "/patches/0"),
        ({**EMPTY, "patches": [{"id": UNKNOWN_ID, "domain": "new.example"}]}, "/patches/0"),
        ({**EMPTY, "puts": [{**DOMAIN, "id": UNKNOWN_ID}]}, "/puts/0"),
        ({**EMPTY, "puts": [PUT]}, "/puts/0"),
        ({**EMPTY, "posts": [{"domain": "new.example"}]}, "/posts/0"),
        ({**EMPTY, "deletes": [{"id": "17"}]}, "/deletes/0/id"),
        ({**EMPTY, "deletes": [{"id": UNKNOWN_ID}] * 1001}, "/deletes"),
        ({**EMPTY, "renames": []}, ""),
    ],
)
def test_a_bad_batch_is_refused(
    api: Client, emulator: Emulator, ids: list[str], body: dict[str, Any], pointer: str
) -> None:
    before = emulator.state()
    answer = api.post("domains/batch", json=body)
    assert answer.status_code == 400
    assert {error["source"]["pointer"] for error in answer.json()["errors"]} == {pointer}
    assert emulator.state() == before
    assert len(emulator.rejected) == 1


@pytest.mark.parametrize(
    ("mode", "left"), [("nothing", ["a", "b", "c"]), ("partial", ["b", "c"]), ("as_said", ["b", "c"])]
)
@pytest.mark.parametrize(
    ("failing", "status", "pointer"),
    [
        ({"patches": [{"id": UNKNOWN_ID}]}, 404, "/patches/0/id"),
        ({"puts": [{**PUT, "id": UNKNOWN_ID}]}, 404, "/puts/0/id"),
        ({"posts": [{**DOMAIN, "domain": "b.example"}]}, 409, "/posts/0/domain"),
    ],
)
def test_a_batch_that_fails(
    api: Client,
    emulator: Emulator,
    ids: list[str],
    mode: str,
    left: list[str],
    failing: dict[str, Any],
    status: int,
    pointer: str,
) -> None:
    emulator.behaviour.update({"batch_failure": mode})
    answer = api.post("domains/batch", json={**EMPTY, "deletes": [{"id": ids[0]}], **failing})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["source"]["pointer"] == pointer
    assert [record["domain"] for record in emulator.state()["domains"]] == [f"{name}.example" for name in left]


@pytest.mark.parametrize("collection", WITH_BATCH)
def test_all_four_lists(api: Client, emulator: Emulator, collection: str) -> None:
    kind, body = KINDS[collection], BODIES[collection]
    emulator.seed(**{collection: 3})
    emulator.behaviour.update({"omitted_results": ["puts"]})
    first, second, third = (record["id"] for record in emulator.state()[collection])
    new = {**body, kind.key[0]: kind.example(4)[kind.key[0]]}
    whole = PUT if collection == "domains" else {**body, kind.key[0]: kind.example(5)[kind.key[0]]}
    changes = {name: value for name, value in body.items() if name not in kind.key}
    lists = {
        "deletes": [{"id": first}],
        "patches": [{"id": second, **changes}],
        "puts": [{"id": third, **whole}],
        "posts": [new],
    }
    answer = api.post(f"{collection}/batch", json=lists)
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    assert {name: len(entries) for name, entries in result.items()} == {"deletes": 1, "patches": 1, "posts": 1}
    patched, put, posted = emulator.state()[collection]
    assert (patched["id"], put["id"]) == (second, third)
    for record, expected in ((patched, changes), (put, whole), (posted, new)):
        assert expected.items() <= record.items()
    # An empty list may be left out nowhere, and no entry may lack its id.
    for name in lists:
        assert api.post(f"{collection}/batch", json={each: [] for each in lists if each != name}).status_code == 400
    for name in ("patches", "puts"):
        entry = {field: value for field, value in lists[name][0].items() if field != "id"}
        assert api.post(f"{collection}/batch", json={**EMPTY, name: [entry]}).status_code == 400


@pytest.mark.parametrize("collection", [name for name in WITH_BATCH if KINDS[name].atomic])
@pytest.mark.parametrize(("mode", "left"), [("nothing", 2), ("partial", 1), ("as_said", 2)])
def test_an_atomic_batch_that_fails(api: Client, emulator: Emulator, collection: str, mode: str, left: int) -> None:
    emulator.seed(**{collection: 2})
    emulator.behaviour.update({"batch_failure": mode})
    deletes = [{"id": emulator.state()[collection][0]["id"]}, {"id": UNKNOWN_ID}]
    answer = api.post(f"{collection}/batch", json={**EMPTY, "deletes": deletes})
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["source"]["pointer"] == "/deletes/1/id"
    assert len(emulator.state()[collection]) == left


def test_a_thousand_at_once(api: Client, emulator: Emulator) -> None:
    emulator.seed(domains=1000)
    patches = [{"id": record["id"], "lookback_hops": 9} for record in emulator.state()["domains"]]
    answer = api.post("domains/batch", json={**EMPTY, "patches": patches})
    assert answer.status_code == 200
    assert len(answer.json()["result"]["patches"]) == 1000
    assert {record["lookback_hops"] for record in emulator.state()["domains"]} == {9}


def test_restrictions_are_deleted_all_or_none(api: Client, emulator: Emulator) -> None:
    emulator.seed(sending_domain_restrictions=3)
    entries = [{"id": record["id"]} for record in emulator.state()["sending_domain_restrictions"]]
    path = "sending_domain_restrictions/batch"
    assert api.post(path, json={"deletes": [*entries, {"id": UNKNOWN_ID}]}).status_code == 404
    assert len(emulator.state()["sending_domain_restrictions"]) == 3
    assert api.post(path, json={"deletes": entries, "posts": []}).status_code == 400
    answer = api.post(path, json={"deletes": entries[:2]})
    assert answer.json()["result"] == {"deletes": entries[:2]}
    assert len(emulator.state()["sending_domain_restrictions"]) == 1
