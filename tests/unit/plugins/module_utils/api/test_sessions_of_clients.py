# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client is a closed door: whom it talks to, what it trusts, what it takes from the environment."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.mailsec.cloudflare.plugins.module_utils import sessions as sessions_file
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ApiError, CollectionError
from support.clients import HTTPS, client_for, connection_for
from support.module_runner import fresh_copy
from support.samples import ACCOUNT
from support.script import Exchange, Script, envelope

HTTP = "http://127.0.0.1:8080/client/v4"
PAIR = {"X-Auth-Email": "user@example.com", "X-Auth-Key": "k"}


@pytest.fixture
def sent() -> Callable[..., Any]:
    """Return a function that reads a record and returns the request, with what requests would do with it."""

    def send(api_url: str = HTTPS, credentials: dict[str, str] | None = None, **settings: Any) -> Any:
        client = client_for(credentials or PAIR, "k", api_url, **settings)
        script = Script(Exchange("GET", f"/client/v4/accounts/{ACCOUNT}/x", answer=envelope({"id": "1"})))
        with script:
            client.get("x")
        return script.requests[0]

    return send


def test_the_server_learns_what_is_calling_and_what_it_reads(sent: Callable[..., Any]) -> None:
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
def test_the_task_says_what_to_trust_and_else_the_environment(
    sent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, variable: str, verify: Any, used: Any
) -> None:
    monkeypatch.setenv(variable, "/env.pem")

    assert sent(verify=verify).req_kwargs["verify"] == used


def test_certificates_are_verified_unless_told_otherwise(sent: Callable[..., Any]) -> None:
    assert sent().req_kwargs["verify"] is True


@pytest.mark.parametrize(("verify", "quiet"), [(False, True), (True, False)])
def test_a_client_that_was_told_not_to_verify_does_not_warn_of_it(
    sent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, verify: bool, quiet: bool
) -> None:
    disabled: list[Any] = []
    monkeypatch.setattr(urllib3, "disable_warnings", disabled.append)

    sent(verify=verify)

    assert disabled == [urllib3.exceptions.InsecureRequestWarning] * quiet


def test_the_timeout_is_for_the_connection_and_for_each_part_of_the_answer(sent: Callable[..., Any]) -> None:
    assert sent(timeout=2.5).req_kwargs["timeout"] == 2.5


def test_no_redirect_is_followed(sent: Callable[..., Any]) -> None:
    client = client_for(PAIR, "k")
    path = f"/client/v4/accounts/{ACCOUNT}/x"
    with Script(Exchange("GET", path, status=302, headers={"location": HTTPS})), pytest.raises(ApiError) as error:
        client.get("x")

    assert str(error.value).startswith(f"HTTP 302: the server redirects to {HTTPS}.")


def test_filters_are_encoded(sent: Callable[..., Any]) -> None:
    client = client_for(PAIR, "k")
    query = {"name": ["a&b=c", "\u00f6 d"], "page": ["1"], "per_page": ["1000"]}
    with Script(Exchange("GET", f"/client/v4/accounts/{ACCOUNT}/x", query, answer=envelope([]))):
        assert client.records("x", {"name": ["a&b=c", "\u00f6 d"]}) == []


@pytest.mark.parametrize("verify", [False, True])
@pytest.mark.parametrize("reason", ["self-signed certificate", None])
def test_a_certificate_that_is_not_trusted_is_told_with_its_cause(verify: bool, reason: str | None) -> None:
    import ssl

    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    if reason:
        cause.verify_message = reason
    error = requests.exceptions.SSLError(
        urllib3.exceptions.MaxRetryError(None, HTTPS, urllib3.exceptions.SSLError(cause))  # type: ignore[arg-type]  # no pool
    )
    client = client_for(PAIR, "k", verify=verify)
    with Script(Exchange("GET", f"/client/v4/accounts/{ACCOUNT}/x", error=error)), pytest.raises(ApiError) as raised:
        client.get("x")

    assert str(raised.value).startswith(
        f"The certificate of api.example is not trusted: {reason or 'certificate verify failed'}. "
        "If an authority of your own signed it, name its certificate with ca_path. (GET "
    )


def test_a_client_that_was_stopped_sends_nothing() -> None:
    client = client_for(PAIR, "secret")
    client.stop()

    with Script(), pytest.raises(ApiError) as error:
        client.get("x")

    assert str(error.value) == f"Not sent, because the task was interrupted. (GET {HTTPS}/accounts/{ACCOUNT}/x)"


def test_what_the_api_remarks_is_kept_in_the_order_it_came() -> None:
    client = client_for(PAIR, "secret")
    path = f"/client/v4/accounts/{ACCOUNT}/x"
    with Script(*(Exchange("GET", path, answer=envelope({"id": "1"}, [text])) for text in ("one", "two"))):
        client.get("x")
        client.get("x")

    assert client.messages == ["one", "two"]


@pytest.mark.parametrize(("count", "last"), [(20, "remark 19"), (21, "and 1 more"), (45, "and 25 more")])
def test_of_many_remarks_the_first_are_told_each_once(count: int, last: str) -> None:
    client = client_for(PAIR, "secret")
    path = f"/client/v4/accounts/{ACCOUNT}/x"
    remarks = [f"remark {number}" for number in range(count)]
    with Script(*(Exchange("GET", path, answer=envelope({"id": "1"}, remarks)) for _time in range(2))):
        client.get("x")
        client.get("x")

    assert client.messages == [*remarks[:20], *[last][: count - 20]]
    assert client.messages[-1] == last


def test_a_client_counts_its_own_waits_alone() -> None:
    settings = connection_for(PAIR, "secret")
    sessions = sessions_file.Sessions(settings)
    sessions.pace.waited = 12.0
    client = Client(settings, sessions)
    sessions.pace.waited += 3.0

    assert client.waited == 3.0


def test_a_client_that_is_stopped_while_it_waits_for_the_rate_limit_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_for(PAIR, "secret")
    enter = client._pace.enter

    def stopped_meanwhile(longest: float) -> float | None:
        client.stop()
        return enter(longest)

    monkeypatch.setattr(client._pace, "enter", stopped_meanwhile)

    with Script(), pytest.raises(ApiError, match="Not sent, because the task was interrupted"):
        client.get("x")
    assert client._pace._in_flight == 0


@pytest.mark.parametrize("package", ["requests", "urllib3"])
def test_the_file_can_be_read_without_its_packages(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    real_import = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    without_packages = fresh_copy(sessions_file)

    assert not without_packages.HAS_REQUESTS
    with pytest.raises(CollectionError, match="requests is not installed"):
        without_packages.Sessions(connection_for(PAIR, "k"))
