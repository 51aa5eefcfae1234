# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the tasks and the variables of the role that are the same for each resource."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.arguments import CONNECTION_SPEC

from .python_files import LICENCE, generated

ROLE = "roles/email_security"
#: In the templates, <name> stands for a value: braces are Ansible's.
CONNECTED = """\
- name: <title>
  vars:
    # The action plugins take their connection options from here, and those that are not set from module_defaults or
    # the environment.
    __email_security_connection:
<connection>
  block:
<tasks>"""
PLAYBOOKS = """\
# For tasks outside of the role: the action plugins take their connection options from here, and those that are not set
# from module_defaults or the environment.
__email_security_connection:
"""
APPLY = """\
- name: Apply the <plural>
  mailsec.cloudflare.<bulk_module>:
    <entries_option>: >-
      {{ email_security_<list> if __email_security_checks.<list>.as_is
         else email_security_<list> | mailsec.cloudflare.expire_entries<defaults> }}<list_mode>
    purge: "{{ __email_security_checks.<list>.purge }}"
    purge_limit: "{{ email_security_purge_limit }}"
    concurrency: "{{ email_security_concurrency }}"
    # The summary needs the names only.
    return_result: false
  when: __email_security_checks.<list>.managed
  register: __email_security_apply_<list>
  # The other lists do not depend on this one. The role fails after all of them.
  ignore_errors: true
"""
LIST_MODE = """
    list_mode: "{{ email_security_list_mode }}\""""
READ = """\
- name: Read the <plural>
  mailsec.cloudflare.<info_module>:
  register: __email_security_read_<list>
"""
#: A line with <list> is repeated for each resource.
VARIABLES = """\
# What is known of the lists before the first request. The role evaluates it once, into a fact of the same name: facts
# take precedence over the variables of a role.
# A list that is null or omitted is not set. No default() here: it would treat a list with an undefined variable in it
# as not set. No template of its own for a list: until ansible-core 2.18, one with a date in it would become text.
__email_security_checks_now: >-
  {{ {
       '<list>': email_security_<list>,
     } | mailsec.cloudflare.check_lists(<all_defaults>, __email_security_purge) }}
__email_security_checks: "{{ __email_security_checks_now }}"
# The results of the modules. A task that was skipped with --start-at-task has none.
__email_security_results:
  <list>: "{{ __email_security_apply_<list> | default({}) }}"
# The records that were read, and their accounts.
__email_security_records:
  <list>: "{{ __email_security_read_<list>.result }}"
__email_security_read_accounts:
  <list>: "{{ __email_security_read_<list>.account_id }}"
"""


class RoleFiles:
    """The files of the role that speak of each resource.

    Args:
        resources: in the order in which the role applies them.
        defaults: the variables with defaults for the entries of a list, by the name of the list.
    """

    def __init__(self, resources: Iterable[Resource], defaults: Mapping[str, str]) -> None:
        self._values = [self._values_of(resource, defaults.get(resource.list_name)) for resource in resources]
        self._all_defaults = ", ".join(f"'{name}': {variable}" for name, variable in defaults.items())

    def files(self) -> dict[str, str]:
        """Return the text of each file by its path."""
        head = f"{LICENCE}{generated('module_utils/resources')}---\n"
        return {
            f"{ROLE}/tasks/apply.yml": head + self._connected("Apply the settings", APPLY),
            f"{ROLE}/tasks/read.yml": head + self._connected("Read the account", READ),
            f"{ROLE}/vars/main/lists.yml": head + self._variables(),
            "playbooks/vars/connection.yml": head + PLAYBOOKS + connection(" | default('')", indent=2),
        }

    @staticmethod
    def _values_of(resource: Resource, defaults: str | None) -> dict[str, str]:
        return {
            "list": resource.list_name,
            "plural": title(resource),
            "bulk_module": resource.bulk_module,
            "info_module": resource.info_module,
            "entries_option": resource.entries_option,
            "defaults": f"({defaults})" if defaults else "",
            "list_mode": LIST_MODE if resource.has_lists else "",
        }

    def _connected(self, name: str, template: str) -> str:
        tasks = "\n".join(fill(template, values) for values in self._values)
        values = {
            "title": name,
            "connection": connection(indent=6).rstrip("\n"),
            "tasks": textwrap.indent(tasks, "    "),
        }
        return fill(CONNECTED, values)

    def _variables(self) -> str:
        common = {"all_defaults": f"{{{self._all_defaults}}}"}
        return "".join(
            fill(line, values)
            for line in VARIABLES.splitlines(keepends=True)
            for values in (self._values if "<list>" in line else [common])
        )


def connection(default: str = "", *, indent: int) -> str:
    """Return the connection options as YAML, taken from the variables of the role."""
    return "".join(f'{" " * indent}{name}: "{{{{ email_security_{name}{default} }}}}"\n' for name in CONNECTION_SPEC)


def title(resource: Resource) -> str:
    """Return what the records of a resource are called in the name of a task."""
    return resource.plural.removeprefix("email security ")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a template with the names in angle brackets replaced."""
    return re.sub(r"<(\w+)>", lambda found: values[found[1]], template)
