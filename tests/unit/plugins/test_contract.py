# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules' options and the API's contract (tests/emulator/openapi.yaml), compared both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.email_security import (
    DOMAIN,
    SENDING_DOMAIN_RESTRICTION,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import (
    INTEGER_ID,
    UUID,
    Choice,
    Field,
    Flag,
    Kind,
    Name,
    Network,
    Number,
    RecordId,
    SetOf,
    Text,
    Uuid,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource

OPENAPI: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "emulator" / "openapi.yaml").read_text(encoding="utf-8")
)
RESOURCES = [DOMAIN, SENDING_DOMAIN_RESTRICTION]
#: Options that say what to do with a record: the API has no parameter for them.
OF_THE_TASK = {"state", "list_mode"}
TYPES = {"boolean": "bool", "integer": "int", "string": "str", "array": "list"}
every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.noun)


def resolved(schema: Any) -> Any:
    """Return a part of the contract with its references followed and its words for people left out."""
    if isinstance(schema, dict) and "$ref" in schema:
        target: Any = OPENAPI
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        return resolved(target)
    if isinstance(schema, dict):
        return {key: resolved(value) for key, value in schema.items() if key != "description"}
    return [resolved(item) for item in schema] if isinstance(schema, list) else schema


def item_path(resource: Resource) -> str:
    return f"/accounts/{{account_id}}/{resource.path}/{{{resource.id_field.name}}}"


def patched(resource: Resource) -> dict[str, Any]:
    """Return the schema of the body of a PATCH."""
    body = OPENAPI["paths"][item_path(resource)]["patch"]["requestBody"]
    schema: dict[str, Any] = resolved(body)["content"]["application/json"]["schema"]
    return schema


def schema_of(kind: Kind) -> dict[str, Any]:
    """Return the schema that says of a kind of values what the API has to say of it."""
    if isinstance(kind, Number):
        return {"type": "integer", "minimum": kind.minimum, "maximum": kind.maximum}
    if isinstance(kind, Text):
        return {"type": "string", **({} if kind.max_length is None else {"maxLength": kind.max_length})}
    if isinstance(kind, Choice):
        return {"type": "string", "enum": list(kind.choices)}
    if isinstance(kind, SetOf):
        return {"type": "array", "items": schema_of(kind.item)}
    # The form of names and networks is stricter than the contract, which has none.
    if isinstance(kind, RecordId):
        return {"type": "string", "pattern": f"^({UUID.pattern}|{INTEGER_ID.pattern})$"}
    schemas = {Flag: {"type": "boolean"}, Uuid: {"type": "string", "format": "uuid"}, Network: {"type": "string"}}
    return {**schemas, Name: {"type": "string"}}[type(kind)]


def schema_of_field(field: Field) -> dict[str, Any]:
    schema = schema_of(field.kind)
    if field.nullable:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if isinstance(field.kind, Name):
        schema["minLength"] = 1
    return schema


def fields_of(resource: Resource) -> list[Field]:
    return list(resource.fields.values())


@every_resource
def test_the_fields_are_those_that_can_be_patched_with_type_choices_bounds_format_and_null(resource: Resource) -> None:
    schema = patched(resource)

    assert {field.name: schema_of_field(field) for field in fields_of(resource)} == schema["properties"]
    # Nothing else may be sent, and nothing has to be.
    assert schema["additionalProperties"] is False
    assert "required" not in schema


@every_resource
def test_the_options_are_the_fields_the_id_and_those_of_the_connection(resource: Resource) -> None:
    options = set(resource.spec()) - OF_THE_TASK - set(connection.spec())

    assert options == {resource.id_field.name, *patched(resource)["properties"]}


@every_resource
def test_the_argument_spec_has_the_types_and_choices_of_the_contract(resource: Resource) -> None:
    spec = resource.spec()
    for name, schema in patched(resource)["properties"].items():
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        choices = schema.get("items", schema).get("enum")
        expected = {
            "type": TYPES[kinds[0]],
            # An empty text in the task is null for the API.
            "choices": None if choices is None else ["" if choice is None else choice for choice in choices],
            "elements": TYPES[schema["items"]["type"]] if "items" in schema else None,
        }
        assert {key: spec[name].get(key) for key in expected} == expected, name
        # What has a default is changed by tasks that do not name it.
        assert "default" not in spec[name]
        assert not spec[name].get("required")


@every_resource
def test_the_path_and_the_id_are_those_of_the_contract(resource: Resource) -> None:
    assert set(OPENAPI["paths"][item_path(resource)]) >= {"get", "patch"}
    parameters = {
        parameter["name"]: parameter for parameter in resolved(OPENAPI["paths"][item_path(resource)]["parameters"])
    }

    assert set(parameters) == {"account_id", resource.id_field.name}
    assert parameters[resource.id_field.name]["schema"] == schema_of(resource.id_field.kind)


def test_the_account_has_the_bounds_of_the_contract() -> None:
    schema = resolved(OPENAPI["components"]["schemas"]["AccountId"])
    assert schema == {"type": "string", "minLength": 1, "maxLength": 32}

    for length in (schema["minLength"] - 1, schema["minLength"], schema["maxLength"], schema["maxLength"] + 1):
        taken = connection.ACCOUNT_ID.fullmatch("a" * length) is not None
        assert taken == (schema["minLength"] <= length <= schema["maxLength"])


@every_resource
def test_what_the_contract_bounds_the_fields_do_refuse(resource: Resource) -> None:
    fields = {field.name: field for field in fields_of(resource)}
    for name, schema in patched(resource)["properties"].items():
        for good, bad in (
            (schema.get("minimum"), schema.get("minimum", 0) - 1),
            (schema.get("maximum"), schema.get("maximum", 0) + 1),
            ("x" * schema.get("maxLength", 0) or None, "x" * (schema.get("maxLength", 0) + 1)),
            ("a.example" if "minLength" in schema else None, ""),
            ("f174e90a-fafe-4643-bbbc-4a0ed4fc8415" if "format" in schema else None, "x"),
        ):
            if good is not None:
                assert fields[name].check(good) == good
                with pytest.raises(InputError):
                    fields[name].check(bad)


@every_resource
def test_what_the_contract_lets_be_null_an_empty_text_makes_null(resource: Resource) -> None:
    nullable = {name for name, schema in patched(resource)["properties"].items() if "null" in schema["type"]}

    for field in fields_of(resource):
        if isinstance(field.kind, (Text, Choice, Uuid)) and field.name in nullable:
            assert field.check("") is None
    assert {field.name for field in fields_of(resource) if field.nullable} == nullable


@every_resource
def test_a_list_is_asked_for_a_name_exactly_where_the_contract_has_that_filter(resource: Resource) -> None:
    parameters = resolved(OPENAPI["paths"][f"/accounts/{{account_id}}/{resource.path}"]["get"]["parameters"])

    assert resource.filters_by_name == ("domain" in {parameter["name"] for parameter in parameters})
