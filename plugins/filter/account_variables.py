# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter account_variables."""

from __future__ import annotations

DOCUMENTATION = r"""
name: account_variables
short_description: The state of an account as a variables file of the role
version_added: 0.1.0
description:
  - Writes the domains and the sending domain restrictions of an account as YAML that the role
    P(mailsec.cloudflare.email_security#role) takes as its variables.
  - Records are ordered by name and lists by meaning, fields that only the server sets are left out, so that two exports
    of the same state are the same text.
  - A text that looks like a template is marked C(!unsafe), so that Ansible never runs what somebody wrote into a
    comment.
  - Records that have the same name are found by their ids instead.
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

- name: Keep both
  ansible.builtin.copy:
    content: "{{ domains.result | mailsec.cloudflare.account_variables(restrictions.result) }}"
    dest: account.yml
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The text of the file, without a document start.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import records
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.variables import dumped, entries


def account_variables(domains: Any, restrictions: Any) -> str:
    """Return the variables file of an account."""
    return dumped(
        {
            "email_security_domains": entries(DOMAIN, records("account_variables, the domains", domains)),
            "email_security_sending_domain_restrictions": entries(
                SENDING_DOMAIN_RESTRICTION, records("account_variables, the restrictions", restrictions)
            ),
        }
    )


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"account_variables": account_variables}
