# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module documents, compared with the code, the API's contract and the other modules of its resource."""

from __future__ import annotations

import importlib
import re
import shlex
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import connection, credentials, tls
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.response import RETRYABLE_STATUSES
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.retries import FIRST_DELAY, MAX_DELAY
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import Integer, Text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import ACTIONS
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field, Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import bulk
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.arguments import CONNECTION_SPEC
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import validator
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO, SEARCH
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.registry import MODULES, RESOURCES
from support.documented import options, part, record_schema, spec, text
from support.module_runner import COLLECTION

TYPES = {"boolean": "bool", "integer": "int", "string": "str", "array": "list", "object": "dict"}
#: What the documentation and the argument spec of an option have in common.
SHARED = ("type", "default", "choices", "elements", "aliases", "required")
every_module = pytest.mark.parametrize("name", MODULES)
every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.module)


def modules_of(resource: Resource) -> list[str]:
    return [name for name, (_kind, other) in MODULES.items() if other is resource]


def documented(name: str) -> list[tuple[dict[str, Any], dict[str, Any], list[Field]]]:
    """Return the documented options of a module and their specs, then those of an entry; each with its fields."""
    kind, resource = MODULES[name]
    fields = list(resource.fields.values())
    if kind is INFO:
        return [(options(name), spec(name), [SEARCH])]
    if kind is not BULK:
        return [(options(name), spec(name), fields)]
    entries = resource.entries_option
    return [
        (options(name), spec(name), []),
        (options(name)[entries]["suboptions"], spec(name)[entries]["options"], fields),
    ]


@every_module
def test_the_documented_options_are_those_of_the_argument_spec(name: str) -> None:
    for entries, specs, _fields in documented(name):
        assert set(entries) == set(specs)
        for option, each in specs.items():
            assert {key: entries[option].get(key) for key in SHARED} == {key: each.get(key) for key in SHARED}, option


@every_module
def test_the_numbers_in_the_text_are_those_of_the_code(name: str) -> None:
    for number, (entries, _specs, fields) in enumerate(documented(name)):
        bounds = {
            field.name: (field.type.minimum, field.type.maximum) for field in fields if isinstance(field.type, Integer)
        }
        if number == 0:
            bounds.update(connection.BOUNDS)
            bounds.update(bulk.BOUNDS if MODULES[name][0] is BULK else {})
        assert bounds == {
            option: (float(least), float(most))
            for option, entry in entries.items()
            for least, most in re.findall(r"V\(([0-9.]+)\)\s+to\s+V\(([0-9.]+)\)", text(entry))
        }
        lengths = {option: re.findall(r"at most (\d+) characters", text(entry)) for option, entry in entries.items()}
        assert {option: int(found[0]) for option, found in lengths.items() if found} == {
            field.name: field.type.max_length
            for field in fields
            if isinstance(field.type, Text) and field.type.max_length is not None and field is not SEARCH
        }


@every_module
def test_the_environment_variables_in_the_text_are_those_that_are_read(name: str) -> None:
    variables = {option: set(re.findall(r"E\(([^)]*)\)", text(entry))) for option, entry in options(name).items()}

    assert {option: found for option, found in variables.items() if found} == {
        **{option: {variable} for option, variable in credentials.ENVIRONMENT.items()},
        "ca_path": set(tls.BUNDLES),
    }


def test_the_default_url_is_in_the_text() -> None:
    assert f"V({connection.DEFAULT_URL})" in text(options(RESOURCES[0].module)["api_url"])


def test_the_text_on_retries_is_what_the_client_does() -> None:
    description = text(options(RESOURCES[0].module)["retries"])

    assert {408, 429, *range(500, 600)} == RETRYABLE_STATUSES
    assert "(HTTP 429)" in description
    assert "(HTTP 408 and 500 to 599)" in description
    assert (FIRST_DELAY, MAX_DELAY) == (1, 30)
    assert "from about a second to half a minute" in description


