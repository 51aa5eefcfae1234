# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a controller, and the rules that involve more than one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from . import credentials, prompts
from .kinds import KINDS, RELATED, Refused

#: The fields of an object. Names that begin with _ are not shown.
Thing = dict[str, Any]

#: A file with such a line is a playbook. AWX does not detect imports by the full name ansible.builtin.import_playbook.
PLAYBOOK = re.compile(r"^\s*?-?\s*?(?:hosts|include|import_playbook):\s*?.*?$", re.MULTILINE)
NO_PLAYBOOKS = {"roles", "tasks", "group_vars", "host_vars"}


class Store:
    """The objects, by kind and id.

    Args:
        checkout: the content of all repositories.
    """

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        #: URLs of repositories that cannot be fetched.
        self.unreachable: set[str] = set()
        self.things: dict[str, dict[int, Thing]] = {kind: {} for kind in KINDS}
        self.lists: dict[tuple[int, str], list[int]] = {}
        self._last_id = 0
        for managed in credentials.MANAGED:
            self._add("credential_types", {"description": "", **deepcopy(managed)})
        self._add("instance_groups", {"name": "default"})
        galaxy = {"name": "Ansible Galaxy", "organization": None, "inputs": {"url": "https://galaxy.ansible.com/"}}
        self._add("credentials", {**galaxy, "credential_type": self.one("credential_types", kind="galaxy")["id"]})

    def all(self, collection: str, /, **wanted: Any) -> list[Thing]:
        """Return the objects with these values."""
        things = self.things[collection].values()
        return [thing for thing in things if all(thing[name] == value for name, value in wanted.items())]

    def one(self, collection: str, /, **wanted: Any) -> Thing:
        """Return the only object with these values."""
        (thing,) = self.all(collection, **wanted)
        return thing

    def related(self, thing: Mapping[str, Any], field: str) -> Thing:
        """Return the object whose id is in this field."""
        return self.things[RELATED[field]][thing[field]]

    def listed(self, thing: Mapping[str, Any], name: str) -> list[int]:
        """Return the ids in a list of an object."""
        return self.lists.setdefault((thing["id"], name), [])

    def create(self, kind: str, sent: Mapping[str, Any]) -> Thing:
        """Add an object. Raises Refused."""
        values = KINDS[kind].merge(sent, None)
        self._check(kind, values, None)
        thing = self._add(kind, values)
        if kind == "projects":
            thing |= {"scm_revision": "", "_playbooks": []}
            self.sync(thing)
        return thing

    def update(self, kind: str, thing: Thing, sent: Mapping[str, Any]) -> Thing:
        """Change an object. Raises Refused."""
        values = KINDS[kind].merge(sent, thing)
        self._check(kind, values, thing)
        moved = any(values.get(name) != thing.get(name) for name in ("scm_url", "scm_branch"))
        thing.update(values)
        if moved:
            self.sync(thing)
        return thing

    def sync(self, project: Thing) -> Thing:
        """Fetch the repository of a project. Returns the project update."""
        failed = project["scm_url"] in self.unreachable
        project["status"] = "failed" if failed else "successful"
        if not failed:
            project |= {"scm_revision": "5f0c8d2e9b7a4c61a3d0e6f18b2c94d7e05a1f36", "_playbooks": self._playbooks()}
        values = {name: project[name] for name in ("name", "status", "scm_revision")}
        update = self._add("project_updates", {**values, "failed": failed, "finished": "2026-11-29T12:00:00Z"})
        project["_update"] = update["id"]
        return update

    def associate(self, kind: str, thing: Thing, name: str, sent: Mapping[str, Any]) -> None:
        """Add an object to a list of another, or remove it. Raises Refused."""
        listed, number = self.listed(thing, name), sent["id"]
        if sent.get("disassociate"):
            listed.remove(number)
            return
        added = self.things[KINDS[kind].lists[name]][number]
        if "credential_type" in added:
            added_type = self.related(added, "credential_type")
            expected = ("galaxy",) if name == "galaxy_credentials" else ("vault", "cloud", "net")
            if added_type["kind"] not in expected:
                raise Refused(error=f"Cannot assign a Credential of kind `{added_type['kind']}`.")
            types = [self.things["credentials"][other]["credential_type"] for other in listed]
            if name == "credentials" and added_type["id"] in types:
                raise Refused(error=f"Cannot assign multiple {added_type['name']} credentials.")
        listed.append(number)

    def launch(self, template: Thing, sent: Mapping[str, Any]) -> tuple[list[Thing], dict[str, Any]]:
        """Return the jobs of a launch (one for each slice), and what is ignored. Raises Refused."""
        accepted, ignored = prompts.accept(template, sent)
        if self.related(template, "project")["status"] == "failed":
            raise Refused(playbook=["Missing a revision to run due to failed project update."])
        job = {"job_template": template["id"], "limit": "", "job_type": template["job_type"], **accepted}
        if template["job_slice_count"] <= 1:
            return [{**job, "id": self._new_id(), "launch_type": "manual", "slice": 0}], ignored
        job |= {"launch_type": "workflow", "workflow_job_id": self._new_id()}
        return [{**job, "id": self._new_id(), "slice": n + 1} for n in range(template["job_slice_count"])], ignored

    def _add(self, kind: str, values: Mapping[str, Any]) -> Thing:
        thing = {"id": self._new_id(), **values}
        self.things[kind][thing["id"]] = thing
        return thing

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _playbooks(self) -> list[str]:
        files = [path for path in self.checkout.rglob("*.yml") if PLAYBOOK.search(path.read_text(encoding="utf-8"))]
        names = [path.relative_to(self.checkout) for path in files]
        return [str(name) for name in names if not NO_PLAYBOOKS & set(name.parts)]

    def _check(self, kind: str, values: Thing, existing: Thing | None) -> None:
        for name in values:
            if name in RELATED and values[name] is not None and values[name] not in self.things[RELATED[name]]:
                raise Refused(**{name: [f'Invalid pk "{values[name]}" - object does not exist.']})
        if kind == "execution_environments" and existing and existing["organization"] != values["organization"]:
            raise Refused(organization=["Cannot change the organization of an execution environment"])
        if kind == "credential_types":
            self._check_credential_type(values, existing)
        if kind == "credentials":
            before = existing["inputs"] if existing else {}
            values["inputs"] = credentials.stored(values["inputs"], self.related(values, "credential_type"), before)
        if kind == "job_templates":
            project = self.related(values, "project")
            if values["playbook"] not in project["_playbooks"]:
                raise Refused(playbook=["Playbook not found for project."])
            values |= {"organization": project["organization"], "_survey": existing["_survey"] if existing else {}}
        if kind == "schedules":
            prompts.check_schedule(self.related(values, "unified_job_template"), values)
        unique = KINDS[kind].unique
        if any(other is not existing for other in self.all(kind, **{name: values[name] for name in unique})):
            key = "name" if unique == ["name"] else "__all__"
            raise Refused(**{key: [f"{kind} with this ({', '.join(unique)}) already exists."]})

    def _check_credential_type(self, values: Thing, existing: Thing | None) -> None:
        if existing and existing.get("managed"):
            raise Refused(403, detail="Modifications not allowed for managed credential types")
        credentials.check_type(values)
        values["managed"] = False
        used = existing and self.all("credentials", credential_type=existing["id"])
        if existing and used and values["inputs"] != existing["inputs"]:
            raise Refused(403, detail="Modifications to inputs are not allowed for credential types that are in use")
