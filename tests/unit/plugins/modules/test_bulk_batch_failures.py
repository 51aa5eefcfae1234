# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A batch that fails is not the end: the state is read again, and each entry gets its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from emulator import Emulator
from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION
from support.script import Script, refusal

DOUBT = "The change may or may not have been applied. Run the task again."
LOST: dict[str, dict[str, Any]] = {
    "dropped": {"kind": "drop"},
    "cut short": {"kind": "truncate"},
    "a page of an edge": {"kind": "status", "status": 520, "html": True},
    "500": {"kind": "status", "status": 500},
    "408": {"kind": "status", "status": 408},
    "not a success": {"kind": "not_success"},
}
every_loss = pytest.mark.parametrize("fault", LOST.values(), ids=LOST)


def batches(emulator: Emulator) -> int:
    return sum(entry.path.endswith("/batch") for entry in emulator.writes)


def three(emulator: Emulator) -> list[dict[str, Any]]:
    """Seed two domains, and return entries that change one, delete the other and create a third."""
    emulator.seed(domains=[{"domain": "a.example"}, {"domain": "b.example"}])
    return [
        {"domain": "a.example", "lookback_hops": 9},
        {"domain": "b.example", "state": "absent"},
        {"domain": "c.example", **DOMAIN.needed},
    ]


@every_loss
def test_an_applied_batch_with_a_lost_response_succeeds(
    run_emulated: Callable[..., Run], emulator: Emulator, fault: dict[str, Any]
) -> None:
    entries = three(emulator)
    emulator.faults.add(**{**fault, "path": "/batch$", "acted": True})

    result = run_emulated(DOMAIN.bulk_module, domains=entries)

    assert not result.failed
    assert result.changed
    assert result.summary["counts"] == {"created": 1, "updated": 1, "deleted": 1, "unchanged": 0}
    assert [record.get("domain") for record in result.result] == ["a.example", None, "c.example"]
    assert len(result.diff) == 3
    assert batches(emulator) == 1


@every_loss
def test_a_batch_that_was_not_applied_is_not_retried(
    run_emulated: Callable[..., Run], emulator: Emulator, fault: dict[str, Any]
) -> None:
    entries = three(emulator)
    before = emulator.state()
    emulator.faults.add(**{**fault, "path": "/batch$", "acted": False})

    result = run_emulated(DOMAIN.bulk_module, domains=entries)

    assert result.failed
    assert not result.changed
    assert emulator.state() == before
    assert len(emulator.writes) == 1
    assert result.result == [{}, {}, {}]
    assert result.diff == []
    assert result.summary["counts"] == {"created": 0, "updated": 0, "deleted": 0, "unchanged": 0}
    assert [failed["name"] for failed in result.failed_records] == ["a.example", "b.example", "c.example"]
    assert result.msg.startswith("3 of 3 changes failed, 0 succeeded.\n")
    assert result.failure["method"] == "POST"
    assert (DOUBT in result.msg) == (fault["kind"] != "not_success")


