# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that no library for tests would send, over a real connection."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError
from support.clients import client_for
from support.raw import Raw

DOUBT = "The change may or may not have been applied. Run the task again."


def client_of(server: Raw, **settings: Any) -> Client:
    return client_for({"Authorization": "Bearer t"}, "t0k3n", server.url, **{"retries": 0, **settings})


def answered(record_id: str, *headers: str) -> bytes:
    body = f'{{"success": true, "result": {{"id": "{record_id}"}}}}'
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", body]).encode()


@pytest.mark.parametrize("status", [101, 102, 103])
def test_an_answer_that_comes_late_is_not_taken_for_that_to_the_next_request(status: int) -> None:
    early = b"HTTP/1.1 %d Early\r\n\r\n" % status
    with Raw([early, answered("late")], [answered("mine")]) as server:
        client = client_of(server)
        with pytest.raises(ApiError) as error:
            client.patch("x", {"a": 1})

        assert str(error.value).startswith(f"HTTP {status}: no final response. (PATCH ")
        assert str(error.value).endswith(DOUBT)
        assert client.get("y") == {"id": "mine"}


def test_an_early_answer_is_followed_by_a_repeat(waits: list[float]) -> None:
    with Raw([b"HTTP/1.1 103 Early\r\n\r\n"], [answered("mine")]) as server:
        assert client_of(server, retries=1).patch("x", {"a": 1}).record == {"id": "mine"}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "cannot be read: Content-Length "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", ""),
        (b"HTTP/1.1 x OK\r\n\r\n", ""),
        (b"Welcome\r\n\r\n", ""),
    ],
)
def test_what_goes_wrong_while_an_answer_is_read_says_nothing_of_the_address(answer: bytes, why: str) -> None:
    with Raw([answer]) as server, pytest.raises(ApiError) as error:
        client_of(server).patch("x", {"a": 1})

    host = server.url.partition("//")[2]
    assert str(error.value).startswith(
        (f"The answer from {host} cannot be read: ", f"The connection to {host} failed: ")
    )
    assert why in str(error.value)
    assert str(error.value).endswith(DOUBT)
    assert error.value.transient


def test_what_cannot_be_sent_says_nothing_of_the_answer() -> None:
    with pytest.raises(ApiError, match="No request can be sent to") as error:
        client_for({"Authorization": "Bearer \u20ac"}, "t0k3n", "http://127.0.0.1:1", retries=0).patch("x", {"a": 1})

    assert DOUBT not in str(error.value)


def test_no_cookie_is_taken_and_none_is_stumbled_over() -> None:
    cookies = ["Set-Cookie: a=b; Path=/", f"Set-Cookie: c=d; max-age={'9' * 400}"]
    with Raw([answered("1", *cookies), answered("2")]) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        client = client_of(server)
        client.get("x")

        assert list(client._sessions._idle[0].cookies) == []
        assert client.get("x") == {"id": "2"}
