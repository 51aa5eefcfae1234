# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookups: a record by key or id, and the filters of the modules that read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from support.resources import RULE
from support.sample import Sample
from support.tasks import run_task


def test_records_are_read_by_any_key_field(sample: Sample) -> None:
    for name in sample.respelled:
        values = [sample.record[name], sample.key_of(9)[name]]
        requests = [sample.listing(sample.record, sample.other)]
        if name == sample.resource.key_filter:
            filtered = sample.lookup(sample.record)
            filtered.query[name] = values
            requests.insert(0, filtered)
        result = run_task(INFO, sample, *requests, **{name: values})

        assert sample.record in result.result
        assert (sample.other in result.result) is (sample.other[name] == sample.record[name])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"is_regex": True}, [3]),
        ({"is_regex": False}, [1, 2, 4, 5]),
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
        RULE.numbered(1, is_regex=None),
        RULE.numbered(2, source="Directory"),
        RULE.numbered(3, pattern="user1@example.com", is_regex=True),
        RULE.numbered(4, pattern="user1@example.com", kind="DOMAIN"),
        {"id": 5, "pattern": ["x"], "source": ["x"]},
    ]

    result = run_task(INFO, RULE, RULE.listing(*records), **query)

    assert [each["id"] for each in result.result] == found
