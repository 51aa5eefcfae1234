# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of a task: the desired state of a record or of the entries of a bulk task, and a task against a script."""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ErrorCollector
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.desired import Desired, parse_desired
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import Kind
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from support.module_runner import Run
from support.sample import CREDENTIALS, Sample
from support.script import Exchange, Script


def parse_task(sample: Sample, /, **params: Any) -> Desired:
    """Return the desired state of a record. Raises InputError."""
    return parse_settings(sample.resource, **params)


def parse_settings(resource: Resource, /, **params: Any) -> Desired:
    """Return the desired state of a record of a resource. Raises InputError."""
    options = {option: declared.get("default") for option, declared in resource.argument_spec().items()}
    errors = ErrorCollector()
    parsed = parse_desired(resource, {**options, **params}, errors)
    errors.raise_any()
    return parsed


def parse_entries(sample: Sample, entries: list[Any]) -> list[Desired]:
    """Return the desired state of each entry of a bulk task. Raises InputError."""
    options = BULK.spec(sample.resource)["argument_spec"]
    params = {option: declared.get("default") for option, declared in options.items()}
    errors = ErrorCollector()
    task = BULK.parse(sample.resource, {**params, sample.entries_option: entries}, errors)
    errors.raise_any()
    desired: list[Desired] = task.desired
    return desired


def run_task(kind: Kind, sample: Sample, /, *exchanges: Exchange, check_mode: bool = False, **params: Any) -> Run:
    """Run a task of a kind of module for a resource against a script."""
    with Script(*exchanges):
        return Run(
            base.run(kind, sample.resource, {**CREDENTIALS, **params}, os.environ, base.Mode(check_mode, diff=True))
        )
