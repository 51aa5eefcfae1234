# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.connection import (
    BOUNDS,
    Connection,
    parse_connection,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ErrorCollector, InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.retries import RetryPolicy

PARAMS: dict[str, Any] = {
    "account_id": "a1",
    "api_token": "t",
    "api_email": None,
    "api_key": None,
    "api_url": "https://api.example/",
    "validate_certs": True,
    "ca_path": None,
    "timeout": 30.0,
    "retries": 5,
    "retry_max_wait": 300.0,
}


def connection(environment: dict[str, str] | None = None, **params: Any) -> Connection:
    """Return the connection of a task. Raises InputError."""
    errors = ErrorCollector()
    parsed = parse_connection({**PARAMS, **params}, environment or {}, errors)
    errors.raise_any()
    return parsed


def test_every_option_is_part_of_the_connection() -> None:
    assert connection(timeout=2.5, retries=0, retry_max_wait=7.0) == Connection(
        account_id="a1",
        api_url="https://api.example",
        headers=(("Authorization", "Bearer t"),),
        secrets=("t",),
        verify=True,
        timeout=2.5,
        retry=RetryPolicy(0, 7.0),
    )


@pytest.mark.parametrize("account_id", ["0123456789abcdef0123456789abcdef", "ABC", "Z"])
def test_an_account_has_letters_and_digits(account_id: str) -> None:
    assert connection(account_id=account_id).account_id == account_id


def test_certificates_of_the_environment_are_checked_where_they_are_used() -> None:
    environment = {"REQUESTS_CA_BUNDLE": "/missing"}

    assert connection(environment, api_url="http://127.0.0.1").verify is True
    for api_url in ("https://api.example", "HTTPS://api.example"):
        with pytest.raises(InputError, match="REQUESTS_CA_BUNDLE"):
            connection(environment, api_url=api_url)


def test_a_key_is_a_secret_and_its_address_is_not() -> None:
    made = connection(api_token=None, api_email="a@b.c", api_key="k")

    assert made.secrets == ("k",)
    assert dict(made.headers) == {"X-Auth-Email": "a@b.c", "X-Auth-Key": "k"}


def test_the_password_of_a_proxy_is_a_secret() -> None:
    assert "pw" in connection({"HTTPS_PROXY": "http://jo:pw@proxy.example"}).secrets


@pytest.mark.parametrize(
    ("validate_certs", "with_path", "verify"),
    [(True, False, True), (True, True, "path"), (False, False, False), (False, True, False)],
)
def test_what_is_trusted(tmp_path: Path, validate_certs: bool, with_path: bool, verify: Any) -> None:
    # OpenSSL finds certificates in a folder by such names.
    (tmp_path / "0a1b2c3d.0").touch()
    ca_path = str(tmp_path) if with_path else None

    made = connection(validate_certs=validate_certs, ca_path=ca_path)

    assert made.verify == (ca_path if verify == "path" else verify)


@pytest.mark.parametrize("option", BOUNDS)
def test_bounds_are_included(option: str) -> None:
    for bound in BOUNDS[option]:
        made = connection(**{option: bound})
        assert bound in (made.timeout, made.retry.retries, made.retry.max_wait)
