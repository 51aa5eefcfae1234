# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redaction: every secret in every spelling, and nothing else."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.redaction import (
    DEPTH,
    LONG,
    MASK,
    readings,
    redactor,
)
from support.leaks import FORMS, leaks

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
    lambda character: character if character.isalnum() else f"\\{ord(character):03o}",
    lambda character: character if character.isalnum() else f"\\{character}",
]


@given(secret=SECRETS, data=st.data())
def test_each_character_of_a_secret_may_be_spelled_in_its_own_way(secret: str, data: st.DataObject) -> None:
    # That one may as well belong to what follows it.
    assume(not secret.endswith("\\"))
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


@pytest.mark.parametrize("text", ["", "Secret", "secre", "s.cret", "sxcret", "%72ecret"])
def test_what_is_not_the_secret_is_kept(text: str) -> None:
    assert redactor(["s.cret" if text == "sxcret" else "secret", "a+b"])(text) == text


#: As long as a real one, with characters that are written in many ways.
TOKEN = "v1.0-k7/Zq+9\"x'W&<\\e>%2Fm3TyLr8uQb5"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("around", [str, *map(FORMS.get, ("URL", "JSON", "HTML"))], ids=["", "URL", "JSON", "HTML"])
def test_whatever_writes_a_secret_it_is_masked(form: str, around: Callable[[str], str]) -> None:
    redacted = redactor([TOKEN])(f"before {around(FORMS[form](TOKEN))} after")

    assert MASK in redacted
    assert leaks(redacted, [TOKEN]) == []
    assert redacted.startswith("before ")
    assert redacted.endswith(" after")


@given(data=st.data(), secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=30))
def test_a_part_of_a_secret_is_masked(secret: str, data: st.DataObject) -> None:
    # One that looks as if the mark behind the part were escaped in it.
    assume(all("\u00bb" not in reading for reading, _starts in readings(secret)))
    begin = data.draw(st.integers(0, len(secret) - LONG))
    part = secret[begin : begin + data.draw(st.integers(LONG, len(secret)))]

    redacted = redactor([secret])(f"\u00ab{part}\u00bb")

    assert redacted == f"\u00ab{MASK}\u00bb"


def test_what_only_begins_like_a_secret_is_kept() -> None:
    text = "abcdefghijk-lmnop-cdefghxxxxx &NotEqualTilde; &nbsp;"

    assert redactor(["abcdefghijklmnopqrstuvw"])(text) == text


def test_escapes_may_be_escaped_a_few_times() -> None:
    spelled = TOKEN
    for _time in range(DEPTH - 1):
        spelled = quote(spelled, safe="")

    assert redactor([TOKEN])(f"({spelled})") == f"({MASK})"
    assert redactor([TOKEN])("%" + "25" * 2 * DEPTH) == "%" + "25" * 2 * DEPTH


def test_a_text_full_of_escapes_is_read_a_few_times_only() -> None:
    assert [text for text, _starts in readings("%2525252525252541")] == [
        "%2525252525252541",
        "%25252525252541",
        "%252525252541",
        "%2525252541",
        "%25252541",
    ]


@pytest.mark.parametrize(
    ("secret", "spelled"),
    [
        ("a\nb", "a\\nb"),
        ("a\rb", "a\\rb"),
        ("a\tb", "a\\tb"),
        ("aAb", "a\\x41b"),
        ("aAb", "a\\u0041b"),
        ("aAb", "a\\101b"),
        ("a\tb", "a\\011b"),
        ("a\u00ffb", "a\\377b"),
        ("aS9b", "a\\1239b"),
        ("a\u00b2b", "a\\\u00b2b"),
        ("a/b", "a\\/b"),
        ("a'b", "a''b"),
        ("a'b", "a'\\''b"),
        ("a'b", """a'"'"'b"""),
    ],
)
def test_escapes_are_taken_for_what_they_stand_for(secret: str, spelled: str) -> None:
    assert redactor([secret])(f"({spelled})") == f"({MASK})"


@pytest.mark.parametrize("text", [r"\41b", r"\4011b", r"\181b", r"\118b", "101b"])
def test_what_has_not_three_octal_digits_is_no_character(text: str) -> None:
    assert [reading for reading, _starts in readings(text)] == [text]


@pytest.mark.parametrize("secret", ["abc\ndef", "ab\ncd\nef\ngh\nij", "abcde\nfghij\nklmno\npqrst"])
def test_a_secret_may_have_line_breaks(secret: str) -> None:
    assert redactor([secret])(f"({secret})") == f"({MASK})"


@pytest.mark.parametrize(
    ("before", "masked"),
    [
        ("", f"{MASK}IT8h"),
        # The bits of what stands before it are in the characters that are left.
        ("x", f"eH{MASK}CE/IQ=="),
        ("xy", f"eHl{MASK}QhPyE="),
    ],
)
def test_of_base64_nothing_but_the_secret_is_masked(before: str, masked: str) -> None:
    encoded = base64.b64encode(f"{before}s3cr3t!?!".encode()).decode()

    assert redactor(["s3cr3t"])(encoded) == masked


@pytest.mark.parametrize("spelled", ["Pj4+Pz8/", "Pj4-Pz8_"])
def test_both_alphabets_of_base64_are_known(spelled: str) -> None:
    assert redactor([">>>???"])(f"({spelled})") == f"({MASK})"


def test_of_a_secret_of_a_few_characters_only_its_escapes_are_known() -> None:
    assert redactor(["s3cr3"])("czNjcjM= 7333637233 s3cr%33") == f"czNjcjM= 7333637233 {MASK}"
    assert redactor(["s3cr3t"])("czNjcjN0 733363723374 s3cr3%74") == f"{MASK} {MASK} {MASK}"


def test_parts_in_one_text_are_masked_each() -> None:
    assert redactor(["abcdefghijklmnop"])("1 abcdefghijkl 2 efghijklmnop 3") == f"1 {MASK} 2 {MASK} 3"
    assert redactor(["abcdefghijkl"])("abcdefghijklabcdefghijkl") == MASK + MASK
    assert redactor(["abcdefghijklmnop"])("efghijklmnopabcdefghijkl fghijklmnop") == f"{MASK}{MASK} fghijklmnop"


@pytest.mark.parametrize("secret", ["\udcff\udcfe", "\ud800abcdefghijklmnop", "\u00e4\u4e2d\U0001f600abcdefghijkl"])
def test_a_secret_may_be_any_text(secret: str) -> None:
    assert redactor([secret])(f"({secret})") == f"({MASK})"


def test_a_secret_that_is_a_part_of_another_leaves_nothing_of_it() -> None:
    assert redactor(["abc", "abcdef"])("abcdef abc") == f"{MASK} {MASK}"
    assert redactor(["abcdef", "abc"])("abcdef abc") == f"{MASK} {MASK}"
    # Also where the other one is spelled like a part of it.
    assert redactor(["-", "%2dx"])("%2dx") == MASK


@pytest.mark.parametrize("spelled", ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#39;", "&#x27;"])
def test_the_names_that_html_has_for_characters_are_known(spelled: str) -> None:
    secret = f"a{html.unescape(spelled.lower())}b"

    assert redactor([secret])(f"a{spelled}b") == MASK


@pytest.mark.parametrize("text", ["a&;b", "a&#;b", "a&None;b", "a&amp;b", "a+b"])
def test_what_is_no_spelling_of_a_character_is_kept(text: str) -> None:
    assert redactor(["a-b"])(text) == text


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
