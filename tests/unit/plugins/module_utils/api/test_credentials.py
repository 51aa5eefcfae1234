# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of a task and of its environment. Which credentials are used: modules/test_credentials.py."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.credentials import (
    MAX_LENGTH,
    find_proxy_secrets,
    find_secrets,
)


def test_secrets_are_those_of_the_task_and_of_the_environment() -> None:
    environment = {"CLOUDFLARE_API_TOKEN": "et", "CLOUDFLARE_API_KEY": "", "CLOUDFLARE_EMAIL": "a@b.c"}

    assert find_secrets({"api_token": "t", "api_key": "k"}, environment) == ("t", "k", "et")


@pytest.mark.parametrize(
    ("params", "secret"),
    [
        ({"api_token": "Bearer 0123456789ab\n"}, "0123456789ab"),
        ({"api_key": 31415926}, "31415926"),
        ({"account_api_key": "a-long-key"}, "a-long-key"),
        ({"api_url": "https://user:pw@host/"}, "pw"),
        ({"api_url": "https://long-token@host/"}, "long-token"),
        ({"CLOUDFLARE_BASE_URL": "user:pw@host"}, "pw"),
        ({"api_url": "HTTPS://user:pw@host/"}, "pw"),
        ({"api_url": "https://user:p\nw@host/"}, "p\nw"),
        ({"api_url": "https://user:a:b@host/"}, "a:b"),
        ({"api_url": "https://12345678:x@host/"}, "12345678"),
        ({"api_url": "https://12345678/x@host/"}, "12345678"),
        ({"api_token": "t", "api_url": "https://user:pw@host/"}, "t"),
    ],
)
def test_secrets_are_found_in_the_wrong_place(params: dict[str, Any], secret: str) -> None:
    environment = {name: value for name, value in params.items() if name.endswith("_URL")}

    assert secret in find_secrets(params, environment)


@pytest.mark.parametrize(
    "params",
    [
        {"domain": "example.com", "use_key": "yes", "domian": "example.com", "api_url": "https://host/a/b"},
        {"api_token": None, "api_key": "", "token": True, "other": 3, "HTTPS_PROXY": "http://user:pw@proxy:3128"},
        {"domain": "0123456789abcdefghijklmnopqrstuvwxyz"},
        {"api_url": "https://1234567@host/"},
    ],
)
def test_nothing_else_is_a_secret(params: dict[str, Any]) -> None:
    assert find_secrets(params, params) == ()


def test_a_value_too_long_for_a_header_is_not_treated_as_a_secret() -> None:
    assert find_secrets({"api_token": "x" * MAX_LENGTH}, {}) == ("x" * MAX_LENGTH,)
    assert find_secrets({"api_token": "x" * (MAX_LENGTH + 1)}, {}) == ()


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("http://proxy.example:3128", []),
        ("http://jo:p%40ss@proxy.example", ["jo:p%40ss", "p%40ss", "jo:p@ss", "p@ss"]),
        ("jo:a/b@c@proxy.example", ["jo:a/b@c", "a/b@c"]),
        ("http://token@proxy.example", ["token"]),
        ("http://jo:a:b@proxy.example", ["jo:a:b", "a:b"]),
        (os.fsdecode(b"http://jo:p\xff@proxy.example"), ["jo:p\udcff", "p\udcff"]),
    ],
)
def test_secrets_of_a_proxy_are_found_in_every_form(url: str, secrets: list[str]) -> None:
    pairs = [secret for secret in secrets if secret.startswith("jo:") or len(secrets) == 1]
    expected = {*secrets, *(base64.b64encode(os.fsencode(pair)).decode() for pair in pairs)}

    assert set(find_proxy_secrets({"HTTPS_proxy": url, "no_proxy": "a:b@c", "OTHER": "a:b@c"})) == expected
