# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""api_url: where credentials may go."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.module_runner import Run
from support.sample import ACCOUNT, CREDENTIALS
from support.script import Exchange, Script, envelope

MODULE = "email_security_domain"
ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
REST = f"/accounts/{ACCOUNT}/email-security/settings/domains/{ID}"


@pytest.mark.parametrize(
    ("api_url", "base"),
    [
        ("https://api.cloudflare.com/client/v4", "https://api.cloudflare.com/client/v4"),
        ("https://api.cloudflare.com/client/v4/", "https://api.cloudflare.com/client/v4"),
        ("https://api.cloudflare.com/client/v4//", "https://api.cloudflare.com/client/v4"),
        ("https://gateway.example", "https://gateway.example"),
        ("https://gateway.example:8443/x_y~z-1.0", "https://gateway.example:8443/x_y~z-1.0"),
        ("HTTPS://Gateway.example/V4", "https://gateway.example/V4"),
        ("https://[2001:db8::1]:8443/v4", "https://[2001:db8::1]:8443/v4"),
        ("https://gateway.example/X/", "https://gateway.example/X"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("http://127.0.0.1:8080/client/v4", "http://127.0.0.1:8080/client/v4"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8080/v4", "http://[::1]:8080/v4"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("http://LOCALHOST/v4", "http://localhost/v4"),
        (f"https://gateway.example/{'x' * 1976}", f"https://gateway.example/{'x' * 1976}"),
    ],
)
def test_an_address_over_tls_or_on_this_machine_is_used(run: Callable[..., Run], api_url: str, base: str) -> None:
    path = base.split("/", 3)[3:]
    script = Script(Exchange("GET", "/".join(["", *path]) + REST, answer=envelope({"id": ID})))

    result = run(MODULE, script, domain_id=ID, api_url=api_url)

    assert not result.failed
    assert script.requests[0].url == base + REST


@pytest.mark.parametrize(
    "api_url",
    [
        "http://api.cloudflare.com/client/v4",
        "HTTP://api.cloudflare.com/client/v4",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://localhost.",
        "http://notlocalhost",
        "http://192.0.2.7",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://[2001:db8::1]",
        "http://127.1",
        "http://2130706433",
        "http://0x7f000001",
        "http://0177.0.0.1",
    ],
)
def test_plain_http_to_another_machine_is_refused(run: Callable[..., Run], api_url: str) -> None:
    result = run(MODULE, domain_id=ID, api_url=api_url)

    assert result.failed
    assert result.msg == (
        "api_url: must begin with https://. Plain http would expose the credentials on the network; "
        "it is accepted only for this machine (127.0.0.1, ::1, localhost)."
    )


@pytest.mark.parametrize(
    "api_url",
    [
        "",
        "/",
        "x",
        "api.cloudflare.com",
        "//api.cloudflare.com",
        "https://",
        "https:///client/v4",
        "https:api.cloudflare.com",
        "ftp://api.cloudflare.com",
        "file:///etc/passwd",
        "https://user@api.cloudflare.com",
        "https://user:secret@api.cloudflare.com",
        "http://localhost@evil.example",
        "http://localhost:80@evil.example",
        "http://evil.example#@localhost",
        "http://evil.example\\\\@localhost",
        "http://localhost\\@evil.example",
        "https://api.cloudflare.com?x=1",
        "https://api.cloudflare.com/#x",
        "https://api.cloudflare.com/v4?x",
        "https://api.cloudflare.com/a b",
        " https://api.cloudflare.com",
        "https://api.cloudflare.com\n",
        "https://api.cloudflare.com\n.evil.example",
        "https://api.cloudflare.com/%2e%2e",
        "https://api.cloudflare.com:",
        "https://api.cloudflare.com:x",
        "https://api.cloudflare.com:99999",
        "https://[::1",
        "https://[api]",
        "https://[1:2]",
        "http://[::1%25eth0]",
        "https://\u00f6.example",
        "http\u017f://api.cloudflare.com",
        "https://api.\u212aloudflare.com",
        "https://api\u3002cloudflare.com",
        "http://\u2460\u2461\u2466.0.0.1",
        f"https://gateway.example/{'x' * 1977}",
    ],
    ids=ascii,
)
def test_an_invalid_api_url_is_refused(run: Callable[..., Run], api_url: str) -> None:
    result = run(MODULE, domain_id=ID, api_url=api_url)

    assert result.failed
    assert result.msg == (
        "api_url: must be a URL such as https://api.cloudflare.com/client/v4, without a user, a query or a fragment."
    )


def test_the_environment_is_held_to_the_same_rules(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "http://evil.example")

    assert run(MODULE, domain_id=ID).msg.startswith("api_url: must begin with https://.")


def test_a_refused_value_is_not_quoted(run: Callable[..., Run]) -> None:
    result = run(MODULE, domain_id=ID, api_url=f"https://user:{CREDENTIALS['api_token']}@api.example")

    assert CREDENTIALS["api_token"] not in result.text
