# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of things that AWX keeps: their fields, what these take, and what they are when nobody says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from .refused import Refused


@dataclass(frozen=True)
class Text:
    """A text; null counts as the default, as AWX takes it."""

    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | None = ""

    def checked(self, value: Any) -> str | None:
        """The value as it is kept; ValueError with AWX's sentence otherwise."""
        text = self.default if value is None else value
        if text is None:
            return None
        if not isinstance(text, str):
            raise ValueError("Not a valid string.")
        if self.required and not text:
            raise ValueError("This field may not be blank.")
        if text and self.choices and text not in self.choices:
            raise ValueError(f'"{text}" is not a valid choice.')
        return text


@dataclass(frozen=True)
class Flag:
    """True or false; null where `default` is null."""

    default: bool | None = False
    required: bool = False

    def checked(self, value: Any) -> bool | None:
        """The value as it is kept; ValueError with AWX's sentence otherwise."""
        if not isinstance(value, bool) and not (value is None and self.default is None):
            raise ValueError("Must be a valid boolean.")
        return value


@dataclass(frozen=True)
class Number:
    """A whole number; null where `default` is null."""

    default: int | None = 0
    least: int = 0
    required: bool = False

    def checked(self, value: Any) -> int | None:
        """The value as it is kept; ValueError with AWX's sentence otherwise."""
        if value is None and self.default is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("A valid integer is required.")
        if value < self.least:
            raise ValueError(f"Ensure this value is greater than or equal to {self.least}.")
        return value


@dataclass(frozen=True)
class Object:
    """A JSON object."""

    required: bool = False

    @property
    def default(self) -> dict[str, Any]:
        """The value of a field that was not named."""
        return {}

    def checked(self, value: Any) -> dict[str, Any]:
        """The value as it is kept; ValueError with AWX's sentence otherwise."""
        if not isinstance(value, dict):
            raise ValueError("Expected a dictionary.")
        return value


@dataclass(frozen=True)
class Variables(Text):
    """Variables, written as JSON or YAML."""

    def checked(self, value: Any) -> str:
        """The value as it is kept; ValueError with AWX's sentence otherwise."""
        text = super().checked(value) or ""
        try:
            read = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
        except ValueError as error:
            raise ValueError(f"Cannot parse as JSON or YAML: {error}") from error
        if text and not isinstance(read, dict):
            raise ValueError("Input type is not a dictionary.")
        return text


@dataclass(frozen=True)
class To:
    """The id of a thing of another kind."""

    kind: str
    required: bool = False
    default: None = None

    def checked(self, value: Any) -> int | None:
        """The value as it is kept; ValueError with AWX's sentence otherwise. Whether it exists, the store knows."""
        if value is None and not self.required:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("Incorrect type. Expected pk value.")
        return value


Field = Text | Flag | Number | Object | To


@dataclass(frozen=True)
class Kind:
    """A kind of thing: what it is called, its fields, the lists it has, and what no two of it have in common."""

    type: str
    fields: Mapping[str, Field]
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
        values = {name: (existing or {}).get(name, spec.default) for name, spec in self.fields.items()}
        for name, value in sent.items():
            if name in self.ignored:
                continue
            if name not in self.fields:
                problems[name] = [f"AWX knows no such field of a {self.type}."]
                continue
            try:
                values[name] = self.fields[name].checked(value)
            except ValueError as error:
                problems[name] = [str(error)]
        for name, spec in self.fields.items():
            if spec.required and not existing and name not in sent:
                problems[name] = ["This field is required."]
        if problems:
            raise Refused(**problems)
        return values


NAMED: dict[str, Field] = {"name": Text(required=True), "description": Text()}
JOB_TYPES = ("run", "check")

#: What the launch of a job can be told where its template asks for it: `ask_<name>_on_launch`.
PROMPTS: dict[str, Field] = {
    "inventory": To("inventories"),
    "scm_branch": Text(),
    "job_type": Text(choices=JOB_TYPES),
    "job_tags": Text(),
    "skip_tags": Text(),
    "limit": Text(),
    "diff_mode": Flag(default=None),
    "verbosity": Number(default=None),
    "execution_environment": To("execution_environments"),
    "forks": Number(default=None),
    "job_slice_count": Number(default=None),
    "timeout": Number(default=None),
}
#: The question's name, where it is not the field's.
ASKED_AS = {"job_tags": "tags"}

