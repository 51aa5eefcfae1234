# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter to_csv."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_csv
short_description: Convert records to CSV
version_added: 0.1.0
description:
  - Converts a list of dictionaries to CSV (RFC 4180) with a header line. The entries of a list are separated by spaces,
    the values of a dictionary by semicolons. Booleans become C(yes) and C(no), null and missing values an empty cell.
  - Text that a spreadsheet would evaluate as a formula is prefixed with an apostrophe.
    P(mailsec.cloudflare.from_csv#filter) removes it.
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
      - The keys to write as columns, in this order.
    type: list
    elements: str
    required: true
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
seealso:
  - plugin: mailsec.cloudflare.from_csv
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the domains
  mailsec.cloudflare.email_security_domain_info:
  register: domains

- name: Save the domains as CSV
  ansible.builtin.copy:
    content: "{{ domains.result | mailsec.cloudflare.to_csv(['domain', 'status', 'require_tls_inbound']) }}"
    dest: domains.csv
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The CSV text.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain, records
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.tables import format_csv


def to_csv(rows: Any, columns: Any) -> str:
    """Return rows as CSV."""
    names = plain(columns)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise AnsibleFilterError("to_csv: columns must be a list of keys, such as ['domain', 'status'].")
    return format_csv(records("to_csv: rows", rows), names)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"to_csv": to_csv}
