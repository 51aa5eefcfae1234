# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's API as docs/awx/setup.yml needs, with AWX's rules for what it accepts, and its way to start a job.

AWX itself takes no installation of a minute. What is checked here is what AWX 24.6.1 checks, the last release, to which
the collection awx.awx 24.6.1 belongs; only fields that AWX does not know are refused here, where AWX ignores them.
"""

from .server import Controller, run_controller

__all__ = ["Controller", "run_controller"]
