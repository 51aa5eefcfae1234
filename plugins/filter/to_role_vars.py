# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter to_role_vars."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_role_vars
short_description: Convert the records of an account to variables of the role
version_added: 0.1.0
description:
  - Converts the records of an account to YAML with the variables of the role
    P(mailsec.cloudflare.email_security#role).
  - Records and lists are sorted and normalized, and read-only fields are left out, so that two exports of the same
    state are identical.
  - Text that contains template markers is tagged C(!unsafe), so that Ansible never evaluates text from the account.
  - Records that share a key are listed by their ids.
  - Records that are synchronized from a directory are left out. A comment at the top of the text counts them.
positional: _input, restrictions
options:
  _input:
    description:
      - >-
        The C(result) of info modules by the name of the list in the role, without C(email_security_), such as
        C({'domains': domains.result, 'block_senders': blocks.result}).
      - A list is the C(result) of M(mailsec.cloudflare.email_security_domain_info).
    type: raw
    required: true
  restrictions:
    description:
      - The C(result) of M(mailsec.cloudflare.sending_domain_restriction_info), if O(_input) is a list.
    type: list
    elements: dict
    default: []
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Read the domains
  mailsec.cloudflare.email_security_domain_info:
  register: domains

- name: Read the blocked senders
  mailsec.cloudflare.email_security_block_sender_info:
  register: blocks

- name: Save them as variables of the role
  ansible.builtin.copy:
    content: >-
      {{ {'domains': domains.result, 'block_senders': blocks.result} | mailsec.cloudflare.to_role_vars }}
    dest: account.yml
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The YAML text, without a document start marker.
  type: str
"""

from collections.abc import Callable
from typing import Any


def to_role_vars(account: Any, restrictions: Any = ()) -> str:
    """Return the variables of the role for an account, as YAML."""
    # Ansible loads all filters of the collection, in every task that uses one of them.
    from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.lists import account_lists
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.variables import dump, export

    lists = account_lists("to_role_vars", account, restrictions)
    exports = {name: export(BY_LIST_NAME[name], records) for name, records in lists.items()}
    left_out = "".join(f"# Left out: {reason}.\n" for exported in exports.values() for reason in exported.left_out)
    return left_out + dump({f"email_security_{name}": exported.entries for name, exported in exports.items()})


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"to_role_vars": to_role_vars}
