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
  - Combines the results of the bulk modules into one summary of an account. The role
    P(mailsec.cloudflare.email_security#role) uses it for the fact C(email_security_summary).
positional: _input, checks, check_mode, totals
options:
  _input:
    description:
      - >-
        The registered results by the name of a list, such as
        C({'domains': apply_domains, 'block_senders': apply_blocks}). The names are those of the variables of the role,
        without C(email_security_).
    type: dict
    required: true
  checks:
    description:
      - What P(mailsec.cloudflare.check_lists#filter) returned for the lists.
    type: dict
    required: true
  check_mode:
    description:
      - Whether the tasks ran in check mode.
    type: bool
    default: false
  totals:
    description:
      - The C(totals) of earlier tasks. What was done for the same account in the same mode is added to C(total).
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
    msg: "{{ ({'block_senders': apply_block_senders} | mailsec.cloudflare.summarize(checks)).summary }}"
  vars:
    checks: "{{ {'block_senders': blocked} | mailsec.cloudflare.check_lists }}"
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
    total:
      description: The same, with the changes of earlier tasks of the account.
      type: dict
    totals:
      description: What O(totals) needs in the next use of this filter.
      type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain


def summarize(results: Any, checks: Any, check_mode: bool = False, totals: Any = None) -> dict[str, Any]:
    """Return the summary of the results of bulk tasks."""
    # Ansible loads all filters of the collection, in every task that uses one of them.
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import summary

    return summary.summarize(
        {name: summary.select(result) for name, result in results.items()},
        plain(checks),
        check_mode,
        plain(totals or {}),
    )


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"summarize": summarize}
