# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A resource with its words: what the writers write about."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils import resources
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.connection import DEFAULT_URL
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import RESOURCES

from . import words

NAMESPACE = "mailsec.cloudflare"
KINDS = ("single", "bulk", "info")


@dataclass(frozen=True)
class Subject:
    """A resource with its words.

    Args:
        resource: the declaration.
        words: the words about it.
        common: the words about all resources.
        package: the Python module that has the declaration.
        constant: the name of the declaration there.
    """

    resource: Resource
    words: dict[str, Any]
    package: str
    constant: str
    common: dict[str, Any] = field(default_factory=lambda: words.read("common"))

    def module(self, kind: str) -> str:
        """Return the name of the module of a kind."""
        resource = self.resource
        return {"single": resource.module, "bulk": resource.bulk_module, "info": resource.info_module}[kind]

    @property
    def values(self) -> dict[str, str]:
        """Return what the names in braces stand for."""
        resource, article, noun = self.resource, self.words["article"], self.words["singular"]
        samples = {name: each["sample"] for name, each in self.words["fields"].items()}
        label = str(resource.label(samples))
        return {
            "noun": noun,
            "plural": self.words["plural"],
            "a_noun": f"{article} {noun}",
            "present": self.words["present"],
            "absent": self.words["absent"],
            "id": f"O({resource.id_field.name})",
            "id_name": resource.id_field.name,
            "key": f"O({resource.key.fields[0]})",
            "keys": words.join(f"O({name})" for name in resource.key.required),
            "entries": f"O({resource.entries_option})",
            "module": f"M({NAMESPACE}.{resource.module})",
            "name": label,
            "header": f"{resource.noun} {label}",
            "url": f"{DEFAULT_URL}/accounts/{self.common['returned']['account_id']['sample']}/{resource.path}",
        }

    def say(self, sentences: Any, **values: str) -> Any:
        """Return common words with the names in braces replaced."""
        return words.fill(sentences, {**self.values, **values})


def subjects() -> list[Subject]:
    """Return all resources with their words. Raises WordsError."""
    constants = {}
    for found in pkgutil.iter_modules(resources.__path__, f"{resources.__name__}."):
        for name, value in vars(importlib.import_module(found.name)).items():
            if isinstance(value, Resource) and found.name.endswith(f".{name.lower()}"):
                constants[value] = (found.name, name)
    return [Subject(resource, words.read_resource(resource), *constants[resource]) for resource in RESOURCES]
