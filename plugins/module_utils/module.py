# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The boundary to Ansible: the only file that knows AnsibleModule."""

from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection, task
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import split_text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.redaction import redactor
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource


class Module(AnsibleModule):
    """AnsibleModule, for which C(exclude=) in an ad-hoc command is an empty list and not a list with an empty text."""

    def _load_params(self) -> None:
        super()._load_params()
        for option, spec in self.argument_spec.items():
            if spec["type"] == "list" and isinstance(self.params.get(option), str):
                self.params[option] = split_text(self.params[option])


def run_for_one(resource: Resource) -> None:
    """Run the module that manages one record of a resource."""
    module = Module(**task.spec(resource))
    secrets = connection.secrets(module.params, os.environ)
    # Ansible takes out a secret that is spelled as it was given, also of what it adds itself.
    module.no_log_values.update(secrets)
    redact = redactor(secrets)
    try:
        returned, warnings = task.converge_record(resource, module.params, module.check_mode, os.environ)
    except CollectionError as error:
        module.fail_json(msg=redact(str(error)), **{name: redact(value) for name, value in error.details.items()})
    for warning in warnings:
        module.warn(redact(warning))
    module.exit_json(**{name: redact(value) for name, value in returned.items()})
