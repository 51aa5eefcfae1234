# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which regular expressions are judged, and how."""

from __future__ import annotations

import time

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.regexes import (
    foreign_match,
    judge,
    matches_everything,
    matches_host,
    registrable,
)


@pytest.mark.parametrize(
    "pattern",
    [
        # Java and Python differ, or one of them does not know it.
        r"\p{L}+",
        r"(?<=a)b",
        r"(?=a)b",
        r"a(?i)b",
        r"(?<name>a)",
        "a++",
        "a*+",
        "a**",
        "a{2}{3}",
        "[a-z&&[b]]",
        "[[a]]",
        "[]a]",
        "[]",
        r"\Qa.b\E",
        r"\1",
        r"\t",
        r"[\t]",
        "x{",
        "a{,3}",
        "*a",
        "^*",
        "$?",
        # Not valid.
        "(",
        "(a",
        "a)",
        "[a",
        "[b-a]",
        "\\",
        "a{3,2}",
        # Slow.
        "(a+)+$",
        "(a|a)*$",
        "(a?){20}",
        ".*.*.*.*x",
        ".{300}",
        "(a{60}){60}",
        "a" * 257,
        "(" * 100 + ")" * 100,
        # No character.
        r"[^\w\W]",
        # Not printable.
        "a\nb",
    ],
)
def test_an_expression_that_is_not_judged(pattern):
    start = time.monotonic()
    assert judge(pattern) is None
    assert not matches_everything(pattern, "address")
    assert not matches_host(pattern, "gmail.com")
    assert foreign_match(pattern, "address") == ""
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        ("a", "a"),
        ("a+b?c*", "abc"),
        ("a{3}b{0}c{1,}d{0,2}?", "aaacd"),
        ("(?:a|b)(c|d)", "bd"),
        (r"^\w\d\s\.\-\@$", "a1 .-@"),
        (r"[a-z][^a-z][\w.-][\]x]", "a1a]"),
        (r"[^.]", "a"),
        ("(a(b)?)?", "ab"),
        (r"\bab\B", "ab"),
        ("(?i)AB", "AB"),
    ],
)
def test_texts_that_an_expression_may_match(pattern, sample):
    assert sample in judge(pattern).samples


@pytest.mark.parametrize("pattern", ["", ".*", "^.*$", ".+@.+", "[^@]+@.*", "@", r".+@.+\..+", "(?i).*", "(.*)", "^|a"])
def test_an_expression_that_matches_every_address(pattern):
    assert matches_everything(pattern, "address")


@pytest.mark.parametrize("pattern", ["a", ".*@partner.*", "^$", ".+@.+@.+", r"\.fr$", "[a-z]{3}@"])
def test_an_expression_that_does_not_match_every_address(pattern):
    assert not matches_everything(pattern, "address")


@pytest.mark.parametrize(
    ("kind", "pattern"), [("host", r".+\..+"), ("url", "https?://.*"), ("url", "^http"), ("text", r"\w"), ("text", "")]
)
def test_an_expression_that_matches_every_host_url_or_text(kind, pattern):
    assert matches_everything(pattern, kind)


@pytest.mark.parametrize(
    ("pattern", "foreign"),
    [
        (r"example\.com", "user@example.com.attacker.example"),
        (r"@example\.com", "user@example.com.attacker.example"),
        (r"^[^@]+@example\.com", "a@example.com.attacker.example"),
        (r"^ceo@example\.com", "ceo@example.com.attacker.example"),
        (r"@example\.com\b", "user@example.com.attacker.example"),
        (r"@example\.com.*$", "user@example.com.attacker.example"),
        (r"example\.com$", "user@attackerexample.com"),
        (r".*example\.com$", "user@attackerexample.com"),
        (r".+example\.com$", "user@attackerexample.com"),
        (r"example\.co\.uk$", "user@attackerexample.co.uk"),
        (r"@(a\.example|b\.example)", "user@a.example.attacker.example"),
        (r"@a\.example$|b\.example$", "user@attackerb.example"),
        ("example.com", "user@example.com.attacker.example"),
        (r"@example\.com$", ""),
        (r".*@example\.com$", ""),
        (r"^[^@]+@(.*\.)?example\.com$", ""),
        (r"(^|\.|@)example\.com$", ""),
        (r".*\.example\.com$", ""),
        (r"mail\.example\.com$", ""),
        (r"^ceo@example\.com$", ""),
        # Not a domain.
        (r"192\.0\.2\..*", ""),
        ("newsletter", ""),
        # Matches no address of its domain.
        (r"^example\.com", ""),
    ],
)
def test_a_pattern_of_addresses_that_matches_other_domains(pattern, foreign):
    assert foreign_match(pattern, "address") == foreign


@pytest.mark.parametrize(
    ("pattern", "foreign"),
    [
        (r"example\.com", "example.com.attacker.example"),
        (r"example\.com$", "attackerexample.com"),
        (r"\.example\.com", "mail.example.com.attacker.example"),
        (r"^example\.com$", ""),
        (r"^(.+\.)?example\.com$", ""),
    ],
)
def test_a_pattern_of_hosts_that_matches_other_domains(pattern, foreign):
    assert foreign_match(pattern, "host") == foreign


@pytest.mark.parametrize(
    ("pattern", "foreign"),
    [
        (r"https://intranet\.example\.com", "https://intranet.example.com.attacker.example/"),
        (r"https://intranet\.example\.com.*", "https://intranet.example.com.attacker.example/"),
        (r"example\.com/", "https://attackerexample.com/"),
        (r"https://.*\.example\.com/.*", "https://attacker.example/x.mail.example.com/"),
        (r"https://intranet\.example\.com/.*", ""),
        (r"^https://[^/]+\.example\.com/", ""),
        # Not written as an expression.
        ("https://wiki.example.com", ""),
    ],
)
def test_a_pattern_of_urls_that_matches_other_hosts(pattern, foreign):
    assert foreign_match(pattern, "url") == foreign


def test_a_pattern_that_matches_every_address_of_a_host():
    assert matches_host(r"@gmail\.com$", "gmail.com")
    assert not matches_host(r"^a.*@gmail\.com$", "gmail.com")


@pytest.mark.parametrize(
    ("host", "expected"),
    [("a.b.example.com", "example.com"), ("example.com", "example.com"), ("a.example.co.uk", "example.co.uk")],
)
def test_the_part_of_a_host_that_is_registered(host, expected):
    assert registrable(host) == expected


@pytest.mark.parametrize("pattern", [".*.*.*x", ".*.*.*(a|b)?x", "a?" * 20, r"[a-z]*[a-z0-9]*[\w.]*\d$"])
def test_a_search_takes_no_time(pattern):
    start = time.monotonic()
    assert judge(pattern) is not None
    matches_everything(pattern, "address")
    foreign_match(pattern, "address")
    assert time.monotonic() - start < 1
