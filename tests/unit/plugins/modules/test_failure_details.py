# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures report the actual state: what changed, what was not attempted, and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator import Emulator
from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION, SAMPLES
from support.sample import ID, Sample
from support.script import Exchange, Script, envelope


@pytest.mark.parametrize(("held", "changed"), [("DE", True), ("GLOBAL", False)])
def test_a_partly_applied_change_is_a_change(run: Callable[..., Run], held: str, changed: bool) -> None:
    was = {**DOMAIN.record, "regions": ["GLOBAL"]}
    body = {"regions": ["US", "DE"]}
    script = Script(DOMAIN.lookup(was), DOMAIN.patching(body=body, stored={**was, "regions": [held]}))

    result = run(DOMAIN.module, script, domain=DOMAIN.label, regions=["US", "DE"])

    assert result.failed
    assert result.changed is changed


def test_a_create_that_stored_another_value_is_a_change(run: Callable[..., Run]) -> None:
    body = {"domain": RESTRICTION.label, "exclude": ["a.example"]}
    made = {"id": ID, "domain": RESTRICTION.label, "exclude": []}
    created = Exchange("POST", RESTRICTION.path, body=body, status=201, answer=envelope(made))

    one = run(RESTRICTION.module, Script(RESTRICTION.lookup(), created), **body)
    sample = run(RESTRICTION.bulk_module, Script(RESTRICTION.listing(), created), restrictions=[body])

    assert one.failed
    assert one.changed
    assert "did not apply: exclude: is [], not ['a.example']." in one.msg
    assert one.failure["method"] == "POST"
    assert one.result == made
    assert sample.failed
    assert sample.changed


def test_a_failure_has_the_messages_of_the_api_too(run: Callable[..., Run], sample: Sample) -> None:
    refused = sample.patching(body=sample.change, status=400, answer={"success": False, "errors": []})
    remark = {"code": 1500, "message": "This endpoint will change"}
    listing = sample.lookup(answer=envelope([sample.record], [remark], result_info={"total_count": 1}))

    result = run(sample.module, Script(listing, refused), **sample.key, **sample.change)

    assert result.failed
    assert result.warnings == ["Cloudflare API message: This endpoint will change (code 1500)."]


def test_a_duplicate_after_a_lost_create_is_reported(
    run_emulated: Callable[..., Run], emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first try is so slow that its record is not there yet when it is looked for.
    emulator.behaviour.update({"duplicates": "accepted"})
    emulator.faults.add("drop", method="POST", acted=False)
    emulator.faults.add("slow", method="POST", delay=0.01)
    seen = emulator.faults.take

    def take(method: str, path: str) -> object:
        fault = seen(method, path)
        if method == "POST" and fault is not None and fault.kind == "slow":
            emulator.seed(sending_domain_restrictions=[{"domain": "partner.example"}])
        return fault

    monkeypatch.setattr(emulator.faults, "take", take)

    result = run_emulated("sending_domain_restriction", domain="partner.example")

    assert result.failed
    assert "partner.example matches 2 sending domain restrictions" in result.msg


def test_renames_are_made_one_by_one_in_the_order_of_the_task(run: Callable[..., Run], sample: Sample) -> None:
    first, second = sample.records(2)
    to_third, to_second = sample.rename(3), sample.rename(2)
    script = Script(sample.listing(first, second), sample.patching(second, to_third), sample.patching(first, to_second))
    entries = [{sample.id_option: second["id"], **to_third}, {sample.id_option: first["id"], **to_second}]

    result = run(sample.bulk_module, script, **{sample.entries_option: entries})

    assert result.changed
    assert sample.labels(result.result) == [sample.label_of(3), sample.label_of(2)]


def test_a_purge_that_leaves_nothing_is_refused_before_a_request(run: Callable[..., Run], sample: Sample) -> None:
    entries = [{**sample.key_of(1), "state": "absent"}]

    result = run(sample.bulk_module, Script(), purge=True, **{sample.entries_option: entries})

    assert result.failed
    assert result.msg.startswith(f"purge: {sample.entries_option} has no entry with state present.")


def test_changes_that_were_not_attempted_do_not_hide_the_cause(
    run_emulated: Callable[..., Run], emulator: Emulator
) -> None:
    # The delete of the purge comes last in the plan and is sent first.
    emulator.seed(
        sending_domain_restrictions=[{"domain": RESTRICTION.label_of(1)}, {"domain": RESTRICTION.label_of(2)}]
    )
    emulator.faults.add("status", method="DELETE", status=403)

    result = run_emulated(
        RESTRICTION.bulk_module, restrictions=[{"domain": RESTRICTION.label_of(1), "comments": "x"}], purge=True
    )

    assert [failed["name"] for failed in result.failed_records] == [RESTRICTION.label_of(1), RESTRICTION.label_of(2)]
    assert result.failure["status"] == 403
    assert result.failure["method"] == "DELETE"


def test_after_a_lost_response_to_an_applied_batch_the_rest_is_applied(
    run_emulated: Callable[..., Run], emulator: Emulator
) -> None:
    emulator.seed(sending_domain_restrictions=[{"domain": RESTRICTION.label_of(number)} for number in (1, 2)])
    emulator.faults.add("status", path="/batch$", status=502, acted=True)
    gone = [{"domain": RESTRICTION.label_of(number), "state": "absent"} for number in (1, 2)]

    result = run_emulated(RESTRICTION.bulk_module, restrictions=[*gone, {"domain": RESTRICTION.label_of(3)}])

    assert not result.failed
    assert result.summary["deleted"] == [RESTRICTION.label_of(1), RESTRICTION.label_of(2)]
    assert result.summary["created"] == [RESTRICTION.label_of(3)]


@pytest.mark.parametrize("served", [sample for sample in SAMPLES if sample.resource.batch], ids=str)
def test_a_record_deleted_by_someone_else_before_a_batch_is_not_a_change(
    run_emulated: Callable[..., Run], emulator: Emulator, served: Sample
) -> None:
    collection = served.collection
    emulator.seed(**{collection: [{**served.key_of(number)} for number in (1, 2)]})
    first = emulator.state()[collection][0]["id"]
    records = emulator.world.store.open_account(emulator.account_id).records[collection]
    emulator.meanwhile.before("POST", "/batch$", lambda _entry: records.pop(first))
    gone = [{**served.key_of(number), "state": "absent"} for number in (1, 2)]

    result = run_emulated(served.bulk_module, **{served.entries_option: gone})

    assert result.failed
    assert not result.changed
    assert result.summary["unchanged"] == [served.label_of(1)]
    assert [failed["name"] for failed in result.failed_records] == [served.label_of(2)]
    # The entry that the response is about has not failed, but the message has the reason.
    assert "The batch failed: HTTP 404: " in result.msg
