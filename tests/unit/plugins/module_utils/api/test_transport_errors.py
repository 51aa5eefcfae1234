# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions instead of a response: their causes, and the error that each one becomes."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
import requests
import urllib3
from urllib3.connection import CertificateError

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import transport_errors
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.request import Request
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.transport_errors import causes_of, transport_error
from support.clients import client_for
from support.fresh import fresh_copy, hide_package
from support.raw import Raw

UNKNOWN_OUTCOME = "The change may or may not have been applied. Run the task again."


def test_causes_are_found_wherever_an_exception_has_another() -> None:
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


def test_causes_that_refer_to_each_other_end() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one

    assert list(causes_of(one)) == [one, other]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(111, "Connection refused"), "Connection refused"),
        (RuntimeError("words."), "words"),
        (RuntimeError("...words."), "...words"),
        (RuntimeError("no X"), "no X"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_the_innermost_cause_is_the_reason(error: Exception, reason: str) -> None:
    failed = transport_error(Request("GET", "https://api.example:8443/x", lambda value: value), error, 30, False)

    assert str(failed) == f"The connection to api.example:8443 failed: {reason}. (GET https://api.example:8443/x)"
    assert failed.status is None
    assert failed.failure["ray_id"] is None


REQUEST = Request("GET", "https://api.example:8443/x", lambda value: value)


def message(error: Exception, host: str = "api.example:8443") -> str:
    """Return the message for an exception, without the request."""
    failed = transport_error(Request("GET", f"https://{host}/x", lambda value: value), error, 2.5, False)
    return str(failed).replace(f" (GET https://{host}/x)", "")


UNKNOWN = "If a private certificate authority issued it, set ca_path to the certificate of that authority."
WRONG_HOST = "The certificate is for another host. Check api_url and proxies."


class NotTrusted(ssl.SSLCertVerificationError):
    """What OpenSSL raises."""

    def __init__(self, code: int) -> None:
        super().__init__(1, "certificate verify failed")
        self.verify_code = code
        self.verify_message = "it is odd."


@pytest.mark.parametrize(
    ("cause", "hint"),
    [
        (NotTrusted(18), UNKNOWN),
        (NotTrusted(9), "Check the clock of this machine."),
        (NotTrusted(10), "The certificate has expired, or the clock of this machine is wrong."),
        (NotTrusted(62), WRONG_HOST),
        (NotTrusted(64), WRONG_HOST),
        # As urllib3 1.26 compares names: with older Pythons, and with newer ones.
        (ssl.SSLCertVerificationError("it is odd"), WRONG_HOST),
        (CertificateError("it is odd"), WRONG_HOST),
    ],
)
def test_the_hint_depends_on_the_certificate_error(cause: Exception, hint: str) -> None:
    for error, owner in (
        (requests.exceptions.SSLError(urllib3.exceptions.SSLError(cause)), "api.example:8443"),
        (requests.exceptions.ProxyError(cause), "the proxy in front of api.example:8443"),
    ):
        failed = transport_error(REQUEST, error, 2.5, False)
        assert message(error) == f"The certificate of {owner} is not trusted: it is odd. {hint}"
        assert (failed.retryable, failed.outcome_unknown) == (False, False)


@pytest.mark.parametrize(
    ("error", "host", "reason"),
    [
        (requests.exceptions.InvalidSchema("No adapter for a.example"), "a.example", "No adapter for a.example"),
        (requests.exceptions.InvalidURL("Failed to parse: a.example"), "a.example:1", "Failed to parse: a.example"),
        (requests.exceptions.InvalidURL("Failed to parse: user:password@proxy"), "a.example", ""),
        (TypeError("password"), "a.example", ""),
    ],
)
def test_the_reason_is_shown_only_where_it_is_about_the_host_of_the_api(
    error: Exception, host: str, reason: str
) -> None:
    assert message(error, host).startswith(f"Cannot send a request to {host}{reason and f': {reason}'}")
    assert message(error, host).endswith(". Check api_url and the proxies in the environment (HTTPS_PROXY, ALL_PROXY).")
    assert "password" not in message(error, host)


REFUSED = "The proxy in the environment refuses the connection to api.example:8443"
CHECK = "Check HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment of the task."
CREDENTIALS = (
    "The proxy requires authentication. Add the credentials to HTTPS_PROXY, or the API to NO_PROXY, "
    "in the environment of the task."
)
THROUGH_PROXY = "api.example:8443 through the proxy in the environment"


@pytest.mark.parametrize(
    ("cause", "sentences", "outcome_unknown"),
    [
        (OSError("Tunnel connection failed: 407 Who?"), f"{REFUSED}: 407 Who?. {CREDENTIALS}", False),
        (OSError("Tunnel connection failed: 407 No <b>way</b>"), f"{REFUSED}: 407 No way. {CREDENTIALS}", False),
        (OSError("Tunnel connection failed: 502 Bad"), f"{REFUSED}: 502 Bad. {CHECK}", False),
        (
            urllib3.exceptions.NewConnectionError(None, "[Errno 111] refused"),  # type: ignore[arg-type]  # no pool
            f"Cannot connect to {THROUGH_PROXY}: None: [Errno 111] refused. {CHECK}",
            False,
        ),
        (
            urllib3.exceptions.ConnectTimeoutError("x"),
            f"Cannot connect to {THROUGH_PROXY} within 2.5 seconds. {CHECK}",
            False,
        ),
        (
            urllib3.exceptions.ReadTimeoutError(None, "", "x"),  # type: ignore[arg-type]  # no pool
            f"No response from {THROUGH_PROXY} within 2.5 seconds. {CHECK}",
            True,
        ),
        (OSError("odd"), f"The connection to {THROUGH_PROXY} failed: odd. {CHECK}", True),
    ],
)
def test_errors_of_a_proxy(cause: Exception, sentences: str, outcome_unknown: bool) -> None:
    error = requests.exceptions.ProxyError(cause)

    assert message(error) == sentences
    assert transport_error(REQUEST, error, 2.5, False).outcome_unknown is outcome_unknown


def test_without_a_proxy_its_error_text_is_ignored() -> None:
    reason = "Tunnel connection failed: 502 Bad"

    assert message(requests.exceptions.ConnectionError(OSError(reason))) == (
        f"The connection to api.example:8443 failed: {reason}."
    )


@pytest.mark.parametrize(
    ("error", "sentence", "outcome_unknown"),
    [
        (requests.exceptions.ConnectTimeout("late"), "Cannot connect to api.example:8443 within 2.5 seconds.", False),
        (requests.exceptions.ReadTimeout("late"), "No response from api.example:8443 within 2.5 seconds.", True),
    ],
)
def test_timeouts(error: Exception, sentence: str, outcome_unknown: bool) -> None:
    assert message(error) == sentence
    assert transport_error(REQUEST, error, 2.5, False).outcome_unknown is outcome_unknown


@pytest.mark.parametrize(
    ("error", "retryable"),
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
def test_which_errors_are_retryable(error: Exception, retryable: bool) -> None:
    failed = transport_error(Request("GET", "https://api.example/x", lambda value: value), error, 30, False)

    assert failed.retryable is retryable


@pytest.mark.parametrize("error", [ValueError("http://jo:secret@proxy"), TypeError("sequence item 1")])
def test_an_error_about_a_proxy_does_not_show_its_password(error: Exception) -> None:
    failed = transport_error(Request("GET", "https://api.example/x", lambda value: value), error, 30, False)

    assert str(failed).startswith(
        "Cannot send a request to api.example. Check api_url and the proxies in the environment "
    )
    assert not failed.retryable


def client_of(server: Raw, **settings: Any) -> Client:
    return client_for({"Authorization": "Bearer t"}, "t0k3n", server.url, **{"retries": 0, **settings})


def success(record_id: str, *headers: str) -> bytes:
    body = f'{{"success": true, "result": {{"id": "{record_id}"}}}}'
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", body]).encode()


@pytest.mark.parametrize("status", [101, 102, 103])
def test_a_late_response_is_not_taken_for_that_to_the_next_request(status: int) -> None:
    early = b"HTTP/1.1 %d Early\r\n\r\n" % status
    with Raw([early, success("late")], [success("mine")]) as server:
        client = client_of(server)
        with pytest.raises(ApiError) as error:
            client.patch("x", {"a": 1})

        assert str(error.value).startswith(f"HTTP {status}: no final response. (PATCH ")
        assert str(error.value).endswith(UNKNOWN_OUTCOME)
        assert client.get("y") == {"id": "mine"}


def test_an_informational_response_is_retried(waits: list[float]) -> None:
    with Raw([b"HTTP/1.1 103 Early\r\n\r\n"], [success("mine")]) as server:
        assert client_of(server, retries=1).patch("x", {"a": 1}).record == {"id": "mine"}


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 x OK\r\n\r\n",
        b"Welcome\r\n\r\n",
    ],
)
def test_a_malformed_response_is_an_error_of_the_connection(response: bytes) -> None:
    with Raw([response]) as server, pytest.raises(ApiError) as error:
        client_of(server).patch("x", {"a": 1})

    host = server.url.partition("//")[2]
    assert str(error.value).startswith(f"The connection to {host} failed: ")
    assert str(error.value).endswith(UNKNOWN_OUTCOME)
    assert error.value.retryable


def test_a_request_that_cannot_be_sent_was_not_applied() -> None:
    with pytest.raises(ApiError, match="Cannot send a request to") as error:
        client_for({"Authorization": "Bearer \u20ac"}, "t0k3n", "http://127.0.0.1:1", retries=0).patch("x", {"a": 1})

    assert UNKNOWN_OUTCOME not in str(error.value)


@pytest.mark.parametrize("package", ["requests", "urllib3"])
def test_the_file_can_be_imported_without_its_packages(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    hide_package(monkeypatch, package)

    assert fresh_copy(transport_errors).TRANSPORT_ERRORS == ()
