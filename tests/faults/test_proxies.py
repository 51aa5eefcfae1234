# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies of the environment: they are used, and when they fail, the message has no password."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator import Emulator
from support.controller import Controller
from support.module_runner import Run
from support.resources import SAMPLES

from .certificates import Authority
from .network import free_port
from .proxy import USER, proxy, spellings, user_info
from .rig import RETRIES, Rig

INFO = SAMPLES[0].info_module
VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
PASSWORDS = ("correct-horse", "pa ss:w%rd", "\u20ac-sign", "\u00fcber-pass")
REFUSED = "The proxy in the environment refuses the connection to "
CHECK = "Check HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment of the task."
#: What a proxy responds, what the message has, and whether the request is sent again.
FAILURES: dict[str, tuple[bytes, tuple[str, ...], bool]] = {
    "407": (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", (REFUSED, "407 Proxy", "HTTPS_PROXY"), False),
    "403": (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", (REFUSED, "403 Forbidden", CHECK), False),
    "502": (b"HTTP/1.1 502 Bad Gateway\r\n\r\n<h1>Bad</h1>", (REFUSED, "502 Bad Gateway", CHECK), True),
    "302": (b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n", (REFUSED, "302 Found", CHECK), False),
    # Of these, urllib3 does not know whether they come from the proxy or the server.
    "nothing": (b"", ("The connection to 127.0.0.1", "Remote end closed"), True),
    "no http": (b"SSH-2.0-OpenSSH_9.2\r\n", ("The connection to 127.0.0.1", " failed: SSH-2.0-OpenSSH_9.2. ("), True),
}
#: URLs that are malformed, or of no use. "secret" and "hidden" are parts of a password.
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


@pytest.fixture
def tls(rig_for: Callable[[str], Rig]) -> Rig:
    """Return the rig for a server with TLS."""
    return rig_for("good")


@pytest.fixture
def act(tls: Rig, authorities: dict[str, Authority]) -> Callable[..., Run]:
    """Return a function that runs a task in an environment."""

    def run(environment: dict[str, str], module: str = INFO, **params: Any) -> Run:
        return tls.act(module, environment, ca_path=str(authorities["good"].file), **params)

    return run


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_request_goes_through_the_proxy(act: Callable[..., Run], tls: Rig, variable: str) -> None:
    kind = SAMPLES[0]
    with proxy() as server:
        environment = {variable: server.url(user_info("correct-horse"))}
        assert not act(environment, kind.module, **kind.key_of(1), **kind.settings).failed

    assert {head.split()[1] for head in server.heads} == {tls.emulator.origin.partition("://")[2]}
    assert len(server.heads) == len({entry.connection for entry in tls.emulator.log}) > 0
    # The proxy gets its own credentials, and the token goes to the server alone.
    expected = base64.b64encode(f"{USER}:correct-horse".encode()).decode()
    for head in server.heads:
        assert f"Proxy-Authorization: Basic {expected}" in head
        assert tls.emulator.token not in head


@pytest.mark.parametrize(
    ("variable", "name", "value"),
    [
        ("HTTPS_PROXY", "NO_PROXY", "127.0.0.1"),
        ("https_proxy", "no_proxy", "other.example,127.0.0.0/8"),
        ("ALL_PROXY", "no_proxy", "*"),
        ("all_proxy", "NO_PROXY", "127.0.0.1"),
    ],
)
def test_an_excepted_host_is_reached_without_it(
    act: Callable[..., Run], tls: Rig, variable: str, name: str, value: str
) -> None:
    with proxy() as server:
        assert not act({variable: server.url(), name: value}).failed

    assert server.heads == []
    assert len(tls.emulator.log) > 0


def test_plain_http_to_this_machine_does_not_use_it(rig: Rig) -> None:
    with proxy() as server:
        assert not rig.act(INFO, dict.fromkeys(["HTTP_PROXY", "http_proxy", *VARIABLES], server.url())).failed

    assert server.heads == []


@pytest.mark.parametrize("failure", FAILURES)
def test_the_failure_of_a_proxy_is_named(act: Callable[..., Run], tls: Rig, waits: list[float], failure: str) -> None:
    response, words, again = FAILURES[failure]
    with proxy(lambda _head: response) as server:
        run = act({"https_proxy": server.url(user_info("correct-horse"))})

    assert run.failed
    assert all(word in run.msg for word in words), run.msg
    assert not any(spelling in run.text for spelling in spellings("correct-horse"))
    assert len(server.heads) == 1 + RETRIES * again
    assert len(waits) == RETRIES * again
    assert tls.emulator.log == []


@pytest.mark.parametrize("password", PASSWORDS, ids=ascii)
def test_a_password_that_a_proxy_echoes_is_masked(act: Callable[..., Run], tls: Rig, password: str) -> None:
    def echo(head: str) -> bytes:
        words = f"{head.partition('Basic ')[2].split()[0]} {user_info(password)} {USER}:{password} {password}"
        return f"HTTP/1.1 407 No {words}\r\nX: {words}\r\n\r\n{words}".encode("latin-1", "replace")

    with proxy(echo) as server:
        run = act({"HTTPS_PROXY": server.url(user_info(password))})

    assert run.failed
    assert bool(server.heads) == (password != "\u20ac-sign")  # no header of requests can have it
    assert not any(spelling in run.text for spelling in spellings(password)), run.text
    assert tls.emulator.log == []


@pytest.mark.parametrize("password", PASSWORDS, ids=ascii)
def test_a_proxy_that_is_down_is_named(act: Callable[..., Run], tls: Rig, password: str) -> None:
    run = act({"HTTPS_PROXY": f"http://{user_info(password)}@127.0.0.1:{free_port()}"})

    assert run.failed
    assert not any(spelling in run.text for spelling in spellings(password)), run.text
    if password.isascii():
        assert f"through the proxy in the environment: Connection refused. {CHECK}" in run.msg
    assert tls.emulator.log == []


@pytest.mark.parametrize("url", ODD)
def test_no_part_of_an_unusable_url_is_in_the_message(
    act: Callable[..., Run], tls: Rig, waits: list[float], url: str
) -> None:
    run = act({"HTTPS_PROXY": url})

    assert run.failed
    assert "HTTPS_PROXY" in run.msg
    assert "secret" not in run.text
    assert "hidden" not in run.text
    assert waits == []
    assert tls.emulator.log == []


def test_a_create_that_a_proxy_loses_is_sent_once_more_and_applied_once(act: Callable[..., Run], tls: Rig) -> None:
    kind = SAMPLES[0]
    responses = itertools.chain([FAILURES["502"][0], FAILURES["nothing"][0]], itertools.repeat(None))
    tls.watch_creates(kind)
    with proxy(lambda _head: next(responses)) as server:
        run = act({"HTTPS_PROXY": server.url()}, kind.module, **kind.key_of(1), **kind.settings)

    assert run.changed
    assert tls.second_creates == []
    assert len(server.heads) == 3


def test_an_untrusted_server_behind_a_proxy_is_named(tls: Rig, authorities: dict[str, Authority]) -> None:
    with proxy() as server:
        run = tls.act(INFO, {"HTTPS_PROXY": server.url()}, ca_path=str(authorities["other"].file))

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
      when: mailsec_cloudflare_in_process
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
      when: mailsec_cloudflare_in_process
    - ansible.builtin.assert:
        that:
          - '"is not trusted: self" in not_trusted.msg or "is not trusted: unable to get" in not_trusted.msg'
          - '"407 No" in refused.msg'
"""


@pytest.mark.parametrize("in_process", [True, False], ids=["in-process", "module"])
def test_with_ansible_itself(
    servers: dict[str, Emulator], authorities: dict[str, Authority], tmp_path: Path, in_process: bool
) -> None:
    server = servers["good"]
    server.reset()
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "good.pem").write_bytes(authorities["good"].file.read_bytes())
    controller = Controller(tmp_path, server)
    refusal = FAILURES["407"][0].replace(b"Proxy Auth", b"No " + user_info("correct-horse").encode() + b" Auth")
    with proxy() as good, proxy(lambda _head: refusal) as bad:
        urls = {name: each.url(user_info("correct-horse")) for name, each in (("good", good), ("bad", bad))}
        # From -vvv on, Ansible itself shows the environment of a module.
        verbose = ["-vvvvv"] if in_process else []
        ran = controller.play("play.yml", *verbose, variables={"mailsec_cloudflare_in_process": in_process, **urls})

    counts = ran.recap()
    assert (counts["ok"], counts["ignored"], counts["failed"]) == (6 if in_process else 4, 2, 0)
    assert len(good.heads) == len(bad.heads) == 1
    assert len(server.log) == (3 if in_process else 1)
    assert not any(spelling in ran.output for spelling in spellings("correct-horse"))
    assert "InsecureRequestWarning" not in ran.output
    assert "Unverified HTTPS" not in ran.output
