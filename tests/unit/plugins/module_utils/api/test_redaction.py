# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redaction: every secret, also in URLs, JSON and base64, and nothing else."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.redaction import MASK, redactor

#: The characters of a header.
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
#: As long as a real one, with characters that are written in several ways.
TOKEN = "v1.0-k7/Zq+9\"x'W&<\\e>%2Fm3TyLr8uQb5"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "URL": lambda secret: quote(secret, safe=""),
    "URL with slashes": quote,
    "URL in lower case": lambda secret: re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), quote(secret, safe="")),
    "form": quote_plus,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "repr": lambda secret: repr(secret)[1:-1],
    "base64": encoded,
    "base64 of a header": lambda secret: encoded(f"Bearer {secret}"),
    "base64 of address and key": lambda secret: encoded(f"someone@example.com:{secret}"),
    "base64 for URLs": lambda secret: encoded(secret).replace("+", "-").replace("/", "_").rstrip("="),
}


@given(secrets=st.lists(SECRETS), text=st.text())
def test_no_secret_is_left_in_any_text(secrets: list[str], text: str) -> None:
    redacted = redactor(tuple(secrets))("\u00ab".join([text, *secrets]))

    for secret in secrets:
        assert secret not in redacted.replace(MASK, "")


@given(text=st.text())
def test_without_secrets_nothing_is_masked(text: str) -> None:
    assert redactor(())(text) == text
    assert redactor(("",))(text) == text


@pytest.mark.parametrize("text", ["", "Secret", "secre", "sxcret", "%72ecret"])
def test_other_text_is_kept(text: str) -> None:
    assert redactor(("s.cret" if text == "sxcret" else "secret", "a+b"))(text) == text


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_masked_in_every_form(form: str) -> None:
    redacted = redactor((TOKEN,))(f"before ({FORMS[form](TOKEN)}) after")

    # Base64 keeps the characters that depend on what stands before and after the secret.
    ends = "[A-Za-z0-9+/=]{0,28}" if "base64" in form else ""
    assert re.fullmatch(rf"before \({ends}{re.escape(MASK)}{ends}\) after", redacted)


@given(secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6), before=st.text(max_size=3))
def test_a_secret_is_masked_wherever_it_begins_in_base64(secret: str, before: str) -> None:
    redacted = redactor((secret,))(encoded(before + secret + "!"))

    assert MASK in redacted
    left = redacted.replace(MASK, "")
    assert len(left) <= len(encoded(before)) + 8


@pytest.mark.parametrize(
    ("before", "masked"),
    [
        ("", f"{MASK}IT8h"),
        # The bits of what stands before it are in the characters that are left.
        ("x", f"eH{MASK}CE/IQ=="),
        ("xy", f"eHl{MASK}QhPyE="),
    ],
)
def test_in_base64_only_the_secret_is_masked(before: str, masked: str) -> None:
    assert redactor(("s3cr3t",))(encoded(f"{before}s3cr3t!?!")) == masked


@pytest.mark.parametrize("spelling", ["Pj4+Pz8/", "Pj4-Pz8_"])
def test_both_alphabets_of_base64_are_known(spelling: str) -> None:
    assert redactor((">>>???",))(f"({spelling})") == f"({MASK})"


def test_a_short_secret_is_not_looked_for_in_base64() -> None:
    assert redactor(("s3cr3",))("czNjcjM= s3cr3") == f"czNjcjM= {MASK}"
    assert redactor(("s3cr3t",))("czNjcjN0 s3cr3t") == f"{MASK} {MASK}"


@pytest.mark.parametrize("secret", ["\udcff\udcfe", "\ud800abcdefghijklmnop", "\u00e4\u4e2d\U0001f600abc", "ab\ncd"])
def test_a_secret_may_be_any_string(secret: str) -> None:
    assert redactor((secret,))(f"({secret})") == f"({MASK})"


def test_a_secret_that_is_a_part_of_another_leaves_nothing_of_it() -> None:
    assert redactor(("abc", "abcdef"))("abcdef abc") == f"{MASK} {MASK}"
    assert redactor(("abcdef", "abc"))("abcdef abc") == f"{MASK} {MASK}"


@pytest.mark.parametrize(
    ("value", "redacted"),
    [
        (["a key", {"x": ["key", 1]}], [f"a {MASK}", {"x": [MASK, 1]}]),
        ({"key": {"key": None}}, {MASK: {MASK: None}}),
        (None, None),
        (5, 5),
        (True, True),
        (1.5, 1.5),
        ([], []),
        ({}, {}),
    ],
)
def test_data_of_any_depth_is_masked_and_keeps_its_form(value: Any, redacted: Any) -> None:
    assert redactor(("key",))(value) == redacted
