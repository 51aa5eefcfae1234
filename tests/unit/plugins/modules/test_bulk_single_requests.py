# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing many records with single requests: side by side, so many at a time, and what is returned where some fail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError
from emulator import Emulator
from support.module_runner import COLLECTION, Run
from support.resources import DOMAIN, RESTRICTION
from support.sample import Sample
from support.script import Script, envelope, refusal

NOT_TRIED = "Not attempted, because an earlier change failed."
CHANGE = {"comments": "x"}


def entries(count: int, **settings: Any) -> list[dict[str, Any]]:
    return [{"domain": f"d{number}.example", **settings} for number in range(1, count + 1)]


def reasons(result: Run) -> dict[str, str]:
    return {failed["name"]: failed["msg"] for failed in result.failed_records}


class Meeting:
    """Counts the writes under way; each waits until as many as are expected are there at the same time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, expected: int) -> None:
        self.most = 0
        self._under_way = 0
        self._lock = threading.Lock()
        # Where fewer come together, the barrier breaks and the write fails.
        self._barrier = threading.Barrier(expected, timeout=10)
        self._request = requests.Session.request

        # A function, which gets the session; a bound method would not.
        def request(session: requests.Session, method: str, *args: Any, **options: Any) -> requests.Response:
            return self.meet(session, method, *args, **options)

        monkeypatch.setattr(requests.Session, "request", request)

    def meet(self, session: requests.Session, method: str, *args: Any, **options: Any) -> requests.Response:
        if method == "GET":
            return self._request(session, method, *args, **options)
        with self._lock:
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        self._barrier.wait()
        try:
            return self._request(session, method, *args, **options)
        finally:
            with self._lock:
                self._under_way -= 1


@pytest.mark.parametrize(("concurrency", "given"), [(8, {}), (1, {"concurrency": 1}), (5, {"concurrency": 5})])
def test_so_many_are_under_way_at_the_same_time_and_no_more(
    run_emulated: Callable[..., Run],
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    concurrency: int,
    given: dict[str, int],
) -> None:
    meeting = Meeting(monkeypatch, concurrency)

    result = run_emulated(RESTRICTION.bulk_module, restrictions=entries(concurrency * 3), **given)

    assert not result.failed
    assert meeting.most == concurrency
    assert result.summary["counts"]["created"] == concurrency * 3


def test_each_thread_keeps_a_connection_of_its_own(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    run_emulated(RESTRICTION.bulk_module, restrictions=entries(40), concurrency=4)

    # One for the listing.
    assert len({entry.connection for entry in emulator.log}) <= 5


def test_every_connection_is_closed(
    run_emulated: Callable[..., Run], emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[requests.Session] = []
    closed: list[requests.Session] = []
    real_init, real_close = requests.Session.__init__, requests.Session.close

    def init(session: requests.Session) -> None:
        opened.append(session)
        real_init(session)

    def close(session: requests.Session) -> None:
        closed.append(session)
        real_close(session)

    monkeypatch.setattr(requests.Session, "__init__", init)
    monkeypatch.setattr(requests.Session, "close", close)

    run_emulated(RESTRICTION.bulk_module, restrictions=entries(20))

    assert opened
    assert set(map(id, closed)) == set(map(id, opened))


def test_results_stay_in_order_with_responses_in_any_order(
    run_emulated: Callable[..., Run], emulator: Emulator
) -> None:
    emulator.seed(sending_domain_restrictions=entries(30))

    result = run_emulated(RESTRICTION.bulk_module, restrictions=entries(60, **CHANGE), concurrency=16)

    assert [record["domain"] for record in result.result] == [f"d{number}.example" for number in range(1, 61)]
    assert result.summary["updated"] == [f"d{number}.example" for number in range(1, 31)]
    assert result.summary["created"] == [f"d{number}.example" for number in range(31, 61)]
    assert all(record["comments"] == "x" for record in emulator.state()["sending_domain_restrictions"])


def test_deletes_are_over_before_anything_else_begins(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    emulator.behaviour.update({"batch": "405"})
    emulator.seed(sending_domain_restrictions=entries(10))
    mixed = [{"domain": f"new{number}.example"} for number in range(10)] + entries(10, state="absent")

    run_emulated(RESTRICTION.bulk_module, restrictions=mixed)

    methods = [entry.method for entry in emulator.writes if not entry.path.endswith("/batch")]
    assert methods == ["DELETE"] * 10 + ["POST"] * 10


def test_some_fail_and_the_others_are_done(run: Callable[..., Run]) -> None:
    records = RESTRICTION.records(3)
    refused = refusal({"code": 1400, "message": "Not this one"})
    script = Script(
        RESTRICTION.listing(*records),
        RESTRICTION.patching(records[0], CHANGE),
        RESTRICTION.patching(records[1], CHANGE, status=400, answer=refused),
        RESTRICTION.patching(records[2], CHANGE),
    )

    result = run(RESTRICTION.bulk_module, script, restrictions=[*entries(3, **CHANGE)], concurrency=1)

    assert result.failed
    assert result.changed
    assert result.summary["updated"] == ["d1.example", "d3.example"]
    assert result.result == [{**records[0], **CHANGE}, {}, {**records[2], **CHANGE}]
    assert [entry["before_header"].split()[-1] for entry in result.diff] == ["d1.example", "d3.example"]
    assert list(reasons(result)) == ["d2.example"]
    assert result.msg.startswith("1 of 3 changes failed, 2 succeeded.\nd2.example: HTTP 400: Not this one (code 1400).")
    assert result.failure["status"] == 400
    assert result.failure["url"].endswith(RESTRICTION.id_of(2))


def test_warnings_about_the_others_are_returned_where_some_fail(run: Callable[..., Run]) -> None:
    records = RESTRICTION.records(2)
    script = Script(
        RESTRICTION.listing(*records),
        RESTRICTION.patching(records[0], CHANGE, answer=envelope({**records[0], "comments": "y"}, ["Remark"])),
        RESTRICTION.patching(records[1], CHANGE, status=400, answer=refusal({"code": 1400, "message": "Not this one"})),
    )

    result = run(RESTRICTION.bulk_module, script, restrictions=entries(2, **CHANGE), concurrency=1)

    assert result.failed
    assert result.warnings == [
        "d1.example: The API stored a different value. comments: is 'y', not 'x'.",
        "Cloudflare API message: Remark.",
    ]


def test_each_reason_has_a_line_that_begins_with_the_names(run: Callable[..., Run]) -> None:
    records = RESTRICTION.records(3)
    script = Script(
        RESTRICTION.listing(*records),
        *(
            RESTRICTION.patching(
                record, CHANGE, status=400, ray_id=None, answer=refusal({"code": code, "message": "No"})
            )
            for record, code in zip(records, (1, 2, 1))
        ),
    )

    result = run(RESTRICTION.bulk_module, script, restrictions=entries(3, **CHANGE), concurrency=1)

    assert not result.changed
    assert result.diff == []
    urls = [f"https://api.cloudflare.com{RESTRICTION.path}/{record['id']}" for record in records]
    assert result.msg.split("\n") == [
        "3 of 3 changes failed, 0 succeeded.",
        f"d1.example: HTTP 400: No (code 1). (PATCH {urls[0]})",
        f"d2.example: HTTP 400: No (code 2). (PATCH {urls[1]})",
        f"d3.example: HTTP 400: No (code 1). (PATCH {urls[2]})",
    ]


FATAL: dict[str, dict[str, Any]] = {
    "401": {"status": 401, "answer": refusal({"code": 10000, "message": "Authentication error"})},
    "403": {"status": 403, "answer": refusal({"code": 10000, "message": "Authentication error"})},
    "429": {"status": 429, "text": "Slow down"},
    "500": {"status": 500, "text": ""},
    "no connection": {"error": requests.ConnectTimeout("x")},
}


@pytest.mark.parametrize("failure", FATAL.values(), ids=FATAL)
def test_requests_that_would_fail_the_same_way_are_not_sent(run: Callable[..., Run], failure: dict[str, Any]) -> None:
    records = RESTRICTION.records(4)
    script = Script(
        RESTRICTION.listing(*records),
        RESTRICTION.patching(records[0], CHANGE),
        RESTRICTION.patching(records[1], CHANGE, **failure),
    )

    result = run(RESTRICTION.bulk_module, script, restrictions=entries(4, **CHANGE), concurrency=1, retries=0)

    assert result.failed
    assert result.summary["updated"] == ["d1.example"]
    assert [reasons(result)[f"d{number}.example"] for number in (3, 4)] == [NOT_TRIED] * 2
    assert reasons(result)["d2.example"] != NOT_TRIED


@pytest.mark.parametrize("status", [404, 409, 422])
def test_what_is_about_one_record_does_not_stop_the_others(run: Callable[..., Run], status: int) -> None:
    records = RESTRICTION.records(2)
    script = Script(
        RESTRICTION.listing(*records),
        RESTRICTION.patching(records[0], CHANGE, status=status, answer=refusal({"code": 1, "message": "No"})),
        RESTRICTION.patching(records[1], CHANGE),
    )

    result = run(RESTRICTION.bulk_module, script, restrictions=entries(2, **CHANGE), concurrency=1)

    assert result.summary["updated"] == ["d2.example"]


def test_after_failed_deletes_no_other_write_is_sent(run: Callable[..., Run]) -> None:
    (record,) = RESTRICTION.records(1)
    script = Script(RESTRICTION.listing(record), RESTRICTION.deleting(record, **FATAL["403"]))

    result = run(RESTRICTION.bulk_module, script, restrictions=[*entries(1, state="absent"), {"domain": "new.example"}])

    assert reasons(result)["new.example"] == NOT_TRIED


def test_behind_a_failed_rename_nothing_is_created(run: Callable[..., Run]) -> None:
    (record,) = DOMAIN.records(1)
    rename = {"domain": "new.example"}
    refused = DOMAIN.patching(record, rename, status=400, answer=refusal({"code": 1, "message": "Names are for ever"}))
    given = [{"domain": "other.example", **DOMAIN.needed}, {"domain_id": DOMAIN.id_of(1), **rename}]

    result = run(DOMAIN.bulk_module, Script(DOMAIN.listing(record), refused), domains=given)

    assert reasons(result)["other.example"] == NOT_TRIED
    assert "Names are for ever" in reasons(result)["d1.example"]


def test_renames_are_sent_one_by_one_because_one_may_need_the_name_that_another_gives_up(
    run_emulated: Callable[..., Run], emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.seed(domains=[{"domain": "a.example"}, {"domain": "b.example"}])
    ids = {record["domain"]: record["id"] for record in emulator.state()["domains"]}
    emulator.faults.add("slow", method="PATCH", delay=0.2)
    meeting = Meeting(monkeypatch, 1)

    result = run_emulated(
        DOMAIN.bulk_module,
        domains=[
            {"domain_id": ids["b.example"], "domain": "c.example"},
            {"domain_id": ids["a.example"], "domain": "b.example"},
        ],
    )

    assert result.summary["updated"] == ["b.example", "a.example"]
    assert meeting.most == 1


@pytest.mark.parametrize("rename", ["honoured", "refused", "ignored"])
def test_every_result_of_a_rename_is_reported(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample, rename: str
) -> None:
    emulator.behaviour.update({"rename": rename})
    emulator.seed(**{served.collection: [served.key_of(1)]})
    (record,) = emulator.state()[served.collection]

    given = [{served.id_option: record["id"], **served.key_of(2)}]
    result = run_emulated(served.bulk_module, **{served.entries_option: given})

    assert result.failed == (rename != "honoured")
    assert result.changed == (rename == "honoured")
    assert served.labels(emulator.state()[served.collection]) == [served.label_of(2 if rename == "honoured" else 1)]


def test_a_lost_patch_is_repeated(run: Callable[..., Run]) -> None:
    (record,) = RESTRICTION.records(1)
    lost = RESTRICTION.patching(record, CHANGE, error=requests.ReadTimeout("x"))

    assert run(
        RESTRICTION.bulk_module,
        Script(RESTRICTION.listing(record), lost, RESTRICTION.patching(record, CHANGE)),
        restrictions=entries(1, **CHANGE),
    ).changed


def test_faults_at_random_places_lose_nothing(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    for nth in (2, 7, 11):
        emulator.faults.add("drop", method="POST", nth=nth, acted=nth == 7)
        emulator.faults.add("status", method="POST", status=502, nth=nth + 1, html=True, acted=nth == 2)
    emulator.behaviour.update({"duplicates": "accepted"})

    result = run_emulated(RESTRICTION.bulk_module, restrictions=entries(25))

    assert result.summary["counts"]["created"] == 25
    stored = sorted(record["domain"] for record in emulator.state()["sending_domain_restrictions"])
    assert stored == sorted(entry["domain"] for entry in entries(25))


def test_an_interruption_stops_what_is_left(
    run_emulated: Callable[..., Run], emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients: list[Client] = []

    class Seen(Client):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            clients.append(self)

    def interrupted(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"{COLLECTION}.module_utils.modules.base.Client", Seen)
    monkeypatch.setattr(f"{COLLECTION}.module_utils.engine.bulk_apply.run_parallel", interrupted)

    with pytest.raises(KeyboardInterrupt):
        run_emulated(RESTRICTION.bulk_module, restrictions=entries(3))

    with pytest.raises(ApiError, match="the task was interrupted"):
        clients[0].get("x")
    assert emulator.writes == []