def test_one_reason_for_many_is_in_the_message_once(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    entries = three(emulator)
    emulator.faults.add("status", path="/batch$", status=403)

    result = run_emulated(DOMAIN.bulk_module, domains=entries)

    assert len(result.msg.split("\n")) == 2
    assert result.msg.split("\n")[1].startswith("a.example, b.example, c.example: The batch failed: HTTP 403: ")
    assert len(result.failed_records) == 3


NEW = [{"domain": "x.example", **DOMAIN.needed}, {"domain": "y.example", **DOMAIN.needed}]
LISTS = {"deletes": [{"id": DOMAIN.id_of(1)}], "patches": DOMAIN.patches(2, 3), "posts": NEW}
ENTRIES = [*NEW, *DOMAIN.changes(2, 3), {"domain": "d1.example", "state": "absent"}, {"domain": "d4.example"}]


def pointed(pointer: str) -> dict[str, Any]:
    """Return a refusal of what a pointer points to."""
    return refusal({"code": 1409, "message": "It is taken", "source": {"pointer": pointer}})


def failing(run: Callable[..., Run], response: dict[str, Any], *stored: dict[str, Any]) -> Run:
    """Run a batch that fails, after which these domains are stored."""
    script = Script(
        DOMAIN.listing(*DOMAIN.records(4)),
        DOMAIN.batch(LISTS, status=409, answer=response),
        DOMAIN.listing(*stored),
    )
    result = run(DOMAIN.bulk_module, script, domains=ENTRIES)
    assert result.failed
    return result


def reasons(result: Run) -> dict[str, str]:
    return {failed["name"]: failed["msg"] for failed in result.failed_records}


def test_what_was_applied_is_returned_with_result_and_diff(run: Callable[..., Run]) -> None:
    stored = [*DOMAIN.patched(2), DOMAIN.numbered(3), DOMAIN.numbered(4)]

    result = failing(run, pointed("/patches/1"), *stored)

    assert result.changed
    assert result.summary == {
        "created": [],
        "updated": ["d2.example"],
        "deleted": ["d1.example"],
        "unchanged": ["d4.example"],
        "counts": {"created": 0, "updated": 1, "deleted": 1, "unchanged": 1},
    }
    assert result.result == [{}, {}, *DOMAIN.patched(2), {}, {"id": DOMAIN.id_of(1)}, DOMAIN.numbered(4)]
    assert [entry["before_header"].split()[-1] for entry in result.diff] == ["d2.example", "d1.example"]
    assert result.msg.startswith("3 of 5 changes failed, 2 succeeded.\n")


def test_what_was_not_applied_is_returned_with_the_reason_of_each(run: Callable[..., Run]) -> None:
    result = failing(run, pointed("/patches/1/lookback_hops"), *DOMAIN.records(4))

    rest = "Not applied with the rest of its batch."
    assert reasons(result) == {
        "x.example": rest,
        "y.example": rest,
        "d1.example": rest,
        "d2.example": rest,
        "d3.example": "HTTP 409: It is taken (code 1409) at /patches/1/lookback_hops.",
    }
    assert not result.changed
    assert result.failure["status"] == 409
    assert len(result.msg.split("\n")) == 3


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("/deletes/0", "d1.example"),
        ("/deletes/0/id", "d1.example"),
        ("patches/0/regions/3", "d2.example"),
        ("/posts/0", "x.example"),
        ("/posts/1/domain", "y.example"),
    ],
)
def test_a_pointer_says_which_entry_was_refused(run: Callable[..., Run], pointer: str, name: str) -> None:
    assert reasons(failing(run, pointed(pointer), *DOMAIN.records(4)))[name].startswith("HTTP 409: It is taken")


def test_the_reason_of_an_entry_has_the_causes_that_the_api_names_behind_it(run: Callable[..., Run]) -> None:
    response = pointed("/posts/0")
    response["errors"][0]["error_chain"] = [{"code": 1410, "message": "By another account"}]

    said = reasons(failing(run, response, *DOMAIN.records(4)))["x.example"]

    assert said == "HTTP 409: It is taken (code 1409) at /posts/0; By another account (code 1410)."


@pytest.mark.parametrize(
    "pointer",
    [
        *["", "/", "/posts", "/posts/x", "/puts/0", "/posts/00x", "/domain", "/posts/7"],
        # More digits than Python makes a number of, and a one of another script.
        f"/patches/{'1' * 5000}",
        "/patches/\u0661",
    ],
    ids=lambda pointer: ascii(pointer)[:30],
)
def test_a_pointer_to_no_entry_is_ignored(run: Callable[..., Run], pointer: str) -> None:
    said = reasons(failing(run, pointed(pointer), *DOMAIN.records(4)))

    assert len(said) == 5
    assert all(reason.startswith("The batch failed: HTTP 409: It is taken") for reason in said.values())


@pytest.mark.parametrize("errors", [[5, "x", None], [{"source": "x"}], [{"source": {"pointer": None}}], []])
def test_malformed_error_lists_are_tolerated(run: Callable[..., Run], errors: list[Any]) -> None:
    result = failing(run, {"success": False, "errors": errors}, *DOMAIN.records(4))

    assert len(result.failed_records) == 5


def test_a_setting_stored_differently_was_not_applied(run: Callable[..., Run]) -> None:
    stored = [DOMAIN.numbered(2, lookback_hops=19), *DOMAIN.patched(3)]

    result = failing(run, pointed("/posts/0"), *stored)

    assert result.summary["updated"] == ["d3.example"]
    assert "d2.example" in reasons(result)


def test_a_record_that_somebody_deleted_was_not_changed(run: Callable[..., Run]) -> None:
    assert "d2.example" in reasons(failing(run, pointed("/posts/0"), *DOMAIN.patched(3)))


def test_a_name_that_exists_twice_afterwards_is_reported(run: Callable[..., Run]) -> None:
    twice = [{"id": DOMAIN.id_of(8), **NEW[0]}, {"id": DOMAIN.id_of(9), **NEW[0]}]

    result = failing(run, pointed("/posts/1"), *DOMAIN.patched(2, 3), *twice)

    assert "x.example matches 2 email security domains" in reasons(result)["x.example"]
    assert result.summary["updated"] == ["d2.example", "d3.example"]


