# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources of the collection."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine.resource import Resource
from .allow_policy import ALLOW_POLICY
from .block_sender import BLOCK_SENDER
from .content_policy import CONTENT_POLICY
from .domain import DOMAIN
from .impersonation_entry import IMPERSONATION_ENTRY
from .sending_domain_restriction import SENDING_DOMAIN_RESTRICTION
from .trusted_domain import TRUSTED_DOMAIN
from .url_ignore_pattern import URL_IGNORE_PATTERN

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
