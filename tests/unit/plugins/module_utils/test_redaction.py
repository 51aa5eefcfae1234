# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redaction: every secret in every spelling, and nothing else."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.redaction import MASK, redactor

#: What a header can carry.
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
#: Ways to write one character.
SPELLINGS: list[Callable[[str], str]] = [
    str,
    lambda character: quote(character, safe=""),
    lambda character: quote(character, safe="").lower(),
    quote_plus,
    lambda character: json.dumps(character)[1:-1],
    html.escape,
    lambda character: character if character.isalnum() else f"\\u{ord(character):04x}",
    lambda character: character if character.isalnum() else f"\\u{ord(character):04X}",
    lambda character: character if character.isalnum() else f"&#{ord(character)};",
    lambda character: character if character.isalnum() else f"&#x{ord(character):X};",
    lambda character: character if character.isalnum() else f"\\{character}",
]


@given(secret=SECRETS, data=st.data())
def test_each_character_of_a_secret_may_be_spelled_in_its_own_way(secret: str, data: st.DataObject) -> None:
    spelled = "".join(
        character if character.isalnum() else data.draw(st.sampled_from(SPELLINGS))(character) for character in secret
    )

    assert redactor([secret])(f"\u00ab{spelled}\u00bb") == f"\u00ab{MASK}\u00bb"


@given(secrets=st.lists(SECRETS), text=st.text())
def test_no_secret_is_left_in_any_text(secrets: list[str], text: str) -> None:
    redacted = redactor(secrets)("\u00ab".join([text, *secrets]))

    for secret in secrets:
        assert secret not in redacted.replace(MASK, "")


@given(text=st.text())
def test_without_secrets_nothing_is_masked(text: str) -> None:
    assert redactor([])(text) == text


@pytest.mark.parametrize("text", ["", "Secret", "secre", "s.cret", "sxcret", "%73ecret"])
def test_what_is_not_the_secret_is_kept(text: str) -> None:
    assert redactor(["s.cret" if text == "sxcret" else "secret", "a+b"])(text) == text


def test_a_secret_that_is_a_part_of_another_leaves_nothing_of_it() -> None:
    assert redactor(["abc", "abcdef"])("abcdef abc") == f"{MASK} {MASK}"
    assert redactor(["abcdef", "abc"])("abcdef abc") == f"{MASK} {MASK}"


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
    assert redactor(["key"])(value) == redacted
