# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing by batch: what goes into it, how many, and what is done where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION
from support.script import Script, refusal

CHANGED = {"lookback_hops": 3}


def names(emulator: Emulator) -> list[str]:
    return [record["domain"] for record in emulator.state()["domains"]]


def test_everything_goes_into_one_batch_with_all_its_lists(run: Callable[..., Run]) -> None:
    new = {"domain": "new.example", **DOMAIN.needed}
    lists = {"deletes": [{"id": DOMAIN.id_of(1)}], "patches": DOMAIN.patches(2), "posts": [new]}
    made = {"id": DOMAIN.id_of(9), **new}
    response = {"deletes": [{"id": DOMAIN.id_of(1)}], "patches": DOMAIN.patched(2), "puts": [], "posts": [made]}
    entries = [new, *DOMAIN.changes(2), {"domain": "d1.example", "state": "absent"}, {"domain": "d3.example"}]

    result = run(
        DOMAIN.bulk_module,
        Script(DOMAIN.listing(*DOMAIN.records(3)), DOMAIN.batch(lists, response)),
        domains=entries,
    )

    assert result.result == [made, *DOMAIN.patched(2), {"id": DOMAIN.id_of(1)}, DOMAIN.numbered(3)]
    assert result.summary["counts"] == {"created": 1, "updated": 1, "deleted": 1, "unchanged": 1}


def test_a_single_change_takes_a_single_request(run: Callable[..., Run]) -> None:
    script = Script(DOMAIN.listing(*DOMAIN.records(3)), DOMAIN.patching(DOMAIN.numbered(2), DOMAIN.change))

    assert run(DOMAIN.bulk_module, script, domains=[*DOMAIN.changes(2), {"domain": "d1.example"}]).changed


def test_a_patch_has_the_difference_alone(run: Callable[..., Run]) -> None:
    same = DOMAIN.same
    lists = {"patches": [{"id": DOMAIN.id_of(1), **DOMAIN.change}, {"id": DOMAIN.id_of(2), **CHANGED}]}
    response = {"patches": [DOMAIN.numbered(1, **DOMAIN.change), DOMAIN.numbered(2, **CHANGED)]}
    entries = [{"domain": "d1.example", **same, **DOMAIN.change}, {"domain": "d2.example", **same, **CHANGED}]

    script = Script(DOMAIN.listing(*DOMAIN.records(2)), DOMAIN.batch(lists, response))

    assert run(DOMAIN.bulk_module, script, domains=entries).changed


