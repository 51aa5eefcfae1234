# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written by hand in the documentation, compared with the code and the API's contract."""

from __future__ import annotations

import importlib
import re
import shlex
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.response import RETRYABLE_STATUSES
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import CaseInsensitiveEnum
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import ACTIONS
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import validator
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import RESOURCES
from support.documented import options, part, record_schema, spec, text
from support.module_runner import COLLECTION
from support.modules import MODULES

TYPES = {"boolean": "bool", "integer": "int", "string": "str", "array": "list", "object": "dict"}
#: What the documentation and the argument spec of an option have in common.
SHARED = ("type", "default", "choices", "elements", "aliases", "required")
every_module = pytest.mark.parametrize("name", MODULES)
every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.module)


def modules_of(resource: Resource) -> list[str]:
    return [name for name, (_kind, other) in MODULES.items() if other is resource]


def documented(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the documented options of a module and their specs, then those of an entry."""
    kind, resource = MODULES[name]
    found = [(options(name), spec(name))]
    if kind is BULK:
        entries = resource.entries_option
        found.append((options(name)[entries]["suboptions"], spec(name)[entries]["options"]))
    return found


@every_module
def test_the_documented_options_are_those_of_the_argument_spec(name: str) -> None:
    for entries, specs in documented(name):
        assert set(entries) == set(specs)
        for option, each in specs.items():
            assert {key: entries[option].get(key) for key in SHARED} == {key: each.get(key) for key in SHARED}, option


def test_the_statuses_that_are_retried_are_documented() -> None:
    description = text(options(RESOURCES[0].module)["retries"])

    assert {408, 429, *range(500, 600)} == RETRYABLE_STATUSES
    assert "(HTTP 429)" in description
    assert "(HTTP 408 and 500 to 599)" in description


@every_module
def test_every_module_is_in_the_action_group_has_check_mode_and_names_the_others(name: str) -> None:
    kind, resource = MODULES[name]
    documentation = part(name, "DOCUMENTATION")
    attributes = "mailsec.cloudflare.attributes.info" if kind is INFO else "mailsec.cloudflare.attributes"

    assert kind.spec(resource)["supports_check_mode"] is True
    assert {attributes, "mailsec.cloudflare.attributes.common"} < set(documentation["extends_documentation_fragment"])
    others = {f"mailsec.cloudflare.{other}" for other in modules_of(resource) if other != name}
    assert others <= {entry.get("module") for entry in documentation["seealso"]}


def schema_of_return(schema: Any) -> dict[str, Any]:
    """Return what RETURN has to say of a field of a record: its type, and what it contains."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    form: dict[str, Any] = {"type": TYPES[types[0]]}
    if "items" in schema:
        form["elements"] = TYPES[schema["items"]["type"]]
    if "properties" in schema:
        form["contains"] = {key: schema_of_return(value) for key, value in schema["properties"].items()}
    return form


def form_of(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a part of RETURN without its words."""
    form = {key: value for key, value in entry.items() if key in ("type", "elements")}
    if "contains" in entry:
        form["contains"] = {key: form_of(value) for key, value in entry["contains"].items()}
    return form


@every_resource
def test_every_field_of_a_record_is_returned_and_no_other(resource: Resource) -> None:
    contains = part(resource.module, "RETURN")["result"]["contains"]
    record = record_schema(resource.path, resource.id_field.name)["properties"]
    in_any_case = {field.name for field in resource.filters if isinstance(field.type, CaseInsensitiveEnum)}

    assert {key: form_of(entry) for key, entry in contains.items()} == {
        key: schema_of_return(schema) for key, schema in record.items()
    }
    for key in set(contains) - set(resource.fields):
        words = set(re.findall(r"V\(([^)]*)\)", text(contains[key]))) - {"null"}
        choices = {word for word in record[key].get("enum", []) if word is not None}
        assert words == ({word.lower() for word in choices} if key in in_any_case else choices), key
        assert key not in in_any_case or "in lower or upper case" in text(contains[key])
        assert ("Can be V(null)." in text(contains[key])) is ("null" in record[key]["type"]), key


@every_resource
def test_every_action_is_in_the_summary(resource: Resource) -> None:
    summary = part(resource.bulk_module, "RETURN")["summary"]["contains"]

    assert tuple(summary) == (*ACTIONS, "counts")
    assert tuple(summary["counts"]["sample"]) == ACTIONS


def tasks_of(entries: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the options of each task for a module, those of tasks in blocks with their defaults."""
    found = []
    for entry in entries:
        defaults = entry.get("module_defaults", {}).get("group/mailsec.cloudflare.all", {})
        found += [{**defaults, **params} for params in tasks_of(entry.get("block", []), name)]
        if f"mailsec.cloudflare.{name}" in entry:
            found.append(entry[f"mailsec.cloudflare.{name}"] or {})
    return found


def ad_hoc_of(name: str) -> list[dict[str, Any]]:
    """Return the options of each ad-hoc command in the comments of EXAMPLES."""
    examples = importlib.import_module(f"{COLLECTION}.modules.{name}").EXAMPLES
    comments = "\n".join(line[2:] for line in examples.splitlines() if line.startswith("# "))
    commands = [shlex.split(line) for line in comments.replace("\\\n", " ").splitlines() if line.startswith("ansible ")]
    found = []
    for command in commands:
        assert command[command.index("-m") + 1] == f"mailsec.cloudflare.{name}"
        found.append(dict(pair.split("=", 1) for pair in shlex.split(command[command.index("-a") + 1])))
    return found


@every_module
def test_every_example_is_valid(name: str) -> None:
    kind, resource = MODULES[name]
    tasks = tasks_of(part(name, "EXAMPLES"), name)
    assert len(tasks) >= 2

    for params in tasks + ad_hoc_of(name):
        if isinstance(params.get(resource.entries_option), str):
            params[resource.entries_option] = []  # a template stands for them
            params["purge"] = False
        # A template in an example stands for a token.
        given = {"account_id": "a", **params, "api_token": "t"}
        arguments = validator(kind, resource).validate(given)
        connection.parse_connection(arguments.values, {}, arguments.errors)
        kind.parse(resource, arguments.values, arguments.errors)
        assert arguments.errors.messages == [], params
