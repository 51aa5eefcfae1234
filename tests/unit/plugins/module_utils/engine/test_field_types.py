# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Types of fields: valid values, what is sent, what is the same, what a diff shows. Names: test_names.py."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    Boolean,
    CaseInsensitiveEnum,
    Choice,
    DomainName,
    FieldType,
    Integer,
    ListOf,
    Network,
    Text,
    Uuid,
)
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
    ids=lambda value: ascii(value)[:30] if not isinstance(value, FieldType) else type(value).__name__,
)
def test_a_valid_value_is_sent_as_it_was_written(kind: FieldType, value: Any) -> None:
    assert Field("option", kind).validate(value) == value


@pytest.mark.parametrize(
    ("kind", "written", "sent"),
    [
        (ListOf(Choice("A", "B")), ["B", "A", "B"], ["B", "A"]),
        (ListOf(Network()), ["192.0.2.9/24", "192.0.2.0/24", "192.0.2.9"], ["192.0.2.9/24", "192.0.2.9"]),
        (ListOf(DomainName()), ["B.example.", "a.example", "b.EXAMPLE"], ["B.example.", "a.example"]),
        (ListOf(DomainName()), [], []),
    ],
)
def test_lists_are_sent_in_their_order_without_repeats(kind: FieldType, written: list[str], sent: list[str]) -> None:
    assert Field("option", kind).validate(written) == sent


@pytest.mark.parametrize("value", ["", "192.0.2.0/255.255.255.0", "fe80::1%eth0", "192.0.2.256", "example.com"])
def test_an_invalid_network_is_quoted(value: str) -> None:
    with pytest.raises(InputError) as error:
        Field("option", Network()).validate(value)

    assert str(error.value) == (
        f"option: must be an IP address or network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, not {value!r}."
    )


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (Field("f", Boolean()), True, False),
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
def test_values_that_differ_do_so_both_ways(field: Field, one: Any, other: Any) -> None:
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
def test_a_diff_shows_one_spelling_of_each_meaning(field: Field, value: Any, shown: Any) -> None:
    assert field.display_value(value) == shown


def test_an_id_is_sent_in_lower_case() -> None:
    assert Field("option", Uuid()).validate(ID.upper()) == ID


@pytest.mark.parametrize("value", [False, None])
def test_null_is_false(value: Any) -> None:
    assert Field("f", Boolean()).same(value, False)
    assert not Field("f", Boolean()).same(value, True)


@pytest.mark.parametrize(
    ("field_type", "values"),
    [(Text(), ["x"]), (DomainName(), ["example.com"]), (Uuid(), ["x"]), (CaseInsensitiveEnum("x"), ["x"])],
)
def test_what_a_filter_is_sent(field_type: FieldType, values: list[str]) -> None:
    assert field_type.query_values(values[0]) == values


def test_a_filter_is_sent_a_name_in_both_forms() -> None:
    assert DomainName().query_values("\u00f6.Example") == ["xn--nda.example", "\u00f6.Example"]
    assert DomainName().query_values("Example.COM.") == ["example.com"]


@pytest.mark.parametrize(
    ("list_mode", "current", "given", "merged"),
    [
        ("append", ["a.example"], ["A.example.", "b.example"], ["a.example", "b.example"]),
        ("append", None, ["b.example"], ["b.example"]),
        ("append", [{"odd": 1}], ["b.example"], [{"odd": 1}, "b.example"]),
        ("remove", ["a.example", "b.example"], ["A.example."], ["b.example"]),
        ("remove", None, ["b.example"], []),
        ("remove", [{"odd": 1}], ["b.example"], [{"odd": 1}]),
    ],
)
def test_lists_are_merged_by_meaning(list_mode: str, current: Any, given: list[str], merged: list[Any]) -> None:
    assert ListOf(DomainName()).merge(list_mode, current, given) == merged
