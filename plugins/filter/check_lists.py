# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter check_lists."""

from __future__ import annotations

DOCUMENTATION = r"""
name: check_lists
short_description: Validate the lists of the role
version_added: 0.1.0
description:
  - Validates the lists of an account as the bulk modules do, without a request to the API, and finds the entries
    that have expired. The role P(mailsec.cloudflare.email_security#role) uses this filter before its first request. In
    a pipeline, it validates a file of variables without a token.
positional: _input, defaults, purge
options:
  _input:
    description:
      - >-
        The variables of the role by their names without C(email_security_), such as
        C({'block_senders': email_security_block_senders}). A list that is null or left out is not set.
    type: dict
    required: true
  defaults:
    description:
      - Settings for each entry of a list, by the name of the list. Those of an entry take precedence.
    type: dict
    default: {}
  purge:
    description:
      - The lists whose records are deleted if they have no entry.
    type: list
    elements: str
    default: []
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Validate the block list
  ansible.builtin.assert:
    that: checks.block_senders.errors | length == 0
    fail_msg: "{{ checks.block_senders.errors | join(' ') }}"
  vars:
    checks: "{{ {'block_senders': email_security_block_senders} | mailsec.cloudflare.check_lists }}"
"""

RETURN = r"""
_value:
  description:
    - A dictionary for each of the eight lists, by its name.
  type: dict
  contains:
    set:
      description: Whether the list is set.
      type: bool
    managed:
      description: Whether the list has entries, or is purged.
      type: bool
    purge:
      description:
        - Whether the list is purged. It is not if all entries that should be present have expired, because the bulk
          module refuses to delete all records.
      type: bool
    errors:
      description: A line for each invalid entry.
      type: list
      elements: str
    expired:
      description: The names of the entries that have expired.
      type: list
      elements: str
    as_is:
      description:
        - Whether a bulk module takes the list as it is, without P(mailsec.cloudflare.expire_entries#filter).
      type: bool
"""

from collections.abc import Callable
from typing import Any


def check_lists(lists: Any, defaults: Any = None, purge: Any = ()) -> dict[str, dict[str, Any]]:
    """Return what is known of each list."""
    # Ansible loads all filters of the collection, in every task that uses one of them.
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import list_checks

    return list_checks.check_lists(lists, defaults or {}, purge)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"check_lists": check_lists}
