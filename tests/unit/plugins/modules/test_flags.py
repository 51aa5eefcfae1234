# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flags: null in a response means false, and so does a flag that the record itself leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.module_runner import Run
from support.resources import ALLOW_POLICY, DOMAIN
from support.script import Exchange, Script, refusal

FLAGS = ("require_tls_inbound", "require_tls_outbound")
NAMES = ("a.example", "b.example")
OFF = dict.fromkeys(FLAGS, False)
ON = dict.fromkeys(FLAGS, True)


@pytest.fixture(params=["false", "null", "omitted", "unlisted"])
def shown(request: pytest.FixtureRequest, emulator: Emulator) -> str:
    """Let the emulator show a flag that is off in each way in turn."""
    emulator.behaviour.update({"false_flags": request.param})
    return str(request.param)


@pytest.fixture(params=["by name", "by id", "by batch", "without batch"])
def change(request: pytest.FixtureRequest, run_emulated: Callable[..., Run], emulator: Emulator) -> Callable[..., Run]:
    """Return a function that changes both domains, with the module for one record or that for many."""
    if request.param == "without batch":
        emulator.behaviour.update({"batch": "404"})

    def run_either(check_mode: bool = False, **settings: Any) -> Run:
        if request.param in ("by batch", "without batch"):
            entries = [{"domain": name, **settings} for name in NAMES]
            return run_emulated(DOMAIN.bulk_module, check_mode, domains=entries)
        for record in emulator.state()["domains"]:
            found_by = {"domain": record["domain"]} if request.param == "by name" else {"domain_id": record["id"]}
            result = run_emulated(DOMAIN.module, check_mode, **found_by, **settings)
        return result

    return run_either


def seed(emulator: Emulator, **settings: Any) -> None:
    emulator.seed(domains=[{"domain": name, **settings} for name in NAMES])


def held(emulator: Emulator) -> list[dict[str, bool]]:
    """Return the flags of each domain."""
    return [{name: record[name] for name in FLAGS} for record in emulator.state()["domains"]]


def diffs(result: Run) -> list[dict[str, Any]]:
    return result.diff if isinstance(result.diff, list) else [result.diff]


@pytest.mark.usefixtures("shown")
def test_a_flag_that_is_off_stays_off_without_a_write(change: Callable[..., Run], emulator: Emulator) -> None:
    seed(emulator)

    for check_mode in (True, False):
        result = change(check_mode, **OFF)

        assert not result.failed
        assert not result.changed
        assert all(diff["before"] == diff["after"] for diff in diffs(result))
    assert emulator.writes == []
    assert held(emulator) == [OFF, OFF]


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(("before", "after"), [(ON, OFF), (OFF, ON)], ids=["off", "on"])
def test_a_flag_is_switched_once(
    change: Callable[..., Run], emulator: Emulator, before: dict[str, bool], after: dict[str, bool]
) -> None:
    seed(emulator, **before)

    predicted = change(check_mode=True, **after)
    assert emulator.writes == []
    result = change(**after)
    writes = len(emulator.writes)
    again = change(**after)

    assert not result.failed
    assert (predicted.changed, result.changed, again.changed) == (True, True, False)
    assert predicted.diff == result.diff
    for diff in diffs(result):
        assert {name: diff["before"][name] for name in FLAGS} == before
        assert {name: diff["after"][name] for name in FLAGS} == after
    assert len(emulator.writes) == writes
    assert held(emulator) == [after, after]


@pytest.mark.usefixtures("shown")
def test_another_setting_leaves_the_flags_alone(change: Callable[..., Run], emulator: Emulator) -> None:
    seed(emulator, require_tls_outbound=True)

    assert change(lookback_hops=7).changed
    assert not change(lookback_hops=7).changed
    assert held(emulator) == [{"require_tls_inbound": False, "require_tls_outbound": True}] * 2


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_that_stays_off_is_an_error(
    change: Callable[..., Run], emulator: Emulator, shown: str, flag: str
) -> None:
    seed(emulator)
    emulator.behaviour.update({"ignored_fields": [flag]})

    result = change(**{flag: True})

    assert result.failed
    if shown == "omitted":
        assert f"does not confirm the change: {flag}: is not in the response, not True" in result.msg
    else:
        assert f"did not apply: {flag}: is False, not True" in result.msg
        assert not result.changed
    assert held(emulator) == [OFF, OFF]


@pytest.mark.parametrize("unlisted", [True, False])
def test_a_flag_that_the_list_leaves_out_is_read_before_it_counts_as_off(
    change: Callable[..., Run], emulator: Emulator, unlisted: bool
) -> None:
    emulator.behaviour.update({"unlisted_fields": list(FLAGS)} if unlisted else {})
    seed(emulator, **ON)

    assert change(**OFF).changed
    assert held(emulator) == [OFF, OFF]
    assert not change(**OFF).changed


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("patch_result", [True, False])
@pytest.mark.parametrize("flags", [OFF, ON], ids=["off", "on"])
def test_a_new_domain(
    run_emulated: Callable[..., Run], emulator: Emulator, flags: dict[str, bool], patch_result: bool
) -> None:
    emulator.behaviour.update({"patch_result": patch_result})
    entries = [{"domain": name, **DOMAIN.needed, **flags} for name in NAMES]
    single = {"domain": "c.example", **DOMAIN.needed, **flags}

    for changed in (True, False):
        assert run_emulated(DOMAIN.bulk_module, domains=entries).changed is changed
        assert run_emulated(DOMAIN.module, **single).changed is changed
    assert held(emulator) == [flags] * 3


