# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter from_terraform."""

from __future__ import annotations

DOCUMENTATION = r"""
name: from_terraform
short_description: Convert a Terraform state to variables of the role
version_added: 0.1.0
description:
  - Converts the output of C(terraform show -json) (state format 1) to variables of the role
    P(mailsec.cloudflare.email_security#role).
  - Converts the resources C(cloudflare_email_security_domain), C(cloudflare_email_security_allow_policy),
    C(cloudflare_email_security_block_sender), C(cloudflare_email_security_trusted_domains) and
    C(cloudflare_email_security_impersonation_registry) of version 5 of the provider C(cloudflare/cloudflare), in all
    modules. Data sources and resources of other products are ignored.
  - A value that is null in the state is left out, so that the role does not manage it.
  - Entries have no ids, unless several records of the state can only be distinguished by them. Integer ids of old
    states are ignored with a warning.
  - Resources are skipped if they are tainted or deposed, if they are synchronized from a directory, or if the modules
    do not accept their values.
positional: _input, account_id
options:
  _input:
    description:
      - The state as JSON text, or as a dictionary.
    type: raw
    required: true
  account_id:
    description:
      - The account whose resources are converted. Required if the state has resources of several accounts.
    type: str
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
# terraform show -json > state.json
- name: Convert the state
  ansible.builtin.copy:
    content: "{{ converted.yaml }}"
    dest: account.yml
    mode: "0644"
  vars:
    converted: "{{ lookup('ansible.builtin.file', 'state.json') | mailsec.cloudflare.from_terraform }}"

- name: Show what was not converted
  ansible.builtin.debug:
    msg: "{{ converted.warnings + converted.skipped }}"
  vars:
    converted: "{{ lookup('ansible.builtin.file', 'state.json') | mailsec.cloudflare.from_terraform }}"
"""

RETURN = r"""
_value:
  description: The variables, and what was not converted.
  type: dict
  contains:
    variables:
      description:
        - The variables of the role, such as C(email_security_domains), in the form of an export. There is no variable
          without entries.
        - Ansible does not evaluate template markers in their texts.
      type: dict
    yaml:
      description:
        - The variables as YAML, to write to a file, without a document start marker. Text that contains template
          markers is tagged C(!unsafe).
      type: str
    account_id:
      description: The account of the resources. Null if the state has none.
      type: str
    addresses:
      description: The addresses of the converted resources, for C(terraform state rm).
      type: list
      elements: str
    skipped:
      description: The resources that were not converted.
      type: list
      elements: dict
      contains:
        address:
          description: The address of the resource.
          type: str
        reason:
          description: Why it was not converted, as the end of a sentence.
          type: str
    warnings:
      description: Warnings, such as an integer id that is ignored.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain, untrusted


def from_terraform(state: Any, account_id: Any = None) -> dict[str, Any]:
    """Return the resources of a Terraform state as variables of the role."""
    # Ansible loads all filters of the collection, in every task that uses one of them.
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.terraform import Conversion

    try:
        converted: dict[str, Any] = untrusted(Conversion(plain(state), plain(account_id)).result())
    except ValueError as error:
        raise AnsibleFilterError(f"from_terraform: {error}") from None
    return converted


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"from_terraform": from_terraform}
