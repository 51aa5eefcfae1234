# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields: what holds for every value."""

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
    Integer,
    Kind,
    ListOf,
    Network,
    Text,
    Uuid,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)

FIELDS = {
    f"{resource.path.rpartition('/')[2]}.{field.name}": field
    for resource in (DOMAIN, SENDING_DOMAIN_RESTRICTION)
    for field in (resource.id_field, *resource.fields.values())
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
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def network(address: Any, length: int) -> str:
    return f"{address}/{length % (address.max_prefixlen + 1)}"


NETWORKS = st.builds(network, ADDRESSES, st.integers(0, 128)) | ADDRESSES.map(str)


def values(kind: Kind) -> st.SearchStrategy[Any]:
    """Return what a user may write for a field of a kind."""
    if isinstance(kind, Boolean):
        return st.booleans()
    if isinstance(kind, Integer):
        return st.integers(kind.minimum, kind.maximum)
    if isinstance(kind, Text):
        return st.text(max_size=50)
    if isinstance(kind, Choice):
        return st.sampled_from(kind.choices)
    if isinstance(kind, ListOf):
        return st.lists(values(kind.item), max_size=5)
    strategies = {Uuid: st.uuids().map(str), Network: NETWORKS, DomainName: NAMES}
    return strategies[type(kind)]


def respelled(kind: Kind, value: Any, draw: Any) -> Any:
    """Return another spelling of a value."""
    if isinstance(kind, DomainName):
        other = value.upper() if value.isascii() else value
        return other + draw(st.sampled_from(["", "."]))
    if isinstance(kind, Uuid):
        return value.upper()
    if isinstance(kind, Network):
        interface = ipaddress.ip_interface(value)
        address = interface.ip.exploded.upper() if interface.version == 6 else str(interface.ip)
        bare = interface.network.prefixlen == interface.max_prefixlen and draw(st.booleans())
        return address if bare else f"{address}/{interface.network.prefixlen}"
    if isinstance(kind, ListOf):
        repeated = value + draw(st.lists(st.sampled_from(value), max_size=3)) if value else value
        shuffled = [respelled(kind.item, item, draw) for item in draw(st.permutations(repeated))]
        return shuffled or draw(st.sampled_from([[], None]))
    return draw(st.sampled_from(["", None])) if isinstance(kind, Text) and not value else value


@every_field
@few
@given(data=st.data())
def test_order_repeats_and_spelling_never_matter(name: str, data: st.DataObject) -> None:
    field = FIELDS[name]
    value = data.draw(values(field.kind))
    other = respelled(field.kind, value, data.draw)

    assert field.same(value, other)
    assert field.same(other, value)
    assert field.shown(value) == field.shown(other)


@every_field
@few
@given(data=st.data())
def test_what_is_sent_means_what_was_written(name: str, data: st.DataObject) -> None:
    field = FIELDS[name]
    value = data.draw(values(field.kind))
    sent = field.check(value)

    assert field.same(value, sent)
    assert field.check(sent) == sent if sent is not None else field.nullable
    if isinstance(sent, list):
        # As it was written, in its order, without repeats.
        written = iter(value)
        assert all(item in written for item in sent)
        assert len(sent) == len(field.shown(sent))


@every_field
@few
@given(one=JSON, other=JSON)
def test_whatever_a_server_sends_can_be_compared_and_shown(name: str, one: Any, other: Any) -> None:
    field = FIELDS[name]

    assert field.same(one, one)
    assert field.same(one, other) == field.same(other, one)
    json.dumps(field.shown(one))
    if field.same(one, other) and not isinstance(one, (int, float)):
        assert field.shown(one) == field.shown(other)


@every_field
@few
@given(data=st.data())
def test_what_is_shown_means_the_same_and_is_shown_as_itself(name: str, data: st.DataObject) -> None:
    field = FIELDS[name]
    shown = field.shown(data.draw(values(field.kind)))

    assert field.shown(shown) == shown


@every_field
@few
@given(text=st.text() | NAMES | NETWORKS)
def test_whatever_a_user_writes_is_sent_or_refused_with_the_name_of_the_option(name: str, text: str) -> None:
    field = FIELDS[name]
    value: Any = [text] if isinstance(field.kind, ListOf) else text
    if isinstance(field.kind, (Boolean, Integer)):
        return

    refusal = ""
    try:
        field.check(value)
    except InputError as error:
        refusal = str(error)

    assert not refusal or refusal.startswith(f"{field.name}: ")
    assert "\n" not in refusal


@given(number=st.integers())
def test_a_number_is_taken_exactly_within_its_bounds(number: int) -> None:
    field = Field("n", Integer(-3, 7))
    if number in range(-3, 8):
        assert field.check(number) == number
    else:
        with pytest.raises(InputError, match=r"^n: must be a number from -3 to 7, not "):
            field.check(number)


@given(one=NETWORKS, other=NETWORKS)
def test_networks_are_the_same_exactly_where_they_hold_the_same_addresses(one: str, other: str) -> None:
    same = ipaddress.ip_network(one, strict=False) == ipaddress.ip_network(other, strict=False)

    assert Field("n", Network()).same(one, other) == same


@given(one=st.lists(st.sampled_from("ABC")), other=st.lists(st.sampled_from("ABC")))
def test_lists_are_the_same_exactly_where_their_sets_are(one: list[str], other: list[str]) -> None:
    assert Field("s", ListOf(Choice("A", "B", "C"))).same(one, other) == (set(one) == set(other))
