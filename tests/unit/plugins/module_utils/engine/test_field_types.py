# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields: what is taken, what is sent, what is the same and what is shown, case by case."""

from __future__ import annotations

import builtins
from typing import Any

import idna
import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import quote
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    Boolean,
    CaseInsensitiveEnum,
    Choice,
    DomainName,
    Integer,
    Kind,
    ListOf,
    Network,
    Text,
    Uuid,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.names import to_a_labels
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field

LONGEST_LABEL = "a" * 63
ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Boolean(), True),
        (Boolean(), False),
        (Integer(1, 20), 1),
        (Integer(1, 20), 20),
        (Text(3), ""),
        (Text(3), "\u00f6\u00f6\u00f6"),
        (Text(), "x" * 100_000),
        (Text(1024), "\x00\n\u202e"),
        (Uuid(), ID),
        (Uuid(), ID.upper()),
        (Network(), "192.0.2.7"),
        (Network(), "0.0.0.0/0"),
        (Network(), "192.0.2.7/24"),
        (Network(), "2001:DB8::/32"),
        (Network(), "::"),
        (Network(), "::ffff:192.0.2.7/128"),
        (DomainName(), "example.com"),
        (DomainName(), "Example.COM."),
        (DomainName(), "_dmarc.a-b.example"),
        (DomainName(), "1.2.example"),
        (DomainName(), f"{LONGEST_LABEL}.example"),
        (DomainName(), ".".join([LONGEST_LABEL] * 3 + ["a" * 61])),
        (DomainName(), "B\u00fccher.example"),
        (DomainName(), "xn--bcher-kva.example"),
        (DomainName(), "\u4f8b\u3048\u3002\u30c6\u30b9\u30c8"),
        (DomainName(), "fa\u00df.example"),
    ],
    ids=lambda value: ascii(value)[:30] if not isinstance(value, Kind) else type(value).__name__,
)
def test_what_is_taken_is_sent_as_it_was_written(kind: Kind, value: Any) -> None:
    assert Field("option", kind).check(value) == value


@pytest.mark.parametrize(
    ("kind", "written", "sent"),
    [
        (ListOf(Choice("A", "B")), ["B", "A", "B"], ["B", "A"]),
        (ListOf(Network()), ["192.0.2.9/24", "192.0.2.0/24", "192.0.2.9"], ["192.0.2.9/24", "192.0.2.9"]),
        (ListOf(DomainName()), ["B.example.", "a.example", "b.EXAMPLE"], ["B.example.", "a.example"]),
        (ListOf(DomainName()), [], []),
    ],
)
def test_lists_are_sent_in_their_order_without_repeats(kind: Kind, written: list[str], sent: list[str]) -> None:
    assert Field("option", kind).check(written) == sent


@pytest.mark.parametrize(("nullable", "sent"), [(True, None), (False, "")])
def test_an_empty_text_clears_what_can_be_null(nullable: bool, sent: Any) -> None:
    assert Field("option", Text(5), nullable).check("") == sent


@pytest.mark.parametrize("value", ["", "192.0.2.0/255.255.255.0", "fe80::1%eth0", "192.0.2.256", "example.com"])
def test_what_is_no_network_is_quoted(value: str) -> None:
    with pytest.raises(InputError) as error:
        Field("option", Network()).check(value)

    assert str(error.value) == (
        f"option: must be an address or a network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, not {value!r}."
    )


def test_a_name_of_u_labels_is_read_up_to_a_thousand_characters() -> None:
    for length, reason in ((1000, ""), (1001, " (it is too long)")):
        name = ("\u00f6." * 501)[:length]
        with pytest.raises(InputError) as error:
            Field("option", DomainName()).check(name)

        assert str(error.value) == f"option: must be a domain name such as example.com, not {quote(name)}{reason}."


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a\u200bb.example", " (it has U+200B in it, which cannot be seen)"),
        ("\u00f6\u00adb.example", " (it has U+00AD in it, which cannot be seen)"),
        # It stands for (1), which can be seen, and is no part of a name.
        ("\u2474.example", ""),
    ],
)
def test_a_character_that_nobody_sees_is_no_part_of_a_name(name: str, reason: str) -> None:
    with pytest.raises(InputError) as error:
        Field("option", DomainName()).check(name)

    assert str(error.value) == f"option: must be a domain name such as example.com, not {quote(name)}{reason}."


def test_a_long_reason_is_cut() -> None:
    label = "a" * 150 + "\u0378"
    with pytest.raises(idna.IDNAError) as reason:
        idna.uts46_remap(f"{label}.example")
    assert len(str(reason.value)) > 201

    with pytest.raises(InputError) as error:
        Field("option", DomainName()).check(f"{label}.example")

    assert str(error.value).endswith(f"...' ({str(reason.value)[:200]}).")


