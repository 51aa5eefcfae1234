# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what a server sent: JSON, pages, and the wait that is asked for."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils import reading
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import retry_after
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.response import TooDeep, page_excerpt, parsed
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import format_duration

NOW = 1_792_000_000.0  # Wed, 14 Oct 2026 17:46:40 GMT


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.time, "time", lambda: NOW)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
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
def test_retry_after_is_a_number_of_seconds_or_a_date(retry_after: str, seconds: float) -> None:
    assert retry_after({"retry-after": retry_after, "ratelimit": '"default";r=0;t=5'}) == seconds


@pytest.mark.parametrize(
    "rubbish",
    ["", " ", "-5", "1.5", "1e3", "soon", "0x10", "Wed, 99 Foo 2026", "14 Oct 99999999999 17:46:40 GMT", "\u00b2", ";"],
)
def test_rubbish_counts_as_not_said(rubbish: str) -> None:
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
def test_without_it_the_rate_limit_says_when_its_next_window_begins(ratelimit: str, seconds: float | None) -> None:
    assert retry_after({"ratelimit": ratelimit}) == seconds


@given(st.dictionaries(st.sampled_from(["retry-after", "ratelimit"]), st.text()))
def test_no_header_raises(headers: dict[str, str]) -> None:
    wait = retry_after(headers)
    assert wait is None or wait >= 0


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<html><head><TITLE lang=x>\n 502:\tBad\n gateway</TITLE></head><body>x</body>", "502: Bad gateway"),
        ("<h1>Bad</h1><p>gateway</p>", "Bad gateway"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "..."),
        ("error code: 1015", "error code: 1015"),
        ("<title></title>", ""),
        ("", ""),
    ],
)
def test_an_excerpt_is_the_title_or_the_beginning_of_the_text(page: str, said: str) -> None:
    assert page_excerpt(page) == said


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (r"\ud83d", "\ufffd"),
        (r"a\uDE00b", "a\ufffdb"),
        (r"\ud83d\ude00", "\U0001f600"),
        ("\ud83d", "\ufffd"),
        ("\ud7a3", "\ud7a3"),
        (r"\ue000", "\ue000"),
    ],
)
def test_half_of_a_character_is_replaced_wherever_it_is(text: str, held: str) -> None:
    body = f'{{"success": true, "result": {{"{text}": ["{text}", {{"x": "{text}"}}, 1, null]}}}}'

    assert parsed(body.encode("utf-8", "surrogatepass"))["result"] == {held: [held, {"x": held}, 1, None]}


@pytest.mark.parametrize("page", ["<title>", "<title", "<", "<a ", "</title>", "<title></", "<TITLE>x<"])
def test_no_page_takes_long(page: str) -> None:
    begin = time.process_time()
    page_excerpt(page * 100_000)

    # Linear takes some hundredths; quadratic took minutes.
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"x": ', b"}")])
def test_json_of_a_hundred_levels_is_read_and_of_more_is_not(opening: bytes, closing: bytes) -> None:
    def nested(levels: int) -> bytes:
        return opening * levels + b"1" + closing * levels

    assert parsed(nested(99))
    for levels in (100, 500, 100_000):
        with pytest.raises(TooDeep):
            parsed(nested(levels))


@pytest.mark.parametrize("body", [b"", b"{", b"Welcome", b"\xff\xfe\xff", b'"\xc3"'])
def test_what_is_no_json_is_told_from_what_is_too_deep(body: bytes) -> None:
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        parsed(body)


def test_what_is_far_behind_on_a_page_is_not_looked_at() -> None:
    title = "<title>Behind</title>"

    assert page_excerpt(" " * (100_000 - len(title)) + title) == "Behind"
    assert page_excerpt(" " * (100_001 - len(title)) + title) != "Behind"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 seconds"), (86400, "86400 seconds"), (86400.5, "more than a day")]
)
def test_a_wait_is_told_in_words(seconds: float, words: str) -> None:
    assert format_duration(seconds) == words
