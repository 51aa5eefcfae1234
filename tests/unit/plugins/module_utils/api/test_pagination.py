# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists: which page is the last one, and which are read again. See also modules/test_unexpected_responses.py."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.pagination import (
    is_last,
    read_list,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.request import Request
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.response import Response


def page(records: list[dict[str, Any]], info: Any) -> Response:
    body = json.dumps({"success": True, "result": records, "result_info": info}).encode()
    return Response(Request("GET", "https://api.example/x", lambda value: value), 200, {}, body)


@pytest.mark.parametrize(
    ("info", "last"),
    [
        ({}, False),
        ({"per_page": 1}, True),
        ({"total_pages": 2}, False),
        ({"total_pages": 1}, True),
        ({"total_count": 5}, True),
        ({"total_count": 6, "total_pages": 1}, False),
    ],
)
def test_a_page_is_the_last_one_only_where_it_says_so(info: dict[str, int], last: bool) -> None:
    assert is_last(page([], info), 1, 5) is last


def test_pages_are_read_until_one_has_no_new_record() -> None:
    urls: list[str] = []
    pages = iter([page([{"id": 1}, {"a": 1}], {}), page([{"id": "1"}, {"a": 2}], {}), page([{"id": 1}], {})])

    def get(url: str) -> Response:
        urls.append(url)
        return next(pages)

    assert read_list(get, "x", {"b": ["c d", "e"]}, {}) == [{"id": 1}, {"a": 1}, {"a": 2}]
    assert urls == [f"x?b=c+d&b=e&page={number}&per_page=1000" for number in (1, 2, 3)]