def test_an_empty_text_is_no_id_where_the_id_cannot_be_null() -> None:
    assert Field("option", Uuid(), nullable=True).check("") is None
    with pytest.raises(InputError, match=r"^option: must be a UUID such as .*, not ''\.$"):
        Field("option", Uuid()).check("")


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (Field("f", Boolean()), True, False),
        (Field("f", Boolean()), False, None),
        (Field("f", Integer(1, 20)), 2, "2"),
        (Field("f", Text()), "a", "A"),
        (Field("f", Text()), "a", "a "),
        (Field("f", Text()), "", " "),
        (Field("f", Choice("a")), "a", "A"),
        (Field("f", Choice("a"), nullable=True), "a", None),
        (Field("f", Choice("a")), "", None),
        (Field("f", ListOf(Choice("A", "B"))), ["A"], ["A", "B"]),
        (Field("f", ListOf(Choice("A", "B"))), [], ["A"]),
        (Field("f", ListOf(Choice("A", "B"))), ["A"], "A"),
        (Field("f", ListOf(Choice("A", "B"))), [], {}),
        (Field("f", ListOf(Network())), ["192.0.2.0"], ["192.0.2.0/24"]),
        (Field("f", ListOf(DomainName())), [{"odd": 1}], [{"odd": 2}]),
        (Field("f", ListOf(Network())), ["0.0.0.0/0"], ["::/0"]),
        (Field("f", ListOf(Network())), ["192.0.2.7"], ["::ffff:192.0.2.7"]),
        (Field("f", DomainName()), "a.example", "b.example"),
        (Field("f", DomainName()), "a.example", "sub.a.example"),
        (Field("f", DomainName()), "stra\u00dfe.example", "strasse.example"),
        (Field("f", Uuid(), nullable=True), ID, None),
    ],
)
def test_what_differs_differs_both_ways(field: Field, one: Any, other: Any) -> None:
    assert not field.same(one, other)
    assert not field.same(other, one)


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (Field("f", Text()), None, ""),
        (Field("f", Text(), nullable=True), "", ""),
        (Field("f", Choice("a"), nullable=True), "", None),
        (Field("f", Uuid(), nullable=True), ID.upper(), ID),
        (Field("f", ListOf(Choice("A", "B"))), None, []),
        (Field("f", ListOf(Choice("A", "B"))), ["B", "A", "B"], ["A", "B"]),
        (Field("f", ListOf(DomainName())), ["b.example.", "A.example", 5, None], [5, None, "a.example", "b.example"]),
        (Field("f", ListOf(Network())), ["192.0.2.9/24", "odd"], ["192.0.2.0/24", "odd"]),
        (Field("f", ListOf(Network())), "odd", "odd"),
        (Field("f", DomainName()), "\u00d6.example.", "xn--nda.example"),
        (Field("f", DomainName()), "_x.B\u00fccher.Example.", "_x.xn--bcher-kva.example"),
        (Field("f", DomainName()), "\u00d6..Example", "xn--nda..example"),
        (Field("f", DomainName()), "\u00d6" * 1001, "\u00f6" * 1001),
        (Field("f", CaseInsensitiveEnum("a")), "A", "a"),
        (Field("f", CaseInsensitiveEnum("a")), 5, 5),
        (Field("f", Integer(1, 20)), {"odd": 1}, {"odd": 1}),
    ],
)
def test_what_is_shown_is_the_meaning_in_one_spelling(field: Field, value: Any, shown: Any) -> None:
    assert field.shown(value) == shown


@pytest.mark.parametrize(
    ("field", "spec"),
    [
        (Field("f", Boolean()), {"type": "bool"}),
        (Field("f", Integer(1, 2)), {"type": "int"}),
        (Field("f", Text(3), nullable=True), {"type": "str"}),
        (Field("f", Choice("a", "b")), {"type": "str", "choices": ["a", "b"]}),
        (Field("f", Choice("a", "b"), nullable=True), {"type": "str", "choices": ["a", "b", ""]}),
        (Field("f", ListOf(Choice("a"))), {"type": "list", "elements": "str", "choices": ["a"]}),
        (Field("f", ListOf(Network())), {"type": "list", "elements": "str"}),
    ],
)
def test_the_argument_spec_of_a_field(field: Field, spec: dict[str, Any]) -> None:
    assert field.spec() == spec
    # A spec of its own each time: nothing is appended to the choices of the kind.
    assert field.spec() == spec


def test_without_idna_a_name_of_ascii_is_read_and_another_is_told_to_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "idna":
            raise ImportError(name)
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    to_a_labels.cache_clear()

    assert Field("domain", DomainName()).check("example.com") == "example.com"
    with pytest.raises(InputError) as error:
        Field("domain", DomainName()).check("\u00f6.example")
    assert str(error.value) == (
        "domain: must be a domain name such as example.com, not '\u00f6.example' "
        "(the Python package idna, which reads such names, is not installed)."
    )
