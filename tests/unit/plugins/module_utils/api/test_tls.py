# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to the server: what is trusted, and what of a proxy is a secret. In full: tests/faults."""

from __future__ import annotations

import base64
import datetime
import os
import re
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from ansible_collections.mailsec.cloudflare.plugins.module_utils import way
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.credentials import find_proxy_secrets
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.tls import verification


@pytest.fixture
def authority(tmp_path: Path) -> str:
    """Return a file of certificates."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def test_what_the_environment_names_is_looked_at_and_left_to_requests(authority: str) -> None:
    assert verification(True, None, {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": authority}) is True
    assert verification(True, authority, {"REQUESTS_CA_BUNDLE": "/missing"}) == authority
    assert verification(False, None, {"REQUESTS_CA_BUNDLE": "/missing"}) is False
    with pytest.raises(
        InputError, match=r"^REQUESTS_CA_BUNDLE: '/missing' cannot be read: No such file or directory\.$"
    ):
        verification(True, None, {"CURL_CA_BUNDLE": authority, "REQUESTS_CA_BUNDLE": "/missing"})


def test_a_file_is_read_once_and_again_when_it_has_changed(authority: str) -> None:
    way._usable.cache_clear()
    for _time in range(3):
        verification(True, authority, {})
    assert way._usable.cache_info().misses == 1

    Path(authority).write_text("nothing")
    with pytest.raises(InputError, match="holds no certificate"):
        verification(True, authority, {})


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_what_the_environment_names_and_nobody_can_read_is_told(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: '/missing' cannot be read"):
        verification(True, None, {name: "/missing"})


def test_the_first_that_the_environment_names_is_the_one(authority: str) -> None:
    assert verification(True, None, {"CURL_CA_BUNDLE": "/missing", "REQUESTS_CA_BUNDLE": authority}) is True


def unusable(path: str) -> str:
    return (
        f"ca_path: {path!r} holds no certificate that can be used. It has to be a file of certificates as PEM, or a "
        "folder of them after openssl rehash."
    )


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_without_certificates_is_refused(tmp_path: Path, content: str) -> None:
    path = str(tmp_path / "ca.pem")
    Path(path).write_text(content)

    with pytest.raises(InputError, match=f"^{re.escape(unusable(path))}$"):
        verification(True, path, {})


def test_a_list_of_revoked_certificates_is_no_authority(tmp_path: Path) -> None:
    now = datetime.datetime(2026, 1, 1)  # cryptography takes it as UTC
    revoked = x509.CertificateRevocationListBuilder(x509.Name([]), now, now)
    path = tmp_path / "crl.pem"
    path.write_bytes(revoked.sign(generate_private_key(SECP256R1()), SHA256()).public_bytes(Encoding.PEM))

    with pytest.raises(InputError, match="holds no certificate"):
        verification(True, str(path), {})


@pytest.mark.parametrize(
    ("name", "found"),
    [("ca.pem", False), ("0a1b2c3d.0", True), ("0A1B2C3D.0", False), ("0a1b2c3d.r0", False), ("0a1b2c3d.0.pem", False)],
)
def test_a_folder_needs_names_that_openssl_finds(tmp_path: Path, name: str, found: bool) -> None:
    path = str(tmp_path)
    (tmp_path / name).touch()

    if found:
        assert verification(True, path, {}) == path
        return
    with pytest.raises(InputError, match=f"^{re.escape(unusable(path))}$"):
        verification(True, path, {})


def test_a_file_that_is_not_there_is_told_also_where_nothing_is_verified() -> None:
    with pytest.raises(InputError, match=r"^ca_path: there is no file or folder '/missing'\.$"):
        verification(False, "/missing", {})


def test_a_token_in_the_place_of_a_file_is_not_repeated() -> None:
    with pytest.raises(InputError, match=r"^ca_path: there is no file or folder of that name\.$"):
        verification(True, "Zq8-vX4tLw0K_cY7sNdR2mHf6JpUgA1bTe9oQiWk", {})


def test_a_name_that_no_file_can_have_is_told() -> None:
    with pytest.raises(
        InputError, match=r"^REQUESTS_CA_BUNDLE: 'a\\x00b' cannot be read: .*null (byte|character).*\.$"
    ):
        verification(True, None, {"REQUESTS_CA_BUNDLE": "a\0b"})


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("http://proxy.example:3128", []),
        ("http://jo:p%40ss@proxy.example", ["jo:p%40ss", "p%40ss", "jo:p@ss", "p@ss"]),
        ("jo:a/b@c@proxy.example", ["jo:a/b@c", "a/b@c"]),
        ("http://token@proxy.example", ["token"]),
        ("http://jo:a:b@proxy.example", ["jo:a:b", "a:b"]),
        (os.fsdecode(b"http://jo:p\xff@proxy.example"), ["jo:p\udcff", "p\udcff"]),
    ],
)
def test_secrets_of_a_proxy_are_known_in_every_form(address: str, secrets: list[str]) -> None:
    pairs = [secret for secret in secrets if secret.startswith("jo:") or len(secrets) == 1]
    expected = {*secrets, *(base64.b64encode(os.fsencode(pair)).decode() for pair in pairs)}

    assert set(find_proxy_secrets({"HTTPS_proxy": address, "no_proxy": "a:b@c", "OTHER": "a:b@c"})) == expected
