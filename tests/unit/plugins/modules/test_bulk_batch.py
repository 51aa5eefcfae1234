# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing by batch: what goes into it, how many, and what is done where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.bulk import CHANGE, DOMAINS, NEEDED, RESTRICTIONS, changes, id_of, patched, patches
from support.module_runner import Run
from support.script import Script, refusal

CHANGED = {"lookback_hops": 3}


def names(emulator: Emulator) -> list[str]:
    return [record["domain"] for record in emulator.state()["domains"]]


def test_everything_goes_into_one_batch_with_all_its_lists(run: Callable[..., Run]) -> None:
    new = {"domain": "new.example", **NEEDED}
    lists = {"deletes": [{"id": id_of(1)}], "patches": patches(2), "posts": [new]}
    made = {"id": id_of(9), **new}
    answer = {"deletes": [{"id": id_of(1)}], "patches": patched(2), "puts": [], "posts": [made]}
    entries = [new, *changes(2), {"domain": "d1.example", "state": "absent"}, {"domain": "d3.example"}]

    result = run(
        DOMAINS.module,
        Script(DOMAINS.listing(*DOMAINS.records(3)), DOMAINS.batch(lists, answer)),
        domains=entries,
    )

    assert result.result == [made, *patched(2), {"id": id_of(1)}, DOMAINS.record(3)]
    assert result.summary["counts"] == {"created": 1, "updated": 1, "deleted": 1, "unchanged": 1}


def test_a_single_change_takes_a_single_request(run: Callable[..., Run]) -> None:
    script = Script(DOMAINS.listing(*DOMAINS.records(3)), DOMAINS.patching(DOMAINS.record(2), CHANGE))

    assert run(DOMAINS.module, script, domains=[*changes(2), {"domain": "d1.example"}]).changed


def test_a_patch_has_the_difference_alone(run: Callable[..., Run]) -> None:
    same = DOMAINS.one.same
    lists = {"patches": [{"id": id_of(1), **CHANGE}, {"id": id_of(2), **CHANGED}]}
    answer = {"patches": [DOMAINS.record(1, **CHANGE), DOMAINS.record(2, **CHANGED)]}
    entries = [{"domain": "d1.example", **same, **CHANGE}, {"domain": "d2.example", **same, **CHANGED}]

    script = Script(DOMAINS.listing(*DOMAINS.records(2)), DOMAINS.batch(lists, answer))

    assert run(DOMAINS.module, script, domains=entries).changed


@pytest.mark.parametrize("check_mode", [False, True])
def test_check_mode_sends_no_batch(run: Callable[..., Run], check_mode: bool) -> None:
    script = [DOMAINS.listing(*DOMAINS.records(2))]
    if not check_mode:
        script.append(DOMAINS.batch({"patches": patches(1, 2)}, {"patches": patched(1, 2)}))

    result = run(DOMAINS.module, Script(*script), check_mode, domains=changes(1, 2))

    assert result.result == patched(1, 2)


