# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many records: plan, purge, single requests, batches."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.batch import BATCH_LIST
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from support.resources import FULL_RULE, RULE
from support.rule import PROTECTED
from support.sample import Sample
from support.script import Exchange, envelope
from support.tasks import run_task

KINDS = {"kind": "EMAIL", "verify_sender": True}


def run_rules(sample: Sample, *exchanges: Exchange, **params: Any) -> Any:
    return run_task(BULK, sample, *exchanges, **{"concurrency": 1, **params})


def entry(number: int, **settings: Any) -> dict[str, Any]:
    return {"pattern": f"user{number}@example.com", **KINDS, **settings}


def test_a_task_for_many_records(sample: Sample) -> None:
    entries = [{**sample.key, **sample.change}, sample.key_in(sample.other)]
    requests = [sample.listing(sample.record, sample.other), sample.patching(body=sample.change)]

    result = run_task(BULK, sample, *requests, **{sample.resource.entries_option: entries})
    assert result.result == [{**sample.record, **sample.change}, sample.other]
    assert result.summary["updated"] == [sample.label]
    assert result.summary["unchanged"] == [sample.resource.label(sample.other)]


def test_purge_keeps_protected_records() -> None:
    records = [
        RULE.numbered(1),
        RULE.numbered(2),
        RULE.numbered(3, source="directory"),
        RULE.numbered(4, pattern="user1@example.com", is_regex=True),
    ]
    deletes = [RULE.deleting(records[number]) for number in (1, 3)]

    result = run_rules(RULE, RULE.listing(*records), *deletes, rules=[entry(1)], purge=True)
    assert result.summary["deleted"] == [RULE.label_of(2), "user1@example.com (EMAIL, is_regex)"]
    assert result.warnings == ["purge: 1 rule not deleted, because protected."]


def test_protected_records_do_not_count_for_the_limit() -> None:
    records = [RULE.numbered(1), *(RULE.numbered(number, source="directory") for number in range(2, 20))]

    result = run_rules(RULE, RULE.listing(*records), rules=[entry(1)], purge=True, purge_limit=0)
    assert not result.changed


def test_purge_of_records_without_a_key_is_refused() -> None:
    result = run_rules(RULE, RULE.listing(RULE.numbered(1), RULE.numbered(2, kind=None)), rules=[entry(1)], purge=True)

    assert result.msg == "purge: the API returned records without a name (2). Nothing was changed."


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("settings", [{"comments": "why"}, {"state": "absent"}])
def test_a_protected_record_fails_and_the_others_are_changed(check_mode: bool, settings: dict[str, Any]) -> None:
    records = [RULE.numbered(1, source="directory"), RULE.numbered(2)]
    patch = [] if check_mode else [RULE.patching(records[1], {"comments": "new"})]

    result = run_rules(
        RULE,
        RULE.listing(*records),
        *patch,
        check_mode=check_mode,
        rules=[entry(1, **settings), entry(2, comments="new")],
    )
    assert (result.failed, result.changed) == (True, True)
    assert result.failed_records == [{"name": RULE.label_of(1), "msg": PROTECTED}]
    assert result.summary["updated"] == [RULE.label_of(2)]


def test_the_same_key_twice_is_an_error_and_another_record_of_its_pattern_is_not() -> None:
    entries = [entry(1), entry(1, pattern="USER1@example.com"), entry(1, is_regex=True), {"rule_id": 7}, {"rule_id": 7}]

    result = run_rules(RULE, rules=entries)
    again = "USER1@example.com (EMAIL)"
    assert result.msg == (
        f"rules[1] ({again}): pattern {again} is already in rules[0].\nrules[4] (7): rule_id 7 is already in rules[3]."
    )


def test_a_partial_key_with_an_id_is_not_a_repeat() -> None:
    stored = [RULE.numbered(1), RULE.numbered(7, pattern="user1@example.com", is_regex=True)]
    entries = [entry(1), {"rule_id": 7, "pattern": "user1@example.com", "kind": "EMAIL"}]

    assert not run_rules(RULE, RULE.listing(*stored), rules=entries).changed