KINDS: dict[str, Kind] = {
    "organizations": Kind(
        "organization",
        {**NAMED, "max_hosts": Number(), "default_environment": To("execution_environments")},
        lists={"galaxy_credentials": "credentials", "instance_groups": "instance_groups"},
    ),
    "instance_groups": Kind("instance_group", {"name": Text(required=True)}),
    "execution_environments": Kind(
        "execution_environment",
        {
            **NAMED,
            "image": Text(required=True),
            "organization": To("organizations"),
            "credential": To("credentials"),
            "pull": Text(choices=("always", "missing", "never")),
        },
    ),
    "projects": Kind(
        "project",
        {
            **NAMED,
            "organization": To("organizations", required=True),
            "scm_type": Text(choices=("git", "svn", "insights", "archive")),
            "scm_url": Text(),
            "scm_branch": Text(),
            "scm_refspec": Text(),
            "scm_clean": Flag(),
            "scm_track_submodules": Flag(),
            "scm_delete_on_update": Flag(),
            "scm_update_on_launch": Flag(),
            "scm_update_cache_timeout": Number(),
            "allow_override": Flag(),
            "timeout": Number(),
            "credential": To("credentials"),
            "default_environment": To("execution_environments"),
            "signature_validation_credential": To("credentials"),
            "local_path": Text(),
        },
        unique=("organization", "name"),
        made={"status": "successful", "scm_revision": "0" * 40},
    ),
    "inventories": Kind(
        "inventory",
        {
            **NAMED,
            "organization": To("organizations", required=True),
            "kind": Text(choices=("smart", "constructed")),
            "host_filter": Text(default=None),
            "variables": Variables(),
            "prevent_instance_group_fallback": Flag(),
        },
        unique=("organization", "name"),
        lists={"instance_groups": "instance_groups"},
    ),
    "hosts": Kind(
        "host",
        {
            **NAMED,
            "inventory": To("inventories", required=True),
            "enabled": Flag(default=True),
            "instance_id": Text(),
            "variables": Variables(),
        },
        unique=("inventory", "name"),
    ),
    "inventory_sources": Kind(
        "inventory_source",
        {
            **NAMED,
            "inventory": To("inventories", required=True),
            "source": Text(
                required=True, choices=("scm", "ec2", "gce", "azure_rm", "vmware", "satellite6", "controller")
            ),
            "source_path": Text(),
            "source_vars": Variables(),
            "source_project": To("projects"),
            "scm_branch": Text(),
            "credential": To("credentials"),
            "enabled_var": Text(),
            "enabled_value": Text(),
            "host_filter": Text(),
            "limit": Text(),
            "overwrite": Flag(),
            "overwrite_vars": Flag(),
            "timeout": Number(),
            "verbosity": Number(default=1),
            "execution_environment": To("execution_environments"),
            "update_on_launch": Flag(),
            "update_cache_timeout": Number(),
        },
        unique=("inventory", "name"),
    ),
    "credential_types": Kind(
        "credential_type",
        {**NAMED, "kind": Text(required=True), "inputs": Object(), "injectors": Object()},
        unique=("name", "kind"),
        ignored=("managed",),
        made={"managed": False},
    ),
    "credentials": Kind(
        "credential",
        {
            **NAMED,
            "organization": To("organizations"),
            "credential_type": To("credential_types", required=True),
            "inputs": Object(),
        },
        unique=("organization", "name", "credential_type"),
    ),
    "job_templates": Kind(
        "job_template",
        {
            **NAMED,
            "job_type": Text(choices=JOB_TYPES),
            "inventory": To("inventories"),
            "project": To("projects"),
            "playbook": Text(),
            "scm_branch": Text(),
            "forks": Number(),
            "limit": Text(),
            "verbosity": Number(),
            "extra_vars": Variables(),
            "job_tags": Text(),
            "skip_tags": Text(),
            "force_handlers": Flag(),
            "start_at_task": Text(),
            "timeout": Number(),
            "use_fact_cache": Flag(),
            "execution_environment": To("execution_environments"),
            "host_config_key": Text(),
            "survey_enabled": Flag(),
            "become_enabled": Flag(),
            "diff_mode": Flag(),
            "allow_simultaneous": Flag(),
            "job_slice_count": Number(default=1),
            "webhook_service": Text(choices=("github", "gitlab")),
            "webhook_credential": To("credentials"),
            "prevent_instance_group_fallback": Flag(),
            **{
                f"ask_{name}_on_launch": Flag()
                for name in (
                    *(ASKED_AS.get(name, name) for name in PROMPTS),
                    *("variables", "credential", "labels", "instance_groups"),
                )
            },
        },
        lists={"credentials": "credentials", "instance_groups": "instance_groups"},
        # It is that of the project.
        ignored=("organization",),
    ),
    "schedules": Kind(
        "schedule",
        {
            "name": Text(required=True),
            "description": Text(),
            "rrule": Text(required=True),
            "enabled": Flag(default=True),
            "unified_job_template": To("job_templates", required=True),
            "extra_data": Object(),
            **PROMPTS,
        },
        unique=("unified_job_template", "name"),
        lists={"credentials": "credentials"},
    ),
}
