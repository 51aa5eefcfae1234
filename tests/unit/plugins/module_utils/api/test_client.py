# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client: after which errors a request is sent again, and what else it returns."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.retries import TRY_LATER
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import Sessions
from support.clients import client_for, connection_for
from support.sample import ACCOUNT
from support.script import Exchange, Script, envelope

PATH = f"/client/v4/accounts/{ACCOUNT}/x"
URL = f"https://api.example{PATH}"
UNKNOWN = "The change may or may not have been applied. Run the task again."
REFUSED = urllib3.exceptions.NewConnectionError(None, "Failed to establish a new connection: [Errno 111] refused")  # type: ignore[arg-type]  # no pool

#: Faults after which a request is sent again; whether the server surely did not apply it; the last error.
RETRYABLE: dict[str, tuple[dict[str, Any], bool, str]] = {
    "refused": (
        {"error": requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, URL, REFUSED))},  # type: ignore[arg-type]  # no pool
        True,
        "Cannot connect to api.example: ",
    ),
    "connect timeout": (
        {"error": requests.ConnectTimeout("timed out")},
        True,
        "Cannot connect to api.example within 30 seconds. ",
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
        "HTTP 200: the response is truncated. ",
    ),
    "429": ({"status": 429, "answer": {"success": False}}, True, "HTTP 429: no reason given. "),
    "429 as a page": ({"status": 429, "text": "<title>Slow down</title>"}, True, "HTTP 429: Slow down. "),
    **{
        str(status): ({"status": status, "text": "<h1>Error</h1>"}, False, f"HTTP {status}: Error. ")
        for status in (408, 500, 502, 503, 504, *range(520, 527), 599)
    },
}
#: Faults after which a retry makes no sense.
PERMANENT: dict[str, dict[str, Any]] = {
    "certificate": {"error": requests.exceptions.SSLError(ssl.SSLCertVerificationError(1, "bad"))},
    "host that cannot be": {"error": urllib3.exceptions.LocationParseError("api.example")},
    "success false": {"answer": {"success": False}},
    "redirect": {"status": 302, "headers": {"location": "https://elsewhere.example"}},
    **{str(status): {"status": status, "answer": {"success": False}} for status in (400, 401, 403, 404, 405, 409, 422)},
}
#: Responses after which a retry makes no sense, and that do not show whether the request was applied.
UNUSABLE: dict[str, dict[str, Any]] = {
    "204": {"status": 204, "text": ""},
    "204 that says JSON": {"status": 204, "text": "", "headers": {"content-type": "application/json"}},
    "nothing": {"status": 201, "text": ""},
    "HTML": {"text": "<h1>Welcome</h1>"},
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


def get(**response: Any) -> Exchange:
    return Exchange("GET", PATH, **response)


def patch(**response: Any) -> Exchange:
    return Exchange("PATCH", PATH, body={"a": 1}, **response)


@pytest.mark.parametrize("fault", RETRYABLE)
def test_after_a_retryable_fault_the_request_is_sent_again(
    client_of: Callable[..., Client], waits: list[float], fault: str
) -> None:
    response = RETRYABLE[fault][0]
    with Script(get(**response), get(answer=envelope({"id": "1"}))):
        assert client_of().get("x") == {"id": "1"}
    with Script(patch(**response), patch(**response), patch(answer=envelope({"id": "1"}))):
        assert client_of().patch("x", {"a": 1}).record == {"id": "1"}
    assert len(waits) == 3


@pytest.mark.parametrize("fault", RETRYABLE)
def test_a_retryable_fault_that_stays_is_an_error_after_the_last_attempt(
    client_of: Callable[..., Client], waits: list[float], fault: str
) -> None:
    response, not_applied, sentence = RETRYABLE[fault]
    with Script(*[get(**response)] * 3), pytest.raises(ApiError) as read:
        client_of(retries=2).get("x")
    with Script(*[patch(**response)] * 3), pytest.raises(ApiError) as written:
        client_of(retries=2).patch("x", {"a": 1})

    assert str(read.value).startswith(sentence)
    assert str(read.value).endswith(") Tried 3 times.")
    assert str(written.value).endswith(") Tried 3 times." if not_applied else f") Tried 3 times. {UNKNOWN}")
    assert written.value.failure["method"] == "PATCH"
    assert written.value.failure["status"] == (None if "error" in response else response.get("status", 200))
    assert len(waits) == 4


@pytest.mark.parametrize("fault", PERMANENT)
def test_a_permanent_fault_is_not_retried(client_of: Callable[..., Client], waits: list[float], fault: str) -> None:
    with Script(get(**PERMANENT[fault])), pytest.raises(ApiError) as read:
        client_of().get("x")
    with Script(patch(**PERMANENT[fault])), pytest.raises(ApiError) as written:
        client_of().patch("x", {"a": 1})

    assert "Tried" not in str(read.value)
    assert UNKNOWN not in str(written.value)
    assert not waits


@pytest.mark.parametrize("fault", UNUSABLE)
def test_after_an_unusable_response_the_outcome_of_a_write_is_unknown_and_it_is_not_sent_again(
    client_of: Callable[..., Client], waits: list[float], fault: str
) -> None:
    response = UNUSABLE[fault]
    with Script(get(**response)), pytest.raises(ApiError) as read:
        client_of().get("x")
    assert UNKNOWN not in str(read.value)
    for method, send in (
        ("PATCH", lambda: client_of().patch("x", {"a": 1})),
        ("POST", lambda: client_of().post("x", {"a": 1})),
        ("DELETE", lambda: client_of().delete("x")),
    ):
        body = None if method == "DELETE" else {"a": 1}
        with Script(Exchange(method, PATH, body=body, **response)), pytest.raises(ApiError) as written:
            send()
        assert str(written.value).endswith(f") {UNKNOWN}")
        assert written.value.outcome_unknown
    assert not waits


@pytest.mark.parametrize("fault", UNUSABLE)
@pytest.mark.parametrize("found", [True, False])
def test_after_an_unusable_response_to_a_create_its_effect_is_looked_for(
    client_of: Callable[..., Client], waits: list[float], fault: str, found: bool
) -> None:
    with Script(Exchange("POST", PATH, body={"a": 1}, **UNUSABLE[fault])):
        if found:
            assert client_of().post("x", {"a": 1}, lambda: True) is None
        else:
            with pytest.raises(ApiError, match=UNKNOWN):
                client_of().post("x", {"a": 1}, lambda: False)
    assert not waits


def test_without_retries_there_is_one_attempt(client_of: Callable[..., Client], waits: list[float]) -> None:
    with Script(get(status=503)), pytest.raises(ApiError) as error:
        client_of(retries=0).get("x")

    assert "Tried" not in str(error.value)
    assert not waits


@pytest.mark.parametrize("later", [{"status": 404, "answer": {}}, {"status": 403, "answer": {}}, {"status": 429}])
def test_the_outcome_of_a_lost_patch_stays_unknown_after_any_later_response(
    client_of: Callable[..., Client], later: dict[str, Any]
) -> None:
    with Script(patch(error=requests.ReadTimeout("x")), patch(**later)), pytest.raises(ApiError) as error:
        client_of(retries=1).patch("x", {"a": 1})

    assert str(error.value).endswith(f"Tried 2 times. {UNKNOWN}")


def test_a_patch_that_never_arrived_was_not_applied(client_of: Callable[..., Client]) -> None:
    faults = [patch(**RETRYABLE["refused"][0]), patch(status=429), patch(status=400, answer={})]
    with Script(*faults), pytest.raises(ApiError) as error:
        client_of().patch("x", {"a": 1})

    assert UNKNOWN not in str(error.value)


def test_the_wait_that_the_server_asks_for_is_kept(client_of: Callable[..., Client], waits: list[float]) -> None:
    for status in (408, 429, 503):
        with Script(get(status=status, headers={"Retry-After": "300"}), get(answer=envelope({"id": "1"}))):
            client_of().get("x")

    assert all(300 <= wait <= 301 for wait in waits)
    assert len(set(waits)) == 3


def test_a_wait_above_the_maximum_fails_immediately(client_of: Callable[..., Client], waits: list[float]) -> None:
    with Script(get(status=429, headers={"Retry-After": "301"})), pytest.raises(ApiError) as error:
        client_of().get("x")

    assert str(error.value).endswith(") Retry-After (301 s) exceeds retry_max_wait (300 s). " + TRY_LATER)
    assert not waits


def test_a_wait_above_the_maximum_keeps_the_unknown_outcome(client_of: Callable[..., Client]) -> None:
    script = Script(patch(status=500), patch(status=503, headers={"Retry-After": "9"}))
    with script, pytest.raises(ApiError) as error:
        client_of(retry_max_wait=8.5).patch("x", {"a": 1})

    assert str(error.value).endswith(
        f"Retry-After (9 s) exceeds retry_max_wait (8.5 s). {TRY_LATER} Tried 2 times. {UNKNOWN}"
    )


def test_every_page_of_a_list_is_retried_on_its_own(client_of: Callable[..., Client], waits: list[float]) -> None:
    def listed(number: str, **response: Any) -> Exchange:
        return get(query={"page": [number], "per_page": ["1000"]}, **response)

    pages = [envelope([{"id": number}], result_info={"total_count": 2}) for number in ("1", "2")]
    with Script(
        listed("1", status=502), listed("1", answer=pages[0]), listed("2", status=502), listed("2", answer=pages[1])
    ):
        assert client_of(retries=1).list_records("x", {}, {}) == [{"id": "1"}, {"id": "2"}]
    assert len(waits) == 2


def test_five_retries_outlast_a_block(client_of: Callable[..., Client], waits: list[float]) -> None:
    with Script(*[get(status=429)] * 5, get(answer=envelope({"id": "1"}))):
        client_of(retries=5).get("x")

    # Each with up to a second more, so that not all come at once.
    for wait, asked in zip(waits, (10, 20, 40, 80, 160), strict=True):
        assert asked - 0.5 <= wait <= asked + 1
    assert sum(waits) > 300


def test_a_client_that_was_stopped_sends_nothing(client_of: Callable[..., Client]) -> None:
    client = client_of()
    client.stop()

    with Script(), pytest.raises(ApiError) as error:
        client.get("x")

    assert str(error.value) == f"Not sent: the task was interrupted. (GET {URL})"


def test_each_message_is_kept_once(client_of: Callable[..., Client]) -> None:
    client = client_of()
    with Script(*(get(answer=envelope({"id": "1"}, ["one", "two"])) for _time in range(2))):
        client.get("x")
        client.get("x")

    assert client.messages == ["one", "two"]


def test_a_client_counts_its_own_waits_alone() -> None:
    connection = connection_for({}, "secret")
    sessions = Sessions(connection)
    sessions.rate_limit.waited = 12.0
    client = Client(connection, sessions)
    sessions.rate_limit.waited += 3.0

    assert client.waited == 3.0


def test_a_client_that_is_stopped_while_it_waits_for_the_rate_limit_sends_nothing(
    client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of()
    acquire = client._rate_limit.acquire

    def stop_first(max_wait: float) -> float | None:
        client.stop()
        return acquire(max_wait)

    monkeypatch.setattr(client._rate_limit, "acquire", stop_first)

    with Script(), pytest.raises(ApiError, match="Not sent: the task was interrupted"):
        client.get("x")
    assert client._rate_limit._in_flight == 0
