# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to trouble has every error, in the words that a user reads: each message in it is made here."""

from __future__ import annotations

import inspect
import json
import os
import re
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import responses
import trustme
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import error_hints, rate_limit, response, sessions
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base, python_version
from emulator import Emulator, errors
from emulator.auth import Credential
from emulator.seeds import DEMO
from faults.proxy import proxy
from support.module_runner import run_module

from .blocks import ROOT, RST
from .failures import CASES, CHANGE, DOMAIN, ONE, Case, switched

GUIDE = (RST / "troubleshooting.rst").read_text(encoding="utf-8")
#: The messages of the guide, which begin a line.
ENTRIES = re.findall(r"^``(.+)``$", GUIDE, re.MULTILINE)

#: The messages of the guide that have a test of their own below.
ROLE = (
    "Set either email_security_export_path",
    "... must be an absolute path",
    "Several hosts would write",
    "... already contains account",
    "The lists belong to several accounts",
    "email_security_report_dir must",
    "... differs from its variables",
    "Findings of the severity",
    "Set email_security_onboard_domain",
    "email_security_onboard_settings must",
    "email_security_onboard_dns_tasks must",
    "... is not active",
    "Set email_security_emergency_reason",
    "email_security_emergency_expires must",
    "Set email_security_emergency_pattern",
    "... is blocked, but not by an emergency block",
    "... emergency blocks have expired",
)
#: Those of the filters of the role, which tests of the playbooks provoke.
ENTRIES_OF_THE_ROLE = (
    "Nothing to manage",
    "email_security_...[...]: must be",
    "email_security_...[...]: expires",
    "email_security_domain_defaults: must",
    "email_security_...: must be a list",
    "email_security_domain_defaults: ... cannot have a default",
    "email_security_...: must be set",
)
CERTIFICATE = "The certificate of ... is not trusted: ... "
ELSEWHERE = (
    *ROLE,
    *ENTRIES_OF_THE_ROLE,
    "HTTP 200: the response is truncated",
    CERTIFICATE + "If",
    CERTIFICATE + "The",
    "The proxy in the environment",
    "Cannot send a request to",
    "Waited",
    "couldn't resolve",
    "The Python package requests",
    "mailsec.cloudflare needs Python",
)


@pytest.fixture
def api() -> Iterator[Emulator]:
    """The API, with a token that has been revoked beside the good one."""
    with Emulator(seed=DEMO, credentials=[Credential(token="revoked", permission="revoked")]) as running:
        yield running


@pytest.fixture
def messages_of(api: Emulator, monkeypatch: pytest.MonkeyPatch) -> Callable[[Case], list[str]]:
    """A function that returns what a user reads: the message of a failed task, and the warnings."""
    for name in ("ACCOUNT_ID", "API_TOKEN", "EMAIL", "API_KEY", "BASE_URL"):
        monkeypatch.delenv(f"CLOUDFLARE_{name}", raising=False)

    def run(case: Case) -> list[str]:
        if case.prepare:
            case.prepare(api)
        connection = {"api_url": api.url, "account_id": api.account_id, "api_token": api.token, "retries": 0}
        options = {**connection, **case.options}
        if options.get("domain_id") == "example.com":
            options["domain_id"] = next(r["id"] for r in api.state()["domains"] if r["domain"] == "example.com")
        result = run_module(case.module, options)
        return [result.msg, *result.warnings] if result.failed else result.warnings

    return run


def pattern(entry: str) -> str:
    """What an entry of the guide stands for."""
    return re.escape(entry).replace(r"\.\.\.", ".*")


def entry_of(beginning: str) -> str:
    """The entry of the guide that begins so."""
    (found,) = (entry for entry in ENTRIES if entry.startswith(beginning))
    return found


def is_among(entry: str, messages: list[str]) -> bool:
    """Whether one of the messages is what the entry stands for."""
    return any(re.search(pattern(entry), message, re.DOTALL) for message in messages)


@pytest.mark.parametrize("beginning", CASES)
def test_the_guide_has_the_message_of_the_module(beginning: str, messages_of: Callable[[Case], list[str]]) -> None:
    messages = messages_of(CASES[beginning])
    assert is_among(entry_of(beginning), messages), f"the guide says {entry_of(beginning)!r}, the task {messages}"


def test_every_message_of_the_guide_is_tested() -> None:
    tried = (*CASES, *ELSEWHERE)
    assert len(ENTRIES) == len(set(ENTRIES)) == len(tried)
    assert [entry for entry in ENTRIES if not entry.startswith(tried)] == []


def test_a_truncated_response(messages_of: Callable[[Case], list[str]]) -> None:
    with responses.RequestsMock() as mock:
        url = "https://api.cloudflare.com/client/v4"
        mock.get(re.compile(url), body='{"success": true, "res', content_type="application/json")
        messages = messages_of(Case(ONE, **DOMAIN, api_url=url))
    assert is_among(entry_of("HTTP 200: the response is truncated"), messages)


