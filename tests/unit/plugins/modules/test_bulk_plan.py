# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many records: one listing, one plan, what check mode predicts, and what is returned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.module_runner import Run
from support.resources import DOMAIN
from support.sample import Sample
from support.script import Script

#: What a server adds to a record on its own, or changes with it.
OF_THE_SERVER = {"id", "created_at", "modified_at", "last_modified"}


def test_a_thousand_converged_records_cost_one_request(run: Callable[..., Run], sample: Sample) -> None:
    records = sample.records(1000)
    entries = [{**sample.key_of(number), **sample.same} for number in range(1000, 0, -1)]

    result = run(sample.bulk_module, Script(sample.listing(*records, total=1000)), **{sample.entries_option: entries})

    assert not result.changed
    assert result.result == records[::-1]
    assert result.diff == []
    assert result.summary["counts"] == {"created": 0, "updated": 0, "deleted": 0, "unchanged": 1000}


def test_records_are_found_by_name_and_by_id(run: Callable[..., Run], sample: Sample) -> None:
    entries = [sample.respelled, {sample.id_option: str(sample.id_of(2)).upper()}]

    result = run(
        sample.bulk_module, Script(sample.listing(sample.other, sample.record)), **{sample.entries_option: entries}
    )

    assert result.result == [sample.record, sample.other]


def test_results_are_in_the_order_of_the_entries(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample
) -> None:
    emulator.seed(**{served.collection: [served.key_of(number) for number in (0, 2, 4, 6)]})
    numbers = range(7, -1, -1)
    entries = [{**served.key_of(number), **served.needed} for number in numbers]

    result = run_emulated(served.bulk_module, **{served.entries_option: entries})

    assert served.labels(result.result) == [served.label_of(number) for number in numbers]
    assert result.summary["created"] == [served.label_of(number) for number in numbers if number % 2]


def test_the_same_record_by_name_and_by_id_is_refused(run: Callable[..., Run], sample: Sample) -> None:
    records = sample.records(2)
    entries = [sample.key_of(2), sample.key_of(1), {sample.id_option: sample.id_of(2)}]

    result = run(sample.bulk_module, Script(sample.listing(*records)), **{sample.entries_option: entries})

    assert (
        result.msg
        == f"{sample.entries_option}[2] ({sample.id_of(2)}): is the same record as {sample.entries_option}[0]."
    )


def test_the_same_record_present_and_absent_is_refused(run: Callable[..., Run], sample: Sample) -> None:
    entries = [{**sample.key_of(1), "state": "absent"}, {sample.id_option: sample.id_of(1)}]

    assert run(
        sample.bulk_module, Script(sample.listing(sample.numbered(1))), **{sample.entries_option: entries}
    ).failed


def test_several_records_of_one_key_are_an_error_with_their_ids(run: Callable[..., Run], sample: Sample) -> None:
    records = [sample.record, {**sample.other, **sample.respelled}]

    result = run(sample.bulk_module, Script(sample.listing(*records)), **{sample.entries_option: [sample.key]})

    assert result.msg == (
        f"{sample.entries_option}[0] ({sample.label}): {sample.key_field}: {sample.label} matches 2 {sample.plural}. "
        f"Select one with {sample.id_option}: {sample.other_id}, {sample.id}."
    )


def test_several_records_of_one_name_are_each_found_by_id(run: Callable[..., Run], sample: Sample) -> None:
    records = [sample.numbered(1), sample.numbered(2, **sample.key_of(1))]
    entries = [{sample.id_option: sample.id_of(2), **sample.same}, {sample.id_option: sample.id_of(1), **sample.same}]

    assert (
        run(sample.bulk_module, Script(sample.listing(*records)), **{sample.entries_option: entries}).result
        == records[::-1]
    )


def test_nothing_is_sent_where_an_entry_cannot_be_carried_out(run: Callable[..., Run], sample: Sample) -> None:
    entries = [{**sample.key_of(1), **sample.change}, {sample.id_option: sample.id}]

    assert run(
        sample.bulk_module, Script(sample.listing(sample.numbered(1))), **{sample.entries_option: entries}
    ).failed


@pytest.mark.parametrize("check_mode", [False, True])
def test_records_without_a_usable_name_or_id_are_ignored(
    run: Callable[..., Run], sample: Sample, check_mode: bool
) -> None:
    values = (None, 5, [1])
    odd = [{"id": "x"}, *({**sample.record, "id": value, sample.key_field: value} for value in values)]
    script = Script(sample.listing(*odd, sample.numbered(1)))

    assert not run(sample.bulk_module, script, check_mode, **{sample.entries_option: [sample.key_of(1)]}).changed


