# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter from_csv."""

from __future__ import annotations

DOCUMENTATION = r"""
name: from_csv
short_description: Convert CSV to entries of the role or of a module
version_added: 0.1.0
description:
  - Converts CSV text, such as a spreadsheet or the result of P(mailsec.cloudflare.to_csv#filter), to a list of entries
    for a variable of the role P(mailsec.cloudflare.email_security#role) or for a bulk module.
  - The first line is a header with the names of options of an entry, in any order and case. C(expires) is also allowed,
    and returned as text.
  - An empty cell is an option that is not set. To clear a setting, write the entry in YAML, with an empty string.
  - The values of a list are separated by spaces, line breaks, commas or semicolons. Booleans are written as in Ansible,
    for example C(yes) or C(no). An apostrophe that P(mailsec.cloudflare.to_csv#filter) put before text that begins like
    a formula is removed.
  - Columns with read-only fields of a record, such as C(modified_at), are ignored. So is C(id), except for records
    without the fields that identify them, and for several records that have the same values in these fields.
  - If the file has mistakes, the filter fails. The message has all of them, with their line numbers.
positional: _input, kind, delimiter
options:
  _input:
    description:
      - The CSV text. A byte order mark and blank lines are ignored.
    type: str
    required: true
  kind:
    description:
      - The list of the entries. It is the name of a variable of the role without C(email_security_).
    type: str
    required: true
    choices:
      - domains
      - sending_domain_restrictions
      - block_senders
      - content_policies
      - impersonation_entries
      - allow_policies
      - trusted_domains
      - url_ignore_patterns
  delimiter:
    description:
      - The character between two cells.
      - By default, a comma, a semicolon or a tab, whichever occurs most often in the header.
    type: str
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
seealso:
  - plugin: mailsec.cloudflare.to_csv
    plugin_type: filter
"""

EXAMPLES = r"""
# blocks.csv:
#   pattern;pattern_type;comments
#   scam@bad.example;EMAIL;Incident 4711
#   203.0.113.0/24;IP;
- name: Block the senders of a spreadsheet
  mailsec.cloudflare.email_security_block_senders:
    block_senders: "{{ text | mailsec.cloudflare.from_csv('block_senders') }}"
  vars:
    text: "{{ lookup('ansible.builtin.file', 'blocks.csv') }}"

- name: Read the policies
  mailsec.cloudflare.email_security_allow_policy_info:
  register: policies

- name: Save them for a spreadsheet
  ansible.builtin.copy:
    content: "{{ policies.result | mailsec.cloudflare.to_csv(columns) }}"
    dest: policies.csv
    mode: "0644"
  vars:
    columns: [pattern, pattern_type, is_regex, is_trusted_sender, comments, id]

- name: Apply the edited file
  mailsec.cloudflare.email_security_allow_policies:
    allow_policies: "{{ text | mailsec.cloudflare.from_csv('allow_policies') }}"
  vars:
    text: "{{ lookup('ansible.builtin.file', 'policies.csv') }}"
"""

RETURN = r"""
_value:
  description: The entries, in the order of their lines. Ansible does not evaluate template markers in their texts.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain, untrusted


def from_csv(text: Any, kind: Any, delimiter: Any = None) -> list[dict[str, Any]]:
    """Return the entries of a CSV text."""
    # Ansible loads all filters of the collection, in every task that uses one of them.
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.csv_entries import entries_of

    try:
        entries: list[dict[str, Any]] = untrusted(entries_of(plain(text), plain(kind), plain(delimiter)))
    except ValueError as error:
        raise AnsibleFilterError(f"from_csv: {error}") from None
    return entries


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"from_csv": from_csv}
