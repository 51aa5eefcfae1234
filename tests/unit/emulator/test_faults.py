# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong on the way, as a client sees it and as the server knows it."""

from __future__ import annotations

import http.client
import time
from typing import Any

import pytest
import requests

from emulator import Emulator
from emulator.faults import FaultPlan
from emulator.testing import RESTRICTION, Client

COLLECTION = "sending_domain_restrictions"


def created(emulator: Emulator) -> int:
    """How many restrictions the server holds."""
    return len(emulator.state()[COLLECTION])


@pytest.mark.parametrize("status", [408, 429, 503, 526])
@pytest.mark.parametrize(("html", "retry_after"), [(True, None), (False, 7)])
def test_a_status(api: Client, emulator: Emulator, status: int, html: bool, retry_after: int | None) -> None:
    emulator.faults.add("status", status=status, html=html, retry_after=retry_after)
    answer = api.post(COLLECTION, json=RESTRICTION)
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == (str(retry_after) if retry_after else None)
    assert "cf-ray" in answer.headers
    if html:
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.text.startswith("<!DOCTYPE html>")
    else:
        assert answer.json()["success"] is False
        assert answer.json()["errors"][0]["code"] == (971 if status == 429 else 1000)
    assert created(emulator) == 0
    assert api.post(COLLECTION, json=RESTRICTION).status_code == 201


@pytest.mark.parametrize("body", [{"success": True, "result": {"odd": 1}}, [], "<p>Plain page</p>"])
def test_a_status_with_a_body_of_its_own(api: Client, emulator: Emulator, body: Any) -> None:
    emulator.faults.add("status", status=207, body=body)
    answer = api.get(COLLECTION)
    assert answer.status_code == 207
    assert (answer.text if isinstance(body, str) else answer.json()) == body


def test_headers_of_its_own(api: Client, emulator: Emulator) -> None:
    emulator.faults.add("status", status=400, headers={"cf-ray": "mine", "X-Echo": api.headers["Authorization"]})

    answer = api.get("domains")

    assert answer.headers["cf-ray"] == "mine"
    assert answer.headers["X-Echo"] == f"Bearer {emulator.token}"


@pytest.mark.parametrize("acted", [True, False])
def test_a_status_after_the_server_acted(api: Client, emulator: Emulator, acted: bool) -> None:
    emulator.faults.add("status", status=502, acted=acted)
    assert api.post(COLLECTION, json=RESTRICTION).status_code == 502
    assert created(emulator) == acted


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("acted", [True, False])
def test_a_dropped_connection(api: Client, emulator: Emulator, acted: bool, reset: bool) -> None:
    emulator.faults.add("drop", acted=acted, reset=reset)
    with pytest.raises(requests.ConnectionError, match="reset by peer" if reset else "closed connection"):
        api.post(COLLECTION, json=RESTRICTION)
    assert created(emulator) == acted
    assert (emulator.log[0].status, emulator.log[0].fault) == (None, "drop")
    assert api.get(COLLECTION).status_code == 200
    assert emulator.log[0].connection != emulator.log[1].connection


def test_a_drop_on_an_open_connection(api: Client, emulator: Emulator) -> None:
    assert api.get(COLLECTION).status_code == 200
    emulator.faults.add("drop")
    with pytest.raises(requests.ConnectionError):
        api.get(COLLECTION)
    assert emulator.log[0].connection == emulator.log[1].connection


@pytest.mark.parametrize("kind", ["truncate", "cut_chunks"])
def test_a_truncated_body(api: Client, emulator: Emulator, kind: Any) -> None:
    emulator.faults.add(kind)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.post(COLLECTION, json=RESTRICTION)
    assert created(emulator) == 1
    emulator.faults.add(kind)
    connection = http.client.HTTPConnection(emulator.origin.removeprefix("http://"), timeout=5)
    path = emulator.settings_url().removeprefix(emulator.origin)
    connection.request("GET", f"{path}/{COLLECTION}", headers={"Authorization": f"Bearer {emulator.token}"})
    answer = connection.getresponse()
    assert (answer.headers["Content-Length"] is None) == (kind == "cut_chunks")
    assert answer.headers["Transfer-Encoding"] == ("chunked" if kind == "cut_chunks" else None)
    with pytest.raises(http.client.IncompleteRead) as cut:
        answer.read()
    assert cut.value.partial.startswith(b'{"success": true')
    connection.close()


