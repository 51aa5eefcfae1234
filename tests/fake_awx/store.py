# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller holds, and the rules that need to look at more than one field."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from . import credentials, schedules, surveys
from .kinds import KINDS, PROMPTS
from .playbooks import playbooks
from .refused import Refused

Thing = dict[str, Any]


class Store:
    """All things by kind and id. `checkout` is what every project holds once it was fetched."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self._ids = itertools.count(1)
        self.things: dict[str, dict[int, Thing]] = {kind: {} for kind in KINDS}
        self.lists: dict[tuple[int, str], list[int]] = {}
        self.synchronised: dict[int, Any] = {}
        """What an inventory source had read when it was last updated."""
        for built_in in credentials.BUILT_IN:
            self._keep("credential_types", {"description": "", **deepcopy(dict(built_in))})
        galaxy = self.one("credential_types", name="Ansible Galaxy/Automation Hub API Token")
        self._keep(
            "credentials",
            {
                "name": "Ansible Galaxy",
                "description": "",
                "organization": None,
                "credential_type": galaxy["id"],
                "inputs": {"url": "https://galaxy.ansible.com/"},
            },
        )
        self._keep("instance_groups", {"name": "default"})

    def all(self, collection: str, /, **wanted: Any) -> list[Thing]:
        """Return the things with these values."""
        return [
            thing
            for thing in self.things[collection].values()
            if all(thing.get(name) == value for name, value in wanted.items())
        ]

    def one(self, collection: str, /, **wanted: Any) -> Thing:
        """Return the only thing with these values."""
        (thing,) = self.all(collection, **wanted)
        return thing

    def listed(self, thing: Mapping[str, Any], name: str) -> list[int]:
        """Return the ids in a list of a thing."""
        return self.lists.setdefault((thing["id"], name), [])

    def create(self, kind: str, sent: Mapping[str, Any]) -> Thing:
        """Keep a new thing. Raises Refused."""
        values = KINDS[kind].taken(sent)
        self._check(kind, values, None)
        return self._keep(kind, values)

    def update(self, kind: str, thing: Thing, sent: Mapping[str, Any]) -> Thing:
        """Change a thing. Raises Refused."""
        values = KINDS[kind].taken(sent, thing)
        if kind == "credentials" and "inputs" in sent:
            credential_type = self.things["credential_types"][thing["credential_type"]]
            values["inputs"] = credentials.kept(values["inputs"], credential_type, thing["inputs"])
        self._check(kind, values, thing)
        thing.update(values)
        return thing

    def associate(self, kind: str, thing: Thing, name: str, sent: Mapping[str, Any]) -> None:
        """Put a thing into a list of another, or take it out. Raises Refused."""
        listed, number = self.listed(thing, name), sent["id"]
        if sent.get("disassociate"):
            listed.remove(number)
            return
        added = self.things[KINDS[kind].lists[name]].get(number)
        if added is None:
            raise Refused(id=[f"There is no {name} {number}."])
        if name == "galaxy_credentials" and self._type_of(added)["kind"] != "galaxy":
            raise Refused(msg="Credential must be a Galaxy credential.")
        if name == "credentials":
            self._check_job_credential(added, listed)
        listed.append(number)

    def _check_job_credential(self, added: Thing, listed: list[int]) -> None:
        kind = self._type_of(added)["kind"]
        if kind not in ("ssh", "vault", "cloud", "net", "kubernetes"):
            raise Refused(error=f"Cannot assign a Credential of kind `{kind}`.")
        unique = (added["credential_type"], added["inputs"].get("vault_id"))
        others = [self.things["credentials"][number] for number in listed]
        if unique in [(other["credential_type"], other["inputs"].get("vault_id")) for other in others]:
            raise Refused(error=f"Cannot assign multiple {self._type_of(added)['name']} credentials.")

    def _type_of(self, credential: Thing) -> Thing:
        return self.things["credential_types"][credential["credential_type"]]

    def _keep(self, kind: str, values: Mapping[str, Any]) -> Thing:
        thing = {"id": next(self._ids), **values}
        self.things[kind][thing["id"]] = thing
        return thing

    def _check(self, kind: str, values: Thing, existing: Thing | None) -> None:
        for name, spec in KINDS[kind].fields.items():
            if "to" in spec and values[name] is not None and values[name] not in self.things[spec["to"]]:
                raise Refused(**{name: [f'Invalid pk "{values[name]}" - object does not exist.']})
        unique = {name: values[name] for name in KINDS[kind].unique}
        if any(thing is not existing for thing in self.all(kind, **unique)):
            raise Refused(__all__=[f"{KINDS[kind].type} with this {' and '.join(unique)} already exists."])
        check = getattr(self, f"_check_{kind}", None)
        if check:
            check(values)

    def _check_projects(self, values: Thing) -> None:
        if values["scm_type"] and not values["scm_url"]:
            raise Refused(scm_url=["SCM URL is required."])

    def _check_inventory_sources(self, values: Thing) -> None:
        project = self.things["projects"].get(values["source_project"])
        if values["source"] == "scm" and project is None:
            raise Refused(source_project=["Project required for scm type sources."])
        if project is not None and (values["source"] != "scm" or not project["scm_type"]):
            raise Refused(source_project=["Cannot use a project here, or not a manual one."])

    def _check_credential_types(self, values: Thing) -> None:
        credentials.check_type(values)
        for field in values["inputs"].get("fields", []):
            field.setdefault("type", "string")

    def _check_credentials(self, values: Thing) -> None:
        if values["organization"] is None:
            raise Refused(detail="Missing 'user', 'team', or 'organization'.")
        credential_type = self.things["credential_types"][values["credential_type"]]
        credentials.check_inputs(values["inputs"], credential_type)
        if credentials.ENCRYPTED in values["inputs"].values():
            raise Refused(inputs=["$encrypted$ is a reserved keyword"])
        values["inputs"] = credentials.kept(values["inputs"], credential_type, {})

    def _check_job_templates(self, values: Thing) -> None:
        if values["inventory"] is None and not values["ask_inventory_on_launch"]:
            raise Refused(inventory=["You must either set a default value or ask to prompt on launch."])
        if values["project"] is None:
            raise Refused(project=["This field is required."])
        if not values["playbook"]:
            raise Refused(playbook=["Must select playbook for project."])
        if values["playbook"] not in playbooks(self.checkout):
            raise Refused(playbook=["Playbook not found for project."])

    def _check_schedules(self, values: Thing) -> None:
        schedules.check_times(values["rrule"])
        template = self.things["job_templates"][values["unified_job_template"]]
        for name, spec in PROMPTS.items():
            if values[name] != spec["default"] and not template[f"ask_{name}_on_launch"]:
                raise Refused(**{name: ["Field is not configured to prompt on launch."]})
        try:
            surveys.accepted(template.get("survey_spec", {}), values["extra_data"])
        except Refused as refused:
            if "extra_vars" in refused.problems:
                raise Refused(extra_data=refused.problems["extra_vars"]) from refused
            raise