def test_an_entry_needs_an_id_or_the_whole_key() -> None:
    result = run_rules(RULE, rules=[{"pattern": "a"}, {"pattern": "", "kind": "EMAIL"}])

    assert result.msg == (
        "rules[0] (a): one of the following is required: rule_id, kind.\nrules[1]: pattern: must not be empty."
    )


def test_changes_of_keys_come_between_deletes_and_creates_one_by_one() -> None:
    stored = [RULE.numbered(1), RULE.numbered(2), RULE.numbered(3)]
    entries = [entry(3, pattern="user2@example.com", rule_id=3), entry(2, state="absent"), entry(3)]
    body = {"pattern": "user3@example.com", "kind": "EMAIL", "is_regex": False, "verify_sender": True}
    requests = [
        RULE.listing(*stored),
        RULE.deleting(stored[1]),
        RULE.patching(stored[2], {"pattern": "user2@example.com"}),
        Exchange("POST", RULE.path, body=body, status=201, answer=envelope(RULE.numbered(4, **body))),
    ]
    # The record of the first entry is the one that the third one means, until it has its new key.
    result = run_rules(RULE, *requests[:1], rules=entries)
    assert result.msg == f"rules[2] ({RULE.label_of(3)}): is the same record as rules[0]."

    entries[2] = entry(5)
    body["pattern"] = "user5@example.com"
    requests[3] = Exchange("POST", RULE.path, body=body, status=201, answer=envelope(RULE.numbered(4, **body)))
    assert run_rules(RULE, *requests, rules=entries).changed


def test_a_batch_has_ids_as_the_api_spells_them() -> None:
    stored = [RULE.numbered(1), RULE.numbered(2), RULE.numbered(3)]
    new = {"pattern": "user4@example.com", **KINDS, "is_regex": False}
    lists = {"deletes": [{"id": 2}], "patches": [{"id": 1, "comments": "why"}], "posts": [new]}
    # A response may have the ids as text, and leave out what it did with some records.
    response = {
        "deletes": [{"id": "2"}],
        "patches": [{**RULE.numbered(1, comments="why"), "id": "1"}],
        "posts": [RULE.numbered(4)],
    }
    batch = Exchange("POST", f"{FULL_RULE.path}/batch", body=lists, answer=envelope(response))
    entries = [entry(1, comments="why"), entry(2, state="absent"), entry(3), entry(4)]

    result = run_rules(FULL_RULE, FULL_RULE.listing(*stored), batch, rules=entries)
    assert not result.failed
    assert [result.summary["counts"][action] for action in BATCH_LIST] == [1, 1, 1]

    batch = Exchange("POST", f"{FULL_RULE.path}/batch", body=lists, answer=envelope({}))
    after = [RULE.numbered(1, comments="why"), RULE.numbered(3), RULE.numbered(4)]
    again = run_rules(FULL_RULE, FULL_RULE.listing(*stored), batch, FULL_RULE.listing(*after), rules=entries)
    assert again.summary == result.summary


def test_what_neither_a_batch_nor_the_list_returns_is_read() -> None:
    stored = [RULE.numbered(1), RULE.numbered(2)]
    lists = {"deletes": [{"id": 2}], "patches": [{"id": 1, "verify_sender": False}], "posts": []}
    batch = Exchange("POST", f"{FULL_RULE.path}/batch", body=lists, answer=envelope({}))
    incomplete = {name: value for name, value in RULE.numbered(1).items() if name != "verify_sender"}
    changed = RULE.numbered(1, verify_sender=False)

    result = run_rules(
        FULL_RULE,
        FULL_RULE.listing(*stored),
        batch,
        FULL_RULE.listing(incomplete),
        FULL_RULE.reading(changed),
        rules=[entry(1, verify_sender=False), entry(2, state="absent")],
    )
    assert result.result[0] == changed
    assert not result.failed


def test_every_resource_declares_lists_that_a_batch_can_have(sample: Sample) -> None:
    assert set(sample.resource.batch) <= {"deletes", "patches", "puts", "posts"}
