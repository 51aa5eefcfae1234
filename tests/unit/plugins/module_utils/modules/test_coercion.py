# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options as they were written: what is taken is what Ansible would take, and the rest is refused with a sentence."""

from __future__ import annotations

import math
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.coercion import coerce, split_text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN

SPEC: dict[str, dict[str, Any]] = {
    **DOMAIN.spec(),
    "timeout": {"type": "float"},
    "records": {"type": "list", "elements": "dict"},
}
WORDS = ["present", "absent", "DIRECT", "GLOBAL", "SPAM", "Inbox", "AllItems", "", "yes", "5", "1.5", "MARS", "a, b"]
SCALARS = st.sampled_from(WORDS) | st.booleans() | st.integers(-1, 21) | st.none() | st.floats(0, 2)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(WORDS), SCALARS, max_size=1)


@given(st.dictionaries(st.sampled_from([*DOMAIN.spec(), "timeout"]), VALUES, max_size=4))
def test_what_is_taken_is_what_ansible_makes_of_it_and_leaves_as_it_is(options: dict[str, Any]) -> None:
    taken, refused = coerce(SPEC, options)
    left_out = {option for option, value in options.items() if value is None}

    assert {*taken, *refused, *left_out} == set(options)
    # Ansible splits texts at commas too, but keeps the blanks, and makes one entry of an empty one.
    written = {option: options[option] for option in taken}
    written.update({option: split_text(value) for option, value in written.items() if _is_split(option, value)})
    # Older versions of ansible-core refuse 3.0 for a whole number.
    written.update({"lookback_hops": int(written["lookback_hops"])} if "lookback_hops" in written else {})
    for given_value in (written, taken):
        checked = ArgumentSpecValidator(SPEC).validate(dict(given_value))
        assert not checked.error_messages
        assert {option: checked.validated_parameters[option] for option in taken} == taken


def _is_split(option: str, value: Any) -> bool:
    return SPEC[option]["type"] == "list" and isinstance(value, str)


CASES: list[tuple[str, Any, Any]] = [
    ("transport", "mx.example.com", "mx.example.com"),
    ("transport", 5, "5"),
    ("transport", 1.5, "1.5"),
    ("transport", "\U0001f4e7 \u00fc\n", "\U0001f4e7 \u00fc\n"),
    ("lookback_hops", 3, 3),
    ("lookback_hops", " 3 ", 3),
    ("lookback_hops", 3.0, 3),
    ("lookback_hops", 10**400, 10**400),
    ("timeout", 3, 3.0),
    ("timeout", "1.5", 1.5),
    ("timeout", 10**30, 1e30),
    ("require_tls_inbound", "yes", True),
    ("require_tls_inbound", 0, False),
    ("regions", "DE, US", ["DE", "US"]),
    ("ip_restrictions", [5], ["5"]),
    ("ip_restrictions", " ", []),
    ("records", "", []),
    ("records", [5], [5]),
    ("no_such_option", None, None),
    ("no_such_option", "text", "text"),
]
AS_JSON = """. In an ad-hoc command, write all the options as JSON: -a '{"option": [...]}'"""
REFUSED: list[tuple[str, Any, str]] = [
    ("transport", True, "must be a text, not true. Put quotes around a text of that word"),
    ("transport", ["a"], "must be a text, not a list"),
    ("transport", {"a": 1}, "must be a text, not a dictionary"),
    ("transport", math.nan, "must be a text, not nan"),
    ("transport", "a\ud800", "has a character that is none: half of a surrogate pair"),
    ("state", "gone", "must be one of present, absent, not 'gone'"),
    ("folder", "Junk\n", r"must be one of AllItems, Inbox, '', not 'Junk\n'"),
    ("lookback_hops", True, "must be an integer, not true"),
    ("lookback_hops", "three", "must be an integer, not 'three'"),
    ("lookback_hops", "\u00a03", r"must be an integer, not '\xa03'"),
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
    ("require_tls_inbound", "perhaps", "must be true or false, not 'perhaps'"),
    ("require_tls_inbound", [], "must be true or false, not a list"),
    ("regions", 5, "must be a list, not 5"),
    ("regions", ["DE", None], "entry 2 must be a text, not null"),
    ("regions", ["DE", "MARS"], "entry 2 must be one of GLOBAL, AU, DE, IN, US, not 'MARS'"),
    ("ip_restrictions", [["192.0.2.7"]], "entry 1 must be a text, not a list"),
    ("records", "a", "must be a list, not 'a'"),
    ("records", "[{'a': 1}]", f"""must be a list, not "[{{'a': 1}}]"{AS_JSON}"""),
    ("records", ' {"a": 1}', f"""must be a list, not ' {{"a": 1}}'{AS_JSON}"""),
    ("records", {"a": 1}, "must be a list, not a dictionary"),
]


@pytest.mark.parametrize(("option", "value", "meant"), CASES, ids=lambda value: ascii(value)[:30])
def test_what_is_taken(option: str, value: Any, meant: Any) -> None:
    taken, refused = coerce(SPEC, {option: value})

    assert (taken, refused) == ({option: meant}, {})
    assert type(taken[option]) is type(meant)


@pytest.mark.parametrize(("option", "value", "sentence"), REFUSED, ids=lambda value: ascii(value)[:30])
def test_what_is_refused(option: str, value: Any, sentence: str) -> None:
    assert coerce(SPEC, {option: value}) == ({}, {option: f"{option}: {sentence}."})


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("", []),
        ("  ", []),
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        ("a,", ["a", ""]),
        (",", ["", ""]),
        ("2001:db8::/32,192.0.2.0/24", ["2001:db8::/32", "192.0.2.0/24"]),
    ],
)
def test_a_text_is_split_at_commas(text: str, entries: list[str]) -> None:
    assert split_text(text) == entries