#: Fields that newer schemas allow to be null, with a value that differs from null.
NULLABLE = {
    "folder": "Inbox",
    "integration_id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "lookback_hops": 3,
    "transport": "mx.example.com",
    "require_tls_inbound": True,
    "require_tls_outbound": True,
}


@pytest.mark.parametrize("field", NULLABLE)
def test_null_settings(change: Callable[..., Run], emulator: Emulator, field: str) -> None:
    seed(emulator, **dict.fromkeys(NULLABLE), authorization=None, emails_processed=None, dmarc_status=None)

    assert not change(regions=["GLOBAL"]).changed
    assert change(check_mode=True, **{field: NULLABLE[field]}).changed
    assert change(**{field: NULLABLE[field]}).changed
    assert not change(**{field: NULLABLE[field]}).changed
    assert [record[field] for record in emulator.state()["domains"]] == [NULLABLE[field]] * 2


HIDDEN = dict.fromkeys(["require_tls_outbound"], False)


def hidden(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without the flag."""
    return {name: value for name, value in record.items() if name not in HIDDEN}


@pytest.mark.parametrize("accepted", [True, False])
def test_what_a_batch_did_to_a_flag_is_read_by_id(run: Callable[..., Run], accepted: bool) -> None:
    records = DOMAIN.records(2, require_tls_outbound=True)
    listed = [hidden(record) for record in records]
    response = (
        {"result": {"patches": listed}}
        if accepted
        else {"status": 400, "answer": refusal({"code": 1, "message": "No"})}
    )
    script = Script(
        DOMAIN.listing(*records),
        DOMAIN.batch({"patches": [{"id": record["id"], **HIDDEN} for record in records]}, **response),
        DOMAIN.listing(*listed),
        DOMAIN.reading({**records[0], **HIDDEN}),
        DOMAIN.reading(records[1]),
    )

    result = run(
        DOMAIN.bulk_module,
        script,
        domains=[{"domain": record["domain"], **HIDDEN} for record in records],
        concurrency=1,
    )

    assert result.summary["updated"] == ["d1.example"]
    (failed,) = result.failed_records
    assert failed["name"] == "d2.example"
    assert ("require_tls_outbound: is True, not False" if accepted else "HTTP 400: No") in failed["msg"]


def test_a_batch_whose_effect_on_a_flag_cannot_be_read_may_be_a_change(run: Callable[..., Run]) -> None:
    records = DOMAIN.records(2, require_tls_outbound=True)
    listed = [hidden(record) for record in records]
    gone = {"status": 403, "answer": refusal({"code": 1, "message": "No"})}
    script = Script(
        DOMAIN.listing(*records),
        DOMAIN.batch({"patches": [{"id": record["id"], **HIDDEN} for record in records]}, {"patches": listed}),
        DOMAIN.listing(*listed),
        Exchange("GET", DOMAIN.reading(records[0]).path, **gone),
    )

    result = run(
        DOMAIN.bulk_module,
        script,
        domains=[{"domain": record["domain"], **HIDDEN} for record in records],
        concurrency=1,
    )

    assert [failed["name"] for failed in result.failed_records] == ["d1.example", "d2.example"]
    assert "The API reported success, but the record could not be read again: HTTP 403: No" in result.msg
    assert result.changed


def unreturned(number: int) -> dict[str, Any]:
    """Return a policy without a flag that the API never returns."""
    return {name: value for name, value in ALLOW_POLICY.numbered(number).items() if name != "is_trusted_sender"}


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_flag_that_is_never_returned_counts_as_off_with_a_warning(run: Callable[..., Run], check_mode: bool) -> None:
    record, other = unreturned(1), unreturned(2)
    warning = "is_trusted_sender: the API does not return it, so it counts as false."
    off = {"is_trusted_sender": False}
    by_id = {"policy_id": record["id"], **off}

    for script in (
        Script(ALLOW_POLICY.reading(record)),
        Script(ALLOW_POLICY.listing(record), ALLOW_POLICY.reading(record)),
    ):
        single = run(ALLOW_POLICY.module, script, check_mode=check_mode, **by_id)
        assert not single.changed
        assert single.warnings == [warning]
        by_id = {**ALLOW_POLICY.key_of(1), **off}

    script = Script(ALLOW_POLICY.listing(record, other), ALLOW_POLICY.reading(record), ALLOW_POLICY.reading(other))
    entries = [{**ALLOW_POLICY.key_of(number), **off} for number in (1, 2)]
    bulk = run(ALLOW_POLICY.bulk_module, script, check_mode=check_mode, allow_policies=entries, concurrency=1)
    assert not bulk.changed
    assert bulk.warnings == [f"{ALLOW_POLICY.label_of(1)}, {ALLOW_POLICY.label_of(2)}: {warning}"]


def test_a_flag_that_is_never_returned_cannot_be_confirmed(run: Callable[..., Run]) -> None:
    record, on = unreturned(1), {"is_trusted_sender": True}
    patch = ALLOW_POLICY.patching(record, on, stored=record)
    script = Script(ALLOW_POLICY.reading(record), patch, ALLOW_POLICY.reading(record))

    result = run(ALLOW_POLICY.module, script, policy_id=record["id"], **on)

    assert result.failed
    assert result.changed
    assert result.msg.startswith(
        "The API reported success but does not confirm the change: is_trusted_sender: is not in the response, not True."
    )


def test_a_flag_that_the_task_leaves_alone_is_not_mentioned(run: Callable[..., Run]) -> None:
    record = unreturned(1)
    result = run(ALLOW_POLICY.module, Script(ALLOW_POLICY.reading(record)), policy_id=record["id"], verify_sender=True)
    assert not result.warnings
