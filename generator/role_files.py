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
APPLY = """\
- name: Apply the <plural>
  mailsec.cloudflare.<bulk_module>:
    <entries_option>: "{{ __email_security_entries_<list> }}"<list_mode>
    purge: "{{ __email_security_purges_<list> }}"
    purge_limit: "{{ email_security_purge_limit }}"
    concurrency: "{{ email_security_concurrency }}"
  when: __email_security_manages_<list>
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
#: A paragraph is repeated for each resource. Those that begin with # or without a blank are the head of the next.
VARIABLES = """\
# A list that is null or omitted is not set. No default() here: it would treat a list with an undefined variable in it
# as not set.
__email_security_sets_<list>: >-
  {{ email_security_<list> is not none and email_security_<list> != omit }}

# An empty list is set, but not managed, unless it is purged, which the module refuses.
__email_security_manages_<list>: >-
  {{ __email_security_sets_<list>
     and (email_security_<list> | length > 0 or '<list>' in __email_security_purge) }}

# What is wrong with the entries.
__email_security_errors_<list>: >-
  {{ email_security_<list> | mailsec.cloudflare.validate_entries('<list>'<defaults>)
     if __email_security_sets_<list> and email_security_<list> else [] }}

# The entries as the module takes them.
__email_security_entries_<list>: >-
  {{ email_security_<list> | mailsec.cloudflare.expire_entries<only_defaults> }}

# The entries that have expired.
__email_security_expired_<list>: >-
  {{ email_security_<list> | mailsec.cloudflare.expire_entries(only_expired=true)
     if __email_security_sets_<list> and email_security_<list> else [] }}

# The module refuses to purge where no entry is present. If the last ones have expired, they are deleted all the same.
__email_security_purges_<list>: >-
  {{ '<list>' in __email_security_purge
     and ('present' in __email_security_entries_<list> | map(attribute='state', default='present')
          or __email_security_expired_<list> | length == 0) }}

# The result of the module. A task that was skipped with --start-at-task has none.
__email_security_result_<list>: >-
  {{ __email_security_apply_<list> | default({}) if __email_security_manages_<list>
     else __email_security_unchanged_result if __email_security_sets_<list> else {} }}
"""
MAPPINGS = """\
# By the name of the list.
__email_security_sets:
  <list>: "{{ __email_security_sets_<list> }}"

__email_security_errors:
  <list>: "{{ __email_security_errors_<list> }}"

__email_security_expired:
  <list>: "{{ __email_security_expired_<list> }}"

__email_security_results:
  <list>: "{{ __email_security_result_<list> }}"

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

    def files(self) -> dict[str, str]:
        """Return the text of each file by its path."""
        head = f"{LICENCE}{generated('module_utils/resources')}---\n"
        return {
            f"{ROLE}/tasks/apply.yml": head + self._connected("Apply the settings", APPLY),
            f"{ROLE}/tasks/read.yml": head + self._connected("Read the account", READ),
            f"{ROLE}/vars/main/lists.yml": head + self._variables(),
        }

    @staticmethod
    def _values_of(resource: Resource, defaults: str | None) -> dict[str, str]:
        return {
            "list": resource.list_name,
            "plural": title(resource),
            "bulk_module": resource.bulk_module,
            "info_module": resource.info_module,
            "entries_option": resource.entries_option,
            "defaults": f", {defaults}" if defaults else "",
            "only_defaults": f"(defaults={defaults})" if defaults else "",
            "list_mode": LIST_MODE if resource.has_lists else "",
        }

    def _connected(self, name: str, template: str) -> str:
        connection = "".join(f'      {option}: "{{{{ email_security_{option} }}}}"\n' for option in CONNECTION_SPEC)
        tasks = "\n".join(fill(template, values) for values in self._values)
        values = {"title": name, "connection": connection.rstrip("\n"), "tasks": textwrap.indent(tasks, "    ")}
        return fill(CONNECTED, values)

    def _variables(self) -> str:
        return "".join(self._repeat(paragraph, "#") for paragraph in VARIABLES.split("\n\n")) + "".join(
            self._repeat(paragraph, ("#", "__")) for paragraph in MAPPINGS.split("\n\n")
        )

    def _repeat(self, paragraph: str, head: str | tuple[str, ...]) -> str:
        """Return the head of a paragraph, and the rest once for each resource."""
        lines = paragraph.rstrip("\n").splitlines()
        first = next(number for number, line in enumerate(lines) if not line.startswith(head))
        rest = "".join(f"{line}\n" for line in lines[first:])
        return "".join(f"{line}\n" for line in lines[:first]) + "".join(fill(rest, values) for values in self._values)


def title(resource: Resource) -> str:
    """Return what the records of a resource are called in the name of a task."""
    return resource.plural.removeprefix("email security ")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a template with the names in angle brackets replaced."""
    return re.sub(r"<(\w+)>", lambda found: values[found[1]], template)
