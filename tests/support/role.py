# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of the summary of the role."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME

#: A list of which nothing changed.
NONE: dict[str, Any] = {"created": [], "updated": [], "deleted": [], "failed": [], "expired": [], "unchanged": 0}
#: The lists, where none is managed and none failed.
NOT_MANAGED: dict[str, Any] = {**dict.fromkeys(BY_LIST_NAME), "errors": {}}
