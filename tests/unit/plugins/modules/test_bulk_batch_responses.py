# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An accepted batch: what its response must contain, and what is read if it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.module_runner import Run
from support.resources import DOMAIN
from support.script import Exchange, Script, envelope, refusal

RESPONSES: dict[str, Any] = {
    "nothing": None,
    "an empty object": {},
    "null lists": {"patches": None, "posts": None},
    "no lists": {"patches": "x", "posts": 5},
    "odd entries": {"patches": [5, None, {}], "posts": [[]]},
    "records without ids": {"patches": [{"domain": "d1.example"}, {"domain": "d2.example"}]},
    "one of two": {"patches": DOMAIN.patched(1)},
    "a record without the setting": {"patches": [*DOMAIN.patched(1), {"id": DOMAIN.id_of(2), "domain": "d2.example"}]},
}


@pytest.mark.parametrize("response", RESPONSES.values(), ids=RESPONSES)
def test_records_missing_in_the_response_are_read(run: Callable[..., Run], response: Any) -> None:
    script = Script(
        DOMAIN.listing(*DOMAIN.records(2)),
        DOMAIN.batch({"patches": DOMAIN.patches(1, 2)}, response),
        DOMAIN.listing(*DOMAIN.patched(1, 2)),
    )

    assert run(DOMAIN.bulk_module, script, domains=DOMAIN.changes(1, 2)).result == DOMAIN.patched(1, 2)


def test_records_in_another_order_are_matched_by_id(run: Callable[..., Run]) -> None:
    script = Script(
        DOMAIN.listing(*DOMAIN.records(2)),
        DOMAIN.batch(
            {"patches": DOMAIN.patches(1, 2)},
            {"patches": [{**DOMAIN.patched(2)[0], "id": DOMAIN.id_of(2).upper()}, *DOMAIN.patched(1)]},
        ),
    )

    result = run(DOMAIN.bulk_module, script, domains=DOMAIN.changes(1, 2))

    assert [record["domain"] for record in result.result] == ["d1.example", "d2.example"]


def test_records_of_one_name_are_matched_by_id(run: Callable[..., Run]) -> None:
    records = DOMAIN.records(2, domain="same.example")
    entries = [{"domain_id": record["id"], **DOMAIN.change} for record in records]
    changed = [{**record, **DOMAIN.change} for record in records]
    script = Script(
        DOMAIN.listing(*records), DOMAIN.batch({"patches": DOMAIN.patches(1, 2)}, {"patches": [changed[1], changed[0]]})
    )

    assert run(DOMAIN.bulk_module, script, domains=entries).result == changed


@pytest.mark.parametrize("stored", [[], [DOMAIN.numbered(1, **DOMAIN.change)]])
def test_a_record_that_an_accepted_batch_did_not_create_is_an_error(
    run: Callable[..., Run], stored: list[dict[str, Any]]
) -> None:
    new = {"domain": "new.example", **DOMAIN.needed}
    script = Script(
        DOMAIN.listing(DOMAIN.numbered(1)),
        DOMAIN.batch({"patches": DOMAIN.patches(1), "posts": [new]}, {"patches": DOMAIN.patched(1)}),
        DOMAIN.listing(*stored),
    )

    result = run(DOMAIN.bulk_module, script, domains=[*DOMAIN.changes(1), new])

    assert result.failed
    assert {"name": "new.example", "msg": "The API reported success, but the record does not exist."} in (
        result.failed_records
    )


def test_where_the_records_cannot_be_read_the_effect_of_an_accepted_batch_is_returned_per_entry(
    run: Callable[..., Run],
) -> None:
    lists = {"deletes": [{"id": DOMAIN.id_of(3)}], "patches": DOMAIN.patches(1, 2)}
    script = Script(
        DOMAIN.listing(*DOMAIN.records(3)),
        DOMAIN.batch(lists, {"patches": DOMAIN.patched(1)}),
        DOMAIN.listing(status=403, answer=refusal({"code": 10000, "message": "Authentication error"})),
    )
    entries = [*DOMAIN.changes(1, 2), {"domain": "d3.example", "state": "absent"}]

    result = run(DOMAIN.bulk_module, script, domains=entries)

    assert result.failed
    assert result.changed
    assert result.summary["updated"] == ["d1.example"]
    assert result.summary["deleted"] == ["d3.example"]
    (failed,) = result.failed_records
    assert failed["name"] == "d2.example"
    assert failed["msg"].startswith("The API reported success, but the record could not be read again: HTTP 403:")
    assert (result.failure["method"], result.failure["status"]) == ("GET", 403)


def test_a_setting_that_an_accepted_batch_did_not_apply_is_an_error(
    run_emulated: Callable[..., Run], emulator: Emulator
) -> None:
    emulator.behaviour.update({"ignored_fields": ["lookback_hops"]})
    emulator.seed(domains=[{"domain": "a.example"}, {"domain": "b.example"}])

    result = run_emulated(
        DOMAIN.bulk_module,
        domains=[{"domain": "a.example", "lookback_hops": 9}, {"domain": "b.example", "regions": ["DE"]}],
    )

    assert result.failed
    assert result.summary["updated"] == ["b.example"]
    assert [failed["name"] for failed in result.failed_records] == ["a.example"]
    assert "did not apply: lookback_hops: is 2, not 9." in result.msg
    assert result.result[0] == {}


def test_modified_text_is_a_warning_with_the_name(run_emulated: Callable[..., Run], emulator: Emulator) -> None:
    emulator.behaviour.update({"text_form": "trimmed"})
    emulator.seed(domains=[{"domain": "a.example"}, {"domain": "b.example"}])
    entries = [{"domain": name, "transport": " mx.example.com"} for name in ("a.example", "b.example")]

    result = run_emulated(DOMAIN.bulk_module, domains=entries)

    assert result.changed
    assert [warning.split(":")[0] for warning in result.warnings] == ["a.example, b.example"]

    again = run_emulated(DOMAIN.bulk_module, domains=entries)

    assert not again.changed
    assert again.summary["unchanged"] == ["a.example", "b.example"]
    assert again.warnings == result.warnings


def test_two_records_of_a_name_in_the_response_are_an_error_of_their_entry_alone(run: Callable[..., Run]) -> None:
    new = {"domain": "new.example", **DOMAIN.needed}
    twice = [{"id": DOMAIN.id_of(8), **new}, {"id": DOMAIN.id_of(9), **new}]
    script = Script(
        DOMAIN.listing(DOMAIN.numbered(1)),
        DOMAIN.batch({"patches": DOMAIN.patches(1), "posts": [new]}, {"patches": DOMAIN.patched(1), "posts": twice}),
    )

    result = run(DOMAIN.bulk_module, script, domains=[*DOMAIN.changes(1), new])

    assert result.failed
    assert result.summary["updated"] == ["d1.example"]
    assert "new.example matches 2 email security domains" in result.failed_records[0]["msg"]


def test_a_batch_that_was_not_applied_is_retried(run: Callable[..., Run]) -> None:
    batch: list[Exchange] = [
        DOMAIN.batch({"patches": DOMAIN.patches(1, 2)}, status=429, text="Wait", headers={"Retry-After": "2"}),
        DOMAIN.batch({"patches": DOMAIN.patches(1, 2)}, answer=envelope({"patches": DOMAIN.patched(1, 2)})),
    ]

    assert run(
        DOMAIN.bulk_module, Script(DOMAIN.listing(*DOMAIN.records(2)), *batch), domains=DOMAIN.changes(1, 2)
    ).changed
