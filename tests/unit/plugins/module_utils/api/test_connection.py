# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options: what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.connection import settings
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError

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


def test_every_option_becomes_a_setting() -> None:
    made = settings({**PARAMS, "timeout": 2.5, "retries": 0, "retry_max_wait": 7.0}, {})

    assert made._asdict() == {
        "account_id": "a1",
        "api_url": "https://api.example",
        "credentials": (("Authorization", "Bearer t"),),
        "secrets": ("t",),
        "verify": True,
        "timeout": 2.5,
        "retries": 0,
        "retry_max_wait": 7.0,
    }


@pytest.mark.parametrize("account_id", ["0123456789abcdef0123456789abcdef", "ABC", "Z"])
def test_an_account_has_letters_and_digits(account_id: str) -> None:
    assert settings({**PARAMS, "account_id": account_id}, {}).account_id == account_id


def test_bytes_of_the_environment_that_are_no_text_become_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "a\udcff\u00f6")

    assert connection.environment_variable("CLOUDFLARE_ACCOUNT_ID") == "a?\u00f6"


def test_certificates_of_the_environment_are_looked_at_where_they_are_needed() -> None:
    environment = {"REQUESTS_CA_BUNDLE": "/missing"}

    assert settings({**PARAMS, "api_url": "http://127.0.0.1"}, environment).verify is True
    for api_url in ("https://api.example", "HTTPS://api.example"):
        with pytest.raises(InputError, match="REQUESTS_CA_BUNDLE"):
            settings({**PARAMS, "api_url": api_url}, environment)


def test_a_key_is_a_secret_and_its_address_is_not() -> None:
    made = settings({**PARAMS, "api_token": None, "api_email": "a@b.c", "api_key": "k"}, {})

    assert made.secrets == ("k",)
    assert dict(made.credentials) == {"X-Auth-Email": "a@b.c", "X-Auth-Key": "k"}


@pytest.mark.parametrize(
    ("validate_certs", "named", "verify"),
    [(True, False, True), (True, True, "path"), (False, False, False), (False, True, False)],
)
def test_what_is_trusted(tmp_path: Path, validate_certs: bool, named: bool, verify: Any) -> None:
    # So OpenSSL names a certificate in a folder.
    (tmp_path / "0a1b2c3d.0").touch()
    ca_path = str(tmp_path) if named else None

    made = settings({**PARAMS, "validate_certs": validate_certs, "ca_path": ca_path}, {})

    assert made.verify == (ca_path if verify == "path" else verify)


@pytest.mark.parametrize("option", list(connection.BOUNDS))
def test_bounds_are_included(option: str) -> None:
    for bound in connection.BOUNDS[option]:
        assert getattr(settings({**PARAMS, option: bound}, {}), option) == bound


@pytest.mark.parametrize("option", list(connection.BOUNDS))
def test_what_is_beyond_the_bounds_is_refused(option: str) -> None:
    least, most = connection.BOUNDS[option]
    for value in (least - 0.01, most + 0.01):
        with pytest.raises(InputError, match=rf"^{option}: must be a number from {least} to {most}, not {value}\.$"):
            settings({**PARAMS, option: value}, {})


@pytest.mark.parametrize("option", [name for name in connection.spec() if "api_" in name or name == "account_id"])
def test_only_secrets_are_hidden_from_logs(option: str) -> None:
    assert connection.spec()[option].get("no_log", False) is (option in ("api_token", "api_key"))
