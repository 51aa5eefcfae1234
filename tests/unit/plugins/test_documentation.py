# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation says, compared with the code and with the API's contract."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.mailsec.cloudflare.plugins.module_utils import answers, client, connection, way
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.desired import parse_desired
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import Integer, Text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.coercion import split_text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)
from support.module_runner import COLLECTION, declared

OPENAPI: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "emulator" / "openapi.yaml").read_text(encoding="utf-8")
)
RESOURCES = {"email_security_domain": DOMAIN, "sending_domain_restriction": SENDING_DOMAIN_RESTRICTION}
RECORDS = {"email_security_domain": "Domain", "sending_domain_restriction": "Restriction"}
TYPES = {"boolean": "bool", "integer": "int", "string": "str", "array": "list", "object": "dict"}
every_module = pytest.mark.parametrize("name", RESOURCES)


def part(name: str, of: str) -> Any:
    """Return DOCUMENTATION, EXAMPLES or RETURN of a module, as data."""
    return yaml.safe_load(getattr(importlib.import_module(f"{COLLECTION}.modules.{name}"), of))


def options(name: str) -> dict[str, Any]:
    """Return the documented options of a module, those of its fragments too."""
    documentation = part(name, "DOCUMENTATION")
    found = dict(documentation.get("options", {}))
    for fragment in documentation["extends_documentation_fragment"]:
        # namespace.collection.file, perhaps with the part of the file that is meant.
        file, _dot, section = fragment.split(".", 2)[2].partition(".")
        documented = importlib.import_module(f"{COLLECTION}.doc_fragments.{file}").ModuleDocFragment
        found.update(yaml.safe_load(getattr(documented, section.upper() or "DOCUMENTATION")).get("options", {}))
    return found


def text(option: dict[str, Any]) -> str:
    description = option["description"]
    return description if isinstance(description, str) else " ".join(description)


def spec(name: str) -> dict[str, Any]:
    return dict(declared(name)["argument_spec"])


@every_module
def test_documented_options_are_those_of_the_argument_spec(name: str) -> None:
    documented = options(name)
    stated = spec(name)

    assert set(documented) == set(stated)
    for option, entry in stated.items():
        for key in ("type", "default", "choices", "elements", "aliases"):
            assert documented[option].get(key) == entry.get(key), f"{option}: {key}"


@every_module
def test_the_environment_variables_in_the_text_are_those_that_are_read(name: str) -> None:
    named = {option: set(re.findall(r"E\(([^)]*)\)", text(entry))) for option, entry in options(name).items()}

    assert {option: names for option, names in named.items() if names} == {
        **{option: {variable} for option, variable in connection.ENVIRONMENT.items()},
        "ca_path": set(way.BUNDLES),
    }


@every_module
def test_the_bounds_in_the_text_are_those_that_are_checked(name: str) -> None:
    stated = {
        option: (float(least), float(most))
        for option, entry in options(name).items()
        for least, most in re.findall(r"V\(([0-9.]+)\) to V\(([0-9.]+)\)", text(entry))
    }
    numbers = {
        field.name: (field.kind.minimum, field.kind.maximum)
        for field in RESOURCES[name].fields.values()
        if isinstance(field.kind, Integer)
    }

    assert stated == {**connection.BOUNDS, **numbers}


@every_module
def test_the_lengths_in_the_text_are_those_that_are_checked(name: str) -> None:
    stated = {
        option: int(length)
        for option, entry in options(name).items()
        for length in re.findall(r"at most (\d+) characters", text(entry))
    }
    lengths = {
        field.name: field.kind.max_length
        for field in RESOURCES[name].fields.values()
        if isinstance(field.kind, Text) and field.kind.max_length is not None
    }

    assert stated == lengths


@every_module
def test_the_text_says_of_every_setting_that_an_empty_string_removes_it_where_it_does(name: str) -> None:
    entries = options(name)
    stated = {option for option, entry in entries.items() if re.search(r"empty string removes", text(entry))}

    assert stated == {field.name for field in RESOURCES[name].fields.values() if field.nullable}


def test_the_text_on_repeats_is_what_the_client_does() -> None:
    said = text(options("email_security_domain")["retries"])

    assert {408, 429, *range(500, 600)} == answers.TRANSIENT_STATUSES
    assert "(HTTP 429)" in said
    assert "(HTTP 408 and 500 to 599)" in said
    assert (client.FIRST_DELAY, client.LONGEST_DELAY) == (1, 30)
    assert "from about a second to half a minute" in said


def test_both_modules_word_what_they_share_in_the_same_way() -> None:
    one, other = (part(name, "RETURN") for name in RESOURCES)
    for returned in (one, other):
        # These hold the name of the resource.
        del returned["failure"]["contains"]["url"]["sample"]
        for header in ("before_header", "after_header"):
            del returned["diff"]["contains"][header]["sample"]

    assert set(one) == set(other)
    for key in set(one) - {"result"}:
        assert one[key] == other[key], key
    assert one["result"]["contains"]["last_modified"] == other["result"]["contains"]["last_modified"]
    assert one["result"]["returned"] == other["result"]["returned"]


