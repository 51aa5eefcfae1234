# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to the server: what is trusted, and what of a proxy is a secret. In full: tests/faults."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import trustme

from ansible_collections.mailsec.cloudflare.plugins.module_utils import way
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.way import proxy_secrets, verification


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


def test_a_folder_needs_names_that_openssl_finds(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    with pytest.raises(InputError, match="openssl rehash"):
        verification(True, str(tmp_path), {})


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("http://proxy.example:3128", []),
        ("http://jo:p%40ss@proxy.example", ["jo:p%40ss", "p%40ss", "jo:p@ss", "p@ss"]),
        ("jo:a/b@c@proxy.example", ["jo:a/b@c", "a/b@c"]),
        ("http://token@proxy.example", ["token"]),
    ],
)
def test_secrets_of_a_proxy_are_known_in_every_form(address: str, secrets: list[str]) -> None:
    pairs = [secret for secret in secrets if ":" in secret or len(secrets) == 1]
    expected = {*secrets, *(base64.b64encode(pair.encode()).decode() for pair in pairs)}

    assert set(proxy_secrets({"HTTPS_proxy": address, "no_proxy": "a:b@c", "OTHER": "a:b@c"})) == expected
