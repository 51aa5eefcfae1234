# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declarations of the resources and the API's contract (tests/emulator/openapi.yaml), compared both ways."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.connection import ACCOUNT_ID
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.pagination import PAGE_SIZE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.batch import BATCH_LIST, BATCH_SIZE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    INTEGER_ID,
    UUID,
    Boolean,
    CaseInsensitiveEnum,
    Choice,
    DomainName,
    ExactText,
    FieldType,
    Integer,
    ListOf,
    Network,
    RecordId,
    Text,
    Uuid,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field, Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import RESOURCES
from support.documented import OPENAPI, body, filters, resolved

STRING = {"type": "string"}
every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.module)


def path_of(resource: Resource) -> str:
    return f"/accounts/{{account_id}}/{resource.path}"


def item_of(resource: Resource) -> dict[str, Any]:
    """Return what the contract says of the path of one record."""
    item: dict[str, Any] = OPENAPI["paths"][f"{path_of(resource)}/{{{resource.id_field.name}}}"]
    return item


def patched(resource: Resource) -> dict[str, Any]:
    """Return the schema of the body of a PATCH."""
    schema: dict[str, Any] = resolved(item_of(resource)["patch"]["requestBody"])["content"]["application/json"][
        "schema"
    ]
    return schema


def schema_of(field_type: FieldType) -> dict[str, Any]:
    """Return what the contract has to say of a type of values."""
    if isinstance(field_type, Integer):
        return {"type": "integer", "minimum": field_type.minimum, "maximum": field_type.maximum}
    if isinstance(field_type, ExactText):
        return {**STRING, "minLength": 1, "maxLength": field_type.max_length}
    if isinstance(field_type, Text):
        return STRING if field_type.max_length is None else {**STRING, "maxLength": field_type.max_length}
    if isinstance(field_type, CaseInsensitiveEnum):
        return {**STRING, "enum": [*field_type.choices, *(choice.upper() for choice in field_type.choices)]}
    if isinstance(field_type, Choice):
        return {**STRING, "enum": list(field_type.choices)}
    if isinstance(field_type, ListOf):
        return {"type": "array", "items": schema_of(field_type.item)}
    if isinstance(field_type, RecordId):
        return {**STRING, "pattern": f"^({UUID.pattern}|{INTEGER_ID.pattern})$"}
    if isinstance(field_type, Uuid):
        return {**STRING, "format": "uuid"}
    # What is valid as a name or a network is stricter than the contract.
    return {Boolean: {"type": "boolean"}, Network: STRING, DomainName: STRING}[type(field_type)]


def schema_of_field(field: Field) -> dict[str, Any]:
    schema = dict(schema_of(field.type))
    if field.nullable:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if isinstance(field.type, DomainName):
        schema["minLength"] = 1
    return schema


@every_resource
def test_the_fields_are_those_of_a_patch_with_type_choices_bounds_format_and_null(resource: Resource) -> None:
    schema = patched(resource)

    assert set(schema["properties"]) == set(resource.fields)
    for name, field in resource.fields.items():
        # Not all bounds of texts are published, so a declaration may have more.
        declared = schema_of_field(field)
        for bound in {"minLength", "maxLength"} & set(declared) - set(schema["properties"][name]):
            del declared[bound]
        assert declared == schema["properties"][name]
    assert schema["additionalProperties"] is False
    assert "required" not in schema


@every_resource
def test_no_setting_has_a_default_which_would_change_what_a_task_does_not_name(resource: Resource) -> None:
    spec = resource.argument_spec()

    assert set(spec) == {"state", resource.id_field.name, *resource.fields}
    assert [name for name in resource.fields if spec[name].get("default") is not None] == []


@every_resource
def test_every_request_is_in_the_contract(resource: Resource) -> None:
    paths = OPENAPI["paths"]

    assert set(paths[path_of(resource)]) >= {"get", "post"}
    assert "delete" not in paths[path_of(resource)], "it would delete everything"
    assert set(item_of(resource)) >= {"get", "patch", "delete"}
    assert ("post" in paths.get(f"{path_of(resource)}/batch", {})) is bool(resource.batch)
    parameters = {each["name"]: each["schema"] for each in resolved(item_of(resource)["parameters"])}
    assert set(parameters) == {"account_id", resource.id_field.name}
    # Integers are not documented. A task may have them only where they are no former ids.
    assert parameters[resource.id_field.name] == schema_of(RecordId())


