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
  - Converts the domains and the sending domain restrictions of an account to YAML with the variables of the role
    P(mailsec.cloudflare.email_security#role).
  - Records and lists are sorted and normalized, and read-only fields are left out, so that two exports of the same
    state are identical.
  - Text that contains template markers is tagged C(!unsafe), so that Ansible never evaluates text from the account.
  - Records that share a name are listed by their ids.
positional: _input, restrictions
options:
  _input:
    description:
      - The C(result) of M(mailsec.cloudflare.email_security_domain_info).
    type: list
    elements: dict
    required: true
  restrictions:
    description:
      - The C(result) of M(mailsec.cloudflare.sending_domain_restriction_info).
    type: list
    elements: dict
    required: true
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Read the domains
  mailsec.cloudflare.email_security_domain_info:
  register: domains

- name: Read the restrictions
  mailsec.cloudflare.sending_domain_restriction_info:
  register: restrictions

- name: Save them as variables of the role
  ansible.builtin.copy:
    content: "{{ domains.result | mailsec.cloudflare.to_role_vars(restrictions.result) }}"
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

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import records
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.variables import dump, entries


def to_role_vars(domains: Any, restrictions: Any) -> str:
    """Return the variables of the role for an account, as YAML."""
    return dump(
        {
            "email_security_domains": entries(DOMAIN, records("to_role_vars: domains", domains)),
            "email_security_sending_domain_restrictions": entries(
                SENDING_DOMAIN_RESTRICTION, records("to_role_vars: restrictions", restrictions)
            ),
        }
    )


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"to_role_vars": to_role_vars}
