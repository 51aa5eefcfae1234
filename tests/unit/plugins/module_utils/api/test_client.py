# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client's repeats: after what, how often, after how long, and what is said at the end."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.retries import TRY_LATER
from support.clients import client_for
from support.samples import ACCOUNT
from support.script import Exchange, Script, envelope

PATH = f"/client/v4/accounts/{ACCOUNT}/x"
URL = f"https://api.example{PATH}"
DOUBT = "The change may or may not have been applied. Run the task again."
REFUSED = urllib3.exceptions.NewConnectionError(None, "Failed to establish a new connection: [Errno 111] refused")  # type: ignore[arg-type]  # no pool

#: Faults after which a request is repeated; whether the server surely did not act; how the last one is told.
TRANSIENT: dict[str, tuple[dict[str, Any], bool, str]] = {
    "refused": (
        {"error": requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, URL, REFUSED))},  # type: ignore[arg-type]  # no pool
        True,
        "No connection to api.example: ",
    ),
    "connect timeout": (
        {"error": requests.ConnectTimeout("timed out")},
        True,
        "No connection to api.example within 30 seconds. ",
    ),
    "read timeout": ({"error": requests.ReadTimeout("x")}, False, "No response from api.example within 30 seconds. "),
    "timeout in the body": (
        {"error": requests.ConnectionError(urllib3.exceptions.ReadTimeoutError(None, URL, "Read timed out."))},  # type: ignore[arg-type]  # no pool
        False,
        "No response from api.example within 30 seconds. ",
    ),
    "dropped": (
        {
            "error": requests.ConnectionError(
                urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "Reset by peer"))
            )
        },
        False,
        "The connection to api.example failed: Reset by peer. ",
    ),
    "truncated": (
        {"error": requests.exceptions.ChunkedEncodingError("3 bytes read")},
        False,
        "The connection to api.example failed: 3 bytes read. ",
    ),
    "cut JSON": (
        {"text": '{"success": tr', "headers": {"content-type": "application/json"}},
        False,
        "HTTP 200: the response is cut off. ",
    ),
    "429": ({"status": 429, "answer": {"success": False}}, True, "HTTP 429: no reason given. "),
    "429 as a page": ({"status": 429, "text": "<title>Slow down</title>"}, True, "HTTP 429: Slow down. "),
    **{
        str(status): ({"status": status, "text": "<h1>Error</h1>"}, False, f"HTTP {status}: Error. ")
        for status in (408, 500, 502, 503, 504, *range(520, 527), 599)
    },
}
#: Faults that a repeat does not mend.
LASTING: dict[str, dict[str, Any]] = {
    "certificate": {"error": requests.exceptions.SSLError(type("SSLCertVerificationError", (Exception,), {})("bad"))},
    "no file of certificates": {"error": OSError("Could not find a suitable TLS CA certificate bundle")},
    "host that cannot be": {"error": urllib3.exceptions.LocationParseError("api.example")},
    "success false": {"answer": {"success": False}},
    "redirect": {"status": 302, "headers": {"location": "https://elsewhere.example"}},
    **{str(status): {"status": status, "answer": {"success": False}} for status in (400, 401, 403, 404, 405, 409, 422)},
}
#: Answers that a repeat does not mend, and that do not tell whether the server did what it was asked.
UNDECIDED: dict[str, dict[str, Any]] = {
    "204": {"status": 204, "text": ""},
    "204 that says JSON": {"status": 204, "text": "", "headers": {"content-type": "application/json"}},
    "nothing": {"status": 201, "text": ""},
    "HTML": {"text": "<h1>Welcome</h1>"},
    "too deep": {"text": "[" * 101 + "]" * 101, "headers": {"content-type": "application/json"}},
    "list": {"answer": [{"success": True}]},
    "text": {"answer": "success"},
    "null": {"answer": None},
    "no success": {"answer": {"result": {"id": "1"}}},
    "success as text": {"answer": {"success": "true"}},
    "success as number": {"answer": {"success": 1}},
    "not modified": {"status": 304, "text": ""},
}


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """Return a function that makes a client with other settings."""

    def make(**settings: Any) -> Client:
        return client_for({"Authorization": "Bearer t"}, "t0k3n", **settings)

    return make


def get(**answer: Any) -> Exchange:
    return Exchange("GET", PATH, **answer)


