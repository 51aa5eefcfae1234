# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources: fields, keys of one or several fields, labels, differences and paths."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    Boolean,
    Choice,
    Integer,
    ListOf,
    Network,
    Text,
    Uuid,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field
from support.resources import RULE
from support.sample import Sample

KEY = {"pattern": "A@example.com", "kind": "EMAIL", "is_regex": False}


@pytest.mark.parametrize(("nullable", "sent"), [(True, None), (False, "")])
def test_an_empty_string_clears_a_nullable_field(nullable: bool, sent: Any) -> None:
    assert Field("option", Text(5), nullable=nullable).validate("") == sent


def test_an_empty_string_is_an_id_only_if_the_id_is_nullable() -> None:
    assert Field("option", Uuid(), nullable=True).validate("") is None
    with pytest.raises(InputError, match=r"^option: must be a UUID such as .*, not ''\.$"):
        Field("option", Uuid()).validate("")


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
        (Field("f", ListOf(Integer(1, 2))), {"type": "list", "elements": "int"}),
    ],
)
def test_the_argument_spec_of_a_field(field: Field, spec: dict[str, Any]) -> None:
    assert field.argument_spec() == spec
    # A new one each time: nothing is appended to the choices of the type.
    assert field.argument_spec() == spec


def test_the_options_of_a_record_are_its_state_its_id_and_its_fields(sample: Sample) -> None:
    spec = sample.resource.argument_spec()

    assert set(spec) == {"state", sample.id_option, *sample.resource.fields}
    assert {option for option, each in spec.items() if "default" in each} == {"state"}
    assert not any(each.get("required") for each in spec.values())


def test_a_task_needs_the_id_or_every_key_field_without_a_default(sample: Sample) -> None:
    assert sample.resource.required_one_of == [[sample.id_option, name] for name in sample.respelled]


def test_the_key_does_not_depend_on_the_spelling_and_differs_between_records(sample: Sample) -> None:
    resource = sample.resource

    assert resource.key_of(sample.record) is not None
    assert resource.key_of(sample.respelled) == resource.key_of(sample.record)
    assert resource.key_of(sample.other) != resource.key_of(sample.record)


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_key_field_there_is_no_key_and_no_label(sample: Sample, value: Any) -> None:
    for name in sample.respelled:
        assert sample.resource.key_of({**sample.record, name: value}) is None
        assert sample.resource.label({**sample.record, name: value}) is None
    assert sample.resource.key_of({}) is None


@pytest.mark.parametrize("value", [["x"], {"a": []}, 5, True])
def test_a_key_field_of_any_type_is_part_of_the_key(sample: Sample, value: Any) -> None:
    for name in sample.resource.key.fields:
        key = sample.resource.key_of({**sample.record, name: value})
        assert key is not None
        assert hash(key) == hash(sample.resource.key_of({**sample.record, name: value}))


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"pattern": "a@EXAMPLE.com"}, True),
        ({"is_regex": None}, True),
        ({"pattern": "b@example.com"}, False),
        ({"kind": "DOMAIN"}, False),
        ({"is_regex": True}, False),
    ],
)
def test_a_key_of_several_fields(other: dict[str, Any], same: bool) -> None:
    assert (RULE.resource.key_of(KEY) == RULE.resource.key_of({**KEY, **other})) is same


@pytest.mark.parametrize("others", [{"kind": "DOMAIN"}, {"is_regex": True}])
def test_how_a_key_field_compares_depends_on_the_whole_record(others: dict[str, Any]) -> None:
    assert RULE.resource.key_of({**KEY, **others}) != RULE.resource.key_of(
        {**KEY, **others, "pattern": "a@example.com"}
    )


def test_a_default_of_the_key_counts_for_null_and_for_nothing() -> None:
    without = {"pattern": "a", "kind": "DOMAIN"}

    assert (
        RULE.resource.key_of(without)
        == RULE.resource.key_of({**without, "is_regex": None})
        == RULE.resource.key_of({**without, "is_regex": False})
    )
    assert RULE.resource.label(without) == RULE.resource.label({**without, "is_regex": None}) == "a (DOMAIN)"


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ({"is_regex": True}, "A@example.com (EMAIL, is_regex)"),
        ({"kind": "DOMAIN"}, "A@example.com (DOMAIN)"),
    ],
)
def test_the_label_of_a_key_of_several_fields(key: dict[str, Any], label: str) -> None:
    assert RULE.resource.label({**KEY, **key}) == label


@pytest.mark.parametrize(
    ("settings", "stored", "different"),
    [
        # The record compares letter by letter, or would do so.
        ({"pattern": "A@example.com"}, {"is_regex": True}, {"pattern": "A@example.com"}),
        ({"pattern": "A@example.com", "is_regex": True}, {}, {"pattern": "A@example.com", "is_regex": True}),
        ({"pattern": "A@example.com", "kind": "DOMAIN"}, {}, {"pattern": "A@example.com", "kind": "DOMAIN"}),
        ({"is_regex": True}, {}, {"is_regex": True}),
        ({"is_regex": False}, {"is_regex": None}, {}),
        # Without its key, nothing is known of how the record compares.
        ({"pattern": "A@example.com"}, {"kind": None}, {"pattern": "A@example.com"}),
    ],
)
def test_the_difference_of_a_key_of_several_fields(
    settings: dict[str, Any], stored: dict[str, Any], different: dict[str, Any]
) -> None:
    assert RULE.resource.difference(settings, RULE.numbered(pattern="a@example.com", **stored)) == different


@pytest.mark.parametrize(("record_id", "last"), [(7, "7"), ("a/b", "a%2Fb"), ("\u00e4?", "%C3%A4%3F")])
def test_the_path_of_a_record(sample: Sample, record_id: Any, last: str) -> None:
    assert sample.resource.path_of(record_id) == f"{sample.resource.path}/{last}"
