# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Coercion: what Ansible may convert is passed on, and what it would silently change is refused with a sentence."""

from __future__ import annotations

import math
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.coercion import coerce, with_aliases
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN

SPEC: dict[str, dict[str, Any]] = {
    **DOMAIN.argument_spec(),
    "timeout": {"type": "float"},
    "numbers": {"type": "list", "elements": "int"},
    "records": {"type": "list", "elements": "dict"},
    "secret": {"type": "str", "aliases": ["other_name"]},
}
WORDS = ["present", "absent", "DIRECT", "GLOBAL", "SPAM", "Inbox", "AllItems", "", "yes", "5", "1.5", "MARS", "a, b"]
SCALARS = st.sampled_from(WORDS) | st.booleans() | st.integers(-1, 21) | st.none() | st.floats(0, 2)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(WORDS), SCALARS, max_size=1)


@given(st.dictionaries(st.sampled_from([*DOMAIN.argument_spec(), "timeout"]), VALUES, max_size=4))
def test_every_option_is_passed_on_or_refused_and_ansible_changes_no_text(options: dict[str, Any]) -> None:
    values, errors = coerce(with_aliases(SPEC), options)
    null = {option for option, value in options.items() if value is None}

    assert {*values, *errors, *null} == set(options)
    assert not values.keys() & errors.keys()
    result = ArgumentSpecValidator(SPEC).validate(dict(values))
    for option, value in values.items():
        converted = result.validated_parameters[option]
        if SPEC[option]["type"] in ("str", "list") and converted is not None:
            assert converted == value
        assert result.error_messages or converted is not None


CASES: list[tuple[str, Any, Any]] = [
    ("transport", "mx.example.com", "mx.example.com"),
    ("transport", 5, "5"),
    ("transport", 1.5, "1.5"),
    ("transport", "\U0001f4e7 \u00fc\n", "\U0001f4e7 \u00fc\n"),
    ("lookback_hops", 3, 3),
    ("lookback_hops", " 3 ", 3),
    ("lookback_hops", -5, -5),
    ("lookback_hops", 3.0, 3),
    ("timeout", 3, 3),
    ("timeout", "1.5", "1.5"),
    ("timeout", 10**29, 10**29),
    ("require_tls_inbound", "yes", "yes"),
    ("require_tls_inbound", 0, 0),
    ("regions", "DE, US", ["DE", "US"]),
    ("regions", "a, b,", ["a", "b", ""]),
    ("ip_restrictions", [5], ["5"]),
    ("numbers", [5, "x"], [5, "x"]),
    ("ip_restrictions", " ", []),
    ("records", "", []),
    ("records", [5], [5]),
    ("no_such_option", "text", "text"),
]
AS_JSON = """. In an ad-hoc command, write all options as JSON: -a '{"option": [...]}'"""
REFUSED: list[tuple[str, Any, str]] = [
    ("transport", True, "must be a string, not true. Quote it to make it a string"),
    ("transport", ["a"], "must be a string, not a list"),
    ("transport", {"a": 1}, "must be a string, not a dictionary"),
    ("transport", math.nan, "must be a string, not nan"),
    ("transport", b"hello", "must be a string, not bytes"),
    ("transport", 1j, "must be a string, not 1j"),
    ("lookback_hops", True, "must be an integer, not true"),
    ("lookback_hops", "three", "must be an integer, not 'three'"),
    ("lookback_hops", "9" * 31, f"must be an integer, not '{'9' * 31}'"),
    ("lookback_hops", "1e999999999", "must be an integer, not '1e999999999'"),
    ("lookback_hops", "inf", "must be an integer, not 'inf'"),
    ("lookback_hops", math.inf, "must be an integer, not inf"),
    ("lookback_hops", 1.5, "must be an integer, not 1.5"),
    ("lookback_hops", [9223372036854775808, None, None], "must be an integer, not a list"),
    ("timeout", False, "must be a number, not false"),
    ("timeout", "soon", "must be a number, not 'soon'"),
    ("timeout", 10**30 + 1, f"must be a number, not 1{'0' * 29}1"),
    ("timeout", 10**400, f"must be a number, not 1{'0' * 78}..."),
    ("timeout", math.nan, "must be a number, not nan"),
    ("require_tls_inbound", [], "must be true or false, not a list"),
    ("regions", 5, "must be a list, not 5"),
    ("regions", ["DE", None], "entry 2 must be a string, not null"),
    ("ip_restrictions", [["192.0.2.7"]], "entry 1 must be a string, not a list"),
    ("records", "a", "must be a list, not 'a'"),
    ("records", "[{'a': 1}]", f"""must be a list, not "[{{'a': 1}}]"{AS_JSON}"""),
    ("records", ' {"a": 1}', f"""must be a list, not ' {{"a": 1}}'{AS_JSON}"""),
    ("records", {"a": 1}, "must be a list, not a dictionary"),
]


@pytest.mark.parametrize(("option", "value", "coerced"), CASES, ids=lambda value: ascii(value)[:30])
def test_what_is_passed_on(option: str, value: Any, coerced: Any) -> None:
    values, errors = coerce(with_aliases(SPEC), {option: value})

    assert (values, errors) == ({option: coerced}, {})
    assert type(values[option]) is type(coerced)


@pytest.mark.parametrize(("option", "value", "sentence"), REFUSED, ids=lambda value: ascii(value)[:30])
def test_what_is_refused(option: str, value: Any, sentence: str) -> None:
    assert coerce(with_aliases(SPEC), {option: value}) == ({}, {option: f"{option}: {sentence}."})


def test_null_is_the_same_as_an_option_that_is_left_out() -> None:
    assert coerce(with_aliases(SPEC), dict.fromkeys(SPEC)) == ({}, {})


def test_an_alias_is_an_option() -> None:
    assert coerce(with_aliases(SPEC), {"other_name": ["x"]}) == (
        {},
        {"other_name": "other_name: must be a string, not a list."},
    )


@pytest.mark.parametrize("name", [5, "a\nb", "x" * 100, None, True])
def test_the_name_of_an_unknown_option_is_short_text_on_one_line(name: Any) -> None:
    [shown] = list(coerce(with_aliases(SPEC), {name: "value"})[0])

    assert isinstance(shown, str)
    assert shown.isprintable()
    assert len(shown) < 90
