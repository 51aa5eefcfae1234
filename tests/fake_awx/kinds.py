# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of things that AWX keeps, with the fields that docs/awx uses; any other field is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import yaml
from jsonschema import Draft4Validator, FormatChecker

from .refused import Refused

#: The JSON schema of a field, and what it is when nobody says.
Field = dict[str, Any]
FORMATS = FormatChecker(formats=())

TEXT: Field = {"type": "string", "default": ""}
FULL: Field = {**TEXT, "minLength": 1}
FLAG: Field = {"type": "boolean", "default": False}
ON: Field = {**FLAG, "default": True}
OBJECT: Field = {"type": "object", "default": {}}
VARIABLES: Field = {**TEXT, "format": "variables"}


def one_of(*choices: str) -> Field:
    """A text that is empty or one of these."""
    return {**TEXT, "enum": ["", *choices]}


def to(kind: str) -> Field:
    """The id of a thing of another kind. Whether it exists, the store knows."""
    return {"type": ["integer", "null"], "to": kind, "default": None}


@FORMATS.checks("variables", raises=(ValueError, yaml.YAMLError))
def _are_variables(text: object) -> bool:
    """Whether a text holds variables, written as JSON or YAML."""
    assert isinstance(text, str)
    read = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    return not text or isinstance(read, dict)


@dataclass(frozen=True)
class Kind:
    """A kind of thing: what it is called, its fields, the lists it has, and what no two of it have in common."""

    type: str
    fields: Mapping[str, Field]
    required: tuple[str, ...] = ("name",)
    unique: tuple[str, ...] = ("name",)
    lists: Mapping[str, str] = field(default_factory=dict)
    """The lists of other things that belong to it, and of which kind they are."""
    ignored: tuple[str, ...] = ()
    """Fields that AWX shows, and does not take when they are sent."""
    made: Mapping[str, Any] = field(default_factory=dict)
    """Fields that AWX makes itself."""

    def taken(self, sent: Mapping[str, Any], existing: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the fields of the thing after this was sent. Raises Refused."""
        problems: dict[str, list[str]] = {}
        values = {name: deepcopy((existing or {}).get(name, each["default"])) for name, each in self.fields.items()}
        for name in set(sent) - set(self.ignored):
            if name not in self.fields:
                problems[name] = [f"tests/fake_awx knows no such field of a {self.type}."]
                continue
            schema = self.fields[name]
            # AWX takes null for the default of a text.
            values[name] = "" if sent[name] is None and schema["type"] == "string" else sent[name]
            validator = Draft4Validator(schema, format_checker=FORMATS)
            messages = [error.message for error in validator.iter_errors(values[name])]
            if messages:
                problems[name] = messages
        for name in self.required:
            if values[name] is None or (not existing and name not in sent):
                problems[name] = ["This field is required."]
        if problems:
            raise Refused(**problems)
        return values


NAMED = {"name": FULL, "description": TEXT}
JOB_TYPE = one_of("run", "check")
#: What a schedule may set, if its template asks for it on launch.
PROMPTS = {"inventory": to("inventories"), "job_type": JOB_TYPE, "limit": TEXT}

KINDS = {
    "organizations": Kind(
        "organization", NAMED, lists={"galaxy_credentials": "credentials", "instance_groups": "instance_groups"}
    ),
    "instance_groups": Kind("instance_group", {"name": FULL}),
    "execution_environments": Kind(
        "execution_environment",
        {**NAMED, "image": FULL, "organization": to("organizations"), "pull": one_of("always", "missing", "never")},
        required=("name", "image"),
    ),
    "projects": Kind(
        "project",
        {
            **NAMED,
            "organization": to("organizations"),
            "scm_type": one_of("git", "svn", "insights", "archive"),
            "scm_url": TEXT,
            "scm_branch": TEXT,
            "scm_update_on_launch": FLAG,
        },
        required=("name", "organization"),
        unique=("organization", "name"),
        made={"status": "successful", "scm_revision": "0" * 40},
    ),
    "inventories": Kind(
        "inventory",
        {
            **NAMED,
            "organization": to("organizations"),
            "kind": one_of("smart", "constructed"),
            "host_filter": {"type": ["string", "null"], "default": None},
            "variables": VARIABLES,
        },
        required=("name", "organization"),
        unique=("organization", "name"),
        lists={"instance_groups": "instance_groups"},
    ),
    "hosts": Kind(
        "host",
        {"name": FULL, "inventory": to("inventories"), "variables": VARIABLES, "enabled": ON},
        required=("name", "inventory"),
        unique=("inventory", "name"),
    ),
    "inventory_sources": Kind(
        "inventory_source",
        {
            **NAMED,
            "inventory": to("inventories"),
            "source": {**FULL, "enum": ["scm", "ec2", "gce", "azure_rm", "vmware", "satellite6", "controller"]},
            "source_path": TEXT,
            "source_project": to("projects"),
            **dict.fromkeys(("overwrite", "overwrite_vars", "update_on_launch"), FLAG),
        },
        required=("name", "inventory", "source"),
        unique=("inventory", "name"),
    ),
    "credential_types": Kind(
        "credential_type",
        {**NAMED, "kind": FULL, "inputs": OBJECT, "injectors": OBJECT},
        required=("name", "kind"),
        unique=("name", "kind"),
        ignored=("managed",),
        made={"managed": False},
    ),
    "credentials": Kind(
        "credential",
        {
            **NAMED,
            "organization": to("organizations"),
            "credential_type": to("credential_types"),
            "inputs": OBJECT,
        },
        required=("name", "credential_type"),
        unique=("organization", "name", "credential_type"),
    ),
    "job_templates": Kind(
        "job_template",
        {
            **NAMED,
            "job_type": JOB_TYPE,
            "inventory": to("inventories"),
            "project": to("projects"),
            "playbook": TEXT,
            "extra_vars": VARIABLES,
            "execution_environment": to("execution_environments"),
            "job_slice_count": {"type": "integer", "minimum": 0, "default": 1},
            **dict.fromkeys(("survey_enabled", "diff_mode", "ask_variables_on_launch"), FLAG),
            **{f"ask_{name}_on_launch": FLAG for name in PROMPTS},
        },
        lists={"credentials": "credentials", "instance_groups": "instance_groups"},
        # It is that of the project.
        ignored=("organization",),
    ),
    "schedules": Kind(
        "schedule",
        {
            **NAMED,
            "rrule": FULL,
            "enabled": ON,
            "unified_job_template": to("job_templates"),
            "extra_data": OBJECT,
            **PROMPTS,
        },
        required=("name", "rrule", "unified_job_template"),
        unique=("unified_job_template", "name"),
        lists={"credentials": "credentials"},
    ),
}