def followed(schema: Any) -> dict[str, Any]:
    while "$ref" in schema:
        schema = OPENAPI["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return dict(schema)


def documented_as(schema: Any) -> dict[str, Any]:
    """Return what RETURN has to say of a field of a record: its type, and what it contains."""
    schema = followed(schema)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    said: dict[str, Any] = {"type": TYPES[kinds[0]]}
    if "items" in schema:
        said["elements"] = TYPES[followed(schema["items"])["type"]]
    if "properties" in schema:
        said["contains"] = {key: documented_as(value) for key, value in schema["properties"].items()}
    return said


def of_form(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a part of RETURN without its words."""
    form = {key: value for key, value in entry.items() if key in ("type", "elements")}
    if "contains" in entry:
        form["contains"] = {key: of_form(value) for key, value in entry["contains"].items()}
    return form


@every_module
def test_every_field_of_a_record_is_returned_and_no_other(name: str) -> None:
    contained = part(name, "RETURN")["result"]["contains"]
    properties = followed(OPENAPI["components"]["schemas"][RECORDS[name]])["properties"]

    assert {key: of_form(entry) for key, entry in contained.items()} == {
        key: documented_as(schema) for key, schema in properties.items()
    }
    assert set(RESOURCES[name].fields) < set(contained)


@every_module
def test_the_words_that_a_field_may_hold_are_those_of_the_contract(name: str) -> None:
    contained = part(name, "RETURN")["result"]["contains"]
    properties = followed(OPENAPI["components"]["schemas"][RECORDS[name]])["properties"]
    for key, entry in contained.items():
        words = set(re.findall(r"C\(([^)]*)\)", text(entry)))
        allowed = {word for word in followed(properties[key]).get("enum", []) if word is not None}
        if key == "status":
            assert "in lower or upper case" in text(entry)
            allowed = {word.lower() for word in allowed}
        if key not in RESOURCES[name].fields:
            assert words == allowed, key


@every_module
def test_every_returned_value_has_a_description_and_a_sample_of_its_type(name: str) -> None:
    types = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}

    def check(key: str, entry: dict[str, Any]) -> None:
        assert entry["description"], key
        if "sample" in entry:
            assert types[entry["type"]] == entry["sample"].__class__, key
        elif "contains" in entry:
            for name, inner in entry["contains"].items():
                check(name, inner)
        else:
            assert key in ("before", "after"), key

    for key, entry in part(name, "RETURN").items():
        check(key, entry)


def tasks_of(entries: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the options of each task for a module, those of tasks in blocks with their defaults."""
    found = []
    for entry in entries:
        defaults = entry.get("module_defaults", {}).get("group/mailsec.cloudflare.all", {})
        found += [{**defaults, **params} for params in tasks_of(entry.get("block", []), name)]
        if f"mailsec.cloudflare.{name}" in entry:
            found.append(entry[f"mailsec.cloudflare.{name}"])
    return found


def ad_hoc_of(name: str) -> list[dict[str, Any]]:
    """Return the options of each ad-hoc command in the comments of EXAMPLES."""
    examples = importlib.import_module(f"{COLLECTION}.modules.{name}").EXAMPLES
    comments = "\n".join(line[2:] for line in examples.splitlines() if line.startswith("# "))
    commands = [shlex.split(line) for line in comments.replace("\\\n", " ").splitlines() if line.startswith("ansible ")]
    found = []
    for command in commands:
        assert command[command.index("-m") + 1] == f"mailsec.cloudflare.{name}"
        pairs = (pair.split("=", 1) for pair in shlex.split(command[command.index("-a") + 1]))
        lists = {option for option, entry in spec(name).items() if entry["type"] == "list"}
        found.append({key: split_text(value) if key in lists else value for key, value in pairs})
    return found


@pytest.mark.parametrize("name", [f"{name}{suffix}" for name in RESOURCES for suffix in ("", "s", "_info")])
def test_every_option_says_what_it_is_in_words_that_ansible_knows(name: str) -> None:
    known = {"type", "default", "choices", "elements", "options", "required", "fallback", "aliases", "no_log"}

    for option, entry in spec(name).items():
        assert "type" in entry, option
        assert entry.keys() <= known, option


@every_module
def test_every_example_is_taken(name: str) -> None:
    resource: Resource = RESOURCES[name]
    tasks = tasks_of(part(name, "EXAMPLES"), name)
    commands = ad_hoc_of(name)
    assert len(tasks) >= 3
    assert commands

    stated = declared(name)
    validator = ArgumentSpecValidator(stated["argument_spec"], required_one_of=stated["required_one_of"])
    for params in tasks + commands:
        result = validator.validate({"account_id": "a", **params})
        assert not result.error_messages, params
        parse_desired(resource, result.validated_parameters)
        # A template in an example stands for a token.
        connection.settings({**result.validated_parameters, "api_token": "t"}, {})
