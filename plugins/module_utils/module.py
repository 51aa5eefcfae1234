# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The boundary to Ansible: the only file that knows AnsibleModule."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import tidied
from ansible_collections.mailsec.cloudflare.plugins.module_utils.redaction import redactor
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.sessions import SessionsFor, new_sessions
from ansible_collections.mailsec.cloudflare.plugins.module_utils.task import Context, Returned


class Module(AnsibleModule):
    """AnsibleModule, for which C(exclude=) in an ad-hoc command is an empty list and not a list with an empty text.

    The entries of a bulk task are left as the user wrote them, and checked elsewhere: Ansible would tell the first
    mistake alone, and not in which entry it is.
    """

    def _load_params(self) -> None:
        super()._load_params()
        self.params.update(tidied(self.argument_spec, self.params))
        entries = (option for option, spec in self.argument_spec.items() if spec.get("elements") == "dict")
        self._entries = {option: self.params[option] for option in entries if isinstance(self.params.get(option), list)}
        self.params.update({option: [] for option in self._entries})

    def restore_entries(self) -> None:
        """Put the entries back, after Ansible has checked the other options."""
        self.params.update(self._entries)


class Task(Protocol):
    """A sort of task, see task.py."""

    # Docstrings for bodies: what ruff makes of "..." is refused by the sanity tests of ansible-core 2.16.

    def spec(self, resource: Resource) -> dict[str, Any]:
        """Return the options of the module."""

    def perform(self, resource: Resource, params: Mapping[str, Any], context: Context) -> Returned:
        """Do what the options say, and return what comes back."""


class Door(Protocol):
    """A way to run a task: as a module, or in the process that calls it."""

    def __call__(self, task: Task, resource: Resource) -> None:
        """Run it, and end."""


def run(task: Task, resource: Resource, sessions: SessionsFor = new_sessions) -> None:
    """Run the module for a sort of task and a sort of record: exit or fail with what comes of it.

    Args:
        task: the sort of task.
        resource: the sort of record.
        sessions: gives the connections to an account.
    """
    module = Module(**task.spec(resource))
    module.restore_entries()
    secrets = connection.secrets(module.params, os.environ)
    # Ansible takes out a secret that is spelled as it was given, also of what it adds itself.
    module.no_log_values.update(secrets)
    redact = redactor(secrets)
    try:
        returned, warnings = task.perform(resource, module.params, Context(module.check_mode, os.environ, sessions))
    except CollectionError as error:
        for warning in error.warnings:
            module.warn(redact(warning))
        module.fail_json(msg=redact(str(error)), **{name: redact(value) for name, value in error.details.items()})
    for warning in warnings:
        module.warn(redact(warning))
    module.exit_json(**{name: redact(value) for name, value in returned.items()})
