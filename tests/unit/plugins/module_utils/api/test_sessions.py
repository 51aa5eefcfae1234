# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions: what is sent where, what is taken from the environment, and what tasks share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import sessions as sessions_file
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.connection import Connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import (
    SessionCache,
    Sessions,
    new_sessions,
)
from support.clients import HTTPS, client_for, connection_for
from support.fresh import fresh_copy, hide_package
from support.raw import Raw
from support.sample import ACCOUNT
from support.script import Exchange, Script, envelope

HTTP = "http://127.0.0.1:8080/client/v4"
PAIR = {"X-Auth-Email": "user@example.com", "X-Auth-Key": "k"}
SAME = connection_for({"Authorization": "Bearer t"}, "t")


@pytest.fixture
def sent() -> Callable[..., Any]:
    """Return a function that reads a record and returns the request, with what requests would do with it."""

    def send(api_url: str = HTTPS, credentials: dict[str, str] | None = None, **connection: Any) -> Any:
        client = client_for(credentials or PAIR, "k", api_url, **connection)
        script = Script(Exchange("GET", f"/client/v4/accounts/{ACCOUNT}/x", answer=envelope({"id": "1"})))
        with script:
            client.get("x")
        return script.requests[0]

    return send


def test_the_headers_of_every_request(sent: Callable[..., Any]) -> None:
    assert sent().headers["User-Agent"] == f"mailsec.cloudflare/{sessions_file.VERSION}"
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[a-z0-9.]+)?", sessions_file.VERSION)
    assert sent().headers["Accept"] == "application/json"


