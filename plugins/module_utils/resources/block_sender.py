# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Senders whose mail is not delivered."""

from __future__ import annotations

from ..engine.field_types import FormerIntegerId, Text
from ..engine.resource import Field, Resource
from .patterns import SENDER_FIELDS, SENDER_KEY, check_sender

BLOCK_SENDER = Resource(
    module="email_security_block_sender",
    bulk_module="email_security_block_senders",
    entries_option="block_senders",
    noun="blocked sender",
    absence="its mail is delivered",
    path="email-security/settings/block_senders",
    id_field=Field("pattern_id", FormerIntegerId()),
    key=SENDER_KEY,
    check=check_sender,
    orders=("pattern", "created_at"),
    batch=("deletes", "patches", "puts", "posts"),
    fields=(*SENDER_FIELDS, Field("comments", Text(max_length=1024), nullable=True)),
)
