# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what the role documents: its argument specs, its defaults and the table of its variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import bulk
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.arguments import (
    CONNECTION_SPEC,
    LIST_MODE_SPEC,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME

from . import words
from .options import Options, code_values, record_options
from .python_files import LICENCE, generated
from .role_files import RoleFiles
from .subject import Subject
from .yaml_text import dump

PREFIX = "email_security_"
ROLE = "roles/email_security"
AUTHOR = ["The mailsec.cloudflare maintainers"]


class Role:
    """The variables of the role.

    Args:
        resources: all resources with their words.
    """

    def __init__(self, resources: Iterable[Subject]) -> None:
        self._by_bulk_module = {subject.resource.bulk_module: subject for subject in resources}
        first = next(iter(self._by_bulk_module.values()))
        self._bulk_spec = {**bulk.BULK.spec(first.resource)["argument_spec"], **LIST_MODE_SPEC}
        role = words.read("role")
        self._entry_points: dict[str, dict[str, Any]] = role["entry_points"]
        self._words: dict[str, dict[str, Any]] = role["variables"]
        self._check()
        self.variables = {name: self._variable(name) for name in self._words}

    def _check(self) -> None:
        declared = [PREFIX + name for name in CONNECTION_SPEC]
        connection = [name for name, each in self._words.items() if each.get("connection")]
        used = [name for each in self._entry_points.values() for name in each["variables"]]
        others = [name for name in self._words if name not in connection]
        errors = [*words.compare("variables.", declared, connection), *words.compare("variables.", used, others)]
        if errors:
            raise words.WordsError("\n".join(f"{words.place('role')}: {error}" for error in errors))

    def _variable(self, name: str) -> dict[str, Any]:
        """Return the documentation of a variable."""
        text = self._words[name]
        values = code_values(text.get("option", name.removeprefix(PREFIX)))
        description = words.fill(words.paragraphs(text["description"]), values)
        if "entries" in text:
            description += words.paragraphs(words.read("role")["expires"])
        return {"description": description, **self._facts(name, text)}

    def _facts(self, name: str, text: Mapping[str, Any]) -> dict[str, Any]:
        if "entries" in text:
            # The role validates the entries with a filter: Ansible would print the documentation of all options.
            return {"type": "list", "elements": "raw"}
        if "defaults" in text:
            return {"type": "dict", "default": {}, "options": self._defaults(text["defaults"])}
        if "lists" in text:
            return {"type": "list", "elements": "str", "choices": list(BY_LIST_NAME), "default": []}
        if "option" in text:
            spec = self._bulk_spec[text["option"]]
            return {key: spec[key] for key in ("type", "choices", "default") if key in spec}
        if "connection" in text:
            return {"type": CONNECTION_SPEC[name.removeprefix(PREFIX)]["type"]}
        return {key: text[key] for key in ("type", "choices", "required") if key in text}

    def _defaults(self, variable: str) -> Options:
        subject = self._by_bulk_module[self._words[variable]["entries"]]
        specs = subject.resource.argument_spec()
        return {
            name: {"description": f"See O(mailsec.cloudflare.{subject.resource.module}#module:{name}).", **specs[name]}
            for name in record_options(subject)
            if name in subject.resource.fields and name not in subject.resource.key.fields
        }

    def files(self) -> dict[str, str]:
        """Return the files that speak of each resource, by their paths."""
        defaults = {
            each["defaults"].removeprefix(PREFIX): name for name, each in self._words.items() if "defaults" in each
        }
        return RoleFiles(BY_LIST_NAME.values(), defaults).files()

    def argument_specs(self) -> str:
        """Return meta/argument_specs.yml."""
        connection = [name for name, text in self._words.items() if "connection" in text]
        specs = {
            name: {
                "short_description": entry["short_description"],
                "version_added": entry["version_added"],
                "description": entry["description"],
                "author": AUTHOR,
                "options": {variable: self.variables[variable] for variable in [*entry["variables"], *connection]},
            }
            for name, entry in self._entry_points.items()
        }
        origin = generated("module_utils/resources", words.place("role"))
        return f"{LICENCE}{origin}---\n{dump({'argument_specs': specs})}"

    def defaults(self) -> str:
        """Return defaults/main.yml."""
        comment = (
            "# Null is not set: a list that is not set is not managed. A connection variable that is not set comes\n"
            "# from module_defaults, then from the environment, then from the defaults of the modules.\n"
        )
        lines = (
            f"{name}:\n" if each.get("default") is None else dump({name: each["default"]})
            for name, each in self.variables.items()
            if not each.get("required")
        )
        return f"{LICENCE}{generated(words.place('role'))}---\n{comment}{''.join(lines)}"

    def rows(self) -> list[tuple[str, str, str]]:
        """Return the rows of the table of variables."""
        return [
            (f"C({name})", self._default_of(name, each), each["description"][0])
            for name, each in self.variables.items()
        ]

    def _default_of(self, name: str, variable: Mapping[str, Any]) -> str:
        spec = CONNECTION_SPEC.get(name.removeprefix(PREFIX), {})
        default = variable.get("default", spec.get("default"))
        if default is None:
            return str(words.fill(self._words[name]["default"], code_values(name)))
        return f"C({str(default).lower() if isinstance(default, bool) else default})"