def patch(**answer: Any) -> Exchange:
    return Exchange("PATCH", PATH, body={"a": 1}, **answer)


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_passing_fault_is_followed_by_a_repeat(
    client_of: Callable[..., Client], waits: list[float], fault: str
) -> None:
    answer = TRANSIENT[fault][0]
    with Script(get(**answer), get(answer=envelope({"id": "1"}))):
        assert client_of().get("x") == {"id": "1"}
    with Script(patch(**answer), patch(**answer), patch(answer=envelope({"id": "1"}))):
        assert client_of().patch("x", {"a": 1}).record == {"id": "1"}
    assert len(waits) == 3


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_passing_fault_that_stays_is_told_after_the_last_repeat(
    client_of: Callable[..., Client], waits: list[float], fault: str
) -> None:
    answer, not_done, sentence = TRANSIENT[fault]
    with Script(*[get(**answer)] * 3), pytest.raises(ApiError) as read:
        client_of(retries=2).get("x")
    with Script(*[patch(**answer)] * 3), pytest.raises(ApiError) as written:
        client_of(retries=2).patch("x", {"a": 1})

    assert str(read.value).startswith(sentence)
    assert str(read.value).endswith(") Tried 3 times.")
    assert str(written.value).endswith(") Tried 3 times." if not_done else f") Tried 3 times. {DOUBT}")
    assert written.value.failure["method"] == "PATCH"
    assert written.value.failure["status"] == (None if "error" in answer else answer.get("status", 200))
    assert len(waits) == 4


@pytest.mark.parametrize("fault", LASTING)
def test_a_lasting_fault_is_told_at_once(client_of: Callable[..., Client], waits: list[float], fault: str) -> None:
    with Script(get(**LASTING[fault])), pytest.raises(ApiError) as read:
        client_of().get("x")
    with Script(patch(**LASTING[fault])), pytest.raises(ApiError) as written:
        client_of().patch("x", {"a": 1})

    assert "Tried" not in str(read.value)
    assert DOUBT not in str(written.value)
    assert not waits


@pytest.mark.parametrize("fault", UNDECIDED)
def test_an_answer_that_tells_nothing_leaves_a_write_in_doubt_and_is_not_asked_for_again(
    client_of: Callable[..., Client], waits: list[float], fault: str
) -> None:
    answer = UNDECIDED[fault]
    with Script(get(**answer)), pytest.raises(ApiError) as read:
        client_of().get("x")
    assert DOUBT not in str(read.value)
    for method, send in (
        ("PATCH", lambda: client_of().patch("x", {"a": 1})),
        ("POST", lambda: client_of().post("x", {"a": 1})),
        ("DELETE", lambda: client_of().delete("x")),
    ):
        body = None if method == "DELETE" else {"a": 1}
        with Script(Exchange(method, PATH, body=body, **answer)), pytest.raises(ApiError) as written:
            send()
        assert str(written.value).endswith(f") {DOUBT}")
        assert written.value.in_doubt
    assert not waits


@pytest.mark.parametrize("fault", UNDECIDED)
@pytest.mark.parametrize("found", [True, False])
def test_after_a_create_that_tells_nothing_its_effect_is_looked_for(
    client_of: Callable[..., Client], waits: list[float], fault: str, found: bool
) -> None:
    with Script(Exchange("POST", PATH, body={"a": 1}, **UNDECIDED[fault])):
        if found:
            assert client_of().post("x", {"a": 1}, lambda: True) is None
        else:
            with pytest.raises(ApiError, match=DOUBT):
                client_of().post("x", {"a": 1}, lambda: False)
    assert not waits


def test_without_retries_the_first_fault_is_the_last(client_of: Callable[..., Client], waits: list[float]) -> None:
    with Script(get(status=503)), pytest.raises(ApiError) as error:
        client_of(retries=0).get("x")

    assert "Tried" not in str(error.value)
    assert not waits


@pytest.mark.parametrize("later", [{"status": 404, "answer": {}}, {"status": 403, "answer": {}}, {"status": 429}])
def test_a_patch_that_was_lost_stays_in_doubt_whatever_comes_after_it(
    client_of: Callable[..., Client], later: dict[str, Any]
) -> None:
    with Script(patch(error=requests.ReadTimeout("x")), patch(**later)), pytest.raises(ApiError) as error:
        client_of(retries=1).patch("x", {"a": 1})

    assert str(error.value).endswith(f"Tried 2 times. {DOUBT}")


def test_a_patch_that_never_arrived_is_in_no_doubt(client_of: Callable[..., Client]) -> None:
    faults = [patch(**TRANSIENT["refused"][0]), patch(status=429), patch(status=400, answer={})]
    with Script(*faults), pytest.raises(ApiError) as error:
        client_of().patch("x", {"a": 1})

    assert DOUBT not in str(error.value)


