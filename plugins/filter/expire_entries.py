# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter expire_entries."""

from __future__ import annotations

DOCUMENTATION = r"""
name: expire_entries
short_description: Treat entries that have expired as absent
version_added: 0.1.0
description:
  - Removes C(expires) from the entries of a bulk module, and sets C(state=absent) in those that have expired.
  - C(expires) is a date such as C(2026-12-31), which means 00:00 UTC of that day, or a date and time with a time zone,
    such as C(2026-12-31T18:00:00Z) or C(2026-12-31 18:00 +01:00). An entry has expired from that time on. An entry
    without C(expires) never expires.
  - The role P(mailsec.cloudflare.email_security#role) uses this filter for the entries of its variables.
positional: _input, defaults
options:
  _input:
    description:
      - Entries of a bulk module such as M(mailsec.cloudflare.email_security_block_senders).
    type: list
    elements: dict
    required: true
  defaults:
    description:
      - Settings for each entry. Those of an entry take precedence.
    type: dict
    default: {}
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Block a sender until the end of the year
  mailsec.cloudflare.email_security_block_senders:
    block_senders: "{{ blocked | mailsec.cloudflare.expire_entries }}"
  vars:
    blocked:
      - pattern: invoice@attacker.example
        pattern_type: EMAIL
        comments: Incident 4711
        expires: 2027-01-01
"""

RETURN = r"""
_value:
  description: The entries without C(expires).
  type: list
  elements: dict
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain, records
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.role_entries import convert


def expire_entries(entries: Any, defaults: Any = None) -> list[dict[str, Any]]:
    """Return entries without their expiry."""
    given = records("expire_entries: entries", entries, such_as="")
    converted = list(convert(given, plain(defaults or {}), datetime.now(timezone.utc)))
    errors = [f"[{index}].expires: {each.error}." for index, each in enumerate(converted) if each.error]
    if errors:
        raise AnsibleFilterError(f"expire_entries: {' '.join(errors)}")
    return [each.entry for each in converted]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"expire_entries": expire_entries}
