# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains whose mail must come over TLS."""

from __future__ import annotations

from ..engine.field_types import DomainName, ListOf, RecordId, Text
from ..engine.resource import Field, Key, Resource

SENDING_DOMAIN_RESTRICTION = Resource(
    module="sending_domain_restriction",
    bulk_module="sending_domain_restrictions",
    entries_option="restrictions",
    noun="sending domain restriction",
    absence="mail from it may come without TLS",
    path="email-security/settings/sending_domain_restrictions",
    id_field=Field("sending_domain_restriction_id", RecordId()),
    key=Key("domain"),
    orders=("domain", "created_at"),
    batch=("deletes",),
    fields=(
        Field("comments", Text(max_length=1024), nullable=True),
        Field("domain", DomainName()),
        Field("exclude", ListOf(DomainName()), create_default=[]),
    ),
)
