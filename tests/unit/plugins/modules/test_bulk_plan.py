# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many records: one listing, one plan, what check mode foretells, and what is returned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.bulk import DOMAINS, NEEDED, RESTRICTIONS, Many, id_of
from support.module_runner import Run
from support.samples import ID
from support.script import Script, page

#: What a server adds to a record on its own, or changes with it.
OF_THE_SERVER = {"id", "created_at", "modified_at", "last_modified"}


def names(emulator: Emulator, many: Many) -> list[str]:
    return [record["domain"] for record in emulator.state()[many.path.rpartition("/")[2]]]


def test_a_thousand_converged_records_cost_one_request(run: Callable[..., Run], many: Many) -> None:
    records = many.records(1000)
    entries = [{"domain": record["domain"].upper(), **many.one.same} for record in reversed(records)]

    result = run(many.module, Script(many.listing(*records, total=1000)), **{many.option: entries})

    assert not result.changed
    assert result.result == records[::-1]
    assert result.diff == []
    assert result.summary["counts"] == {"created": 0, "updated": 0, "deleted": 0, "unchanged": 1000}


def test_where_the_server_does_not_say_that_a_page_was_the_last_one_more_is_read(
    run: Callable[..., Run], many: Many
) -> None:
    records = many.records(1000)
    silent = {**page(records), "result_info": {"page": 1, "per_page": 1000}}
    script = Script(many.listing(answer=silent), many.listing(number=2))

    assert not run(many.module, script, **{many.option: [{"domain": "d1.example"}]}).changed


def test_the_listing_is_read_to_its_end(run: Callable[..., Run], many: Many) -> None:
    records = many.records(1001)
    script = Script(many.listing(*records[:1000], total=1001), many.listing(records[1000], number=2, total=1001))

    result = run(many.module, script, **{many.option: [{"domain": "d1001.example"}]})

    assert result.result == [records[1000]]


def test_records_are_found_by_name_and_by_id(run: Callable[..., Run], many: Many) -> None:
    records = many.records(2)
    entries = [{"domain": "D2.example."}, {many.one.id_option: records[0]["id"].upper()}]

    result = run(many.module, Script(many.listing(*records)), **{many.option: entries})

    assert result.result == [records[1], records[0]]


def test_results_come_in_the_order_asked_for(run_emulated: Callable[..., Run], emulator: Emulator, many: Many) -> None:
    collection = many.path.rpartition("/")[2]
    emulator.seed(**{collection: [{"domain": f"old{number}.example"} for number in range(8)]})
    asked = [f"{'new' if number % 2 else 'old'}{number}.example" for number in range(8)]

    result = run_emulated(many.module, **{many.option: [{"domain": name, **many.needed} for name in reversed(asked)]})

    assert [record["domain"] for record in result.result] == asked[::-1]
    assert result.summary["created"] == [name for name in asked[::-1] if name.startswith("new")]


def test_the_same_record_by_name_and_by_id_is_refused(run: Callable[..., Run], many: Many) -> None:
    records = many.records(2)
    entries = [{"domain": "d2.example"}, {"domain": "d1.example"}, {many.one.id_option: id_of(2)}]

    result = run(many.module, Script(many.listing(*records)), **{many.option: entries})

    assert result.msg == f"{many.option}[2] ({id_of(2)}): is the same record as {many.option}[0]."


def test_the_same_record_wanted_and_not_wanted_is_refused(run: Callable[..., Run], many: Many) -> None:
    entries = [{"domain": "d1.example", "state": "absent"}, {many.one.id_option: id_of(1)}]

    assert run(many.module, Script(many.listing(many.record(1))), **{many.option: entries}).failed


