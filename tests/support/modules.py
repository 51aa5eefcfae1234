# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of the collection by name."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import Kind
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import RESOURCES

MODULES: Mapping[str, tuple[Kind, Resource]] = {
    name: (kind, resource)
    for resource in RESOURCES
    for name, kind in ((resource.module, SINGLE), (resource.bulk_module, BULK), (resource.info_module, INFO))
}
