# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Content that marks a message as malicious."""

from __future__ import annotations

from ..engine.field_types import Boolean, Choice, ExactText, ListOf, Text, Title, Uuid
from ..engine.resource import Field, Key, Resource

CONTENT_POLICY = Resource(
    module="email_security_content_policy",
    bulk_module="email_security_content_policies",
    entries_option="content_policies",
    noun="content policy",
    absence="its content is not blocked",
    path="email-security/settings/content_policies",
    id_field=Field("policy_id", Uuid()),
    key=Key("name"),
    filters=(Field("enabled", Boolean()),),
    orders=("name", "created_at"),
    batch=("deletes", "patches", "puts", "posts"),
    fields=(
        Field("name", Title(max_length=256)),
        Field("pattern", ExactText(2048), required_on_create=True),
        # How few a create may have is not documented, so the API decides.
        Field("targets", ListOf(Choice("SUBJECT", "BODY")), required_on_create=True),
        Field("enabled", Boolean(), create_default=True),
        Field("notes", Text(max_length=4096), nullable=True),
    ),
)
