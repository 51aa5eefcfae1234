# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Types of fields: what holds for every value of every field."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    Boolean,
    Choice,
    DomainName,
    ExactText,
    FieldType,
    FormerIntegerId,
    Integer,
    ListOf,
    Network,
    RecordId,
    Text,
    Title,
    Uuid,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field
from support.resources import ALL_SAMPLES

FIELDS = {
    f"{sample.collection}.{field.name}": field
    for sample in ALL_SAMPLES
    for field in (sample.resource.id_field, *sample.resource.fields.values())
}
every_field = pytest.mark.parametrize("name", FIELDS)
#: Each property is tried with every field: a few examples of each make many.
few = settings(max_examples=20)

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(lambda label: label[2:4] != "--")
U_LABELS = st.sampled_from(["\u00f6", "b\u00fccher", "\u4f8b\u3048", "\u03b1\u03b2", "xn--nda"])
NAMES = st.builds(
    lambda labels, last: ".".join([*labels, last]),
    st.lists(LABELS | U_LABELS, min_size=1, max_size=3) | st.lists(LABELS | st.just("_dmarc"), min_size=1, max_size=3),
    st.just("example"),
)
ADDRESSES = st.ip_addresses()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | NAMES
JSON = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=3)


def network(address: Any, length: int) -> str:
    return f"{address}/{length % (address.max_prefixlen + 1)}"


NETWORKS = st.builds(network, ADDRESSES, st.integers(0, 128)) | ADDRESSES.map(str)


def values(field_type: FieldType) -> st.SearchStrategy[Any]:
    """Return what a user may write for a field of a field_type."""
    if isinstance(field_type, Boolean):
        return st.booleans()
    if isinstance(field_type, Integer):
        return st.integers(field_type.minimum, field_type.maximum)
    if isinstance(field_type, Title):
        return st.text(max_size=50).filter(str.strip)
    if isinstance(field_type, Text):
        return st.text(min_size=isinstance(field_type, ExactText), max_size=50)
    if isinstance(field_type, Choice):
        return st.sampled_from(field_type.choices)
    if isinstance(field_type, ListOf):
        return st.lists(values(field_type.item), max_size=5)
    strategies = {
        Uuid: st.uuids().map(str),
        FormerIntegerId: st.uuids().map(str),
        RecordId: st.uuids().map(str) | st.integers(0, 10**12).map(str),
        Network: NETWORKS,
        DomainName: NAMES,
    }
    return strategies[type(field_type)]


def respelled(field_type: FieldType, value: Any, draw: Any) -> Any:
    """Return another spelling of a value."""
    if isinstance(field_type, DomainName):
        other = value.upper() if value.isascii() else value
        return other + draw(st.sampled_from(["", "."]))
    if isinstance(field_type, Uuid):
        return value.upper()
    if isinstance(field_type, Title):
        return f" {value}\n"
    if isinstance(field_type, Network):
        interface = ipaddress.ip_interface(value)
        address = interface.ip.exploded.upper() if interface.version == 6 else str(interface.ip)
        bare = interface.network.prefixlen == interface.max_prefixlen and draw(st.booleans())
        return address if bare else f"{address}/{interface.network.prefixlen}"
    if isinstance(field_type, ListOf):
        repeated = value + draw(st.lists(st.sampled_from(value), max_size=3)) if value else value
        shuffled = [respelled(field_type.item, item, draw) for item in draw(st.permutations(repeated))]
        return shuffled or draw(st.sampled_from([[], None]))
    return draw(st.sampled_from(["", None])) if isinstance(field_type, Text) and not value else value


@every_field
@few
@given(data=st.data())
def test_order_repeats_and_spelling_never_matter(name: str, data: st.DataObject) -> None:
    field = FIELDS[name]
    value = data.draw(values(field.type))
    other = respelled(field.type, value, data.draw)

    assert field.same(value, other)
    assert field.same(other, value)
    assert field.display_value(value) == field.display_value(other)


@every_field
@few
@given(data=st.data())
def test_what_is_sent_has_the_meaning_of_what_was_written(name: str, data: st.DataObject) -> None:
    field = FIELDS[name]
    value = data.draw(values(field.type))
    sent = field.validate(value)

    assert field.same(value, sent)
    assert field.validate(sent) == sent if sent is not None else field.nullable
    if isinstance(sent, list):
        # As it was written, in its order, without repeats.
        written = iter(value)
        assert all(item in written for item in sent)
        assert len(sent) == len(field.display_value(sent))


@every_field
@few
@given(one=JSON, other=JSON)
def test_any_value_of_a_server_can_be_compared_and_shown(name: str, one: Any, other: Any) -> None:
    field = FIELDS[name]

    assert field.same(one, one)
    assert field.same(one, other) == field.same(other, one)
    json.dumps(field.display_value(one))
    if field.same(one, other) and not isinstance(one, (int, float)):
        assert field.display_value(one) == field.display_value(other)


@every_field
@few
@given(data=st.data())
def test_what_a_diff_shows_is_shown_as_itself(name: str, data: st.DataObject) -> None:
    field = FIELDS[name]
    shown = field.display_value(data.draw(values(field.type)))

    assert field.display_value(shown) == shown


@every_field
@few
@given(text=st.text() | NAMES | NETWORKS)
def test_any_text_is_sent_or_refused_with_the_name_of_the_option(name: str, text: str) -> None:
    field = FIELDS[name]
    value: Any = [text] if isinstance(field.type, ListOf) else text
    if isinstance(field.type, (Boolean, Integer)):
        return

    refusal = ""
    try:
        field.validate(value)
    except InputError as error:
        refusal = str(error)

    assert not refusal or refusal.startswith(f"{field.name}: ")
    assert "\n" not in refusal


@given(number=st.integers())
def test_a_number_is_valid_exactly_within_its_bounds(number: int) -> None:
    field = Field("n", Integer(-3, 7))
    if number in range(-3, 8):
        assert field.validate(number) == number
    else:
        with pytest.raises(InputError, match=r"^n: must be a number from -3 to 7, not "):
            field.validate(number)


@given(one=NETWORKS, other=NETWORKS)
def test_networks_are_the_same_exactly_where_their_addresses_are(one: str, other: str) -> None:
    same = ipaddress.ip_network(one, strict=False) == ipaddress.ip_network(other, strict=False)

    assert Field("n", Network()).same(one, other) == same


@given(one=st.lists(st.sampled_from("ABC")), other=st.lists(st.sampled_from("ABC")))
def test_lists_are_the_same_exactly_where_their_sets_are(one: list[str], other: list[str]) -> None:
    assert Field("s", ListOf(Choice("A", "B", "C"))).same(one, other) == (set(one) == set(other))
