# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A batch that was accepted: what its answer has to hold, and what is read where it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.bulk import CHANGE, DOMAINS, NEEDED, changes, id_of, patched, patches
from support.module_runner import Run
from support.script import Exchange, Script, envelope, refusal

ANSWERS: dict[str, Any] = {
    "nothing": None,
    "an empty object": {},
    "null lists": {"patches": None, "posts": None},
    "no lists": {"patches": "x", "posts": 5},
    "odd entries": {"patches": [5, None, {}], "posts": [[]]},
    "records without ids": {"patches": [{"domain": "d1.example"}, {"domain": "d2.example"}]},
    "one of two": {"patches": patched(1)},
    "a record without the setting": {"patches": [*patched(1), {"id": id_of(2), "domain": "d2.example"}]},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_what_the_answer_leaves_out_is_read(run: Callable[..., Run], answer: Any) -> None:
    script = Script(
        DOMAINS.listing(*DOMAINS.records(2)),
        DOMAINS.batch({"patches": patches(1, 2)}, answer),
        DOMAINS.listing(*patched(1, 2)),
    )

    assert run(DOMAINS.module, script, domains=changes(1, 2)).result == patched(1, 2)


def test_records_in_another_order_are_told_apart_by_id(run: Callable[..., Run]) -> None:
    script = Script(
        DOMAINS.listing(*DOMAINS.records(2)),
        DOMAINS.batch(
            {"patches": patches(1, 2)}, {"patches": [{**patched(2)[0], "id": id_of(2).upper()}, *patched(1)]}
        ),
    )

    result = run(DOMAINS.module, script, domains=changes(1, 2))

    assert [record["domain"] for record in result.result] == ["d1.example", "d2.example"]


def test_records_of_one_name_are_told_apart_by_id(run: Callable[..., Run]) -> None:
    records = DOMAINS.records(2, domain="same.example")
    entries = [{"domain_id": record["id"], **CHANGE} for record in records]
    changed = [{**record, **CHANGE} for record in records]
    script = Script(
        DOMAINS.listing(*records), DOMAINS.batch({"patches": patches(1, 2)}, {"patches": [changed[1], changed[0]]})
    )

    assert run(DOMAINS.module, script, domains=entries).result == changed


@pytest.mark.parametrize("stored", [[], [DOMAINS.record(1, **CHANGE)]])
def test_a_record_that_an_accepted_batch_did_not_make_is_an_error(
    run: Callable[..., Run], stored: list[dict[str, Any]]
) -> None:
    new = {"domain": "new.example", **NEEDED}
    script = Script(
        DOMAINS.listing(DOMAINS.record(1)),
        DOMAINS.batch({"patches": patches(1), "posts": [new]}, {"patches": patched(1)}),
        DOMAINS.listing(*stored),
    )

    result = run(DOMAINS.module, script, domains=[*changes(1), new])

    assert result.failed
    assert {"name": "new.example", "msg": "The API reported success, but the record does not exist."} in (
        result.failed_records
    )


def test_where_it_cannot_be_read_what_an_accepted_batch_did_is_still_told_per_entry(run: Callable[..., Run]) -> None:
    lists = {"deletes": [{"id": id_of(3)}], "patches": patches(1, 2)}
    script = Script(
        DOMAINS.listing(*DOMAINS.records(3)),
        DOMAINS.batch(lists, {"patches": patched(1)}),
        DOMAINS.listing(status=403, answer=refusal({"code": 10000, "message": "Authentication error"})),
    )
    entries = [*changes(1, 2), {"domain": "d3.example", "state": "absent"}]

    result = run(DOMAINS.module, script, domains=entries)

    assert result.failed
    assert result.changed
    assert result.summary["updated"] == ["d1.example"]
    assert result.summary["deleted"] == ["d3.example"]
    (failed,) = result.failed_records
    assert failed["name"] == "d2.example"
    assert failed["msg"].startswith("The API reported success, but the record could not be read again: HTTP 403:")
    assert (result.failure["method"], result.failure["status"]) == ("GET", 403)


def test_a_setting_that_an_accepted_batch_did_not_make_is_an_error(
    run_emulated: Callable[..., Run], emulator: Emulator
) -> None:
    emulator.behaviour.update({"ignored_fields": ["lookback_hops"]})
    emulator.seed(domains=[{"domain": "a.example"}, {"domain": "b.example"}])

    result = run_emulated(
        DOMAINS.module,
        domains=[{"domain": "a.example", "lookback_hops": 9}, {"domain": "b.example", "regions": ["DE"]}],
    )

    assert result.failed
    assert result.summary["updated"] == ["b.example"]
    assert [failed["name"] for failed in result.failed_records] == ["a.example"]
    assert "did not apply: lookback_hops: is 2, not 9." in result.msg
    assert result.result[0] == {}


def test_text_that_was_kept_in_other_words_is_a_warning_with_the_name(
    run_emulated: Callable[..., Run], emulator: Emulator
) -> None:
    emulator.behaviour.update({"text_form": "trimmed"})
    emulator.seed(domains=[{"domain": "a.example"}, {"domain": "b.example"}])
    entries = [{"domain": name, "transport": " mx.example.com"} for name in ("a.example", "b.example")]

    result = run_emulated(DOMAINS.module, domains=entries)

    assert result.changed
    assert [warning.split(":")[0] for warning in result.warnings] == ["a.example", "b.example"]

    again = run_emulated(DOMAINS.module, domains=entries)

    assert not again.changed
    assert again.summary["unchanged"] == ["a.example", "b.example"]
    assert again.warnings == result.warnings


def test_two_records_of_a_name_in_the_answer_are_told_for_their_entry_alone(run: Callable[..., Run]) -> None:
    new = {"domain": "new.example", **NEEDED}
    twice = [{"id": id_of(8), **new}, {"id": id_of(9), **new}]
    script = Script(
        DOMAINS.listing(DOMAINS.record(1)),
        DOMAINS.batch({"patches": patches(1), "posts": [new]}, {"patches": patched(1), "posts": twice}),
    )

    result = run(DOMAINS.module, script, domains=[*changes(1), new])

    assert result.failed
    assert result.summary["updated"] == ["d1.example"]
    assert "new.example matches 2 email security domains" in result.failed_records[0]["msg"]


def test_a_batch_that_surely_was_not_done_is_sent_again(run: Callable[..., Run]) -> None:
    batch: list[Exchange] = [
        DOMAINS.batch({"patches": patches(1, 2)}, status=429, text="Wait", headers={"Retry-After": "2"}),
        DOMAINS.batch({"patches": patches(1, 2)}, answer=envelope({"patches": patched(1, 2)})),
    ]

    assert run(DOMAINS.module, Script(DOMAINS.listing(*DOMAINS.records(2)), *batch), domains=changes(1, 2)).changed