@pytest.mark.parametrize(("count", "sizes"), [(1000, [1000]), (1001, [1000, 1])])
def test_more_than_a_thousand_changes_take_several_batches(
    run: Callable[..., Run], count: int, sizes: list[int]
) -> None:
    numbers = list(range(1, count + 1))
    records = DOMAINS.records(count)
    listings = [
        DOMAINS.listing(*records[start : start + 1000], number=start // 1000 + 1, total=count)
        for start in range(0, count, 1000)
    ]
    parts = [numbers[start : start + 1000] for start in range(0, count, 1000)]
    batches = [DOMAINS.batch({"patches": patches(*part)}, {"patches": patched(*part)}) for part in parts]

    result = run(DOMAINS.module, Script(*listings, *batches), domains=changes(*numbers))

    assert [len(part) for part in parts] == sizes
    assert result.result == patched(*numbers)


def test_each_list_of_a_batch_has_a_thousand_entries(run: Callable[..., Run]) -> None:
    records = DOMAINS.records(1002)
    new = {"domain": "new.example", **NEEDED}
    ids = [{"id": record["id"]} for record in records]
    script = Script(
        DOMAINS.listing(*records[:1000], total=1002),
        DOMAINS.listing(*records[1000:], number=2, total=1002),
        DOMAINS.batch(
            {"deletes": ids[:1000], "patches": patches(1002), "posts": [new]},
            {"patches": patched(1002), "posts": [{"id": id_of(9999), **new}]},
        ),
        DOMAINS.batch({"deletes": ids[1000:1001]}, {}),
    )
    entries = [new, *changes(1002), *({"domain": record["domain"], "state": "absent"} for record in records[:1001])]

    result = run(DOMAINS.module, script, domains=entries)

    assert result.summary["counts"] == {"created": 1, "updated": 1, "deleted": 1001, "unchanged": 0}


MISSING: dict[str, dict[str, Any]] = {
    "404": {"status": 404, "text": "<h1>Not found</h1>"},
    "405": {"status": 405, "answer": refusal({"code": 1, "message": "No"})},
    "501": {"status": 501, "text": ""},
    "7003": {"status": 400, "answer": refusal({"code": 7003, "message": "Could not route to /batch"})},
}


@pytest.mark.parametrize("missing", MISSING.values(), ids=MISSING)
def test_where_there_is_no_batch_single_requests_do_the_same(run: Callable[..., Run], missing: dict[str, Any]) -> None:
    records = DOMAINS.records(3)
    new = {"domain": "new.example", **NEEDED}
    lists = {"deletes": [{"id": id_of(1)}], "patches": patches(2, 3), "posts": [new]}
    script = Script(
        DOMAINS.listing(*records),
        DOMAINS.batch(lists, **missing),
        DOMAINS.deleting(records[0]),
        DOMAINS.creating(new),
        DOMAINS.patching(records[1], CHANGE),
        DOMAINS.patching(records[2], CHANGE),
    )
    entries = [new, *changes(2, 3), {"domain": "d1.example", "state": "absent"}]

    result = run(DOMAINS.module, script, domains=entries, concurrency=1)

    assert result.changed
    assert result.summary["counts"] == {"created": 1, "updated": 2, "deleted": 1, "unchanged": 0}
    assert not result.warnings


@pytest.mark.parametrize("presence", ["404", "405", "501", "7003"])
def test_the_batch_is_tried_once(run_emulated: Callable[..., Run], emulator: Emulator, presence: str) -> None:
    emulator.behaviour.update({"domain_batch": presence})
    emulator.seed(domains=[{"domain": f"d{number}.example"} for number in range(3)])
    ids = [record["id"] for record in emulator.state()["domains"]]
    # Before the rename and after it there is something for a batch.
    entries = [
        *({"domain_id": record_id, "state": "absent"} for record_id in ids[:2]),
        {"domain_id": ids[2], "domain": "renamed.example"},
        *({"domain": f"new{number}.example", **NEEDED} for number in range(2)),
    ]

    result = run_emulated(DOMAINS.module, domains=entries)

    assert [entry.path.endswith("/batch") for entry in emulator.writes] == [True, False, False, False, False, False]
    assert result.summary["counts"] == {"created": 2, "updated": 1, "deleted": 2, "unchanged": 0}
    assert sorted(names(emulator)) == ["new0.example", "new1.example", "renamed.example"]


@pytest.mark.parametrize("status", [400, 409, 422])
def test_any_other_refusal_is_no_missing_endpoint(run: Callable[..., Run], status: int) -> None:
    records = DOMAINS.records(2)
    refused = DOMAINS.batch({"patches": patches(1, 2)}, status=status, answer=refusal({"code": 7004, "message": "No"}))

    script = Script(DOMAINS.listing(*records), refused, DOMAINS.listing(*records))

    assert run(DOMAINS.module, script, domains=changes(1, 2)).msg.startswith("2 of 2 changes failed, 0 succeeded.\n")


def test_a_record_that_is_gone_is_no_missing_endpoint(run: Callable[..., Run]) -> None:
    records = DOMAINS.records(3)
    gone = refusal({"code": 1404, "message": "Domain not found", "source": {"pointer": "/patches/0/id"}})
    lists = {"deletes": [{"id": id_of(1)}], "patches": patches(2, 3)}
    # What came before it in the batch was done.
    script = Script(
        DOMAINS.listing(*records), DOMAINS.batch(lists, status=404, answer=gone), DOMAINS.listing(records[2])
    )
    entries = [{"domain": "d1.example", "state": "absent"}, *changes(2, 3)]

    result = run(DOMAINS.module, script, domains=entries)

    assert result.failed
    assert result.changed
    assert result.summary["deleted"] == ["d1.example"]
    assert result.failed_records == [
        {"name": "d2.example", "msg": "HTTP 404: Domain not found (code 1404) at /patches/0/id."},
        {"name": "d3.example", "msg": "Not applied with the rest of its batch."},
    ]


def test_an_endpoint_that_has_answered_is_there(run: Callable[..., Run]) -> None:
    numbers = list(range(1, 1003))
    records = DOMAINS.records(1002)
    listings = [DOMAINS.listing(*records[:1000], total=1002), DOMAINS.listing(*records[1000:], number=2, total=1002)]
    script = Script(
        *listings,
        DOMAINS.batch({"patches": patches(*numbers[:1000])}, {"patches": patched(*numbers[:1000])}),
        DOMAINS.batch({"patches": patches(1001, 1002)}, status=404, answer=refusal({"code": 1, "message": "Gone"})),
        DOMAINS.listing(*patched(*numbers[:1000]), total=1001),
        DOMAINS.listing(DOMAINS.record(1001), number=2, total=1001),
    )

    result = run(DOMAINS.module, script, domains=changes(*numbers))

    assert result.summary["counts"]["updated"] == 1000
    assert [failed["name"] for failed in result.failed_records] == ["d1001.example", "d1002.example"]


def test_a_rename_is_never_in_a_batch_and_comes_after_deletes_and_before_creates(run: Callable[..., Run]) -> None:
    records = DOMAINS.records(5)
    new = [{"domain": f"new{number}.example", **NEEDED} for number in range(2)]
    entries = [
        *new,
        {"domain_id": id_of(5), "domain": "renamed.example", **CHANGE},
        *changes(3, 4),
        *({"domain": f"d{number}.example", "state": "absent"} for number in (1, 2)),
    ]
    rename = {"domain": "renamed.example", **CHANGE}
    script = Script(
        DOMAINS.listing(*records),
        DOMAINS.batch(
            {"deletes": [{"id": id_of(1)}, {"id": id_of(2)}], "patches": patches(3, 4)}, {"patches": patched(3, 4)}
        ),
        DOMAINS.patching(records[4], rename),
        DOMAINS.batch({"posts": new}, {"posts": [{"id": id_of(8), **new[0]}, {"id": id_of(9), **new[1]}]}),
    )

    result = run(DOMAINS.module, script, domains=entries)

    assert result.summary["counts"] == {"created": 2, "updated": 3, "deleted": 2, "unchanged": 0}


def test_a_name_that_a_rename_gives_up_can_be_taken_in_the_same_task(
    run_emulated: Callable[..., Run], emulator: Emulator
) -> None:
    emulator.seed(domains=[{"domain": "a.example"}, {"domain": "b.example"}])
    ids = {record["domain"]: record["id"] for record in emulator.state()["domains"]}

    result = run_emulated(
        DOMAINS.module,
        domains=[
            {"domain_id": ids["a.example"], "domain": "b.example"},
            {"domain_id": ids["b.example"], "state": "absent"},
            {"domain": "c.example", **NEEDED},
        ],
    )

    assert result.changed
    assert names(emulator) == ["b.example", "c.example"]
    assert emulator.state()["domains"][0]["id"] == ids["a.example"]


def test_without_a_rename_the_order_is_left_to_the_batch(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    emulator.seed(domains=[{"domain": "a.example"}])

    run_emulated(
        DOMAINS.module, domains=[{"domain": "b.example", **NEEDED}, {"domain": "a.example", "state": "absent"}]
    )

    assert [entry.path.rpartition("/")[2] for entry in emulator.writes] == ["batch"]


def test_restrictions_have_a_batch_for_deletes_alone(run: Callable[..., Run]) -> None:
    records = RESTRICTIONS.records(3)
    script = Script(
        RESTRICTIONS.listing(*records),
        RESTRICTIONS.batch({"deletes": [{"id": id_of(1)}, {"id": id_of(2)}]}, {}),
        RESTRICTIONS.patching(records[2], {"comments": "x"}),
        RESTRICTIONS.creating({"domain": "new.example", "exclude": []}),
    )
    entries = [
        *({"domain": f"d{number}.example", "state": "absent"} for number in (1, 2)),
        {"domain": "d3.example", "comments": "x"},
        {"domain": "new.example"},
    ]

    result = run(RESTRICTIONS.module, script, restrictions=entries, concurrency=1)

    assert result.summary["counts"] == {"created": 1, "updated": 1, "deleted": 2, "unchanged": 0}


@pytest.mark.parametrize("missing", MISSING.values(), ids=MISSING)
def test_where_restrictions_have_no_batch_single_requests_delete(
    run: Callable[..., Run], missing: dict[str, Any]
) -> None:
    records = RESTRICTIONS.records(2)
    script = Script(
        RESTRICTIONS.listing(*records),
        RESTRICTIONS.batch({"deletes": [{"id": id_of(1)}, {"id": id_of(2)}]}, **missing),
        *(RESTRICTIONS.deleting(record) for record in records),
    )
    entries = [{"domain": f"d{number}.example", "state": "absent"} for number in (1, 2)]

    assert run(RESTRICTIONS.module, script, restrictions=entries, concurrency=1).summary["counts"]["deleted"] == 2
