# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the function of a module in this process: the one that the module and the action plugin call."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from support.modules import MODULES as OF_COLLECTION
from support.rule import FULL_RULE, RULE

COLLECTION = "ansible_collections.mailsec.cloudflare.plugins"
#: The modules of the collection, and those of the resource that only the tests have.
MODULES = dict(OF_COLLECTION)
for _resource in (RULE, FULL_RULE):
    MODULES[_resource.module] = (SINGLE, _resource)
    MODULES[_resource.bulk_module] = (BULK, _resource)
    MODULES[_resource.info_module] = (INFO, _resource)


@dataclass
class Run:
    """What a module returned."""

    output: dict[str, Any]

    @property
    def text(self) -> str:
        """Return all of it as text."""
        return json.dumps(self.output, ensure_ascii=False)

    @property
    def failed(self) -> bool:
        return bool(self.output.get("failed", False))

    @property
    def changed(self) -> bool:
        return bool(self.output["changed"])

    @property
    def msg(self) -> str:
        return str(self.output["msg"])

    @property
    def warnings(self) -> list[str]:
        """Return the warnings."""
        warnings: list[str] = self.output["warnings"]
        return warnings

    def __getattr__(self, name: str) -> Any:
        return self.output[name]


def declared(name: str) -> dict[str, Any]:
    """Return what a module passes to AnsibleModule: argument_spec, required_one_of and so on."""
    kind, resource = MODULES[name]
    return kind.spec(resource)


def forget_environment(patch: pytest.MonkeyPatch) -> None:
    """Remove what the machine's own environment would add to that of a module."""
    for name in list(os.environ):
        if name.startswith("CLOUDFLARE_") or name.lower().endswith(("_proxy", "_ca_bundle")) or name == "NETRC":
            patch.delenv(name)


def run_module(name: str, params: dict[str, Any], check_mode: bool = False) -> Run:
    """Run a module with the options of a task and return its result."""
    kind, resource = MODULES[name]
    return Run(base.run(kind, resource, params, os.environ, base.Mode(check_mode, diff=True)))
