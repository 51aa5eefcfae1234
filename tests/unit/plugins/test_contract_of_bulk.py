# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is created, batched and filtered by, compared with the API's contract (tests/emulator/openapi.yaml)."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.pagination import PAGE_SIZE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.batch import BATCH_SIZE, LIST_OF
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    CaseInsensitiveEnum,
    Choice,
    ListOf,
    Uuid,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import NAME, Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.task_info import spec as info_spec
from support.documented import OPENAPI, body, filters

RESOURCES = [DOMAIN, SENDING_DOMAIN_RESTRICTION]
every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.noun)


@every_resource
def test_what_a_create_has_to_have_is_needed_or_filled_in(resource: Resource) -> None:
    needed = {NAME, *resource.needed_to_create, *resource.created_with}

    assert needed == set(body(resource.path)["required"])


@every_resource
def test_what_is_filled_in_is_what_the_contract_takes(resource: Resource) -> None:
    for name, value in resource.created_with.items():
        assert isinstance(resource.fields[name].kind, ListOf)
        assert value == []
        assert body(resource.path)["properties"][name].get("minItems", 0) == 0


@every_resource
def test_the_bounds_of_the_lists_of_a_create(resource: Resource) -> None:
    bounds = {
        name: (schema["minItems"], schema["maxItems"])
        for name, schema in body(resource.path)["properties"].items()
        if "maxItems" in schema
    }

    assert dict(resource.needed_to_create) == bounds


@every_resource
def test_a_create_takes_every_field_and_no_other(resource: Resource) -> None:
    schema = body(resource.path)

    assert set(schema["properties"]) == set(resource.fields)
    assert schema["additionalProperties"] is False


@every_resource
def test_the_lists_of_a_batch(resource: Resource) -> None:
    schema = body(f"{resource.path}/batch")

    assert set(resource.batch) == set(schema["properties"]) == set(schema["required"])
    for listed in schema["properties"].values():
        assert listed["maxItems"] == BATCH_SIZE
    assert set(resource.batch) & set(LIST_OF.values())


@every_resource
def test_what_goes_into_the_lists_of_a_batch(resource: Resource) -> None:
    properties = body(f"{resource.path}/batch")["properties"]
    fields = set(resource.fields)

    def of(name: str) -> set[str]:
        return set(properties[name]["items"]["properties"])

    assert of("deletes") == {"id"}
    if "patches" in resource.batch:
        # The name is not accepted there, so a rename never goes into a batch.
        assert of("patches") == {"id", *fields} - {NAME}
    if "posts" in resource.batch:
        assert properties["posts"]["items"] == body(resource.path)


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the schema that a filter of a kind has."""
    if isinstance(kind, CaseInsensitiveEnum):
        return {"type": "string", "enum": [*kind.choices, *(choice.upper() for choice in kind.choices)]}
    if isinstance(kind, Choice):
        return {"type": "string", "enum": list(kind.choices)}
    assert isinstance(kind, Uuid)
    return {"type": "string", "format": "uuid"}


@every_resource
def test_a_list_can_be_filtered_by_all_that_the_contract_has(resource: Resource) -> None:
    common = {"search", "order", "direction", *([NAME] if resource.filters_by_name else [])}
    contract = filters(resource.path)

    assert {field.name: schema_of(field.kind) for field in resource.listed_by} == {
        name: schema for name, schema in contract.items() if name not in common
    }
    assert common <= set(contract)


@every_resource
def test_the_choices_of_order_and_direction_are_those_of_the_contract(resource: Resource) -> None:
    stated = info_spec(resource)["argument_spec"]

    for option in ("order", "direction"):
        assert stated[option]["choices"] == filters(resource.path)[option]["enum"]


@every_resource
def test_the_requests_that_are_sent_are_in_the_contract(resource: Resource) -> None:
    paths = OPENAPI["paths"]
    collection = f"/accounts/{{account_id}}/{resource.path}"

    assert set(paths[collection]) >= {"get", "post"}
    assert "delete" not in paths[collection], "it would delete everything"
    assert "post" in paths[f"{collection}/batch"]
    assert set(paths[f"{collection}/{{{resource.id_field.name}}}"]) >= {"get", "patch", "delete"}


def test_a_page_is_as_long_as_it_can_be() -> None:
    assert OPENAPI["components"]["parameters"]["PerPage"]["schema"]["maximum"] == PAGE_SIZE
