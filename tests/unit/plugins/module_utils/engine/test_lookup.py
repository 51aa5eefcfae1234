# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookups: a record by key or id, and the filters of the modules that read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine import lookup
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.lookup import key_filters
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from support.cases import CASES, Case, run_task
from support.rule import FULL_RULE, RULE, record

RULES = CASES["rule"]


def test_a_record_is_found_by_key(case: Case) -> None:
    result = run_task(SINGLE, case.resource, case.list_key(case.record, case.other), **case.key_of(case.record))

    assert (result.changed, result.result) == (False, case.record)


def test_a_record_is_found_in_another_spelling(case: Case) -> None:
    key = {**case.key_of(case.record), **case.respelled}
    # A domain is sent to the filter in lower case, everything else as it was written.
    value = None if case.resource is DOMAIN else case.respelled.get(str(case.resource.key_filter))
    result = run_task(SINGLE, case.resource, case.list_key(case.other, case.record, value=value), **key)

    assert (result.changed, result.result) == (False, case.record)


def test_several_records_of_a_key_are_an_error(case: Case) -> None:
    again = {**case.record, "id": case.other["id"]}
    result = run_task(SINGLE, case.resource, case.list_key(case.record, again), **case.key_of(case.record))

    assert result.failed
    assert f" matches 2 {case.resource.noun}s. Select one with {case.id_option}: " in result.msg


def test_where_the_filter_finds_nothing_all_records_are_searched(case: Case) -> None:
    first = [case.list_key(case.other)] if case.resource.key_filter else []
    params = {**case.key_of(case.record), "state": "absent"}
    requests = [*first, case.list_all(case.record), case.request("DELETE")]

    assert run_task(SINGLE, case.resource, *requests, **params).changed


def test_a_record_is_found_by_id(case: Case) -> None:
    result = run_task(SINGLE, case.resource, case.request("GET"), **{case.id_option: case.record["id"]})

    assert result.result == case.record


def test_all_records_are_read(case: Case) -> None:
    records = [case.record, case.other]

    assert run_task(INFO, case.resource, case.list_all(*records)).result == records


def test_records_are_read_by_any_key_field(case: Case) -> None:
    for name in case.respelled:
        values = [case.record[name], "x.example" if name != "kind" else "DOMAIN"]
        requests = [case.list_all(case.record, case.other)]
        if name == case.resource.key_filter:
            filtered = case.list_key(case.record)
            filtered.query[name] = values
            requests.insert(0, filtered)
        result = run_task(INFO, case.resource, *requests, **{name: values})

        assert case.record in result.result
        assert (case.other in result.result) is (case.other[name] == case.record[name])


def test_no_values_find_no_records(case: Case) -> None:
    assert run_task(INFO, case.resource, **{next(iter(case.respelled)): []}).result == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"is_regex": True}, [3]),
        ({"is_regex": False}, [1, 2, 4]),
        ({"kind": ["DOMAIN"]}, [4]),
        ({"kind": ["DOMAIN", "EMAIL"]}, [1, 2, 3, 4]),
        ({"pattern": ["USER1@example.com"]}, [1]),
        ({"pattern": ["user1@example.com"]}, [1, 3, 4]),
        ({"pattern": ["user1@example.com"], "is_regex": True}, [3]),
        ({"pattern": ["user1@example.com", "user2@example.com"], "kind": ["EMAIL"], "is_regex": False}, [1, 2]),
        ({"source": "DIRECTORY"}, [2]),
        ({"source": "user", "kind": ["DOMAIN"]}, [4]),
    ],
)
def test_the_filters_of_a_key_of_several_fields(query: dict[str, Any], found: list[int]) -> None:
    records = [
        record(1, is_regex=None),
        record(2, source="Directory"),
        record(3, pattern="user1@example.com", is_regex=True),
        record(4, pattern="user1@example.com", kind="DOMAIN"),
        {"id": 5, "pattern": ["x"], "source": ["x"]},
    ]

    result = run_task(INFO, RULE, RULES.list_all(*records), **query)

    assert [each["id"] for each in result.result] == found


def test_a_filter_by_key_is_for_few_values(case: Case) -> None:
    name = case.resource.key_filter
    if name is None:
        assert key_filters(case.resource, {next(iter(case.respelled)): ["a.example"]}) == {}
        return
    values = [f"{number}.example" for number in range(50)]

    assert key_filters(case.resource, {name: values}) == {name: values}
    assert key_filters(case.resource, {name: [*values, "x.example"]}) == {}
    assert key_filters(case.resource, {name: [f"{'a' * 100}.example"] * 40}) == {}
    # RFC 9110 asks servers to accept 8,000 characters.
    assert lookup.MAX_QUERY_LENGTH < 8000


def test_a_filter_by_id_and_another_exclude_each_other() -> None:
    result = run_task(INFO, FULL_RULE, rule_id=5, is_regex=False)

    assert result.failed
    assert "rule_id" in result.msg
    assert "is_regex" in result.msg
