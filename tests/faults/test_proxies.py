# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies of the environment: honoured, and when they fail, told without their password. Real ones, on this machine."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from emulator import Emulator
from support.controller import Controller
from support.module_runner import Run

from .certificates import Authority
from .doors import TASKS, Door, every_door, every_module
from .network import free_port
from .proxy import Proxy
from .rig import RETRIES, Rig

VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
#: A user and passwords, of which nothing may be seen again.
USER = "jdoe"
PASSWORDS = ("correct-horse", "pa ss:w%rd", "\u20ac-sign", "\u00fcber-pass")
REFUSED = "The proxy in the environment makes no connection to "
CHECK = "Check HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment of the task."
CREDENTIALS = "It asks for credentials: put them into HTTPS_PROXY"
BROKEN = "through the proxy in the environment"
#: How a proxy answers, what is said of it, and whether it is asked again.
FAILURES: dict[str, tuple[bytes, tuple[str, ...], bool]] = {
    "407": (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", (REFUSED, "407 Proxy", CREDENTIALS), False),
    "403": (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", (REFUSED, "403 Forbidden", CHECK), False),
    "502": (b"HTTP/1.1 502 Bad Gateway\r\n\r\n<h1>Bad</h1>", (REFUSED, "502 Bad Gateway", CHECK), True),
    "504": (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", (REFUSED, "504 Gateway", CHECK), True),
    "302": (b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n", (REFUSED, "302 Found", CHECK), False),
    # Of these, urllib3 does not say whether proxy or server did it.
    "nothing": (b"", ("The connection to 127.0.0.1", "Remote end closed"), True),
    "no http": (b"SSH-2.0-OpenSSH_9.2\r\n", ("The connection to 127.0.0.1", " failed: SSH-2.0-OpenSSH_9.2. ("), True),
}
#: Addresses that are none, or of no use. "secret" and "hidden" are parts of a password.
ODD = (
    "http://user:secret/hidden@127.0.0.1:1",
    "http://user:secret#hidden@127.0.0.1:1",
    "http://user:secret?hidden@127.0.0.1:1",
    "http://user:secret@hidden@127.0.0.1:99999",
    "http://user:secret@hidden@[::bad",
    "http://user:secret-hidden@",
    "://user:secret-hidden@",
    "http://user:secret-hidden@a..b:1",
    "ftp://user:secret-hidden@127.0.0.1:1",
    "socks5://user:secret-hidden@127.0.0.1:1",
    f"http://user:secret-hidden@{'a' * 70}.example",
)
tried: list[Run] = []


@pytest.fixture(scope="module", autouse=True)
def told(tell: Callable[[str], None]) -> Iterator[None]:
    yield
    tell(f"proxies: {len(tried)} tasks through both doors, no request past a proxy and no password told")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return the authority of the server."""
    return Authority(tmp_path_factory.mktemp("authority"), "good")


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[Emulator]:
    """Return a server that speaks TLS."""
    with Emulator(check_answers=False, ssl_context=authority.context()) as emulator:
        yield emulator


@pytest.fixture
def tls(server: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Rig:
    """Return a rig for the server."""
    server.reset()
    return Rig(server, monkeypatch, capsys)


@pytest.fixture
def act(tls: Rig, authority: Authority) -> Callable[..., Run]:
    """Return a function that runs a task, and counts it."""

    def run(door: Door, environment: dict[str, str], module: str = "email_security_domain", **params: object) -> Run:
        ran = door(tls, module, environment, ca_path=str(authority.file), **{**TASKS[module], **params})
        tried.append(ran)
        return ran

    return run


def pair(password: str) -> str:
    """Return a user and a password as an address has them."""
    return f"{USER}:{quote(password, safe='')}"


def spellings(password: str) -> list[str]:
    """Return a password in each form in which it could come back."""
    basic = base64.b64encode(f"{USER}:{password}".encode()).decode()
    return [password, quote(password, safe=""), ascii(password).strip("'"), basic]


@every_module
@pytest.mark.parametrize("variable", VARIABLES)
def test_every_request_goes_through_the_proxy(
    act: Callable[..., Run], tls: Rig, door: Door, module: str, variable: str
) -> None:
    with Proxy() as proxy:
        assert not act(door, {variable: proxy.url(pair("correct-horse"))}, module).failed

    to = tls.emulator.origin.partition("://")[2]
    assert {head.split()[1] for head in proxy.heads} == {to}
    assert len(proxy.heads) == len({entry.connection for entry in tls.emulator.log}) > 0
    # Who comes is told to the proxy, and with which token to the server alone.
    expected = base64.b64encode(f"{USER}:correct-horse".encode()).decode()
    for head in proxy.heads:
        assert f"Proxy-Authorization: Basic {expected}" in head
        assert tls.emulator.token not in head


@every_door
@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("value", ["127.0.0.1", "other.example,127.0.0.0/8", "*"])
def test_what_is_excepted_goes_past_it(
    act: Callable[..., Run], tls: Rig, door: Door, variable: str, name: str, value: str
) -> None:
    with Proxy() as proxy:
        assert not act(door, {variable: proxy.url(), name: value}).failed

    assert proxy.heads == []
    assert len(tls.emulator.log) > 0


@every_door
def test_plain_http_to_this_machine_goes_past_it(rig: Rig, door: Door) -> None:
    with Proxy() as proxy:
        environment = dict.fromkeys(["HTTP_PROXY", *VARIABLES, "http_proxy"], proxy.url())
        tried.append(door(rig, "email_security_domain_info", environment))

    assert not tried[-1].failed
    assert proxy.heads == []


@every_module
@pytest.mark.parametrize("failure", FAILURES)
def test_a_proxy_that_fails_is_told_as_such(
    act: Callable[..., Run], tls: Rig, waits: list[float], door: Door, module: str, failure: str
) -> None:
    answer, words, again = FAILURES[failure]
    with Proxy(lambda _head: answer) as proxy:
        run = act(door, {"https_proxy": proxy.url(pair("correct-horse"))}, module)

    assert run.failed
    assert all(word in run.msg for word in words), run.msg
    assert not any(spelling in run.text for spelling in spellings("correct-horse"))
    assert len(proxy.heads) == 1 + RETRIES * again
    assert len(waits) == RETRIES * again
    assert tls.emulator.log == []


@every_door
@pytest.mark.parametrize("password", PASSWORDS, ids=ascii)
def test_a_proxy_that_says_what_it_was_told_gives_nothing_away(
    act: Callable[..., Run], tls: Rig, door: Door, password: str
) -> None:
    def echo(head: str) -> bytes:
        said = f"{head.partition('Basic ')[2].split()[0]} {pair(password)} {USER}:{password} {password}"
        return f"HTTP/1.1 407 No {said}\r\nX: {said}\r\n\r\n{said}".encode("latin-1", "replace")

    with Proxy(echo) as proxy:
        run = act(door, {"HTTPS_PROXY": proxy.url(pair(password))})

    assert run.failed
    assert bool(proxy.heads) == (password != "\u20ac-sign")  # which no header of requests can carry
    assert not any(spelling in run.text for spelling in spellings(password)), run.text
    assert tls.emulator.log == []


@every_door
@pytest.mark.parametrize("password", PASSWORDS, ids=ascii)
def test_a_dead_proxy_is_told_as_such(act: Callable[..., Run], tls: Rig, door: Door, password: str) -> None:
    run = act(door, {"HTTPS_PROXY": f"http://{pair(password)}@127.0.0.1:{free_port()}"})

    assert run.failed
    assert not any(spelling in run.text for spelling in spellings(password)), run.text
    if password.isascii():
        assert f"{BROKEN}: Connection refused. {CHECK}" in run.msg
    assert tls.emulator.log == []


@every_door
@pytest.mark.parametrize("address", ODD)
def test_an_address_of_no_use_is_told_without_any_part_of_it(
    act: Callable[..., Run], tls: Rig, waits: list[float], door: Door, address: str
) -> None:
    run = act(door, {"HTTPS_PROXY": address})

    assert run.failed
    assert "HTTPS_PROXY" in run.msg
    assert "secret" not in run.text
    assert "hidden" not in run.text
    assert waits == []
    assert tls.emulator.log == []


@every_door
def test_what_a_proxy_lost_is_got_over_and_nothing_is_created_twice(
    act: Callable[..., Run], tls: Rig, door: Door
) -> None:
    answers = itertools.chain([FAILURES["502"][0], FAILURES["nothing"][0]], itertools.repeat(None))
    tls.watch_creates("domains")
    with Proxy(lambda _head: next(answers)) as proxy:
        run = act(door, {"HTTPS_PROXY": proxy.url()})

    assert run.changed
    assert tls.second_creates == []
    assert len(proxy.heads) == 3


@every_door
def test_a_tunnel_to_a_server_that_is_not_trusted_is_the_servers_trouble(
    tls: Rig, door: Door, authority: Authority, tmp_path: Path
) -> None:
    with Proxy() as proxy:
        other = Authority(tmp_path, "other")
        run = door(tls, "email_security_domain_info", {"HTTPS_PROXY": proxy.url()}, ca_path=str(other.file))

    tried.append(run)
    assert run.failed
    assert f"The certificate of {tls.emulator.origin.partition('://')[2]} is not trusted: " in run.msg


PLAY = """
- hosts: localhost
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  module_defaults:
    mailsec.cloudflare.email_security_domain_info: {retries: 0}
  tasks:
    - name: Not trusted
      mailsec.cloudflare.email_security_domain_info: {}
      ignore_errors: true
      register: not_trusted
    - name: Quiet
      mailsec.cloudflare.email_security_domain_info: {validate_certs: false}
    - name: Through the proxy
      mailsec.cloudflare.email_security_domain_info: {ca_path: good.pem}
      environment: {HTTPS_PROXY: "{{ good }}", NO_PROXY: ""}
    - name: Refused by the proxy
      mailsec.cloudflare.email_security_domain_info: {ca_path: good.pem}
      environment: {https_proxy: "{{ bad }}"}
      ignore_errors: true
      register: refused
    - name: Past the proxy
      mailsec.cloudflare.email_security_domain_info: {ca_path: good.pem}
      environment: {HTTPS_PROXY: "{{ bad }}", NO_PROXY: 127.0.0.1}
    - ansible.builtin.assert:
        that:
          - '"is not trusted: self" in not_trusted.msg or "is not trusted: unable to get" in not_trusted.msg'
          - '"407 No" in refused.msg'
"""


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "module"])
def test_with_ansible_itself(server: Emulator, authority: Authority, tmp_path: Path, in_process: bool) -> None:
    server.reset()
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "good.pem").write_bytes(authority.file.read_bytes())
    controller = Controller(tmp_path, server)
    refusal = FAILURES["407"][0].replace(b"Proxy Auth", b"No " + pair("correct-horse").encode() + b" Auth")
    with Proxy() as good, Proxy(lambda _head: refusal) as bad:
        ran = controller.play(
            "play.yml",
            *(["-vvvvv"] if in_process else []),
            variables={
                "mailsec_cloudflare_in_process": in_process,
                "good": good.url(pair("correct-horse")),
                "bad": bad.url(pair("correct-horse")),
            },
        )

    assert ran.recap() == {
        "ok": 6,
        "changed": 0,
        "unreachable": 0,
        "failed": 0,
        "skipped": 0,
        "rescued": 0,
        "ignored": 2,
    }
    assert len(good.heads) == len(bad.heads) == 1
    assert len(server.log) == 3
    # Ansible itself shows, from -vvv on, the environment that it gives to the process of a module.
    assert not any(spelling in ran.output for spelling in spellings("correct-horse"))
    assert "InsecureRequestWarning" not in ran.output
    assert "Unverified HTTPS" not in ran.output
