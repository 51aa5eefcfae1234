# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules document, as data, and the API's contract (tests/emulator/openapi.yaml)."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import yaml

from support.module_runner import COLLECTION, declared

OPENAPI: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "emulator" / "openapi.yaml").read_text(encoding="utf-8")
)


def part(name: str, of: str) -> Any:
    """Return DOCUMENTATION, EXAMPLES or RETURN of a module."""
    return yaml.safe_load(getattr(importlib.import_module(f"{COLLECTION}.modules.{name}"), of))


def options(name: str) -> dict[str, Any]:
    """Return the documented options of a module, those of its fragments too."""
    documentation = part(name, "DOCUMENTATION")
    found = dict(documentation.get("options", {}))
    for fragment in documentation["extends_documentation_fragment"]:
        # namespace.collection.file, perhaps with a part of the file.
        file, _dot, section = fragment.split(".", 2)[2].partition(".")
        documented = importlib.import_module(f"{COLLECTION}.doc_fragments.{file}").ModuleDocFragment
        found.update(yaml.safe_load(getattr(documented, section.upper() or "DOCUMENTATION")).get("options", {}))
    return found


def spec(name: str) -> dict[str, Any]:
    """Return the argument spec of a module."""
    return dict(declared(name)["argument_spec"])


def text(entry: dict[str, Any]) -> str:
    """Return the description of an option or of a returned value as one text."""
    description = entry["description"]
    return description if isinstance(description, str) else " ".join(description)


def resolved(schema: Any) -> Any:
    """Return a part of the contract with its references followed and its words for people left out."""
    if isinstance(schema, dict) and "$ref" in schema:
        target: Any = OPENAPI
        for step in schema["$ref"].lstrip("#/").split("/"):
            target = target[step]
        return resolved(target)
    if isinstance(schema, dict):
        return {key: resolved(value) for key, value in schema.items() if key != "description"}
    return [resolved(item) for item in schema] if isinstance(schema, list) else schema


def body(path: str) -> dict[str, Any]:
    """Return the schema of the body of a POST; the path is relative to the account."""
    operation = OPENAPI["paths"][f"/accounts/{{account_id}}/{path}"]["post"]
    schema: dict[str, Any] = resolved(operation["requestBody"])["content"]["application/json"]["schema"]
    return schema


def filters(path: str) -> dict[str, dict[str, Any]]:
    """Return the parameters of a list request with their schemas, without those of paging."""
    parameters = resolved(OPENAPI["paths"][f"/accounts/{{account_id}}/{path}"]["get"]["parameters"])
    return {each["name"]: each["schema"] for each in parameters if each["name"] not in ("page", "per_page")}


def record_schema(path: str, id_option: str) -> dict[str, Any]:
    """Return the schema of a record, as a GET by id returns it; the path is relative to the account."""
    operation = OPENAPI["paths"][f"/accounts/{{account_id}}/{path}/{{{id_option}}}"]["get"]
    answer = resolved(operation["responses"]["200"])["content"]["application/json"]["schema"]
    schema: dict[str, Any] = answer["properties"]["result"]
    return schema