def test_a_slow_answer_comes_after_the_server_acted(api: Client, emulator: Emulator) -> None:
    emulator.faults.add("slow", delay=0.5)
    with pytest.raises(requests.ReadTimeout):
        api.post(COLLECTION, json=RESTRICTION, timeout=0.1)
    assert created(emulator) == 1
    emulator.faults.add("slow", delay=0.2)
    start = time.monotonic()
    assert api.get(COLLECTION).status_code == 200
    assert time.monotonic() - start >= 0.2


def test_a_success_that_is_none(api: Client, emulator: Emulator) -> None:
    emulator.faults.add("not_success")
    answer = api.post(COLLECTION, json=RESTRICTION)
    assert answer.status_code == 200
    assert answer.json()["success"] is False
    assert answer.json()["errors"] != []
    assert created(emulator) == 0


def test_a_redirect(api: Client, emulator: Emulator) -> None:
    emulator.faults.add("redirect", location="http://elsewhere.example/", times=2)
    emulator.faults.add("redirect", location="/login", status=302)
    for status, location in ((307, "http://elsewhere.example/"), (307, "http://elsewhere.example/"), (302, "/login")):
        answer = api.get(COLLECTION, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (status, location)


def statuses(api: Client, *requests_: tuple[str, str]) -> list[int]:
    """The statuses that these requests are answered with."""
    return [api.request(method, path).status_code for method, path in requests_]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({}, [503, 200, 200, 200, 200]),
        ({"times": 2}, [503, 503, 200, 200, 200]),
        ({"times": None}, [503, 503, 503, 503, 503]),
        ({"nth": 3}, [200, 200, 503, 200, 200]),
        ({"nth": 2, "times": 2}, [200, 503, 503, 200, 200]),
        ({"path": "/domains"}, [200, 503, 200, 200, 200]),
        ({"path": r"page=\d"}, [200, 200, 200, 503, 200]),
        ({"path": "/domains", "nth": 2}, [200, 200, 200, 503, 200]),
        ({"method": "get", "nth": 5}, [200, 200, 200, 200, 503]),
        ({"method": "PATCH"}, [200, 200, 200, 200, 200]),
    ],
)
def test_which_requests_a_fault_hits(
    api: Client, emulator: Emulator, fault: dict[str, Any], expected: list[int]
) -> None:
    emulator.faults.add("status", status=503, **fault)
    paths = (COLLECTION, "domains", COLLECTION, "domains?page=2", "domains")
    assert statuses(api, *(("GET", path) for path in paths)) == expected


def test_faults_stand_in_a_queue(api: Client, emulator: Emulator) -> None:
    emulator.faults.add("status", status=429, times=2)
    emulator.faults.add("status", status=502)
    assert len(emulator.faults.pending) == 2
    assert statuses(api, *[("GET", "domains")] * 4) == [429, 429, 502, 200]
    assert emulator.faults.pending == []
    emulator.faults.add("status", status=500)
    emulator.faults.clear()
    assert api.get("domains").status_code == 200


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"kind": "flood"}, "the kind of a fault"),
        ({"kind": "status"}, "needs a status"),
        ({"kind": "redirect"}, "needs a location"),
        ({"kind": "slow"}, "needs a delay"),
        ({"kind": "drop", "nth": 0}, "begin at 1"),
        ({"kind": "drop", "times": 0}, "begin at 1"),
        ({"kind": "drop", "path": "("}, "no regular expression"),
    ],
)
def test_a_fault_that_makes_no_sense(fault: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FaultPlan().add(**fault)
