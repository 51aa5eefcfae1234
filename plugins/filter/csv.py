# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter csv."""

from __future__ import annotations

DOCUMENTATION = r"""
name: csv
short_description: Records as CSV
version_added: 0.1.0
description:
  - Writes a list of dictionaries as CSV with a header. Lists become their entries with blanks between them,
    dictionaries their values with semicolons, flags become C(yes) and C(no), null and what is missing becomes empty.
  - A text that a spreadsheet would take for a formula gets an apostrophe before it.
positional: _input, columns
options:
  _input:
    description:
      - The rows.
    type: list
    elements: dict
    required: true
  columns:
    description:
      - The keys that become columns, in this order.
    type: list
    elements: str
    required: true
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Read the domains
  mailsec.cloudflare.email_security_domain_info:
  register: domains

- name: Keep a table of them
  ansible.builtin.copy:
    content: "{{ domains.result | mailsec.cloudflare.csv(['domain', 'status', 'require_tls_inbound']) }}"
    dest: domains.csv
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The text of the file.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain, records
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.tables import as_csv


def csv(rows: Any, columns: Any) -> str:
    """Return rows as CSV."""
    names = plain(columns)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise AnsibleFilterError("csv, the columns: must be a list of keys, such as ['domain', 'status'].")
    return as_csv(records("csv, the rows", rows), names)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"csv": csv}