def test_a_record_without_an_id_cannot_be_changed(run: Callable[..., Run], sample: Sample) -> None:
    nameless = sample.without_id(sample.numbered(1))
    entries = [{**sample.key_of(1), **sample.change}]

    result = run(sample.bulk_module, Script(sample.listing(nameless)), **{sample.entries_option: entries})

    assert result.msg.endswith(
        f"The API returned no usable id for {sample.noun} {sample.label_of(1)}: it cannot be changed."
    )


def everything(emulator: Emulator, sample: Sample) -> list[dict[str, Any]]:
    """Add the records 1 to 6, and return entries for every action there is; three of them have the id of a record."""
    emulator.seed(**{sample.collection: [{**sample.key_of(number), **sample.same} for number in range(1, 7)]})
    ids = [{sample.id_option: record["id"]} for record in emulator.state()[sample.collection]]
    return [
        {**sample.key_of(11), **sample.needed},
        {**sample.key_of(1), **sample.change},
        {**sample.key_of(2), "state": "absent"},
        {**sample.key_of(3), **sample.same},
        {**ids[3], **sample.key_of(14)},
        {**sample.key_of(12), "state": "absent"},
        {**sample.key_of(13), **sample.needed},
        {**ids[4], **sample.change},
        {**ids[5], "state": "absent"},
    ]


@pytest.mark.parametrize("batch", ["present", "404"])
def test_check_mode_is_the_real_run_without_a_write(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample, batch: str
) -> None:
    emulator.behaviour.update({"batch": batch})
    entries = everything(emulator, served)
    before = emulator.state()

    predicted = run_emulated(served.bulk_module, True, **{served.entries_option: entries})
    assert emulator.writes == []
    assert emulator.state() == before
    real = run_emulated(served.bulk_module, **{served.entries_option: entries})

    assert predicted.changed
    assert real.changed
    assert predicted.summary == real.summary
    assert predicted.diff == real.diff
    for one, other in zip(predicted.result, real.result):
        shared = set(one) - OF_THE_SERVER
        assert {key: one[key] for key in shared} == {key: other[key] for key in shared}
    assert [set(one) == set(other) for one, other in zip(predicted.result, real.result)].count(False) == 2, (
        "the created"
    )


def test_the_summary_has_every_action_and_the_diff_every_change(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample
) -> None:
    result = run_emulated(served.bulk_module, **{served.entries_option: everything(emulator, served)})

    actions = {"created": (11, 13), "updated": (1, 4, 5), "deleted": (2, 6), "unchanged": (3, 12)}
    assert result.summary == {
        **{action: [served.label_of(number) for number in numbers] for action, numbers in actions.items()},
        "counts": {"created": 2, "updated": 3, "deleted": 2, "unchanged": 2},
    }
    headers = [entry["before_header"] for entry in result.diff]
    assert headers == [entry["after_header"] for entry in result.diff]
    assert headers == [f"{served.noun} {served.label_of(number)}" for number in (11, 1, 2, 4, 13, 5, 6)]
    assert result.diff[0]["before"] == {}
    assert result.diff[2]["after"] == {}
    assert served.key_of(14).items() <= result.diff[3]["after"].items()
    held = served.labels(emulator.state()[served.collection])
    assert sorted(map(str, held)) == sorted(served.label_of(number) for number in (1, 3, 5, 11, 13, 14))


def test_a_second_run_changes_nothing_and_sends_no_write(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample
) -> None:
    entries = everything(emulator, served)
    run_emulated(served.bulk_module, **{served.entries_option: entries})
    sent = len(emulator.writes)

    again = run_emulated(served.bulk_module, **{served.entries_option: entries})

    assert not again.changed
    assert len(emulator.writes) == sent
    assert again.result[2] == {}


def test_similar_names_are_suggested_only_for_the_first_errors(run: Callable[..., Run]) -> None:
    missing = [{"domain": f"exampel{number}.net"} for number in range(12)]
    script = Script(DOMAIN.listing(*(DOMAIN.numbered(number, domain=f"example{number}.net") for number in range(12))))

    result = run(DOMAIN.bulk_module, script, domains=missing)

    advised = ["Did you mean: " in entry["msg"] for entry in result.entry_errors]
    assert advised == [True] * 10 + [False] * 2
    assert result.entry_errors[11]["msg"] == (
        "domain: this account has no email security domain named exampel11.net; Email Security does not scan its "
        "mail. To create exampel11.net, set allowed_delivery_modes, drop_dispositions, ip_restrictions, "
        "regions too."
    )
