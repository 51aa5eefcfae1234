# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A create whose response was lost: read first, then decided. Never two records, and ``changed`` is what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
import urllib3

from emulator import Emulator
from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION
from support.sample import ID, Sample
from support.script import Exchange, Script, refusal

DOUBT = "The change may or may not have been applied. Run the task again."
LOST: dict[str, Any] = {
    "dropped": {"kind": "drop"},
    "reset": {"kind": "drop", "reset": True},
    "cut short": {"kind": "truncate"},
    "cut chunks": {"kind": "cut_chunks"},
    "a page of an edge": {"kind": "status", "status": 502, "html": True},
    "408": {"kind": "status", "status": 408},
    "503 with a wait": {"kind": "status", "status": 503, "retry_after": 3},
    "503 with a wait that is too long": {"kind": "status", "status": 503, "retry_after": 900},
}
every_loss = pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
BODY = {"domain": "partner.example", "exclude": []}
MADE = {"id": ID, **BODY, "comments": None}
NO_CONNECTION = urllib3.exceptions.NewConnectionError(None, "[Errno 111] refused")  # type: ignore[arg-type]  # no pool


def names(emulator: Emulator, sample: Sample) -> list[str | None]:
    return sample.labels(emulator.state()[sample.collection])


def posts(emulator: Emulator) -> int:
    return sum(entry.method == "POST" for entry in emulator.log)


@every_loss
@pytest.mark.parametrize("retries", [0, 5])
def test_a_lost_create_that_was_applied_is_found_and_not_repeated(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample, fault: dict[str, Any], retries: int
) -> None:
    # Two of one name are possible here: nothing but the module keeps from it.
    emulator.behaviour.update({"duplicates": "accepted"})
    emulator.faults.add(**{**fault, "method": "POST", "acted": True})

    result = run_emulated(served.module, **served.key, retries=retries, **served.needed)

    assert result.changed
    assert served.labels([result.result]) == [served.label]
    assert names(emulator, served) == [served.label]
    assert posts(emulator) == 1


@pytest.mark.parametrize("fault", [fault for fault in LOST.values() if fault.get("retry_after") != 900])
def test_a_create_that_was_not_applied_is_retried_after_a_lookup(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample, fault: dict[str, Any]
) -> None:
    emulator.behaviour.update({"duplicates": "accepted"})
    emulator.faults.add(**{**fault, "method": "POST", "acted": False})

    result = run_emulated(served.module, **served.key, **served.needed)

    assert result.changed
    assert names(emulator, served) == [served.label]
    methods = [entry.method for entry in emulator.log]
    first, second = (place for place, method in enumerate(methods) if method == "POST")
    assert "GET" in methods[first:second]


def test_without_retries_and_with_nothing_created_the_error_says_that_the_outcome_is_unknown(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample
) -> None:
    emulator.faults.add("drop", method="POST")

    result = run_emulated(served.module, **served.key, retries=0, **served.needed)

    assert result.failed
    assert DOUBT in result.msg
    assert names(emulator, served) == []
    assert posts(emulator) == 1


def test_a_second_run_after_an_unknown_outcome_converges(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample
) -> None:
    emulator.faults.add("drop", method="POST", acted=True)
    # ... and nothing can be read.
    emulator.faults.add("drop", method="GET", nth=3 if served.filtered else 2)

    assert run_emulated(served.module, **served.key, retries=0, **served.needed).failed
    again = run_emulated(served.module, **served.key, retries=0, **served.needed)

    assert not again.changed
    assert names(emulator, served) == [served.label]


@pytest.mark.parametrize("status", [403, 500])
def test_after_a_failed_lookup_nothing_is_retried(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample, status: int
) -> None:
    emulator.behaviour.update({"duplicates": "accepted"})
    emulator.faults.add("drop", method="POST", acted=True)
    emulator.faults.add("status", method="GET", status=status, times=None, nth=3 if served.filtered else 2)

    result = run_emulated(served.module, **served.key, retries=1, **served.needed)

    assert result.failed
    assert DOUBT in result.msg
    assert posts(emulator) == 1
    assert names(emulator, served) == [served.label]


def test_a_conflict_after_a_lost_response_leads_to_a_lookup(run: Callable[..., Run]) -> None:
    lost = RESTRICTION.creating(BODY, error=requests.ReadTimeout("x"))
    conflict = RESTRICTION.creating(BODY, status=409, answer=refusal({"code": 1409, "message": "Exists"}))
    listing = RESTRICTION.listing
    # At the first look it was not there yet.
    script = Script(listing(), lost, listing(), conflict, listing(MADE), listing(MADE))

    result = run(RESTRICTION.module, script, domain="partner.example")

    assert result.changed
    assert result.result == MADE


