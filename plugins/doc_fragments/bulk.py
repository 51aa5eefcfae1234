# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the options that modules for many records have in common, see module_utils/task_many.py."""

from __future__ import annotations


class ModuleDocFragment:
    """How many records are written, and what becomes of the others."""

    DOCUMENTATION = r"""
options:
  purge:
    description:
      - Whether the records of the account that are not listed are deleted. They are not by default.
      - Refused with an empty list.
    type: bool
    default: false
  purge_limit:
    description:
      - How many records O(purge) may delete at most; V(0) to V(100000). Where it would be more, the task fails before
        its first write and names them.
    type: int
    default: 10
  concurrency:
    description:
      - How many requests are under way at the same time where the API has no request for many records at once; V(1)
        to V(32).
    type: int
    default: 8
notes:
  - The records of the account are read with one request for a thousand of them, and a plan is made. Check mode ends
    there.
  - The module keeps to what remains of the API's rate limit. Where nothing remains, it waits for the next window, and
    a warning tells when that took long.
"""
