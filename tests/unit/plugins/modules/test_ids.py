# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids are sent as the API spells them, with their type. The emulator compares them letter by letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import RecordId
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.variables import export
from emulator import Emulator
from support.module_runner import Run
from support.resources import ALL_SAMPLES, BLOCK_SENDER, CONTENT_POLICY, DOMAIN, INTEGRATION, SAMPLES
from support.sample import ID, Sample
from support.script import Exchange, Script, envelope


@pytest.fixture(params=["uuid", "integer"])
def ids(request: pytest.FixtureRequest, emulator: Emulator) -> str:
    """Let the emulator give ids of each type in turn."""
    emulator.behaviour.update({"integer_ids": request.param == "integer"})
    return str(request.param)


@pytest.fixture(
    params=[
        (sample, integer)
        for sample in SAMPLES
        for integer in (False, True)
        # Elsewhere, a task cannot have an integer.
        if isinstance(sample.resource.id_field.type, RecordId) or not integer
    ],
    ids=lambda param: f"{param[0]}-{'integer' if param[1] else 'uuid'}",
)
def served(request: pytest.FixtureRequest, emulator: Emulator) -> Sample:
    """Return the sample of each resource, and let the emulator give ids of each type that a task can have."""
    sample: Sample = request.param[0]
    emulator.behaviour.update({"integer_ids": request.param[1]})
    return sample


def seed(emulator: Emulator, sample: Sample) -> list[dict[str, Any]]:
    """Add records and return them."""
    emulator.seed(**{sample.collection: [sample.key_of(number) for number in (1, 2, 3)]})
    return emulator.state()[sample.collection]


def spelled(record: dict[str, Any]) -> str:
    """Return an id as a person may write it."""
    return str(record["id"]).upper()


def test_one_record_by_id(run_emulated: Callable[..., Run], emulator: Emulator, served: Sample) -> None:
    record = seed(emulator, served)[0]
    by_id = {served.id_option: spelled(record)}

    for settings in (served.change, {"state": "absent", **served.key_in(record)}):
        predicted = run_emulated(served.module, True, **by_id, **settings)
        result = run_emulated(served.module, **by_id, **settings)

        assert result.changed
        assert (predicted.changed, predicted.diff) == (result.changed, result.diff)
        assert result.result["id"] == predicted.result["id"] == record["id"]
    assert {entry.path.rpartition("/")[2] for entry in emulator.log} == {str(record["id"])}
    assert record["id"] not in [each["id"] for each in emulator.state()[served.collection]]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("served", SAMPLES, ids=str)
def test_one_record_by_name(run_emulated: Callable[..., Run], emulator: Emulator, served: Sample) -> None:
    record = seed(emulator, served)[0]

    assert run_emulated(served.module, **served.key_in(record), **served.change).result["id"] == record["id"]
    assert run_emulated(served.module, **served.key_in(record), state="absent").result == {"id": record["id"]}
    assert len(emulator.state()[served.collection]) == 2


def test_info_by_id(run_emulated: Callable[..., Run], emulator: Emulator, served: Sample) -> None:
    record = seed(emulator, served)[0]

    (found,) = run_emulated(served.info_module, **{served.id_option: spelled(record)}).result

    assert found["id"] == record["id"]


@pytest.mark.parametrize("batch", ["present", "404"])
def test_many_records(run_emulated: Callable[..., Run], emulator: Emulator, served: Sample, batch: str) -> None:
    emulator.behaviour.update({"batch": batch})
    first, second, third = seed(emulator, served)
    option = served.id_option
    listed = [
        {option: spelled(first), **served.change},
        {**served.key_in(second), **served.change},
        {option: spelled(third), "state": "absent"},
    ]

    predicted = run_emulated(served.bulk_module, True, **{served.entries_option: listed})
    result = run_emulated(served.bulk_module, **{served.entries_option: listed})

    assert not result.failed
    assert (predicted.summary, predicted.diff) == (result.summary, result.diff)
    assert [record["id"] for record in result.result] == [first["id"], second["id"], third["id"]]
    held = emulator.state()[served.collection]
    assert [record["id"] for record in held] == [first["id"], second["id"]]
    assert all(served.change.items() <= record.items() for record in held)


def test_purge(run_emulated: Callable[..., Run], emulator: Emulator, served: Sample) -> None:
    records = seed(emulator, served)

    result = run_emulated(
        served.bulk_module, **{served.entries_option: [{served.id_option: spelled(records[0])}]}, purge=True
    )

    assert result.summary["counts"] == {"created": 0, "updated": 0, "deleted": 2, "unchanged": 1}
    assert [record["id"] for record in emulator.state()[served.collection]] == [records[0]["id"]]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("acted", [True, False])