def test_without_a_second_read_no_change_is_reported(run: Callable[..., Run]) -> None:
    script = Script(
        DOMAIN.listing(*DOMAIN.records(4)),
        DOMAIN.batch(LISTS, error=requests.ReadTimeout("x")),
        DOMAIN.listing(status=403, answer=refusal({"code": 10000, "message": "Authentication error"})),
    )

    result = run(DOMAIN.bulk_module, script, domains=ENTRIES)

    assert result.failed
    assert len(result.failed_records) == 5
    assert DOUBT in result.msg
    assert "The records could not be read again: HTTP 403: Authentication error" in result.msg
    assert (result.failure["method"], result.failure["status"]) == ("POST", None)


def test_batches_behind_one_that_failed_are_not_tried(run: Callable[..., Run]) -> None:
    numbers = list(range(1, 2002))
    records = DOMAIN.records(2001)
    pages = [
        DOMAIN.listing(*records[start : start + 1000], number=number, total=2001)
        for number, start in enumerate((0, 1000, 2000), start=1)
    ]
    refused = DOMAIN.batch({"patches": DOMAIN.patches(*numbers[:1000])}, status=400, answer=pointed("/patches/3"))

    result = run(DOMAIN.bulk_module, Script(*pages, refused, *pages), domains=DOMAIN.changes(*numbers))

    assert len(result.failed_records) == 2001
    for name in ("d1001.example", "d2001.example"):
        assert reasons(result)[name] == "Not attempted, because an earlier batch failed."


def test_renames_and_creates_behind_a_failed_batch_are_not_tried(run: Callable[..., Run]) -> None:
    records = DOMAIN.records(4)
    script = Script(
        DOMAIN.listing(*records),
        DOMAIN.batch({"patches": DOMAIN.patches(1, 2)}, status=400, answer=pointed("/patches/0")),
        DOMAIN.listing(*records),
    )
    entries = [NEW[0], {"domain_id": DOMAIN.id_of(3), "domain": "new.example"}, *DOMAIN.changes(1, 2)]

    result = run(DOMAIN.bulk_module, script, domains=entries)

    assert reasons(result)["x.example"] == "Not attempted, because an earlier change failed."
    assert reasons(result)["d3.example"] == "Not attempted, because an earlier change failed."


RECORDS = RESTRICTION.records(3)
DELETES = {"deletes": [{"id": DOMAIN.id_of(1)}, {"id": DOMAIN.id_of(2)}]}
MIXED = [
    *({"domain": f"d{number}.example", "state": "absent"} for number in (1, 2)),
    {"domain": "d3.example", "comments": "x"},
]


def test_restrictions_whose_deletes_failed_are_changed_all_the_same(run: Callable[..., Run]) -> None:
    script = Script(
        RESTRICTION.listing(*RECORDS),
        RESTRICTION.batch(DELETES, status=409, answer=pointed("/deletes/1")),
        RESTRICTION.listing(*RECORDS),
        RESTRICTION.patching(RECORDS[2], {"comments": "x"}),
    )

    result = run(RESTRICTION.bulk_module, script, restrictions=MIXED)

    assert result.summary["updated"] == ["d3.example"]
    assert list(reasons(result)) == ["d1.example", "d2.example"]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_where_every_request_would_fail_no_other_is_tried(run: Callable[..., Run], status: int) -> None:
    script = [
        RESTRICTION.listing(*RECORDS),
        RESTRICTION.batch(DELETES, status=status, answer=refusal({"code": 10000, "message": "No"})),
        RESTRICTION.listing(*RECORDS),
    ]

    result = run(RESTRICTION.bulk_module, Script(*script), restrictions=MIXED, retries=0)

    assert reasons(result)["d3.example"] == "Not attempted, because an earlier change failed."


@pytest.mark.parametrize("kept", ["nothing", "partial"])
def test_a_real_conflict_in_the_middle_of_a_batch(
    run_emulated: Callable[..., Run], emulator: Emulator, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    emulator.behaviour.update({"batch_failure": kept})
    entries = three(emulator)
    # Somebody else is quicker with the new one, after the listing.
    really = emulator.world.store.delete

    def delete(*arguments: Any, **others: Any) -> str:
        emulator.seed(domains=[{"domain": "c.example"}])
        return really(*arguments, **others)

    monkeypatch.setattr(emulator.world.store, "delete", delete)

    result = run_emulated(DOMAIN.bulk_module, domains=entries)

    assert result.failed
    assert result.changed == (kept == "partial")
    assert result.summary["deleted"] == (["b.example"] if kept == "partial" else [])
    assert reasons(result)["c.example"].startswith("HTTP 409: c.example already exists (code 1409)")
    assert batches(emulator) == len(emulator.writes) == 1
