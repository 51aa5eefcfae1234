# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter validate_entries."""

from __future__ import annotations

DOCUMENTATION = r"""
name: validate_entries
short_description: Validate the entries of a variable of the role
version_added: 0.1.0
description:
  - Returns what is wrong with the entries of a bulk module or of a variable of the role
    P(mailsec.cloudflare.email_security#role), without a request to the API. The entries are validated as the bulk
    module does it.
  - The role uses this filter before its first request. In a pipeline, it validates a file of variables without a token.
positional: _input, list_name, defaults
options:
  _input:
    description:
      - The entries.
    type: list
    elements: dict
    required: true
  list_name:
    description:
      - The list that the entries belong to, the name of the variable of the role without C(email_security_).
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
  defaults:
    description:
      - Settings for each entry. Those of an entry take precedence.
    type: dict
    default: {}
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Verify that the block list is valid
  ansible.builtin.assert:
    that: errors | length == 0
    fail_msg: "{{ errors | join(' ') }}"
  vars:
    errors: "{{ email_security_block_senders | mailsec.cloudflare.validate_entries('block_senders') }}"
"""

RETURN = r"""
_value:
  description: A line for each entry that is invalid, with the name of the variable and the index of the entry.
  type: list
  elements: str
  sample:
    - "email_security_block_senders[0] (10.0.0.1): pattern: must be a public address, ..."
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.role_entries import validate


def validate_entries(entries: Any, list_name: Any, defaults: Any = None) -> list[str]:
    """Return what is wrong with entries."""
    if list_name not in BY_LIST_NAME:
        raise AnsibleFilterError(f"validate_entries: list_name must be one of {', '.join(BY_LIST_NAME)}.")
    name = f"email_security_{list_name}"
    # An undefined variable raises an error with its name here.
    given = plain(entries)
    settings = plain(defaults or {})
    if not isinstance(given, list):
        return [f"{name}: must be a list of dictionaries."]
    if not isinstance(settings, Mapping):
        return [f"{name}: the defaults must be a dictionary."]
    return validate(BY_LIST_NAME[list_name], given, settings, name, datetime.now(timezone.utc))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"validate_entries": validate_entries}
