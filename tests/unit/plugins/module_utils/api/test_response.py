# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers: what they hold, and what is told of each."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils import advice, answers
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.request import Request
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.response import Response


def answer(body: bytes, status: int = 200, **headers: str) -> Response:
    return Response(Request("GET", "https://api.example/x", lambda value: value), status, headers, body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "message", "source", "pointer", "error_chain", "result_info", "total_count", "x"]),
            inner,
        )
    ),
    max_leaves=8,
)
ENVELOPES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(["success", "errors", "messages", "result", "result_info"], JSON)
)


@given(
    st.one_of(
        st.binary(),
        JSON.map(lambda data: json.dumps(data).encode()),
        ENVELOPES.map(lambda data: json.dumps(data).encode()),
    ),
    st.integers(100, 599),
    st.sampled_from(["application/json", "text/html", ""]),
)
def test_whatever_a_server_sends_is_data_or_a_sentence(body: bytes, status: int, kind: str) -> None:
    received = answer(body, status, **{"content-type": kind})

    assert all(isinstance(message, str) for message in received.messages)
    if not received.succeeded:
        assert str(received.error()).startswith(f"HTTP {status}: ")
        return
    assert received.record is None or isinstance(received.record, dict)
    with contextlib.suppress(answers.ApiError):
        assert isinstance(received.was_last_page(1, len(received.records)), bool)


def test_trouble_of_the_server_passes_and_a_status_that_nobody_knows_does_not() -> None:
    assert [status for status in (499, 500, 599, 600) if answer(b"", status).error().transient] == [500, 599]


def test_only_a_status_from_200_to_299_is_a_success() -> None:
    body = b'{"success": true, "result": {}}'

    assert [status for status in (199, 200, 299, 300) if answer(body, status).succeeded] == [200, 299]


@pytest.mark.parametrize("status", [300, 399])
def test_a_redirect_is_told_with_its_target(status: int) -> None:
    said = (
        "Redirects are not followed, because the credentials would go along. Check api_url. (GET https://api.example/x)"
    )

    assert str(answer(b"", status, location="https://other.example").error()) == (
        f"HTTP {status}: the server redirects to https://other.example. {said}"
    )


def test_a_redirect_to_an_empty_address_is_told_as_such() -> None:
    assert str(answer(b"", 302, location="").error()).startswith("HTTP 302: the server redirects to nowhere. Redirects")


def test_a_status_of_300_to_399_decides_nothing_and_400_with_a_target_is_no_redirect() -> None:
    assert [status for status in (300, 399, 400) if answer(b"", status).error().undecided] == [300, 399]
    assert str(answer(b"", 400, location="x").error()).startswith("HTTP 400: no reason given.")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"message": "No X."}, "No X"),
        ({"message": "X."}, "X"),
        ({"message": "...", "detail": "No."}, "No"),
        ({"message": ["x"], "detail": 5}, "no reason given"),
    ],
)
def test_what_something_else_says_is_told(said: dict[str, Any], reason: str) -> None:
    assert str(answer(json.dumps(said).encode(), 404).error()).startswith(f"HTTP 404: {reason}. The address seems")


def test_a_redirect_without_a_target_is_none() -> None:
    error = answer(b"", 304).error()

    assert str(error) == "HTTP 304: no reason given. (GET https://api.example/x)"
    assert error.undecided
    assert not error.transient


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 200, "the answer is empty"),
        (b"Welcome", 299, "the answer is not JSON but says: Welcome"),
        (b'{"success": false}', 200, "success is not true, and no reason is given"),
        (b'{"success": true}', 400, "no reason given"),
        (b"", 400, "no reason given"),
        (b"B\xfccher", 400, "B\ufffdcher"),
    ],
)
def test_a_reason_is_found_in_every_answer(body: bytes, status: int, reason: str) -> None:
    assert str(answer(body, status).error()).startswith(f"HTTP {status}: {reason}. ")


def test_a_page_that_something_else_sent_is_told_as_such() -> None:
    assert str(answer(b"Welcome").error()) == (
        "HTTP 200: the answer is not JSON but says: Welcome. Something other than the Cloudflare API seems to answer. "
        "Check api_url and proxies. (GET https://api.example/x)"
    )


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
def test_a_page_is_the_last_one_only_where_the_answer_says_so(info: dict[str, int], last: bool) -> None:
    received = answer(json.dumps({"success": True, "result": [], "result_info": info}).encode())

    assert received.was_last_page(1, 5) is last


def test_the_errors_of_an_answer_are_told_as_they_came() -> None:
    errors: list[Any] = [{"code": 1}, "x", None]

    assert answer(json.dumps({"success": False, "errors": errors}).encode(), 400).error().failure["errors"] == errors


def nested(levels: int) -> bytes:
    return b'{"success": true, "result": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def test_json_of_a_hundred_levels_is_read_and_of_more_is_not() -> None:
    assert answer(nested(100)).succeeded
    for levels in (101, 500, 100_000):
        deep = answer(nested(levels))
        assert deep.payload is None
        assert str(deep.error()).startswith("HTTP 200: the answer is nested too deep but says: {")
    objects = answer(b'{"x": ' * 101 + b"1" + b"}" * 101)
    assert objects.unread == "is nested too deep"


HOSTILE = "\x1b]0;x\x07\u202e\n"
ESCAPED = r"\x1b]0;x\x07\u202e\n"


def test_what_a_server_says_cannot_steer_a_terminal() -> None:
    entry = {"code": HOSTILE, "message": HOSTILE, "source": {"pointer": HOSTILE}, "error_chain": [HOSTILE]}
    body = json.dumps({"success": False, "errors": [entry], "messages": [entry]}).encode()
    failed = answer(body, 400, **{"cf-ray": HOSTILE}).error()

    said = f"{ESCAPED} (code {ESCAPED}) at {ESCAPED}"
    assert str(failed) == (f"HTTP 400: {said}; {ESCAPED}. (GET https://api.example/x, ray id {ESCAPED})")
    assert failed.failure["errors"] == [entry]
    assert answer(body).messages == [said, ESCAPED]
    assert str(answer(b"", 302, location=HOSTILE).error()).startswith(
        f"HTTP 302: the server redirects to {ESCAPED}. Redirects"
    )
    assert str(answer(HOSTILE.encode(), 500).error()).startswith(r"HTTP 500: \x1b]0;x\x07\u202e. The trouble")
    odd = Request("GET", f"https://api.example/{HOSTILE}", lambda value: value)
    assert str(odd.failed("No.")) == f"No. (GET https://api.example/{ESCAPED})"


def test_what_a_server_says_at_length_is_cut_and_the_advice_stays() -> None:
    body = json.dumps({"success": False, "errors": ["x" * 3000], "messages": ["y" * 3000]}).encode()
    failed = answer(body, 500, **{"cf-ray": "z" * 100}).error()

    assert str(failed) == (
        f"HTTP 500: {'x' * 1987}... {advice.SERVER_TROUBLE} (GET https://api.example/x, ray id {'z' * 79}...)"
    )
    assert answer(body).messages == ["y" * 1997 + "..."]


def test_a_secret_is_found_before_anything_is_cut() -> None:
    request = Request(
        "GET", "https://api.example/x", lambda value: json.loads(json.dumps(value).replace("s3cret", "***"))
    )
    body = json.dumps({"success": False, "errors": ["x" * 1984 + "s3cret"]}).encode()
    failed = Response(request, 500, {"cf-ray": "z" * 77 + "s3cret"}, body).error()

    assert "s3" not in str(failed)