@pytest.mark.parametrize("api_url", [HTTPS, HTTP])
@pytest.mark.parametrize("credentials", [PAIR, {"Authorization": "Bearer t"}])
def test_netrc_is_not_used(
    sent: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    api_url: str,
    credentials: dict[str, str],
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.example login evil password evil\nmachine 127.0.0.1 login evil password evil\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    # The check can fail: a plain session does use it.
    assert (
        requests.Session().prepare_request(requests.Request("GET", HTTPS)).headers["Authorization"].startswith("Basic")
    )

    headers = sent(api_url, credentials).headers

    assert {name: headers.get(name) for name in ("Authorization", *PAIR)} == {
        "Authorization": None,
        **dict.fromkeys(PAIR),
        **credentials,
    }


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_used_over_tls(
    sent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://proxy.example:3128")

    assert "http://proxy.example:3128" in sent().req_kwargs["proxies"].values()
    assert "http://proxy.example:3128" in sent("HTTPS://api.example/client/v4").req_kwargs["proxies"].values()


def test_no_proxy_is_honoured(sent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "api.example")

    assert not sent().req_kwargs["proxies"]


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"])
def test_plain_http_to_this_machine_never_goes_through_a_proxy(
    sent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://proxy.example:3128")

    assert not sent(HTTP).req_kwargs["proxies"]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize(
    ("verify", "used"), [(True, "/env.pem"), (False, False), ("/task.pem", "/task.pem")], ids=["default", "off", "task"]
)
def test_the_task_decides_what_is_trusted_then_the_environment(
    sent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, variable: str, verify: Any, used: Any
) -> None:
    monkeypatch.setenv(variable, "/env.pem")

    assert sent(verify=verify).req_kwargs["verify"] == used


def test_certificates_are_verified_by_default(sent: Callable[..., Any]) -> None:
    assert sent().req_kwargs["verify"] is True


@pytest.mark.parametrize(("verify", "quiet"), [(False, True), (True, False)])
def test_no_warning_where_certificates_are_not_verified_on_purpose(
    sent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, verify: bool, quiet: bool
) -> None:
    disabled: list[Any] = []
    monkeypatch.setattr(urllib3, "disable_warnings", disabled.append)

    sent(verify=verify)

    assert disabled == [urllib3.exceptions.InsecureRequestWarning] * quiet


def test_the_timeout_is_passed_on(sent: Callable[..., Any]) -> None:
    assert sent(timeout=2.5).req_kwargs["timeout"] == 2.5


def test_no_redirect_is_followed_nor_parsed() -> None:
    client = client_for(PAIR, "k", retries=0)
    path = f"/client/v4/accounts/{ACCOUNT}/x"
    for target in (HTTPS, "http://[", "\x80"):
        response = Exchange("GET", path, status=302, headers={"location": target})
        with Script(response), pytest.raises(CollectionError, match=r"^HTTP 302: the server redirects to "):
            client.get("x")


def test_no_cookie_is_stored() -> None:
    body = b'{"success": true, "result": {"id": "1"}}'
    response = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with Raw([response]) as server, new_sessions(connection_for(PAIR, "k", server.url), {}) as sessions:
        with sessions.session() as session:
            session.get(server.url)
        assert list(session.cookies) == []


@pytest.mark.parametrize("package", ["requests", "urllib3"])
def test_without_its_packages_the_task_fails_with_a_message(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    hide_package(monkeypatch, package)
    without_packages = fresh_copy(sessions_file)

    assert not without_packages.HAS_REQUESTS
    with pytest.raises(CollectionError, match="requests is not installed"):
        without_packages.Sessions(connection_for(PAIR, "k"))


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Sessions]:
    """Return the sessions that were closed."""
    closed: list[Sessions] = []

    # A function, which gets the sessions; a bound method would not.
    def close(sessions: Sessions) -> None:
        closed.append(sessions)

    monkeypatch.setattr(Sessions, "close", close)
    return closed


def sessions_of(cache: SessionCache, connection: Connection = SAME, **environment: str) -> Sessions:
    with cache.get(connection, environment) as sessions:
        return sessions


def test_a_session_is_reused_but_not_shared_by_concurrent_requests() -> None:
    sessions = Sessions(SAME)
    with sessions.session() as first, sessions.session() as second:
        assert first is not second
    with sessions.session() as third:
        assert third is first


def test_a_session_in_which_something_failed_is_not_used_again() -> None:
    sessions = Sessions(SAME)
    with pytest.raises(KeyboardInterrupt), sessions.session() as first:
        raise KeyboardInterrupt
    with sessions.session() as second:
        assert second is not first


def test_the_sessions_of_a_module_end_with_it(closed: list[Sessions]) -> None:
    with pytest.raises(CollectionError), new_sessions(SAME, {}) as sessions:
        raise CollectionError("x")
    assert closed == [sessions]


def test_equal_connections_in_an_equal_environment_share_sessions() -> None:
    cache = SessionCache()

    assert sessions_of(cache, connection_for(PAIR, "k"), A="1") is sessions_of(
        cache, connection_for(dict(PAIR), "k"), A="1"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"connection": connection_for({"Authorization": "Bearer u"}, "u")},
        {"connection": SAME._replace(account_id="b")},
        {"connection": SAME._replace(api_url="https://other.example")},
        {"connection": SAME._replace(verify=False)},
        {"connection": SAME._replace(verify="/ca.pem")},
        {"https_proxy": "http://proxy.example"},
        {"REQUESTS_CA_BUNDLE": "/ca.pem"},
    ],
    ids=str,
)
def test_nothing_else_is_shared(other: dict[str, Any]) -> None:
    cache = SessionCache()

    assert sessions_of(cache) is not sessions_of(cache, **other)
    assert sessions_of(cache) is sessions_of(cache)


def test_the_least_recently_used_are_closed(closed: list[Sessions]) -> None:
    cache = SessionCache(size=2)
    first, second = sessions_of(cache, N="1"), sessions_of(cache, N="2")

    assert sessions_of(cache, N="1") is first
    sessions_of(cache, N="3")

    assert closed == [second]
    assert sessions_of(cache, N="1") is first
    assert sessions_of(cache, N="2") is not second


def test_sixteen_connections_are_kept(closed: list[Sessions]) -> None:
    cache = SessionCache()
    first = sessions_of(cache, N="0")
    for number in range(1, 16):
        sessions_of(cache, N=str(number))

    assert closed == []
    sessions_of(cache, N="16")
    assert closed == [first]


def test_a_failure_of_the_task_keeps_them_and_an_interruption_does_not(closed: list[Sessions]) -> None:
    cache = SessionCache()
    with pytest.raises(CollectionError), cache.get(SAME, {}) as first:
        raise CollectionError("x")
    assert sessions_of(cache) is first

    with pytest.raises(KeyboardInterrupt), cache.get(SAME, {}):
        raise KeyboardInterrupt
    assert closed == [first]
    assert sessions_of(cache) is not first
