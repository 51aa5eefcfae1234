# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Senders and recipients whose mail is exempt from detection."""

from __future__ import annotations

from ..engine.field_types import Boolean, FormerIntegerId, Text
from ..engine.resource import Field, Resource
from .patterns import SENDER_FIELDS, SENDER_KEY, check_sender

ALLOW_POLICY = Resource(
    module="email_security_allow_policy",
    bulk_module="email_security_allow_policies",
    entries_option="allow_policies",
    noun="allow policy",
    absence="its mail is not exempt from detection",
    path="email-security/settings/allow_policies",
    id_field=Field("policy_id", FormerIntegerId()),
    key=SENDER_KEY,
    check=check_sender,
    one_true_on_create=("is_acceptable_sender", "is_exempt_recipient", "is_trusted_sender"),
    filters=(
        Field("is_acceptable_sender", Boolean()),
        Field("is_exempt_recipient", Boolean()),
        Field("is_trusted_sender", Boolean()),
        Field("verify_sender", Boolean()),
    ),
    orders=("pattern", "created_at"),
    batch=("deletes", "patches", "puts", "posts"),
    fields=(
        *SENDER_FIELDS,
        # The deprecated names ended on 2026-07-01.
        Field("is_acceptable_sender", Boolean(), create_default=False, former_name="is_spoof"),
        Field("is_exempt_recipient", Boolean(), create_default=False, former_name="is_recipient"),
        Field("is_trusted_sender", Boolean(), create_default=False, former_name="is_sender"),
        Field("verify_sender", Boolean(), create_default=True),
        Field("comments", Text(max_length=1024), nullable=True),
    ),
)
