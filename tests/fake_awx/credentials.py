# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWX's rules for custom credential types and for the credentials of a type, and what a job gets from one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft4Validator

from .refused import Refused

ENCRYPTED = "$encrypted$"
VARIABLE = r"^[a-zA-Z_]+[a-zA-Z0-9_]*$"

INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "required": {"type": "array", "items": {"type": "string"}},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "label"],
                "properties": {
                    "id": {"type": "string", "pattern": VARIABLE},
                    "label": {"type": "string"},
                    "help_text": {"type": "string"},
                    "type": {"enum": ["string", "boolean"]},
                    "format": {"enum": ["ssh_private_key", "url"]},
                    "choices": {"type": "array", "minItems": 1, "items": {"type": "string"}, "uniqueItems": True},
                    "multiline": {"type": "boolean"},
                    "secret": {"type": "boolean"},
                    "ask_at_runtime": {"type": "boolean"},
                    "default": {},
                },
            },
        },
    },
}


def _named(values: Mapping[str, Any], names: str = VARIABLE) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "patternProperties": {names: values}}


INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file": _named({"type": "string"}, r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$"),
        "env": _named({"type": "string", "pattern": "^[\x00-\x7f]*$"}),
        "extra_vars": _named({"type": "string"}),
    },
}

#: Variables of AWX itself, which no credential may set; nor those that begin with ANSIBLE_.
RESERVED = {
    *("VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "INVENTORY_SOURCE_ID", "INVENTORY_UPDATE_ID"),
    *("AD_HOC_COMMAND_ID", "REST_API_URL", "REST_API_TOKEN", "MAX_EVENT_RES", "CALLBACK_QUEUE", "CALLBACK_CONNECTION"),
    *("CACHE", "JOB_CALLBACK_DEBUG", "INVENTORY_HOSTVARS", "AWX_HOST", "PROJECT_REVISION"),
    "SUPERVISOR_WEB_CONFIG_PATH",
}

#: Types that AWX brings along, as far as they are needed here.
BUILT_IN = (
    {
        "name": "Vault",
        "kind": "vault",
        "managed": True,
        "inputs": {
            "fields": [
                {"id": "vault_password", "label": "Vault Password", "type": "string", "secret": True},
                {"id": "vault_id", "label": "Vault Identifier", "type": "string"},
            ],
            "required": ["vault_password"],
        },
        "injectors": {},
    },
    {
        "name": "Ansible Galaxy/Automation Hub API Token",
        "kind": "galaxy",
        "managed": True,
        "inputs": {
            "fields": [
                {"id": "url", "label": "Galaxy Server URL", "type": "string"},
                {"id": "token", "label": "API Token", "type": "string", "secret": True},
            ],
            "required": ["url"],
        },
        "injectors": {},
    },
)


def check_type(values: Mapping[str, Any]) -> None:
    """Raise Refused where AWX does not take this as a credential type of its user."""
    if values["kind"] not in ("cloud", "net"):
        raise Refused(kind=[f"Must be 'cloud' or 'net', not {values['kind']}"])
    _check_schema("inputs", values["inputs"], INPUTS)
    fields = values["inputs"].get("fields", [])
    for number, field in enumerate(fields):
        name, kind = field["id"], field.get("type", "string")
        if name == "tower":
            raise Refused(inputs=['"tower" is a reserved field name'])
        if name in [other["id"] for other in fields[:number]]:
            raise Refused(inputs=[f"field IDs must be unique ({name})"])
        if "default" in field and not isinstance(field["default"], {"string": str, "boolean": bool}[kind]):
            raise Refused(inputs=[f"{field['default']} is not a {kind}"])
        for key in ("choices", "multiline", "format", "secret"):
            if key in field and kind != "string":
                raise Refused(inputs=[f"{key} not allowed for {kind} type ({name})"])
    _check_injectors(values["injectors"], [field["id"] for field in fields])


def _check_injectors(injectors: Mapping[str, Any], names: list[str]) -> None:
    _check_schema("injectors", injectors, INJECTORS)
    for variable in injectors.get("env", {}):
        if variable.startswith("ANSIBLE_") or variable in RESERVED:
            raise Refused(injectors=[f"Environment variable {variable} is not allowed to be used in credentials."])
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for kind, templates in injectors.items():
        for key, template in templates.items():
            try:
                environment.from_string(template).render(dict.fromkeys(names, "EXAMPLE"))
            except TemplateError as error:
                raise Refused(injectors=[f"{key} in {kind} uses what it cannot: {error}"]) from error


def check_inputs(inputs: Mapping[str, Any], credential_type: Mapping[str, Any]) -> None:
    """Raise Refused where these are not inputs of a credential of that type."""
    specs = credential_type["inputs"].get("fields", [])
    known = {spec["id"]: {"type": spec.get("type", "string")} for spec in specs}
    _check_schema("inputs", inputs, {"type": "object", "additionalProperties": False, "properties": known})


def kept(inputs: Mapping[str, Any], credential_type: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what AWX keeps of inputs: an empty secret not at all, and for a placeholder the secret it stands for."""
    secrets = secret_fields(credential_type)
    values = {name: before[name] if value == ENCRYPTED and name in secrets else value for name, value in inputs.items()}
    return {name: value for name, value in values.items() if value or name not in secrets}


def shown(inputs: Mapping[str, Any], credential_type: Mapping[str, Any]) -> dict[str, Any]:
    """Return what AWX tells about inputs: no secret."""
    secrets = secret_fields(credential_type)
    return {name: ENCRYPTED if name in secrets else value for name, value in inputs.items()}


def secret_fields(credential_type: Mapping[str, Any]) -> list[str]:
    """Return the names of a type's secret fields."""
    return [field["id"] for field in credential_type["inputs"].get("fields", []) if field.get("secret") is True]


def environment(inputs: Mapping[str, Any], credential_type: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables that a job gets. What was not filled in renders as nothing: the variable is there, empty."""
    given = {name: value for name, value in inputs.items() if value}
    templates: Mapping[str, str] = credential_type["injectors"].get("env", {})
    jinja = ImmutableSandboxedEnvironment()
    return {name: jinja.from_string(template).render(given) for name, template in templates.items()}


def _check_schema(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    problems = [error.message for error in Draft4Validator(schema).iter_errors(value)]
    if problems:
        raise Refused(**{name: problems})