@pytest.mark.parametrize(("count", "sizes"), [(1000, [1000]), (1001, [1000, 1])])
def test_more_than_a_thousand_changes_take_several_batches(
    run: Callable[..., Run], count: int, sizes: list[int]
) -> None:
    numbers = list(range(1, count + 1))
    records = DOMAIN.records(count)
    listings = [
        DOMAIN.listing(*records[start : start + 1000], number=start // 1000 + 1, total=count)
        for start in range(0, count, 1000)
    ]
    parts = [numbers[start : start + 1000] for start in range(0, count, 1000)]
    batches = [DOMAIN.batch({"patches": DOMAIN.patches(*part)}, {"patches": DOMAIN.patched(*part)}) for part in parts]

    result = run(DOMAIN.bulk_module, Script(*listings, *batches), domains=DOMAIN.changes(*numbers))

    assert [len(part) for part in parts] == sizes
    assert result.result == DOMAIN.patched(*numbers)


def test_each_list_of_a_batch_has_a_thousand_entries(run: Callable[..., Run]) -> None:
    records = DOMAIN.records(1002)
    new = {"domain": "new.example", **DOMAIN.needed}
    ids = [{"id": record["id"]} for record in records]
    script = Script(
        DOMAIN.listing(*records[:1000], total=1002),
        DOMAIN.listing(*records[1000:], number=2, total=1002),
        DOMAIN.batch(
            {"deletes": ids[:1000], "patches": DOMAIN.patches(1002), "posts": [new]},
            {"patches": DOMAIN.patched(1002), "posts": [{"id": DOMAIN.id_of(9999), **new}]},
        ),
        DOMAIN.batch({"deletes": ids[1000:1001]}, {}),
    )
    entries = [
        new,
        *DOMAIN.changes(1002),
        *({"domain": record["domain"], "state": "absent"} for record in records[:1001]),
    ]

    result = run(DOMAIN.bulk_module, script, domains=entries)

    assert result.summary["counts"] == {"created": 1, "updated": 1, "deleted": 1001, "unchanged": 0}


MISSING: dict[str, dict[str, Any]] = {
    "404": {"status": 404, "text": "<h1>Not found</h1>"},
    "405": {"status": 405, "answer": refusal({"code": 1, "message": "No"})},
    "501": {"status": 501, "text": ""},
    "7003": {"status": 400, "answer": refusal({"code": 7003, "message": "Could not route to /batch"})},
}


@pytest.mark.parametrize("missing", MISSING.values(), ids=MISSING)
def test_where_there_is_no_batch_single_requests_do_the_same(run: Callable[..., Run], missing: dict[str, Any]) -> None:
    records = DOMAIN.records(3)
    new = {"domain": "new.example", **DOMAIN.needed}
    lists = {"deletes": [{"id": DOMAIN.id_of(1)}], "patches": DOMAIN.patches(2, 3), "posts": [new]}
    script = Script(
        DOMAIN.listing(*records),
        DOMAIN.batch(lists, **missing),
        DOMAIN.deleting(records[0]),
        DOMAIN.creating(new),
        DOMAIN.patching(records[1], DOMAIN.change),
        DOMAIN.patching(records[2], DOMAIN.change),
    )
    entries = [new, *DOMAIN.changes(2, 3), {"domain": "d1.example", "state": "absent"}]

    result = run(DOMAIN.bulk_module, script, domains=entries, concurrency=1)

    assert result.changed
    assert result.summary["counts"] == {"created": 1, "updated": 2, "deleted": 1, "unchanged": 0}
    assert not result.warnings


@pytest.mark.parametrize("presence", ["404", "405", "501", "7003"])
def test_the_batch_is_tried_once(run_emulated: Callable[..., Run], emulator: Emulator, presence: str) -> None:
    emulator.behaviour.update({"batch": presence})
    emulator.seed(domains=[{"domain": f"d{number}.example"} for number in range(3)])
    ids = [record["id"] for record in emulator.state()["domains"]]
    # Before the rename and after it there is something for a batch.
    entries = [
        *({"domain_id": record_id, "state": "absent"} for record_id in ids[:2]),
        {"domain_id": ids[2], "domain": "renamed.example"},
        *({"domain": f"new{number}.example", **DOMAIN.needed} for number in range(2)),
    ]

    result = run_emulated(DOMAIN.bulk_module, domains=entries)

    assert [entry.path.endswith("/batch") for entry in emulator.writes] == [True, False, False, False, False, False]
    assert result.summary["counts"] == {"created": 2, "updated": 1, "deleted": 2, "unchanged": 0}
    assert sorted(names(emulator)) == ["new0.example", "new1.example", "renamed.example"]


@pytest.mark.parametrize("status", [400, 409, 422])
def test_other_errors_do_not_mean_a_missing_endpoint(run: Callable[..., Run], status: int) -> None:
    records = DOMAIN.records(2)
    refused = DOMAIN.batch(
        {"patches": DOMAIN.patches(1, 2)}, status=status, answer=refusal({"code": 7004, "message": "No"})
    )

    script = Script(DOMAIN.listing(*records), refused, DOMAIN.listing(*records))

    assert run(DOMAIN.bulk_module, script, domains=DOMAIN.changes(1, 2)).msg.startswith(
        "2 of 2 changes failed, 0 succeeded.\n"
    )


def test_a_deleted_record_does_not_mean_a_missing_endpoint(run: Callable[..., Run]) -> None:
    records = DOMAIN.records(3)
    gone = refusal({"code": 1404, "message": "Domain not found", "source": {"pointer": "/patches/0/id"}})
    lists = {"deletes": [{"id": DOMAIN.id_of(1)}], "patches": DOMAIN.patches(2, 3)}
    # What came before it in the batch was done.
    script = Script(DOMAIN.listing(*records), DOMAIN.batch(lists, status=404, answer=gone), DOMAIN.listing(records[2]))
    entries = [{"domain": "d1.example", "state": "absent"}, *DOMAIN.changes(2, 3)]

    result = run(DOMAIN.bulk_module, script, domains=entries)

    assert result.failed
    assert result.changed
    assert result.summary["deleted"] == ["d1.example"]
    assert result.failed_records == [
        {"name": "d2.example", "msg": "HTTP 404: Domain not found (code 1404) at /patches/0/id."},
        {"name": "d3.example", "msg": "Not applied with the rest of its batch."},
    ]


def test_an_endpoint_that_has_responded_exists(run: Callable[..., Run]) -> None:
    numbers = list(range(1, 1003))
    records = DOMAIN.records(1002)
    listings = [DOMAIN.listing(*records[:1000], total=1002), DOMAIN.listing(*records[1000:], number=2, total=1002)]
    script = Script(
        *listings,
        DOMAIN.batch({"patches": DOMAIN.patches(*numbers[:1000])}, {"patches": DOMAIN.patched(*numbers[:1000])}),
        DOMAIN.batch(
            {"patches": DOMAIN.patches(1001, 1002)}, status=404, answer=refusal({"code": 1, "message": "Gone"})
        ),
        DOMAIN.listing(*DOMAIN.patched(*numbers[:1000]), total=1001),
        DOMAIN.listing(DOMAIN.numbered(1001), number=2, total=1001),
    )

    result = run(DOMAIN.bulk_module, script, domains=DOMAIN.changes(*numbers))

    assert result.summary["counts"]["updated"] == 1000
    assert [failed["name"] for failed in result.failed_records] == ["d1001.example", "d1002.example"]


def test_a_rename_is_never_in_a_batch_and_comes_after_deletes_and_before_creates(run: Callable[..., Run]) -> None:
    records = DOMAIN.records(5)
    new = [{"domain": f"new{number}.example", **DOMAIN.needed} for number in range(2)]
    entries = [
        *new,
        {"domain_id": DOMAIN.id_of(5), "domain": "renamed.example", **DOMAIN.change},
        *DOMAIN.changes(3, 4),
        *({"domain": f"d{number}.example", "state": "absent"} for number in (1, 2)),
    ]
    rename = {"domain": "renamed.example", **DOMAIN.change}
    script = Script(
        DOMAIN.listing(*records),
        DOMAIN.batch(
            {"deletes": [{"id": DOMAIN.id_of(1)}, {"id": DOMAIN.id_of(2)}], "patches": DOMAIN.patches(3, 4)},
            {"patches": DOMAIN.patched(3, 4)},
        ),
        DOMAIN.patching(records[4], rename),
        DOMAIN.batch({"posts": new}, {"posts": [{"id": DOMAIN.id_of(8), **new[0]}, {"id": DOMAIN.id_of(9), **new[1]}]}),
    )

    result = run(DOMAIN.bulk_module, script, domains=entries)

    assert result.summary["counts"] == {"created": 2, "updated": 3, "deleted": 2, "unchanged": 0}


def test_a_name_that_a_rename_gives_up_can_be_taken_in_the_same_task(
    run_emulated: Callable[..., Run], emulator: Emulator
) -> None:
    emulator.seed(domains=[{"domain": "a.example"}, {"domain": "b.example"}])
    ids = {record["domain"]: record["id"] for record in emulator.state()["domains"]}

    result = run_emulated(
        DOMAIN.bulk_module,
        domains=[
            {"domain_id": ids["a.example"], "domain": "b.example"},
            {"domain_id": ids["b.example"], "state": "absent"},
            {"domain": "c.example", **DOMAIN.needed},
        ],
    )

    assert result.changed
    assert names(emulator) == ["b.example", "c.example"]
    assert emulator.state()["domains"][0]["id"] == ids["a.example"]


def test_without_a_rename_the_order_is_left_to_the_batch(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    emulator.seed(domains=[{"domain": "a.example"}])

    run_emulated(
        DOMAIN.bulk_module,
        domains=[{"domain": "b.example", **DOMAIN.needed}, {"domain": "a.example", "state": "absent"}],
    )

    assert [entry.path.rpartition("/")[2] for entry in emulator.writes] == ["batch"]


def test_restrictions_have_a_batch_for_deletes_alone(run: Callable[..., Run]) -> None:
    records = RESTRICTION.records(3)
    script = Script(
        RESTRICTION.listing(*records),
        RESTRICTION.batch({"deletes": [{"id": RESTRICTION.id_of(1)}, {"id": RESTRICTION.id_of(2)}]}, {}),
        RESTRICTION.patching(records[2], {"comments": "x"}),
        RESTRICTION.creating({"domain": "new.example", "exclude": []}),
    )
    entries = [
        *({"domain": f"d{number}.example", "state": "absent"} for number in (1, 2)),
        {"domain": "d3.example", "comments": "x"},
        {"domain": "new.example"},
    ]

    result = run(RESTRICTION.bulk_module, script, restrictions=entries, concurrency=1)

    assert result.summary["counts"] == {"created": 1, "updated": 1, "deleted": 2, "unchanged": 0}
