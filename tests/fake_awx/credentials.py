# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules for credential types and credentials, and what a job gets from a credential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .kinds import Refused, check_known

ENCRYPTED = "$encrypted$"


def _managed(name: str, kind: str, **fields: bool) -> dict[str, Any]:
    inputs = [{"id": field, "type": "string", "secret": secret} for field, secret in fields.items()]
    return {"name": name, "kind": kind, "inputs": {"fields": inputs}, "injectors": {}, "managed": True}


#: Some of the types that come with AWX.
MANAGED = (
    _managed("Vault", "vault", vault_password=True, vault_id=False),
    _managed("Ansible Galaxy/Automation Hub API Token", "galaxy", url=False, token=True),
)


def check_type(values: Mapping[str, Any]) -> None:
    """Raise Refused if AWX refuses this credential type. Adds the type of each field, like AWX."""
    check_known("these inputs", values["inputs"], ["fields"])
    check_known("these injectors", values["injectors"], ["env"])
    fields = values["inputs"].get("fields", [])
    for field in fields:
        check_known("these keys of a field", field, ["id", "label", "type", "help_text", "secret", "ask_at_runtime"])
        check_known("this type of field", [field.setdefault("type", "string")], ["string"])
        if field.get("ask_at_runtime"):
            raise Refused(inputs=["'ask_at_runtime' is not supported for custom credentials."])
        if not str(field.get("id")).isidentifier() or "label" not in field:
            raise Refused(inputs=[f"{field} has no valid id or no label"])
    ids = [field["id"] for field in fields]
    if len(ids) > len(set(ids)):
        raise Refused(inputs=["field IDs must be unique"])
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for variable, template in values["injectors"].get("env", {}).items():
        if variable.startswith("ANSIBLE_"):
            raise Refused(injectors=[f"Environment variable {variable} is not allowed to be used in credentials."])
        try:
            environment.from_string(template).render(dict.fromkeys(ids, "EXAMPLE"))
        except TemplateError as error:
            raise Refused(injectors=[f"{variable}: {error}"]) from error


def stored(inputs: Mapping[str, Any], credential_type: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that AWX stores. They replace the inputs before, except for secrets that are `$encrypted$`."""
    known = {field["id"]: field.get("secret", False) for field in credential_type["inputs"]["fields"]}
    wrong = [name for name, value in inputs.items() if name not in known or not isinstance(value, str)]
    if wrong:
        raise Refused(inputs=[f"{wrong} are not inputs of {credential_type['name']}"])
    values = {name: before.get(name) if value == ENCRYPTED else value for name, value in inputs.items()}
    if None in values.values():
        raise Refused(inputs=["$encrypted$ is a reserved keyword"])
    return {name: value for name, value in values.items() if value or not known[name]}


def shown(inputs: Mapping[str, Any], credential_type: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that AWX shows: no secrets."""
    secrets = [field["id"] for field in credential_type["inputs"]["fields"] if field.get("secret")]
    return {name: ENCRYPTED if name in secrets else value for name, value in inputs.items()}


def environment_variables(inputs: Mapping[str, Any], credential_type: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of a job. A field that is not set becomes an empty variable."""
    templates: Mapping[str, str] = credential_type["injectors"].get("env", {})
    jinja = ImmutableSandboxedEnvironment()
    return {name: jinja.from_string(template).render(inputs) for name, template in templates.items()}
