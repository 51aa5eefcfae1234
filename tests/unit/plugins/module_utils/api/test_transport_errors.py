# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told of an exception that came instead of an answer, and what lies below it."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import pytest
import requests
import urllib3
from urllib3.exceptions import ConnectTimeoutError

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.request import Request
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.transport_errors import causes_of, transport_error


def test_causes_are_found_by_every_way_one_exception_holds_another() -> None:
    def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
        try:
            try:
                if cause is not None:
                    raise cause
            except BaseException:
                raise error  # noqa: B904  # the context alone is what is tested
            raise error
        except BaseException as caught:
            return caught

    innermost = ValueError("innermost")
    in_context = raised(KeyError("k"), innermost)
    as_cause = RuntimeError("r")
    as_cause.__cause__ = in_context
    as_argument = OSError("text", as_cause)
    as_reason = Exception("outermost")
    as_reason.reason = as_argument  # type: ignore[attr-defined]  # as urllib3 does it

    assert list(causes_of(as_reason)) == [as_reason, as_argument, as_cause, in_context, innermost]


def test_exceptions_that_hold_each_other_end() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one

    assert list(causes_of(one)) == [one, other]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(111, "Connection refused"), "Connection refused"),
        (RuntimeError("words."), "words"),
        (RuntimeError("...words."), "...words"),
        (RuntimeError("no X"), "no X"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_the_innermost_cause_says_why(error: Exception, why: str) -> None:
    failed = transport_error(Request("GET", "https://api.example:8443/x", lambda value: value), error, 30)

    assert str(failed) == f"The connection to api.example:8443 failed: {why}. (GET https://api.example:8443/x)"
    assert failed.status is None
    assert failed.failure["ray_id"] is None


def told(error: Exception, host: str = "api.example:8443") -> str:
    """Return what is said of an exception, without the request."""
    failed = transport_error(Request("GET", f"https://{host}/x", lambda value: value), error, 2.5)
    return str(failed).replace(f" (GET https://{host}/x)", "")


UNKNOWN = "If an authority of your own signed it, name its certificate with ca_path."
ANOTHER = "It is for another server. Check api_url, and what answers at that address."


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (None, UNKNOWN),
        (18, UNKNOWN),
        (9, "Is the clock of this machine right?"),
        (10, "Whoever runs the server has to renew it. Is the clock of this machine right?"),
        (62, ANOTHER),
        (64, ANOTHER),
    ],
)
@pytest.mark.parametrize("name", ["SSLCertVerificationError", "CertificateError"])
def test_what_is_wrong_with_a_certificate_decides_the_advice(name: str, code: int | None, advice: str) -> None:
    cause = type(name, (Exception,), {} if code is None else {"verify_code": code, "verify_message": "it is odd"})("x")

    for error, whose in (
        (requests.exceptions.SSLError(cause), "api.example:8443"),
        (requests.exceptions.ProxyError(cause), "the proxy on the way to api.example:8443"),
    ):
        why = "x" if code is None else "it is odd"
        assert told(error) == f"The certificate of {whose} is not trusted: {why}. {advice}"


@pytest.mark.parametrize(
    ("error", "host", "said"),
    [
        (requests.exceptions.InvalidSchema("No connection adapters were found"), "a.example", "No connection adapters"),
        (requests.exceptions.InvalidURL("Failed to parse: a.example"), "a.example:1", "Failed to parse: a.example"),
        (requests.exceptions.InvalidURL("Failed to parse: user:password@proxy"), "a.example", ""),
        (TypeError("password"), "a.example", ""),
    ],
)
def test_what_is_said_of_an_address_is_told_only_where_it_is_about_the_server(
    error: Exception, host: str, said: str
) -> None:
    assert told(error, host).startswith(f"No request can be sent to {host}{said and f': {said}'}")
    assert told(error, host).endswith(
        ". Its address, or that of a proxy in the environment (HTTPS_PROXY, ALL_PROXY), cannot be used."
    )
    assert "password" not in told(error, host)


NOT_MADE = "The proxy in the environment makes no connection to api.example:8443"
CHECK = "Check HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment of the task."
CREDENTIALS = (
    "It asks for credentials: put them into HTTPS_PROXY, or except the API with NO_PROXY, "
    "in the environment of the task."
)
PASSED = "No connection to api.example:8443 through the proxy in the environment"


@pytest.mark.parametrize(
    ("cause", "sentences"),
    [
        (OSError("Tunnel connection failed: 407 Who?"), f"{NOT_MADE}: 407 Who?. {CREDENTIALS}"),
        (OSError("Tunnel connection failed: 502 Bad"), f"{NOT_MADE}: 502 Bad. {CHECK}"),
        (
            urllib3.exceptions.NewConnectionError(None, "[Errno 111] refused"),  # type: ignore[arg-type]  # no pool
            f"{PASSED}: None: [Errno 111] refused. {CHECK}",
        ),
        (type("ConnectTimeoutError", (Exception,), {})("x"), f"{PASSED} within 2.5 seconds. {CHECK}"),
        (
            type("ReadTimeoutError", (Exception,), {})("x"),
            f"No response from api.example:8443 through the proxy in the environment within 2.5 seconds. {CHECK}",
        ),
        (
            OSError("odd"),
            f"The connection to api.example:8443 through the proxy in the environment failed: odd. {CHECK}",
        ),
    ],
)
def test_trouble_with_a_proxy_is_told_as_such(cause: Exception, sentences: str) -> None:
    assert told(requests.exceptions.ProxyError(cause)) == sentences