def test_several_records_of_one_name_are_told_with_their_ids(run: Callable[..., Run], many: Many) -> None:
    records = [many.record(1), many.record(2, domain="D1.example")]

    result = run(many.module, Script(many.listing(*records)), **{many.option: [{"domain": "d1.example"}]})

    assert result.msg == (
        f"{many.option}[0] (d1.example): domain: d1.example matches 2 {many.one.noun}s. "
        f"Select one with {many.one.id_option}: {id_of(1)}, {id_of(2)}."
    )


def test_several_records_of_one_name_are_each_found_by_id(run: Callable[..., Run], many: Many) -> None:
    records = [many.record(1), many.record(2, domain="d1.example")]
    entries = [{many.one.id_option: id_of(2), **many.one.same}, {many.one.id_option: id_of(1), **many.one.same}]

    assert run(many.module, Script(many.listing(*records)), **{many.option: entries}).result == records[::-1]


def test_nothing_is_sent_where_an_entry_cannot_be_carried_out(run: Callable[..., Run], many: Many) -> None:
    entries = [{"domain": "d1.example", **many.one.change}, {many.one.id_option: ID}]

    assert run(many.module, Script(many.listing(many.record(1))), **{many.option: entries}).failed


@pytest.mark.parametrize("check_mode", [False, True])
def test_records_without_a_usable_name_or_id_do_not_disturb(
    run: Callable[..., Run], many: Many, check_mode: bool
) -> None:
    odd: list[dict[str, Any]] = [{"id": "1"}, {"domain": None}, {"id": "2", "domain": 5}, {"id": "3", "domain": [1]}]
    script = Script(many.listing(*odd, many.record(1)))

    assert not run(many.module, script, check_mode, **{many.option: [{"domain": "d1.example"}]}).changed


def test_a_record_without_an_id_cannot_be_changed(run: Callable[..., Run], many: Many) -> None:
    nameless = {name: value for name, value in many.record(1).items() if name != "id"}
    entries = [{"domain": "d1.example", **many.one.change}]

    result = run(many.module, Script(many.listing(nameless)), **{many.option: entries})

    assert result.msg.endswith(f"The API returned no usable id for {many.one.noun} d1.example: it cannot be changed.")


def everything(emulator: Emulator, many: Many) -> list[dict[str, Any]]:
    """Fill the emulator, and return entries for every action there is."""
    collection = many.path.rpartition("/")[2]
    changed, settled = many.one.change, many.one.same
    seeds = ["changed", "gone", "kept", "named", "more", "also-gone"]
    emulator.seed(**{collection: [{"domain": f"{name}.example", **settled} for name in seeds]})
    ids = {record["domain"]: record["id"] for record in emulator.state()[collection]}
    id_option = many.one.id_option
    return [
        {"domain": "new.example", **many.needed},
        {"domain": "changed.example", **changed},
        {"domain": "gone.example", "state": "absent"},
        {"domain": "kept.example", **settled},
        {id_option: ids["named.example"], "domain": "renamed.example"},
        {"domain": "never.example", "state": "absent"},
        {"domain": "second.example", **many.needed},
        {id_option: ids["more.example"], **changed},
        {id_option: ids["also-gone.example"], "state": "absent"},
    ]


@pytest.mark.parametrize("batch", ["present", "404"])
def test_check_mode_is_the_real_run_without_a_write(
    run_emulated: Callable[..., Run], emulator: Emulator, many: Many, batch: str
) -> None:
    emulator.behaviour.update({"domain_batch": batch, "restriction_batch": batch})
    entries = everything(emulator, many)
    before = emulator.state()

    foretold = run_emulated(many.module, True, **{many.option: entries})
    assert emulator.writes == []
    assert emulator.state() == before
    real = run_emulated(many.module, **{many.option: entries})

    assert foretold.changed
    assert real.changed
    assert foretold.summary == real.summary
    assert foretold.diff == real.diff
    for one, other in zip(foretold.result, real.result):
        shared = set(one) - OF_THE_SERVER
        assert {key: one[key] for key in shared} == {key: other[key] for key in shared}
    assert [set(one) == set(other) for one, other in zip(foretold.result, real.result)].count(False) == 2, "the created"


