# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what, and how it is refused."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from emulator import Emulator
from emulator.auth import Credential
from emulator.testing import RESTRICTION, Client

KEY_PAIR = {"X-Auth-Email": "user@example.com", "X-Auth-Key": "key-of-the-user"}


@pytest.fixture
def keys(emulator: Emulator) -> Emulator:
    """The emulator with one credential of every sort, and a second account."""
    emulator.seed("other")
    for fields in (
        {"token": "reader", "permission": "read"},
        {"token": "nobody", "permission": "none"},
        {"token": "gone", "permission": "revoked"},
        {"token": "elsewhere", "accounts": ["other"]},
        {"email": "user@example.com", "key": "key-of-the-user"},
    ):
        emulator.world.keyring.add(Credential.from_json(fields))
    return emulator


def send(emulator: Emulator, headers: dict[str, str], method: str = "GET", account: str | None = None) -> Any:
    """One request with these credentials."""
    body = RESTRICTION if method == "POST" else None
    url = f"{emulator.settings_url(account)}/sending_domain_restrictions"
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, headers=headers, json=body, timeout=5)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, 9106),
        ({"Authorization": ""}, 400, 6003),
        ({"Authorization": "Bearer"}, 400, 6003),
        ({"Authorization": "Bearer two words"}, 400, 6003),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, 400, 6003),
        ({"X-Auth-Email": "user@example.com"}, 400, 6003),
        ({"X-Auth-Key": "key-of-the-user"}, 400, 6003),
        ({**KEY_PAIR, "X-Auth-Email": "no address"}, 400, 6003),
        ({**KEY_PAIR, "Authorization": "Bearer reader"}, 400, 6003),
        ({"Authorization": "Bearer wrong"}, 403, 10000),
        ({**KEY_PAIR, "X-Auth-Key": "wrong"}, 403, 10000),
        ({"Authorization": "Bearer nobody"}, 403, 10000),
        ({"Authorization": "Bearer elsewhere"}, 403, 10000),
        ({"Authorization": "Bearer gone"}, 403, 9109),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_refusals(keys: Emulator, headers: dict[str, str], status: int, code: int, method: str) -> None:
    answer = send(keys, headers, method)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    if code == 6003:
        assert answer.json()["errors"][0]["error_chain"][0]["code"] == 6111
    if code == 10000:
        assert sorted(answer.json()) == ["errors", "success"]
    assert keys.state()["sending_domain_restrictions"] == []
    assert keys.log[0].status == status
    assert keys.rejected == []


@pytest.mark.parametrize(
    ("headers", "method", "account", "status"),
    [
        ({"Authorization": "Bearer reader"}, "GET", None, 200),
        ({"Authorization": "Bearer reader"}, "POST", None, 403),
        ({"Authorization": "Bearer elsewhere"}, "POST", "other", 201),
        (KEY_PAIR, "GET", None, 200),
        (KEY_PAIR, "POST", None, 201),
        ({"Authorization": "Bearer reader"}, "GET", "unheard", 403),
    ],
)
def test_permissions(keys: Emulator, headers: dict[str, str], method: str, account: str | None, status: int) -> None:
    answer = send(keys, headers, method, account)
    assert answer.status_code == status
    assert len(keys.state(account)["sending_domain_restrictions"]) == (status == 201)


@pytest.mark.parametrize("token", ["a'b\"c\\d", "{{x}}", "<&amp;>", "%41"])
def test_a_token_that_is_known_may_have_any_characters(api: Client, emulator: Emulator, token: str) -> None:
    api.headers["Authorization"] = f"Bearer {token}"
    assert api.get("domains").json()["errors"][0]["code"] == 6003

    emulator.world.keyring.add(Credential(token=token))
    assert api.get("domains").status_code == 200

    api.headers["Authorization"] = token
    assert api.get("domains").json()["errors"][0]["code"] == 6003
