# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

# ansible-lint validates the options of a task with the main function that it finds here.
from ansible_collections.mailsec.cloudflare.plugins.modules.sending_domain_restrictions import main
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.in_process import ActionModule

__all__ = ["ActionModule", "main"]
