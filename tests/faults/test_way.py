# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a task trusts, and as whom it comes: certificates, ~/.netrc, redirects. By each module, through both doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import quote
from emulator import Emulator
from emulator.auth import Credential
from support.module_runner import Run

from .certificates import OTHER_HOST, Authority
from .doors import TASKS, Door, every_door, every_module
from .proxy import Proxy
from .rig import Rig

ANY_AUTHORITY = "If an authority of your own signed it, name its certificate with ca_path."
OTHER_SERVER = "It is for another server. Check api_url, and what answers at that address."
#: Trouble with a certificate: the server that has it, the authority that is named, and the advice.
DISTRUSTED = {
    "unknown authority": ("good", None, ANY_AUTHORITY),
    "another authority": ("good", "other", ANY_AUTHORITY),
    "another host": ("other host", "good", OTHER_SERVER),
    "expired": ("expired", "good", "Whoever runs the server has to renew it. Is the clock of this machine right?"),
    "not yet valid": ("not yet", "good", "Is the clock of this machine right?"),
}
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
EMAIL, KEY = "user@example.com", "a-global-api-key"
PAIR = {"api_token": None, "api_email": EMAIL, "api_key": KEY}
tried: list[Run] = []


@pytest.fixture(scope="module", autouse=True)
def told(tell: Callable[[str], None]) -> Iterator[None]:
    yield
    tell(f"way to the server: {len(tried)} tasks with certificates, ~/.netrc and redirects, through both doors")


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Authority]:
    """Return the authority of the servers, and one that has nothing to do with them."""
    folder = tmp_path_factory.mktemp("authorities")
    return {name: Authority(folder, name) for name in ("good", "other")}


@pytest.fixture(scope="module")
def servers(authorities: dict[str, Authority]) -> Iterator[dict[str, Emulator]]:
    """Return servers that differ in their certificates."""
    good = authorities["good"]
    contexts = {
        "good": good.context(),
        "other host": good.context(OTHER_HOST),
        "expired": good.context(days=(-2, -1)),
        "not yet": good.context(days=(1, 2)),
    }
    pair = Credential(email=EMAIL, key=KEY)
    made = {
        name: Emulator(check_answers=False, ssl_context=context, credentials=[pair])
        for name, context in contexts.items()
    }
    for emulator in made.values():
        emulator.start()
    yield made
    for emulator in made.values():
        emulator.stop()


@pytest.fixture
def at(
    servers: dict[str, Emulator], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], Rig]:
    """Return a function that gives a rig for a server."""

    def rig_at(name: str) -> Rig:
        servers[name].reset()
        return Rig(servers[name], monkeypatch, capsys)

    return rig_at


def act(
    rig: Rig, door: Door, module: str = "email_security_domain", env: dict[str, str] | None = None, **params: Any
) -> Run:
    """Run a task, and count it."""
    tried.append(door(rig, module, env or {}, **TASKS[module], **params))
    return tried[-1]


def assert_refused(run: Run, rig: Rig, *sentences: str) -> None:
    """See to it that a task failed with these words, and the server saw nothing of it."""
    assert run.failed
    assert not run.output.get("changed", False)
    for sentence in sentences:
        assert sentence in run.msg
    assert rig.emulator.log == []


@every_module
@pytest.mark.parametrize("trouble", DISTRUSTED)
def test_a_certificate_that_cannot_be_trusted_ends_the_task_before_a_request(
    at: Callable[[str], Rig],
    authorities: dict[str, Authority],
    waits: list[float],
    door: Door,
    module: str,
    trouble: str,
) -> None:
    server, authority, advice = DISTRUSTED[trouble]
    rig = at(server)
    named: dict[str, Any] = {} if authority is None else {"ca_path": str(authorities[authority].file)}

    run = act(rig, door, module, **named)

    host = rig.emulator.origin.partition("://")[2]
    assert_refused(run, rig, f"The certificate of {host} is not trusted: ", advice)
    assert run.failure["status"] is None
    # It would come again.
    assert waits == []


@every_module
@pytest.mark.parametrize("form", ["file", "folder"])
def test_ca_path_names_who_is_trusted(
    at: Callable[[str], Rig], authorities: dict[str, Authority], door: Door, module: str, form: str
) -> None:
    rig = at("good")

    assert not act(rig, door, module, ca_path=str(getattr(authorities["good"], form))).failed
    assert len(rig.emulator.log) > 0


@every_module
@pytest.mark.parametrize("server", ["good", "other host", "expired", "not yet"])
def test_without_validate_certs_every_certificate_will_do_and_nobody_is_warned(
    at: Callable[[str], Rig],
    authorities: dict[str, Authority],
    recwarn: pytest.WarningsRecorder,
    door: Door,
    module: str,
    server: str,
) -> None:
    # What the environment says of certificates must not switch it on again, as it does with sessions of requests.
    environment = dict.fromkeys(BUNDLES, str(authorities["other"].file))

    run = act(at(server), door, module, environment, validate_certs=False)

    assert not run.failed
    assert run.warnings == []
    assert [str(warning.message) for warning in recwarn if "Unverified" in str(warning.message)] == []


