# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of what the modules support."""

from __future__ import annotations


class ModuleDocFragment:
    """The attributes of the modules."""

    #: Of a module that changes something.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in check mode and predict changes without making them.
    support: full
    details: Check mode returns what a real run returns, except for values that the server sets, such as
      C(modified_at).
  diff_mode:
    description: Returns details on what has changed, or would change in check mode.
    support: full
  idempotent:
    description: A second run with the same options changes nothing and only sends read requests.
    support: full
"""

    #: Of a module that reads.
    INFO = r"""
attributes:
  check_mode:
    description: Can run in check mode.
    support: full
    details: The module only reads.
  diff_mode:
    description: Returns details on what has changed.
    support: none
    details: The module only reads.
  idempotent:
    description: A second run changes nothing.
    support: full
    details: The module only reads.
"""

    #: Of every module.
    COMMON = r"""
attributes:
  platform:
    description: The platforms on which the module can run.
    platforms: posix
    support: full
  action:
    description: Has an action plugin of the same name.
    support: full
    details: >-
      On a local connection, the action plugin runs the code of the module in the controller process, which saves the
      half second that starting a module takes. The result is the same.
  async:
    description: Supports C(async).
    support: full
    details: With C(async), the task runs as a regular module.
  action_group:
    description: Use C(group/mailsec.cloudflare.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - mailsec.cloudflare.all
"""
