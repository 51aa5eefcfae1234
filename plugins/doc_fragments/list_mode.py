# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of list_mode, see module_utils/task.py."""

from __future__ import annotations


class ModuleDocFragment:
    """What the lists of a task mean."""

    DOCUMENTATION = r"""
options:
  list_mode:
    description:
      - What every list of settings in the task means.
      - With V(replace), a list is the whole of what shall be there.
      - With V(append), what is missing is added, with V(remove), what is there is taken out. Both leave the other
        entries as they are.
    type: str
    choices: [replace, append, remove]
    default: replace
"""