def test_a_conflict_on_the_first_try_is_an_error(run: Callable[..., Run]) -> None:
    conflict = RESTRICTION.creating(BODY, status=409, answer=refusal({"code": 1409, "message": "Exists"}))

    result = run(RESTRICTION.module, Script(RESTRICTION.listing(), conflict), domain="partner.example")

    assert result.failed
    assert result.msg.startswith("HTTP 409: Exists (code 1409).")
    assert DOUBT not in result.msg


SURELY_NOT_DONE: list[dict[str, Any]] = [
    {"status": 429, "answer": refusal({"code": 971, "message": "Wait"}), "headers": {"Retry-After": "3"}},
    {"error": requests.ConnectTimeout("x")},
    {"error": requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "", NO_CONNECTION))},  # type: ignore[arg-type]  # no pool
]


@pytest.mark.parametrize("failure", SURELY_NOT_DONE, ids=["429", "connect timeout", "refused"])
def test_a_create_that_was_not_applied_is_retried_without_a_lookup(
    run: Callable[..., Run], failure: dict[str, Any]
) -> None:
    script = Script(RESTRICTION.listing(), RESTRICTION.creating(BODY, **failure), RESTRICTION.creating(BODY, MADE))

    assert run(RESTRICTION.module, script, domain="partner.example").changed


@pytest.mark.parametrize("failure", SURELY_NOT_DONE, ids=["429", "connect timeout", "refused"])
def test_a_request_that_was_not_applied_has_a_known_outcome(run: Callable[..., Run], failure: dict[str, Any]) -> None:
    script = Script(RESTRICTION.listing(), RESTRICTION.creating(BODY, **failure))

    result = run(RESTRICTION.module, script, domain="partner.example", retries=0)

    assert result.failed
    assert DOUBT not in result.msg


@pytest.mark.parametrize("failure", SURELY_NOT_DONE, ids=["429", "connect timeout", "refused"])
def test_an_unknown_outcome_survives_a_later_refusal(run: Callable[..., Run], failure: dict[str, Any]) -> None:
    lost = RESTRICTION.creating(BODY, error=requests.ReadTimeout("x"))
    script = Script(
        RESTRICTION.listing(),
        lost,
        RESTRICTION.listing(),
        RESTRICTION.creating(BODY, **failure),
        # It took the server until now.
        RESTRICTION.listing(MADE),
        RESTRICTION.listing(MADE),
    )

    assert run(RESTRICTION.module, script, domain="partner.example").result == MADE


def test_what_was_found_is_checked_like_every_write(run: Callable[..., Run]) -> None:
    lost = RESTRICTION.creating({**BODY, "comments": "x"}, error=requests.ReadTimeout("x"))
    made = {**MADE, "exclude": ["other.example"]}
    script = Script(RESTRICTION.listing(), lost, RESTRICTION.listing(made), RESTRICTION.listing(made))

    result = run(RESTRICTION.module, script, domain="partner.example", comments="x")

    assert result.failed
    assert result.msg.startswith("The response was lost, and the existing record differs from what was sent")
    assert "exclude: is ['other.example'], not []" in result.msg


def test_two_records_after_a_lost_response_are_reported(run: Callable[..., Run]) -> None:
    lost = RESTRICTION.creating(BODY, error=requests.ReadTimeout("x"))
    script = Script(RESTRICTION.listing(), lost, RESTRICTION.listing(MADE, {**MADE, "id": "2"}))

    result = run(RESTRICTION.module, script, domain="partner.example")

    assert result.failed
    assert result.msg.startswith(
        "The response was lost, and the change appears to be applied, but the record could not be read again: "
        "domain: partner.example matches 2 sending domain restrictions."
    )
    assert (result.changed, result.result) == (True, {})


def test_a_single_create_of_many_domains_is_looked_for_too(run: Callable[..., Run]) -> None:
    body = {"domain": "example.com", **DOMAIN.needed}
    lost = DOMAIN.creating(body, error=requests.ReadTimeout("x"))
    found = [Exchange("GET", DOMAIN.path, DOMAIN.lookup().query, answer=DOMAIN.lookup({"id": ID, **body}).answer)]

    result = run(DOMAIN.bulk_module, Script(DOMAIN.listing(), lost, *found, *found), domains=[body])

    assert result.changed
    assert result.summary["created"] == ["example.com"]
