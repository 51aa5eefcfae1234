# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects, with their fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
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
    **{name: f"{name}s" for name in ("credential_type", "execution_environment", "organization", "project")},
    **{"inventory": "inventories", "source_project": "projects", "unified_job_template": "job_templates"},
}
#: The defaults of other fields, which also say their types. The rest is text.
DEFAULTS = {
    **{"job_slice_count": 1, "enabled": True, "inputs": {}, "injectors": {}, "extra_data": {}},
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


class Kind:
    """A kind of object. Names are separated by spaces.

    Args:
        required: the fields that a new object needs, besides its name.
        nullable: fields that can be null, and are by default.
        unique: fields of which no two objects have the same values.
        read_only: fields that awx.awx sends and AWX ignores.
        lists: the lists of related objects, and the kinds of these objects.
    """

    def __init__(
        self,
        required: str = "",
        optional: str = "",
        nullable: str = "",
        *,
        unique: str = "",
        read_only: str = "",
        **lists: str,
    ) -> None:
        self.required, self.nullable = ["name", *required.split()], nullable.split()
        self.unique, self.read_only, self.lists = ["name", *unique.split()], read_only.split(), lists
        names = ["description", *self.required, *optional.split()]
        self.fields = {**{name: DEFAULTS.get(name, "") for name in names}, **dict.fromkeys(self.nullable)}

    def merge(self, sent: Mapping[str, Any], existing: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the fields of an object after a request. Raises Refused."""
        sent = {name: value for name, value in sent.items() if name not in self.read_only}
        check_known("these fields", sent, self.fields)
        missing = [] if existing else [name for name in self.required if name not in sent]
        problems = {name: ["This field is required."] for name in missing}
        problems |= {name: ["Not a valid value."] for name, value in sent.items() if not self._fits(name, value)}
        if problems:
            raise Refused(**problems)
        before = existing or self.fields
        return deepcopy({name: sent.get(name, before[name]) for name in self.fields})

    def _fits(self, name: str, value: Any) -> bool:
        if value is None:
            return name in self.nullable
        if isinstance(value, str):
            return name not in (*DEFAULTS, *RELATED) and re.fullmatch(PATTERNS.get(name, ".*"), value) is not None
        return value.__class__ is (int if name in RELATED else DEFAULTS.get(name).__class__)


KINDS = {
    "organizations": Kind(galaxy_credentials="credentials"),
    "instance_groups": Kind(),
    "execution_environments": Kind("image", "pull", "organization"),
    "projects": Kind("organization scm_type scm_url", "scm_branch scm_update_on_launch", unique="organization"),
    "project_updates": Kind(),
    "inventories": Kind("organization", "kind", "host_filter", unique="organization"),
    "inventory_sources": Kind(
        "inventory source source_project",
        "source_path overwrite overwrite_vars update_on_launch",
        unique="inventory",
    ),
    "credential_types": Kind("kind", "inputs injectors", unique="kind", read_only="managed"),
    # Those of a user or a team are not known.
    "credentials": Kind("organization credential_type", "inputs", unique="organization credential_type"),
    "job_templates": Kind(
        "project playbook inventory",
        "job_type job_slice_count diff_mode survey_enabled ask_limit_on_launch ask_job_type_on_launch",
        "execution_environment",
        unique="organization",
        # That of the project.
        read_only="organization",
        credentials="credentials",
        instance_groups="instance_groups",
    ),
    "schedules": Kind(
        "rrule unified_job_template", "enabled extra_data", "limit job_type", unique="unified_job_template"
    ),
}
