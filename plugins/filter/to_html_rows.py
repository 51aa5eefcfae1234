# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter to_html_rows."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_html_rows
short_description: Convert records to the rows of an HTML table
version_added: 0.1.0
description:
  - Converts a list of dictionaries to the rows (C(<tr>)) of an HTML table, faster than a template for thousands of
    records. All text is escaped.
  - The first column is a header. The entries of a list become C(<kbd>) elements.
  - If a record has a dictionary C(findings), such as those of P(mailsec.cloudflare.findings#filter), the cells of the
    columns in it have the class C(finding), and its other texts are below the header, with the class C(found).
positional: _input, columns, words
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
  words:
    description:
      - The words for true and false, by column, if they are not C(yes) and C(no).
    type: dict
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Read the domains
  mailsec.cloudflare.email_security_domain_info:
  register: domains

- name: Save the domains as an HTML table
  ansible.builtin.copy:
    content: "<table>{{ domains.result | mailsec.cloudflare.to_html_rows(columns, words) }}</table>"
    dest: domains.html
    mode: "0644"
  vars:
    columns: [domain, status, require_tls_inbound]
    words:
      require_tls_inbound: [required, not required]
"""

RETURN = r"""
_value:
  description: The HTML text.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain, records


def to_html_rows(rows: Any, columns: Any, words: Any = None) -> str:
    """Return rows as HTML."""
    # Ansible loads all filters of the collection, in every task that uses one of them.
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.html_rows import format_html_rows

    names, by_column = plain(columns), plain(words or {})
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise AnsibleFilterError("to_html_rows: columns must be a list of keys, such as ['domain', 'status'].")
    if not isinstance(by_column, dict) or not all(
        isinstance(each, list) and len(each) == 2 for each in by_column.values()
    ):
        raise AnsibleFilterError(
            "to_html_rows: words must have two words by column, such as {'enabled': ['on', 'off']}."
        )
    return format_html_rows(records("to_html_rows: rows", rows), names, by_column)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"to_html_rows": to_html_rows}