@every_door
@pytest.mark.parametrize("variable", BUNDLES)
@pytest.mark.parametrize("form", ["file", "folder"])
def test_the_environment_names_who_is_trusted_where_the_task_does_not(
    at: Callable[[str], Rig], authorities: dict[str, Authority], door: Door, variable: str, form: str
) -> None:
    rig = at("good")
    environment = {variable: str(getattr(authorities["good"], form))}

    assert not act(rig, door, env=environment).failed
    assert not act(rig, door, env={variable: "/does/not/exist"}, ca_path=str(authorities["good"].file)).failed
    # The task is asked first, also where it leads to no good.
    rig.emulator.reset()
    run = act(rig, door, env=environment, ca_path=str(authorities["other"].file))
    assert_refused(run, rig, "is not trusted", ANY_AUTHORITY)


def unusable(folder: Path, authority: Authority) -> dict[str, tuple[str, str]]:
    """Return paths that are named by mistake, and what is said of each."""
    pem = authority.file.read_text()
    middle = len(pem) // 2
    files = {
        "empty": "",
        "something else": "domain: example.com\n",
        "half a certificate": pem[:middle],
        "a damaged certificate": pem[:middle] + "!!!!" + pem[middle:],
        "a private key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    }
    paths = {name: folder / f"{number}.pem" for number, name in enumerate(files)}
    for name, path in paths.items():
        path.write_text(files[name])
    empty, unprepared = folder / "empty", folder / "unprepared"
    empty.mkdir()
    unprepared.mkdir()
    (unprepared / "authority.pem").write_text(pem)
    paths.update({"DER": authority.der, "an empty folder": empty, "a folder as it comes": unprepared})
    unusable = {name: (str(path), "holds no certificate that can be used") for name, path in paths.items()}
    # A file that not even root can read.
    return {**unusable, "unreadable": ("/proc/self/mem", "cannot be read"), "missing": ("/does/not/exist", "")}


@every_door
@pytest.mark.parametrize("source", ["ca_path", *BUNDLES])
def test_certificates_that_cannot_be_used_are_told_by_their_name(
    at: Callable[[str], Rig], authorities: dict[str, Authority], tmp_path: Path, door: Door, source: str
) -> None:
    rig = at("good")
    for path, words in unusable(tmp_path, authorities["good"]).values():
        named = {"ca_path": path} if source == "ca_path" else {}
        environment = {} if named else {source: path}

        run = act(rig, door, env=environment, **named)

        # A long path is cut in a sentence.
        assert_refused(run, rig, quote(path), words)
        assert run.msg.startswith(f"{source}: ")


@every_module
@pytest.mark.parametrize("pair", [False, True], ids=["token", "key"])
@pytest.mark.parametrize("where", ["HOME", "NETRC"])
@pytest.mark.parametrize("redirected", [False, True], ids=["answered", "redirected"])
def test_netrc_changes_no_credentials(
    at: Callable[[str], Rig],
    authorities: dict[str, Authority],
    tmp_path: Path,
    door: Door,
    module: str,
    pair: bool,
    where: str,
    redirected: bool,
) -> None:
    rig, elsewhere = at("good"), at("expired")
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login evil password evil\ndefault login evil password evil\n")
    netrc.chmod(0o600)
    environment = {where: str(netrc if where == "NETRC" else tmp_path)}
    if redirected:
        rig.emulator.faults.add("redirect", method="GET", path="", status=302, location=elsewhere.emulator.url)

    run = act(rig, door, module, environment, ca_path=str(authorities["good"].file), **(PAIR if pair else {}))

    assert run.failed == redirected
    names = ("authorization", "x-auth-email", "x-auth-key")
    ours = (None, EMAIL, KEY) if pair else (f"Bearer {rig.emulator.token}", None, None)
    assert {tuple(entry.headers.get(name) for name in names) for entry in rig.emulator.log} == {ours}
    assert elsewhere.emulator.log == []


@every_door
@pytest.mark.parametrize(
    "location",
    [
        b"http://[::1",
        b"http://a]b/",
        b"//",
        b"http://x:port/",
        b"\xff\xfe",
        b"http://\xe4.example/",
        b"http://x/%",
        b"",
    ],
    ids=ascii,
)
def test_a_redirect_to_anything_is_told(rig: Rig, door: Door, location: bytes) -> None:
    # The emulator would not send such headers.
    answer = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with Proxy(lambda _head: answer) as server:
        run = act(rig, door, api_url=server.url())

        assert_refused(run, rig, "HTTP 302: the server redirects to ")
        assert len(server.heads) == 1
