# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of the collection by name."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine.resource import Resource
from ..resources.allow_policy import ALLOW_POLICY
from ..resources.block_sender import BLOCK_SENDER
from ..resources.content_policy import CONTENT_POLICY
from ..resources.domain import DOMAIN
from ..resources.impersonation_entry import IMPERSONATION_ENTRY
from ..resources.sending_domain_restriction import SENDING_DOMAIN_RESTRICTION
from ..resources.trusted_domain import TRUSTED_DOMAIN
from ..resources.url_ignore_pattern import URL_IGNORE_PATTERN
from .base import Kind
from .bulk import BULK
from .info import INFO
from .single import SINGLE

#: In the order in which the role applies them: those that keep mail out come before those that let it in.
RESOURCES = (
    DOMAIN,
    SENDING_DOMAIN_RESTRICTION,
    BLOCK_SENDER,
    CONTENT_POLICY,
    IMPERSONATION_ENTRY,
    ALLOW_POLICY,
    TRUSTED_DOMAIN,
    URL_IGNORE_PATTERN,
)
#: By the name of their list in the role, in an export and in a report.
BY_LIST_NAME: Mapping[str, Resource] = {resource.list_name: resource for resource in RESOURCES}
MODULES: Mapping[str, tuple[Kind, Resource]] = {
    name: (kind, resource)
    for resource in RESOURCES
    for name, kind in ((resource.module, SINGLE), (resource.bulk_module, BULK), (resource.info_module, INFO))
}