@pytest.mark.parametrize(("share", "delays"), [(1.0, [1, 2, 4, 8, 16, 30, 30]), (0.5, [0.5, 1, 2, 4, 8, 15, 15])])
def test_delays_double_up_to_half_a_minute_and_scatter_by_half(
    client_of: Callable[..., Client],
    waits: list[float],
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    delays: list[float],
) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, most: least + (most - least) * (share * 2 - 1))
    with Script(*[get(status=500)] * 8), pytest.raises(ApiError):
        client_of(retries=7).get("x")

    assert waits == delays


def test_after_a_hundred_faults_the_delay_is_still_a_number(
    client_of: Callable[..., Client], waits: list[float]
) -> None:
    with Script(*[get(status=500)] * 101), pytest.raises(ApiError):
        client_of(retries=100).get("x")

    assert all(15 <= wait <= 30 for wait in waits[5:])
    assert len(set(waits)) > 50


def test_own_delays_are_never_longer_than_allowed(client_of: Callable[..., Client], waits: list[float]) -> None:
    with Script(*[get(status=500)] * 6), pytest.raises(ApiError):
        client_of(retry_max_wait=0.25).get("x")

    assert waits == [0.25] * 5


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_the_wait_that_the_server_asks_for_is_kept_with_a_little_more(
    client_of: Callable[..., Client], waits: list[float], status: int
) -> None:
    with Script(*[get(status=status, headers={"Retry-After": "120"})] * 4, get(answer=envelope({"id": "1"}))):
        client_of().get("x")

    assert all(120 <= wait <= 121 for wait in waits)
    assert len(set(waits)) == 4


def test_the_longest_wait_that_is_allowed_is_kept(client_of: Callable[..., Client], waits: list[float]) -> None:
    with Script(get(status=429, headers={"Retry-After": "300"}), get(answer=envelope({"id": "1"}))):
        client_of().get("x")

    assert len(waits) == 1


def test_a_longer_wait_than_allowed_fails_at_once_and_is_told(
    client_of: Callable[..., Client], waits: list[float]
) -> None:
    with Script(get(status=429, headers={"Retry-After": "301"})), pytest.raises(ApiError) as error:
        client_of().get("x")

    assert str(error.value).endswith(" The server asks to wait 301 seconds; retry_max_wait is 300. " + TRY_LATER)
    assert not waits


@pytest.mark.parametrize(
    ("asked", "said"), [("86400", "86400 seconds"), ("86401", "more than a day"), ("9" * 400, "more than a day")]
)
def test_a_wait_of_days_is_told_short(client_of: Callable[..., Client], asked: str, said: str) -> None:
    with Script(get(status=503, headers={"Retry-After": asked})), pytest.raises(ApiError) as error:
        client_of().get("x")

    assert f" The server asks to wait {said}; retry_max_wait is 300. " in str(error.value)


def test_a_longer_wait_than_allowed_does_not_hide_the_doubt(client_of: Callable[..., Client]) -> None:
    script = Script(patch(status=500), patch(status=503, headers={"Retry-After": "9"}))
    with script, pytest.raises(ApiError) as error:
        client_of(retry_max_wait=8.5).patch("x", {"a": 1})

    assert str(error.value).endswith(
        f"The server asks to wait 9 seconds; retry_max_wait is 8.5. {TRY_LATER} Tried 2 times. {DOUBT}"
    )


def test_every_page_of_a_list_is_repeated_on_its_own(client_of: Callable[..., Client], waits: list[float]) -> None:
    def listed(number: str, **answer: Any) -> Exchange:
        return get(query={"page": [number], "per_page": ["1000"]}, **answer)

    pages = [envelope([{"id": number}], result_info={"total_count": 2}) for number in ("1", "2")]
    with Script(
        listed("1", status=502), listed("1", answer=pages[0]), listed("2", status=502), listed("2", answer=pages[1])
    ):
        assert client_of(retries=1).records("x", {}) == [{"id": "1"}, {"id": "2"}]
    assert len(waits) == 2


def test_a_block_of_unknown_length_is_outlasted(client_of: Callable[..., Client], waits: list[float]) -> None:
    with Script(*[get(status=429)] * 5, get(answer=envelope({"id": "1"}))):
        client_of(retries=5).get("x")

    # Each with up to a second more, so that not all come at once.
    for wait, asked in zip(waits, (10, 20, 40, 80, 160), strict=True):
        assert asked - 0.5 <= wait <= asked + 1
    assert sum(waits) > 300