@pytest.mark.parametrize(("host", "advice"), [("127.0.0.1", "If"), ("api.example.com", "The")])
def test_a_certificate_that_is_not_trusted(
    messages_of: Callable[[Case], list[str]], tmp_path: Path, host: str, advice: str
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    named: dict[str, Any] = {} if advice == "If" else {"ca_path": str(tmp_path / "ca.pem")}
    with Emulator(ssl_context=context) as secured:
        messages = messages_of(Case(ONE, **DOMAIN, api_url=secured.url, **named))
    assert is_among(entry_of(CERTIFICATE + advice), messages)


@pytest.mark.parametrize(
    ("beginning", "address"),
    [
        ("The proxy in the environment", "http://user:password@127.0.0.1"),
        ("Cannot send a request to", "http://user:pass/word@127.0.0.1"),
    ],
)
def test_unusable_proxies(
    messages_of: Callable[[Case], list[str]], monkeypatch: pytest.MonkeyPatch, beginning: str, address: str
) -> None:
    with proxy(lambda _head: b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as server:
        monkeypatch.setenv("HTTPS_PROXY", f"{address}:{server.server_address[1]}")
        messages = messages_of(Case(ONE, **DOMAIN, api_url="https://api.example.com/client/v4"))
    assert is_among(entry_of(beginning), messages)


def test_a_wait_is_reported(messages_of: Callable[[Case], list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "LONG_WAIT", 0)
    monkeypatch.setattr(rate_limit, "random", SimpleNamespace(uniform=lambda least, _most: least))
    messages = messages_of(Case(ONE, switched(quota=1, window=0.5), **CHANGE))
    assert is_among(entry_of("Waited"), messages)


def test_requests_is_missing(messages_of: Callable[[Case], list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "HAS_REQUESTS", False)
    assert is_among(entry_of("The Python package requests"), messages_of(Case(ONE, **DOMAIN)))


def test_the_python_is_too_old(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.version_info", (3, 7, 16, "final", 0))
    with pytest.raises(SystemExit):
        python_version.require_python()
    assert is_among(entry_of("mailsec.cloudflare needs Python"), [json.loads(capsys.readouterr().out)["msg"]])


def test_the_collection_is_missing(tmp_path: Path) -> None:
    (tmp_path / "playbook.yml").write_text(
        "- hosts: localhost\n  tasks: [mailsec.cloudflare.email_security_domain: {}]\n"
    )
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        ["ansible-playbook", "playbook.yml"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert entry_of("couldn't resolve") in done.stderr


def test_the_guide_has_all_errors_of_the_role_and_its_playbooks() -> None:
    playbooks = (ROOT / "playbooks").glob
    files = [*(ROOT / "roles").glob("*/tasks/*.yml"), *playbooks("*.yml"), *playbooks("tasks/*.yml")]
    refusals = {text for file in files for text in fail_messages(yaml.safe_load(file.read_text(encoding="utf-8")))}
    texts = {re.sub(r"{{.*?}}", "...", text, flags=re.DOTALL) for text in refusals}
    # What only has parts from elsewhere is listed with these.
    assert {text for text in texts if text.strip(".: ")} == {entry_of(begun) for begun in ROLE}


def fail_messages(data: Any) -> Iterator[str]:
    """The messages of assertions and of tasks that fail on purpose, however deep they are."""
    if isinstance(data, list):
        for item in data:
            yield from fail_messages(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in ("fail_msg", "ansible.builtin.fail"):
                yield value if key == "fail_msg" else value["msg"]
            else:
                yield from fail_messages(value)


def headings() -> str:
    """The headings of the guide, each of which can be linked to."""
    return "\n".join(re.findall(r"^(.+)\n[-^]+$", GUIDE, re.MULTILINE))


def test_every_code_has_a_heading() -> None:
    # The emulator's own codes stand for what nobody has published.
    own = {value for name, value in inspect.getmembers(errors) if name.isupper()}
    source = inspect.getsource(errors)
    published = {int(code) for code in re.findall(r"\bentry\((\d+)", source)} - own
    codes = published | set(error_hints.HINT_BY_CODE)

    assert len(published) >= 7
    assert {code for code in codes if not re.search(rf"\b{code}\b", headings())} == set()


def test_every_status_with_a_hint_has_a_heading() -> None:
    statuses = {*error_hints.HINT_BY_STATUS, 408, 500, 599}
    assert statuses <= response.RETRYABLE_STATUSES | set(error_hints.HINT_BY_STATUS)
    assert {status for status in statuses if not re.search(rf"\b{status}\b", headings())} == set()