def test_what_sounds_like_a_proxy_is_none_where_requests_knows_of_none() -> None:
    why = "Tunnel connection failed: 502 Bad"

    assert told(requests.exceptions.ConnectionError(OSError(why))) == (
        f"The connection to api.example:8443 failed: {why}."
    )


def test_a_connection_that_is_not_made_in_time_is_told_with_the_time_although_urllib3_calls_it_new() -> None:
    cause = type("ConnectTimeout", (urllib3.exceptions.NewConnectionError,), {})(None, "timed out")

    assert told(requests.exceptions.ConnectionError(cause)) == "No connection to api.example:8443 within 2.5 seconds."


@pytest.mark.parametrize(
    ("error", "sentence", "not_done"),
    [
        (requests.exceptions.ConnectTimeout("late"), "No connection to api.example:8443 within 2.5 seconds.", True),
        (requests.exceptions.ReadTimeout("late"), "No response from api.example:8443 within 2.5 seconds.", False),
    ],
)
def test_what_requests_says_of_a_timeout_is_enough(error: Exception, sentence: str, not_done: bool) -> None:
    assert told(error) == sentence
    assert transport_error(Request("GET", "https://a.example/x", lambda value: value), error, 2.5).not_done is not_done


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (requests.exceptions.SSLError(ssl.SSLError(1, "no certificate or crl found")), False),
        (requests.exceptions.SSLError(ssl.SSLError(1, "wrong version number")), False),
        (requests.exceptions.SSLError(ssl.SSLEOFError(8, "EOF occurred in violation of protocol")), True),
        (requests.exceptions.SSLError(ssl.SSLZeroReturnError(6, "TLS/SSL connection has been closed")), True),
        (requests.exceptions.SSLError(ssl.SSLSyscallError(5, "Some I/O error occurred")), True),
        (requests.exceptions.ReadTimeout(ssl.SSLError("The handshake operation timed out")), True),
        (requests.exceptions.SSLError(urllib3.exceptions.ReadTimeoutError(None, "", "Read timed out.")), True),  # type: ignore[arg-type]  # no pool
        (requests.exceptions.InvalidProxyURL("Please check proxy URL"), False),
        (requests.exceptions.ProxyError(OSError("Tunnel connection failed")), True),
        (requests.exceptions.ProxyError(OSError("Tunnel connection failed: 503 Busy")), True),
        (requests.exceptions.ProxyError(OSError("Tunnel connection failed: 403 No")), False),
        (requests.exceptions.ConnectionError("Connection aborted."), True),
        (OSError("no such certificate file"), False),
    ],
)
def test_only_trouble_that_can_pass_is_tried_again(error: Exception, passing: bool) -> None:
    failed = transport_error(Request("GET", "https://api.example/x", lambda value: value), error, 30)

    assert failed.transient is passing


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectTimeoutError(), "No connection to api.example through the proxy in the environment within 30 seconds."),
        (OSError("odd"), "The connection to api.example through the proxy in the environment failed: odd."),
        (
            OSError("Tunnel connection failed: 407 No <b>way</b>"),
            "The proxy in the environment makes no connection to api.example: 407 No way. It asks for credentials:",
        ),
        (
            ssl.SSLCertVerificationError(1, "bad"),
            "The certificate of the proxy on the way to api.example is not trusted: bad.",
        ),
    ],
)
def test_trouble_of_a_proxy_is_told_as_such(error: Exception, reason: str) -> None:
    wrapped = requests.exceptions.ProxyError(error)
    failed = transport_error(Request("POST", "https://api.example/x", lambda value: value), wrapped, 30)

    assert str(failed).startswith(reason)
    # The server has seen nothing of it, where nobody says otherwise.
    assert failed.not_done is (" failed: odd" not in reason and "certificate" not in reason)


def from_httplib() -> None:
    """Do what this function of urllib3 before version 2 does with a header that cannot be."""
    raise ValueError("odd")


def getresponse() -> None:
    """Do the same as urllib3 does it since."""
    raise ValueError("odd")


def generate() -> None:
    """Do what this function of requests does with the body."""
    raise ValueError("odd")


@pytest.mark.parametrize("reads", [from_httplib, getresponse, generate])
def test_what_goes_wrong_while_an_answer_is_read_is_told_as_such(reads: Callable[[], None]) -> None:
    with pytest.raises(ValueError, match="odd") as error:
        reads()

    assert told(error.value) == "The answer from api.example:8443 cannot be read: odd."


@pytest.mark.parametrize("error", [ValueError("http://jo:secret@proxy"), TypeError("sequence item 1")])
def test_what_a_mistake_in_an_address_leads_to_is_not_repeated(error: Exception) -> None:
    failed = transport_error(Request("GET", "https://api.example/x", lambda value: value), error, 30)

    assert str(failed).startswith("No request can be sent to api.example. Its address, or that of a proxy in the")
    assert not failed.transient