def test_every_action_is_told_in_the_summary_and_those_that_differ_in_the_diff(
    run_emulated: Callable[..., Run], emulator: Emulator, many: Many
) -> None:
    result = run_emulated(many.module, **{many.option: everything(emulator, many)})

    assert result.summary == {
        "created": ["new.example", "second.example"],
        "updated": ["changed.example", "named.example", "more.example"],
        "deleted": ["gone.example", "also-gone.example"],
        "unchanged": ["kept.example", "never.example"],
        "counts": {"created": 2, "updated": 3, "deleted": 2, "unchanged": 2},
    }
    headers = [entry["before_header"] for entry in result.diff]
    assert headers == [entry["after_header"] for entry in result.diff]
    assert headers == [
        f"{many.one.noun} {name}.example" for name in ("new", "changed", "gone", "named", "second", "more", "also-gone")
    ]
    assert result.diff[0]["before"] == {}
    assert result.diff[2]["after"] == {}
    assert result.diff[3]["after"]["domain"] == "renamed.example"
    assert sorted(names(emulator, many)) == [
        f"{name}.example" for name in ("changed", "kept", "more", "new", "renamed", "second")
    ]


def test_a_second_run_changes_nothing_and_sends_no_write(
    run_emulated: Callable[..., Run], emulator: Emulator, many: Many
) -> None:
    entries = everything(emulator, many)
    run_emulated(many.module, **{many.option: entries})
    sent = len(emulator.writes)

    again = run_emulated(many.module, **{many.option: entries})

    assert not again.changed
    assert len(emulator.writes) == sent
    assert again.result[2] == {}


def test_settings_that_no_entry_names_are_untouched(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    emulator.seed(
        domains=[{"domain": "a.example", "lookback_hops": 7, "folder": "Inbox", "drop_dispositions": ["SPAM"]}]
    )
    (before,) = emulator.state()["domains"]

    run_emulated(
        DOMAINS.module, domains=[{"domain": "a.example", "regions": ["DE"]}, {"domain": "b.example", **NEEDED}]
    )

    after = emulator.state()["domains"][0]
    assert {name for name in after if after[name] != before[name]} <= {"regions", *OF_THE_SERVER}
    assert after["regions"] == ["DE"]


def test_an_entry_can_clear_what_can_be_cleared(run: Callable[..., Run]) -> None:
    record = RESTRICTIONS.record(1)
    script = Script(RESTRICTIONS.listing(record), RESTRICTIONS.patching(record, {"comments": None}))

    assert run(RESTRICTIONS.module, script, restrictions=[{"domain": "d1.example", "comments": ""}]).changed


def test_remarks_of_the_api_are_passed_on_once(run: Callable[..., Run], many: Many) -> None:
    message = [{"code": 1000, "message": "This endpoint is going away"}]
    script = Script(many.listing(answer={**page([many.record(1)]), "messages": message * 2}))

    result = run(many.module, script, **{many.option: [{"domain": "d1.example"}]})

    assert result.warnings == ["Message of the Cloudflare API: This endpoint is going away (code 1000)."]


def test_the_closest_names_are_told_for_the_first_mistakes_alone(run: Callable[..., Run]) -> None:
    missing = [{"domain": f"exampel{number}.net"} for number in range(12)]
    script = Script(DOMAINS.listing(*(DOMAINS.record(number, domain=f"example{number}.net") for number in range(12))))

    result = run(DOMAINS.module, script, domains=missing)

    advised = ["The closest: " in mistake["msg"] for mistake in result.entry_errors]
    assert advised == [True] * 10 + [False] * 2
    assert result.entry_errors[11]["msg"] == (
        "domain: this account has no email security domain named exampel11.net: the domain is not protected in this "
        "account. To create exampel11.net, the task needs allowed_delivery_modes, drop_dispositions, ip_restrictions, "
        "regions too."
    )
