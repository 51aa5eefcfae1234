# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the headers of a response say about the rate limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import rate_limit as module
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import (
    Limit,
    parse_limits,
    retry_after,
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"default";r=50;t=30', [Limit('"default"', 50, 30)]),
        (' "default" ; r=50 ; t=30 ', [Limit('"default"', 50, 30)]),
        ('"default";t=30;q=1200;r=0', [Limit('"default"', 0, 30)]),
        ('"a";r=1;t=2, "b";r=3;t=4', [Limit('"a"', 1, 2), Limit('"b"', 3, 4)]),
        ('"a, b;c";r=1;t=2,"d=e";r=3;t=4', [Limit('"a, b;c"', 1, 2), Limit('"d=e"', 3, 4)]),
        ("burst;r=1;t=2, day;r=3;t=4", [Limit("burst", 1, 2), Limit("day", 3, 4)]),
        ("default;r=999999999;t=1", [Limit("default", 999999999, 1)]),
        ("default;r=9999999999;t=1", []),
        ("default;r=-1;t=1", []),
        ("default;r=1", []),
        ("default;t=1", []),
        ("default;r=1;t=x", []),
        ("default;r=x;t=1", []),
        ("default;r=1=2;t=1", []),
        ("default;r=²;t=1", []),
        ("", []),
    ],
)
def test_what_a_response_says_about_each_policy(header: str, expected: list[Limit]) -> None:
    assert parse_limits({"ratelimit": header}) == expected


def test_a_response_without_the_header_has_no_limits() -> None:
    assert parse_limits({"ratelimit-policy": '"default";r=0;t=30'}) == []


NOW = 1_792_000_000.0  # Wed, 14 Oct 2026 17:46:40 GMT


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "time", lambda: NOW)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        (" 30 ", 30),
        ("007", 7),
        ("86400", 86400),
        ("9" * 400, float("inf")),
        ("Wed, 14 Oct 2026 17:47:40 GMT", 60),
        ("Wed, 14 Oct 2026 19:47:40 +0200", 60),
        ("Wednesday, 14-Oct-26 17:47:40 GMT", 60),
        ("Wed, 14 Oct 2026 17:46:40 GMT", 0),
        ("Wed, 14 Oct 2020 17:46:40 GMT", 0),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(stopped_clock: None, value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value, "ratelimit": '"default";r=0;t=5'}) == seconds


@pytest.mark.parametrize(
    "rubbish",
    ["", " ", "-5", "1.5", "1e3", "soon", "0x10", "Wed, 99 Foo 2026", "14 Oct 99999999999 17:46:40 GMT", "\u00b2", ";"],
)
def test_a_retry_after_that_is_neither_is_ignored(rubbish: str) -> None:
    assert retry_after({"retry-after": rubbish}) is None
    assert retry_after({"retry-after": rubbish, "ratelimit": '"default";r=0;t=30'}) == 30


@pytest.mark.parametrize(
    ("ratelimit", "seconds"),
    [
        ('"default";r=0;t=30', 30),
        ('"default";r=00;t=30', 30),
        ('"default";r=0;x=1;t=30', 30),
        ('"default";r=1;t=30', None),
        ('"default";r=10;t=30', None),
        ('"default";r=0', None),
        ('"default";t=30', None),
        ('"default";r=0;t=x', None),
        ('"default";rr=0;t=30', None),
        ("", None),
    ],
)
def test_without_retry_after_the_end_of_an_empty_window_counts(ratelimit: str, seconds: float | None) -> None:
    assert retry_after({"ratelimit": ratelimit}) == seconds


@given(st.dictionaries(st.sampled_from(["retry-after", "ratelimit"]), st.text()))
def test_no_header_raises(headers: dict[str, str]) -> None:
    wait = retry_after(headers)
    assert wait is None or wait >= 0
