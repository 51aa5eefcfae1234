# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS: which certificates are trusted. With real connections: tests/faults."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import tls
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import quote
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.tls import verify_option


@pytest.fixture
def authority(tmp_path: Path) -> str:
    """Return a file of certificates."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def test_files_of_the_environment_are_checked_and_left_to_requests(authority: str) -> None:
    assert verify_option(True, None, {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": authority}) is True
    assert verify_option(True, authority, {"REQUESTS_CA_BUNDLE": "/missing"}) == authority
    assert verify_option(False, None, {"REQUESTS_CA_BUNDLE": "/missing"}) is False
    with pytest.raises(
        InputError, match=r"^REQUESTS_CA_BUNDLE: '/missing' cannot be read: No such file or directory\.$"
    ):
        verify_option(True, None, {"CURL_CA_BUNDLE": authority, "REQUESTS_CA_BUNDLE": "/missing"})


def test_a_file_is_read_once_and_again_when_it_has_changed(authority: str) -> None:
    tls._has_certificates.cache_clear()
    for _time in range(3):
        verify_option(True, authority, {})
    assert tls._has_certificates.cache_info().misses == 1

    Path(authority).write_text("nothing")
    with pytest.raises(InputError, match="contains no usable certificate"):
        verify_option(True, authority, {})


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_file_of_the_environment_that_cannot_be_read_is_an_error(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: '/missing' cannot be read"):
        verify_option(True, None, {name: "/missing"})


def test_the_first_variable_of_the_environment_counts(authority: str) -> None:
    assert verify_option(True, None, {"CURL_CA_BUNDLE": "/missing", "REQUESTS_CA_BUNDLE": authority}) is True


def unusable(path: str) -> str:
    return (
        f"ca_path: {quote(path)} contains no usable certificate. It must be a PEM file, or a "
        "directory prepared with openssl rehash."
    )


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_without_certificates_is_refused(tmp_path: Path, content: str) -> None:
    path = str(tmp_path / "ca.pem")
    Path(path).write_text(content)

    with pytest.raises(InputError, match=f"^{re.escape(unusable(path))}$"):
        verify_option(True, path, {})


def test_a_list_of_revoked_certificates_is_no_authority(tmp_path: Path) -> None:
    now = datetime.datetime(2026, 1, 1)  # cryptography takes it as UTC
    revoked = x509.CertificateRevocationListBuilder(x509.Name([]), now, now)
    path = tmp_path / "crl.pem"
    path.write_bytes(revoked.sign(generate_private_key(SECP256R1()), SHA256()).public_bytes(Encoding.PEM))

    with pytest.raises(InputError, match="contains no usable certificate"):
        verify_option(True, str(path), {})


@pytest.mark.parametrize(
    ("name", "found"),
    [("ca.pem", False), ("0a1b2c3d.0", True), ("0A1B2C3D.0", False), ("0a1b2c3d.r0", False), ("0a1b2c3d.0.pem", False)],
)
def test_a_folder_needs_names_that_openssl_finds(tmp_path: Path, name: str, found: bool) -> None:
    path = str(tmp_path)
    (tmp_path / name).touch()

    if found:
        assert verify_option(True, path, {}) == path
        return
    with pytest.raises(InputError, match=f"^{re.escape(unusable(path))}$"):
        verify_option(True, path, {})


def test_a_missing_file_is_an_error_even_where_nothing_is_verified() -> None:
    with pytest.raises(InputError, match=r"^ca_path: no such file or directory: '/missing'\.$"):
        verify_option(False, "/missing", {})


def test_a_token_in_place_of_a_file_is_not_shown() -> None:
    with pytest.raises(InputError, match=r"^ca_path: no such file or directory\.$"):
        verify_option(True, "Zq8-vX4tLw0K_cY7sNdR2mHf6JpUgA1bTe9oQiWk", {})


def test_an_impossible_name_of_a_file_is_an_error() -> None:
    with pytest.raises(
        InputError, match=r"^REQUESTS_CA_BUNDLE: 'a\\x00b' cannot be read: .*null (byte|character).*\.$"
    ):
        verify_option(True, None, {"REQUESTS_CA_BUNDLE": "a\0b"})