@every_resource
def test_the_text_says_what_an_empty_string_removes_what_a_create_needs_and_that_a_deletion_is_final(
    resource: Resource,
) -> None:
    entries = options(resource.module)
    fields = resource.fields.values()

    assert {option for option, entry in entries.items() if "empty string removes" in text(entry)} == {
        field.name for field in fields if field.nullable
    }
    (present,) = (line for line in entries["state"]["description"] if line.startswith("With V(present)"))
    assert set(re.findall(r"O\((\w+)\)", present)) == {
        *resource.key.fields,
        *(field.name for field in fields if field.required_on_create or field.create_default is not None),
    }
    assert re.search(r"B\([^)]*cannot be undone\)", text(entries["state"]))


@every_resource
def test_an_entry_has_the_options_of_the_single_module_in_the_same_words(resource: Resource) -> None:
    entry = options(resource.bulk_module)[resource.entries_option]["suboptions"]
    single = options(resource.module)

    for option, each in entry.items():
        words = re.sub(r"\bO\((\w+)\)", rf"O({resource.entries_option}[].\1)", text(single[option]))
        assert text(each) == words, option
    assert set(single) - set(entry) == {*CONNECTION_SPEC, "list_mode"}


@every_resource
def test_the_filter_by_id_excludes_the_others(resource: Resource) -> None:
    declared = INFO.spec(resource)
    filters = set(declared["argument_spec"]) - set(CONNECTION_SPEC) - {resource.id_field.name}

    assert {tuple(pair) for pair in declared["mutually_exclusive"]} == {
        (resource.id_field.name, option) for option in filters
    }
    assert "Not together with other filters" in text(options(resource.info_module)[resource.id_field.name])


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
    in_any_case = {field.name for field in resource.filters if not field.type.filtered_by_server}

    assert {key: form_of(entry) for key, entry in contains.items()} == {
        key: schema_of_return(schema) for key, schema in record.items()
    }
    for key in set(contains) - set(resource.fields):
        words = set(re.findall(r"C\(([^)]*)\)", text(contains[key])))
        choices = {word for word in record[key].get("enum", []) if word is not None}
        assert words == ({word.lower() for word in choices} if key in in_any_case else choices), key
        assert key not in in_any_case or "in lower or upper case" in text(contains[key])


@every_module
def test_every_returned_value_has_a_description_and_a_sample_of_its_type(name: str) -> None:
    types = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}

    def check(key: str, entry: dict[str, Any]) -> None:
        assert entry["description"], key
        if "sample" in entry:
            assert types[entry["type"]] == entry["sample"].__class__, key
        elif "contains" in entry:
            for inner, each in entry["contains"].items():
                check(inner, each)
        else:
            assert key in ("before", "after") or entry["type"] == "list", key

    for key, entry in part(name, "RETURN").items():
        check(key, entry)


@every_resource
def test_the_modules_of_a_resource_return_what_they_share_in_the_same_words(resource: Resource) -> None:
    single = part(resource.module, "RETURN")
    for name in (resource.bulk_module, resource.info_module):
        other = part(name, "RETURN")
        assert other["result"]["contains"] == single["result"]["contains"]
        assert (other["failure"], other["account_id"]) == (single["failure"], single["account_id"])
        assert (other["result"]["type"], other["result"]["elements"]) == ("list", "dict")
    summary = part(resource.bulk_module, "RETURN")["summary"]["contains"]
    assert tuple(summary) == (*ACTIONS, "counts")
    assert tuple(summary["counts"]["sample"]) == ACTIONS


def without_names(returned: dict[str, Any]) -> dict[str, Any]:
    """Return RETURN without what has the name of the resource."""
    del returned["failure"]["contains"]["url"]["sample"]
    for header in ("before_header", "after_header"):
        returned.get("diff", {}).get("contains", {}).get(header, {}).pop("sample", None)
    returned["result"] = {"returned": returned["result"]["returned"]}
    for words in ("diff", "summary"):
        returned.get(words, {}).pop("description", None)
    return returned


@pytest.mark.parametrize("kind", ["module", "bulk_module", "info_module"])
def test_the_modules_of_a_kind_return_what_they_share_in_the_same_words(kind: str) -> None:
    first, *others = (without_names(part(getattr(resource, kind), "RETURN")) for resource in RESOURCES)

    assert all(other == first for other in others)


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
