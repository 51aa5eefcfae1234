# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter summarize."""

from __future__ import annotations

DOCUMENTATION = r"""
name: summarize
short_description: Summarize the results of bulk tasks for an account
version_added: 0.1.0
description:
  - Combines the results of the bulk modules to one summary of an account. The role
    P(mailsec.cloudflare.email_security#role) uses it for the fact C(email_security_summary).
positional: _input, expired, check_mode, previous
options:
  _input:
    description:
      - >-
        The registered results by the name of a list, such as
        C({'domains': apply_domains, 'block_senders': apply_blocks}). The names are those of the variables of the role,
        without C(email_security_).
    type: dict
    required: true
  expired:
    description:
      - The entries that have expired, by the name of a list, see P(mailsec.cloudflare.expire_entries#filter).
    type: dict
    default: {}
  check_mode:
    description:
      - Whether the tasks ran in check mode.
    type: bool
    default: false
  previous:
    description:
      - The return value for earlier tasks of the same account. Its changes are added, if they were made in the same
        mode.
    type: dict
    default: {}
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Apply the block list
  mailsec.cloudflare.email_security_block_senders:
    block_senders: "{{ blocked }}"
  register: apply_block_senders

- name: Show what changed
  ansible.builtin.debug:
    var: ({'block_senders': apply_block_senders} | mailsec.cloudflare.summarize).summary
"""

RETURN = r"""
_value:
  description: The summary of the account.
  type: dict
  contains:
    summary:
      description:
        - C(account_id), C(check_mode), C(changed), and by the name of each list the names of the records that were
          C(created), C(updated) and C(deleted), whose change C(failed), and whose entry has C(expired), and the number
          of C(unchanged) records. A list without result is V(null).
        - C(errors) has the messages of the failed tasks, by the name of the list.
      type: dict
    names:
      description: The names of all records, by the name of the list and by change.
      type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import summary
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain


def summarize(results: Any, expired: Any = None, check_mode: bool = False, previous: Any = None) -> dict[str, Any]:
    """Return the summary of the results of bulk tasks."""
    return summary.summarize(
        {name: summary.select(result) for name, result in results.items()},
        plain(expired or {}),
        check_mode,
        plain(previous or {}),
    )


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"summarize": summarize}
