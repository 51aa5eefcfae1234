# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter format_summary."""

from __future__ import annotations

DOCUMENTATION = r"""
name: format_summary
short_description: Format the summary of the role as lines of text
version_added: 0.1.0
description:
  - >-
    Returns a line for each list and kind of change, with the number and the names of the records, and a line with the
    number of unchanged records, such as C(Blocked senders unchanged: 2).
positional: _input, max_names, only_changes
options:
  _input:
    description:
      - The fact C(email_security_summary) of the role P(mailsec.cloudflare.email_security#role), or the C(summary) that
        P(mailsec.cloudflare.summarize#filter) returns.
    type: dict
    required: true
  max_names:
    description:
      - The maximum number of names in a line. V(0) means all names.
    type: int
    default: 20
  only_changes:
    description:
      - Whether only the lines of the records that were created, updated or deleted are returned.
    type: bool
    default: false
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Show the summary of the role
  ansible.builtin.debug:
    msg: "{{ email_security_summary | mailsec.cloudflare.format_summary }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain


def format_summary(summary: Any, max_names: int = 20, only_changes: bool = False) -> list[str]:
    """Return the lines of a summary."""
    # Ansible loads all filters of the collection, in every task that uses one of them.
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import summary as plugin_utils

    return list(plugin_utils.format_summary(plain(summary), max_names or None, only_changes))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"format_summary": format_summary}
