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
    description: Can run in check mode and predict what would change, without changing it.
    support: full
    details: What a run returns in check mode is what the real run returns, apart from values that the server makes,
      such as C(modified_at).
  diff_mode:
    description: Returns what has changed, or in check mode would change.
    support: full
  idempotent:
    description: A second run with the same options changes nothing and sends no request that could.
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
    description: Returns what has changed.
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
    description: Where the module can run.
    platforms: posix
    support: full
  action:
    description: Has an action plugin of the same name.
    support: full
    details: >-
      On a local connection it runs the module's own code in the controller's process, which spares the half second
      that the start of a module takes. Without a difference in what is done or returned.
  async:
    description: Can be run with C(async).
    support: full
    details: Then it is always run as a module.
  action_group:
    description: Takes the options that C(module_defaults) has for the group C(mailsec.cloudflare.all).
    support: full
    membership:
      - mailsec.cloudflare.all
"""
