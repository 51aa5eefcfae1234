# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses: what they contain, and the error that each one is."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.error_hints import SERVER_ERROR
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.request import Request
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.response import (
    RETRYABLE_STATUSES,
    Response,
    error_codes,
    page_excerpt,
)


def response(body: bytes, status: int = 200, **headers: str) -> Response:
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
def test_any_response_is_data_or_an_error_with_its_status(body: bytes, status: int, kind: str) -> None:
    received = response(body, status, **{"content-type": kind})

    assert all(isinstance(message, str) for message in received.messages)
    if not received.succeeded:
        assert str(received.to_error()).startswith(f"HTTP {status}: ")
        return
    assert received.record is None or isinstance(received.record, dict)
    with contextlib.suppress(ApiError):
        assert all(isinstance(record, dict) for record in received.records)


def test_server_errors_are_retryable_and_an_unknown_status_is_not() -> None:
    assert [status for status in (499, 500, 599, 600) if response(b"", status).to_error().retryable] == [500, 599]


def test_only_a_status_from_200_to_299_is_a_success() -> None:
    body = b'{"success": true, "result": {}}'

    assert [status for status in (199, 200, 299, 300) if response(body, status).succeeded] == [200, 299]


@pytest.mark.parametrize("status", [300, 399])
def test_a_redirect_is_an_error_with_its_target(status: int) -> None:
    hint = "Redirects are not followed, because they would forward the credentials. Check api_url."

    assert str(response(b"", status, location="https://other.example").to_error()) == (
        f"HTTP {status}: the server redirects to https://other.example. {hint} (GET https://api.example/x)"
    )


def test_a_redirect_to_an_empty_url() -> None:
    assert str(response(b"", 302, location="").to_error()).startswith(
        "HTTP 302: the server redirects to an empty URL. Redirects"
    )


def test_only_a_status_of_300_to_399_with_a_target_is_a_redirect_and_its_outcome_is_unknown() -> None:
    assert [status for status in (300, 399, 400) if response(b"", status).to_error().outcome_unknown] == [300, 399]
    assert str(response(b"", 400, location="x").to_error()).startswith("HTTP 400: no reason given.")


def test_a_status_of_300_to_399_without_a_target_is_not_a_redirect() -> None:
    error = response(b"", 304).to_error()

    assert str(error) == "HTTP 304: no reason given. (GET https://api.example/x)"
    assert error.outcome_unknown
    assert not error.retryable


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"Welcome", 299, "the response is not JSON: Welcome"),
        (b'{"success": true}', 400, "no reason given"),
        (b"B\xfccher", 400, "B\ufffdcher"),
    ],
)
def test_a_reason_is_found_in_every_response(body: bytes, status: int, reason: str) -> None:
    assert str(response(body, status).to_error()).startswith(f"HTTP {status}: {reason}. ")


HOSTILE = "\x1b]0;x\x07\u202e\n"
ESCAPED = r"\x1b]0;x\x07\u202e\n"


def test_control_characters_of_a_server_are_escaped() -> None:
    entry = {"code": HOSTILE, "message": HOSTILE, "source": {"pointer": HOSTILE}, "error_chain": [HOSTILE]}
    body = json.dumps({"success": False, "errors": [entry], "messages": [entry]}).encode()
    failed = response(body, 400, **{"cf-ray": HOSTILE}).to_error()

    text = f"{ESCAPED} (code {ESCAPED}) at {ESCAPED}"
    assert str(failed) == (f"HTTP 400: {text}; {ESCAPED}. (GET https://api.example/x, ray id {ESCAPED})")
    assert failed.failure["errors"] == [entry]
    assert response(body).messages == [text, ESCAPED]
    assert str(response(b"", 302, location=HOSTILE).to_error()).startswith(
        f"HTTP 302: the server redirects to {ESCAPED}. Redirects"
    )
    assert str(response(HOSTILE.encode(), 500).to_error()).startswith(r"HTTP 500: \x1b]0;x\x07\u202e. Server error")
    odd = Request("GET", f"https://api.example/{HOSTILE}", lambda value: value)
    assert str(odd.build_error("No.")) == f"No. (GET https://api.example/{ESCAPED})"


def test_a_long_reason_is_cut_and_the_hint_stays() -> None:
    body = json.dumps({"success": False, "errors": ["x" * 3000], "messages": ["y" * 3000]}).encode()
    failed = response(body, 500, **{"cf-ray": "z" * 100}).to_error()

    assert str(failed) == (
        f"HTTP 500: {'x' * 1987}... {SERVER_ERROR} (GET https://api.example/x, ray id {'z' * 79}...)"
    )
    assert response(body).messages == ["y" * 1997 + "..."]


def test_secrets_are_masked_before_anything_is_cut() -> None:
    request = Request(
        "GET", "https://api.example/x", lambda value: json.loads(json.dumps(value).replace("s3cret", "***"))
    )
    body = json.dumps({"success": False, "errors": ["x" * 1984 + "s3cret"]}).encode()
    failed = Response(request, 500, {"cf-ray": "z" * 77 + "s3cret"}, body).to_error()

    assert "s3" not in str(failed)


def test_more_precise_codes_come_first() -> None:
    entry = {"code": 1, "error_chain": [{"code": 2, "error_chain": [{"code": 3}]}, "x", {"code": "4"}]}

    assert list(error_codes([entry, {"error_chain": 5, "code": 6}, None])) == [3, 2, 1, 6]


def test_which_statuses_are_retryable() -> None:
    assert {408, 429, *range(500, 600)} == RETRYABLE_STATUSES


@pytest.mark.parametrize(
    ("page", "excerpt"),
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
def test_an_excerpt_is_the_title_or_the_beginning_of_the_text(page: str, excerpt: str) -> None:
    assert page_excerpt(page) == excerpt


@pytest.mark.parametrize("page", ["<title>", "<title", "<", "<a ", "</title>", "<title></", "<TITLE>x<"])
def test_the_time_is_linear_for_any_page(page: str) -> None:
    begin = time.process_time()
    page_excerpt(page * 100_000)

    # Linear takes some hundredths; quadratic took minutes.
    assert time.process_time() - begin < 2