def test_a_batch_that_fails(run_emulated: Callable[..., Run], emulator: Emulator, acted: bool) -> None:
    records = seed(emulator, DOMAIN)
    emulator.faults.add("status", status=502, method="POST", path="/batch$", acted=acted)
    listed = [
        {"domain": records[0]["domain"], "state": "absent"},
        {"domain": records[1]["domain"], **DOMAIN.change},
        {"domain": records[2]["domain"], **DOMAIN.change},
    ]

    result = run_emulated(DOMAIN.bulk_module, domains=listed)

    counts = result.summary["counts"]
    held = {record["id"] for record in emulator.state()["domains"]}
    if acted:
        assert not result.failed
        assert (counts["deleted"], counts["updated"]) == (1, 2)
        assert held == {records[1]["id"], records[2]["id"]}
    else:
        assert len(result.failed_records) == 3
        assert held == {record["id"] for record in records}


def test_an_integration_is_sent_in_lower_case(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    seed(emulator, DOMAIN)
    upper = {"integration_id": INTEGRATION.upper()}

    assert run_emulated(DOMAIN.module, domain="d1.example", **upper).changed
    assert run_emulated(DOMAIN.bulk_module, domains=[{"domain": "d2.example", **upper}]).changed
    assert not run_emulated(DOMAIN.module, domain="d2.example", **upper).changed
    found = run_emulated(DOMAIN.info_module, **upper).result

    assert [record["integration_id"] for record in emulator.state()["domains"]] == [INTEGRATION, INTEGRATION, None]
    assert [record["domain"] for record in found] == ["d1.example", "d2.example"]


def test_an_id_that_the_server_spells_in_upper_case(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    ids = [ID.upper(), INTEGRATION.upper()]
    emulator.seed(domains=[{"domain": name, "id": each} for name, each in zip(("a.example", "b.example"), ids)])

    assert run_emulated(DOMAIN.module, domain="a.example", lookback_hops=9).changed
    listed = [{"domain_id": ID, "lookback_hops": 10}, {"domain": "b.example", "lookback_hops": 10}]
    assert run_emulated(DOMAIN.bulk_module, domains=listed).changed
    assert [record["lookback_hops"] for record in emulator.state()["domains"]] == [10, 10]


def test_an_export_by_id_changes_nothing(run_emulated: Callable[..., Run], emulator: Emulator, served: Sample) -> None:
    # Two records of one key.
    emulator.seed(**{served.collection: [served.key_of(1)] * 2})
    exported = export(served.resource, run_emulated(served.info_module).result).entries

    result = run_emulated(served.bulk_module, **{served.entries_option: exported}, purge=True, purge_limit=0)

    assert not result.failed, result.msg
    assert not result.changed


@pytest.mark.parametrize("record_id", [0, -5, 17, 10**30, "17", "x y", "../../a b?c#d%"])
def test_any_integer_or_text_is_one_part_of_the_path(run: Callable[..., Run], sample: Sample, record_id: Any) -> None:
    record = {**sample.record, "id": record_id}
    path = f"{sample.path}/{quote(str(record_id), safe='')}"
    change = Exchange("PATCH", path, body=sample.change, answer=envelope({**record, **sample.change}))

    assert run(sample.module, Script(sample.lookup(record), change), **sample.key, **sample.change).changed


@pytest.mark.parametrize("sample", [sample for sample in ALL_SAMPLES if "deletes" in sample.resource.batch], ids=str)
@pytest.mark.parametrize("record_id", [0, 17, "x y"])
def test_the_type_of_an_id_in_a_batch(run: Callable[..., Run], sample: Sample, record_id: Any) -> None:
    records = [sample.numbered(1, id=record_id), sample.numbered(2)]
    deletes = [{"id": record["id"]} for record in records]
    script = Script(sample.listing(*records), sample.batch({"deletes": deletes}, {"deletes": deletes}))

    result = run(sample.bulk_module, script, **{sample.entries_option: sample.absent(1, 2)})

    assert result.result == deletes


@pytest.mark.parametrize("sample", [BLOCK_SENDER, CONTENT_POLICY], ids=str)
def test_ids_that_a_task_cannot_have_are_not_recommended(run: Callable[..., Run], sample: Sample) -> None:
    old, new = (sample.numbered(1, id=each) for each in (2401, sample.id))
    message = f"{sample.key_field}: {sample.label_of(1)} matches 2 {sample.plural}."

    single = run(sample.module, Script(sample.listing(old, new)), **sample.key_of(1), **sample.change)
    bulk = run(sample.bulk_module, Script(sample.listing(old, new)), **{sample.entries_option: sample.changes(1)})
    assert single.msg == (
        f"{message} Select one with {sample.id_option}: {sample.id}. {sample.id_option} does not accept 2401: "
        "change that record in the dashboard."
    )
    assert single.msg in bulk.msg

    script = Script(sample.listing(old, {**old, "id": 2402}))
    single = run(sample.module, script, **sample.key_of(1), **sample.change)
    assert single.msg == (
        f"{message} {sample.id_option} does not accept 2401, 2402: change those records in the dashboard."
    )


def test_a_change_goes_to_the_id_of_the_task_where_the_response_has_another_one(
    run: Callable[..., Run], sample: Sample
) -> None:
    script = Script(sample.reading(answer=envelope({**sample.record, "id": sample.other_id})), sample.patching())

    assert run(sample.module, script, **{sample.id_option: sample.id}, **sample.change).changed
