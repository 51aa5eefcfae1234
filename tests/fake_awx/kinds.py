# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects, with their fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """AWX refuses the request. `problems` is the body of its response."""

    def __init__(self, status: int = 400, /, **problems: Any) -> None:
        super().__init__(str(problems))
        self.status, self.problems = status, problems


class Unknown(Refused):
    """AWX may accept this, but it has not been compared."""

    def __init__(self, what: str) -> None:
        super().__init__(detail=f"tests/fake_awx does not know {what}")


def check_known(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    """Raise Unknown for names that are not known."""
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise Unknown(f"{what}: {', '.join(unknown)}")


#: Fields with the id of an object, and the kind of the object.
RELATED = {
    "credential_type": "credential_types",
    "execution_environment": "execution_environments",
    "inventory": "inventories",
    "organization": "organizations",
    "project": "projects",
    "source_project": "projects",
    "unified_job_template": "job_templates",
}
#: The defaults of other fields, which also say their types. The rest is text.
DEFAULTS = {
    "job_slice_count": 1,
    "enabled": True,
    **{name: {} for name in ("inputs", "injectors", "extra_data")},
    **dict.fromkeys(("ask_limit_on_launch", "ask_job_type_on_launch", "survey_enabled", "diff_mode"), False),
    **dict.fromkeys(("scm_update_on_launch", "overwrite", "overwrite_vars", "update_on_launch"), False),
}
#: What texts must match.
PATTERNS = {
    "name": r".+",
    "image": r"[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?",
    "pull": r"|always|missing|never",
    "scm_type": r"git",
    "scm_url": r".+",
    "source": r"scm",
    "job_type": r"run|check",
    "kind": r"|cloud|net",
}


@dataclass(frozen=True)
class Kind:
    """A kind of object, with fields separated by spaces.

    Args:
        nullable: fields that can be null, and are by default.
        lists: the lists of related objects, and the kinds of these objects.
        read_only: what awx.awx sends and AWX ignores.
    """

    type: str
    required: str
    optional: str = ""
    nullable: str = ""
    unique: tuple[str, ...] = ("name",)
    lists: Mapping[str, str] = field(default_factory=dict)
    read_only: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """The fields with their defaults."""
        names = f"name description {self.required} {self.optional}".split()
        return {**{name: DEFAULTS.get(name, "") for name in names}, **dict.fromkeys(self.nullable.split())}

    def merge(self, sent: Mapping[str, Any], existing: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the fields of an object after a request. Raises Refused."""
        sent = {name: value for name, value in sent.items() if name not in self.read_only}
        check_known(f"these fields of a {self.type}", sent, self.fields)
        problems = {name: ["Not a valid value."] for name, value in sent.items() if not self._fits(name, value)}
        if not existing:
            required = f"name {self.required}".split()
            problems |= {name: ["This field is required."] for name in required if name not in sent}
        if problems:
            raise Refused(**problems)
        before = existing or self.fields
        return deepcopy({name: sent.get(name, before[name]) for name in self.fields})

    def _fits(self, name: str, value: Any) -> bool:
        if value is None or name in RELATED:
            return type(value) is int if name in RELATED and value is not None else name in self.nullable.split()
        if isinstance(value, str):
            return name not in DEFAULTS and re.fullmatch(PATTERNS.get(name, ".*"), value) is not None
        return type(value) is type(DEFAULTS.get(name))


KINDS = {
    "organizations": Kind("organization", "", lists={"galaxy_credentials": "credentials"}),
    "instance_groups": Kind("instance_group", ""),
    "execution_environments": Kind("execution_environment", "image", "pull", "organization"),
    "projects": Kind(
        "project",
        "organization scm_type scm_url",
        "scm_branch scm_update_on_launch",
        unique=("organization", "name"),
    ),
    "project_updates": Kind("project_update", ""),
    "inventories": Kind("inventory", "organization", "kind", "host_filter", unique=("organization", "name")),
    "inventory_sources": Kind(
        "inventory_source",
        "inventory source source_project",
        "source_path overwrite overwrite_vars update_on_launch",
        unique=("inventory", "name"),
    ),
    "credential_types": Kind(
        "credential_type", "kind", "inputs injectors", unique=("name", "kind"), read_only=("managed",)
    ),
    # A user or a team instead of an organization is not known.
    "credentials": Kind(
        "credential", "organization credential_type", "inputs", unique=("organization", "name", "credential_type")
    ),
    "job_templates": Kind(
        "job_template",
        "project playbook inventory",
        "job_type job_slice_count diff_mode survey_enabled ask_limit_on_launch ask_job_type_on_launch",
        "execution_environment",
        unique=("organization", "name"),
        lists={"credentials": "credentials", "instance_groups": "instance_groups"},
        # That of the project.
        read_only=("organization",),
    ),
    "schedules": Kind(
        "schedule",
        "rrule unified_job_template",
        "enabled extra_data",
        "limit job_type",
        unique=("unified_job_template", "name"),
    ),
}
