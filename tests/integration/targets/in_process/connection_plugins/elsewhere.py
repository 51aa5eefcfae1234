# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection to this machine that is not local."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: elsewhere
short_description: Run on this machine under another name
description:
  - The same as P(ansible.builtin.local#connection), for tests of connections that are not local.
author: The mailsec.cloudflare maintainers
"""


class Connection(Local):
    """See the module."""

    transport = "elsewhere"