@every_resource
def test_values_beyond_the_bounds_of_the_contract_are_refused(resource: Resource) -> None:
    for name, schema in patched(resource)["properties"].items():
        for valid, invalid in (
            (schema.get("minimum"), schema.get("minimum", 0) - 1),
            (schema.get("maximum"), schema.get("maximum", 0) + 1),
            ("x" * schema.get("maxLength", 0) or None, "x" * (schema.get("maxLength", 0) + 1)),
            ("a.example" if "minLength" in schema else None, ""),
            ("f174e90a-fafe-4643-bbbc-4a0ed4fc8415" if "format" in schema else None, "x"),
        ):
            if valid is not None:
                assert resource.fields[name].validate(valid) == valid
                with pytest.raises(InputError):
                    resource.fields[name].validate(invalid)


@every_resource
def test_a_create_has_what_the_contract_requires(resource: Resource) -> None:
    schema = body(resource.path)
    required = {field.name for field in resource.fields.values() if field.required_on_create}
    defaults = {
        field.name: field.create_default for field in resource.fields.values() if field.create_default is not None
    }
    bounds = {
        name: (each["minItems"], each["maxItems"]) for name, each in schema["properties"].items() if "maxItems" in each
    }

    assert {*resource.key.fields, *required, *defaults} == set(schema["required"])
    assert {
        name: resource.fields[name].items_on_create for name in required if resource.fields[name].items_on_create
    } == bounds
    assert set(resource.one_true_on_create) <= set(defaults)
    for name, value in defaults.items():
        if isinstance(resource.fields[name].type, ListOf):
            assert (value, schema["properties"][name].get("minItems", 0)) == ([], 0)
        else:
            assert (type(value), schema["properties"][name]["type"]) == (bool, "boolean")
    assert set(schema["properties"]) == set(resource.fields)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    "resource", [resource for resource in RESOURCES if resource.batch], ids=lambda resource: resource.module
)
def test_the_lists_of_a_batch(resource: Resource) -> None:
    schema = body(f"{resource.path}/batch")
    fields = {name: set(each["items"]["properties"]) for name, each in schema["properties"].items()}

    assert set(resource.batch) == set(schema["properties"]) == set(schema["required"])
    assert set(resource.batch) & set(BATCH_LIST.values())
    assert {each["maxItems"] for each in schema["properties"].values()} == {BATCH_SIZE}
    assert fields["deletes"] == {"id"}
    if "patches" in resource.batch:
        # Where the key is not accepted there, a change of the key is a request of its own.
        assert {"id", *resource.fields} - set(resource.key.fields) <= fields["patches"] <= {"id", *resource.fields}
    if "posts" in resource.batch:
        assert schema["properties"]["posts"]["items"] == body(resource.path)


@every_resource
def test_the_filters_and_orders_are_those_of_the_contract(resource: Resource) -> None:
    contract = filters(resource.path)
    common = ({"search"} if resource.searchable else set()) | ({"order", "direction"} if resource.orders else set())
    by_key = set(contract) & set(resource.key.fields)
    options = INFO.spec(resource)["argument_spec"]

    assert {"search", "order", "direction"} & set(contract) == common
    # A filter that may miss another spelling of a key that is not unique is not used.
    assert resource.key_filter in (None, *by_key)
    assert {field.name: schema_of(field.type) for field in resource.filters} == {
        name: schema for name, schema in contract.items() if name not in common | by_key
    }
    for name in {"order", "direction"} & common:
        assert options[name]["choices"] == contract[name]["enum"]


def test_a_page_is_as_long_as_the_contract_allows() -> None:
    assert OPENAPI["components"]["parameters"]["PerPage"]["schema"]["maximum"] == PAGE_SIZE


def test_an_account_has_the_bounds_of_the_contract() -> None:
    assert resolved(OPENAPI["components"]["schemas"]["AccountId"]) == {**STRING, "minLength": 1, "maxLength": 32}
    assert [length for length in range(40) if ACCOUNT_ID.fullmatch("a" * length)] == list(range(1, 33))
