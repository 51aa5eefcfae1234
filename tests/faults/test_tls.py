# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, .netrc and redirects: no request and no credential goes to a server that must not get it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.error_hints import HINT_BY_CERTIFICATE
from support.module_runner import Run
from support.resources import SAMPLES

from .certificates import Authority
from .conftest import KEY_PAIR
from .proxy import proxy
from .rig import Rig

INFO = SAMPLES[0].info_module
UNKNOWN_AUTHORITY = "ca_path"
#: Trouble with a certificate: its server, the authority that is named, and a part of the hint.
DISTRUSTED = {
    "unknown authority": ("good", None, UNKNOWN_AUTHORITY),
    "another authority": ("good", "other", UNKNOWN_AUTHORITY),
    "another host": ("other host", "good", "api_url"),
    "expired": ("expired", "good", HINT_BY_CERTIFICATE[10]),
    "not yet valid": ("not yet valid", "good", HINT_BY_CERTIFICATE[9]),
}
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
RigFor = Callable[[str], Rig]
Authorities = dict[str, Authority]


def act(rig: Rig, environment: dict[str, str] | None = None, **params: Any) -> Run:
    """Run a task that reads."""
    return rig.act(INFO, environment or {}, **params)


def assert_refused(run: Run, rig: Rig, *sentences: str) -> None:
    """Check that a task failed with these words, and that the server got no request."""
    assert run.failed
    assert not run.output.get("changed", False)
    for sentence in sentences:
        assert sentence in run.msg
    assert rig.emulator.log == []


@pytest.mark.parametrize("trouble", DISTRUSTED)
def test_a_server_that_is_not_trusted_gets_no_request(
    rig_for: RigFor, authorities: Authorities, waits: list[float], trouble: str
) -> None:
    server, authority, hint = DISTRUSTED[trouble]
    rig = rig_for(server)

    options: dict[str, Any] = {"ca_path": str(authorities[authority].file)} if authority else {}

    run = act(rig, **options)

    host = rig.emulator.origin.partition("://")[2]
    assert_refused(run, rig, f"The certificate of {host} is not trusted: ", hint)
    assert run.failure["status"] is None
    assert waits == []


@pytest.mark.parametrize("form", ["file", "folder"])
def test_ca_path_names_the_authority(rig_for: RigFor, authorities: Authorities, form: str) -> None:
    rig = rig_for("good")

    assert not act(rig, ca_path=str(getattr(authorities["good"], form))).failed
    assert len(rig.emulator.log) > 0


@pytest.mark.parametrize("server", ["good", "other host", "expired", "not yet valid"])
def test_without_validate_certs_every_certificate_is_accepted_without_a_warning(
    rig_for: RigFor, authorities: Authorities, recwarn: pytest.WarningsRecorder, server: str
) -> None:
    # The environment must not enable it again, as it does with sessions of requests.
    run = act(rig_for(server), dict.fromkeys(BUNDLES, str(authorities["other"].file)), validate_certs=False)

    assert not run.failed
    assert run.warnings == []
    assert [str(warning.message) for warning in recwarn if "Unverified" in str(warning.message)] == []


@pytest.mark.parametrize("variable", BUNDLES)
@pytest.mark.parametrize("form", ["file", "folder"])
def test_the_environment_names_the_authority_where_the_task_does_not(
    rig_for: RigFor, authorities: Authorities, variable: str, form: str
) -> None:
    rig = rig_for("good")
    environment = {variable: str(getattr(authorities["good"], form))}

    assert not act(rig, environment).failed
    assert not act(rig, {variable: "/does/not/exist"}, ca_path=str(authorities["good"].file)).failed
    rig.emulator.reset()
    assert_refused(act(rig, environment, ca_path=str(authorities["other"].file)), rig, "is not trusted")


@pytest.mark.parametrize("pair", [False, True], ids=["token", "key"])
@pytest.mark.parametrize("variable", ["HOME", "NETRC"])
@pytest.mark.parametrize("redirected", [False, True], ids=["direct", "redirected"])
def test_neither_netrc_nor_a_redirect_changes_the_credentials(
    rig_for: RigFor, authorities: Authorities, tmp_path: Path, pair: bool, variable: str, redirected: bool
) -> None:
    rig, elsewhere = rig_for("good"), rig_for("expired")
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login evil password evil\ndefault login evil password evil\n")
    netrc.chmod(0o600)
    if redirected:
        rig.emulator.faults.add("redirect", method="GET", path="", status=302, location=elsewhere.emulator.url)
    key_pair = {"api_token": None, "api_email": KEY_PAIR.email, "api_key": KEY_PAIR.key} if pair else {}

    environment = {variable: str(netrc if variable == "NETRC" else tmp_path)}
    run = act(rig, environment, ca_path=str(authorities["good"].file), **key_pair)

    assert run.failed == redirected
    names = ("authorization", "x-auth-email", "x-auth-key")
    expected = (None, KEY_PAIR.email, KEY_PAIR.key) if pair else (f"Bearer {rig.emulator.token}", None, None)
    assert {tuple(entry.headers.get(name) for name in names) for entry in rig.emulator.log} == {expected}
    assert elsewhere.emulator.log == []


@pytest.mark.parametrize(
    "location", [b"http://[::1", b"//", b"http://x:port/", b"\xff\xfe", b"http://x/%", b""], ids=ascii
)
def test_a_redirect_to_anything_is_an_error(rig: Rig, location: bytes) -> None:
    # The emulator would not send such headers.
    response = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with proxy(lambda _head: response) as server:
        assert_refused(act(rig, api_url=server.url()), rig, "HTTP 302: the server redirects to ")

    assert len(server.heads) == 1
