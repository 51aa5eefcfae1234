# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources of Email Security, declared: where they live, what can be set, how one is found.

Choices and bounds: the API reference at https://developers.cloudflare.com/api/resources/email_security/.
"""

from __future__ import annotations

from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import (
    Choice,
    Field,
    Flag,
    Name,
    Network,
    Number,
    RecordId,
    SetOf,
    Text,
    Uuid,
    Word,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource

DELIVERY_MODE = Choice("DIRECT", "BCC", "JOURNAL", "API", "RETRO_SCAN")

DOMAIN = Resource(
    noun="email security domain",
    entries_option="domains",
    path="email-security/settings/domains",
    id_field=Field("domain_id", RecordId()),
    filters_by_name=True,
    needed_to_create={
        "allowed_delivery_modes": (1, 10),
        "drop_dispositions": (0, 10),
        "ip_restrictions": (0, 100),
        "regions": (1, 10),
    },
    created_with={},
    batch=("deletes", "patches", "puts", "posts"),
    listed_by=(
        Field("active_delivery_mode", DELIVERY_MODE),
        Field("allowed_delivery_mode", DELIVERY_MODE),
        Field("integration_id", Uuid()),
        Field("status", Word("pending", "active", "failed", "timeout")),
    ),
    absence="the domain is not protected in this account",
    fields=(
        Field("allowed_delivery_modes", SetOf(DELIVERY_MODE)),
        Field("domain", Name()),
        Field(
            "drop_dispositions",
            SetOf(
                Choice(
                    "MALICIOUS",
                    "MALICIOUS-BEC",
                    "SUSPICIOUS",
                    "SPOOF",
                    "SPAM",
                    "BULK",
                    "ENCRYPTED",
                    "EXTERNAL",
                    "UNKNOWN",
                    "NONE",
                )
            ),
        ),
        Field("folder", Choice("AllItems", "Inbox"), nullable=True),
        Field("integration_id", Uuid(), nullable=True),
        Field("ip_restrictions", SetOf(Network())),
        Field("lookback_hops", Number(1, 20)),
        Field("regions", SetOf(Choice("GLOBAL", "AU", "DE", "IN", "US"))),
        Field("require_tls_inbound", Flag()),
        Field("require_tls_outbound", Flag()),
        Field("transport", Text()),
    ),
)

SENDING_DOMAIN_RESTRICTION = Resource(
    noun="sending domain restriction",
    entries_option="restrictions",
    path="email-security/settings/sending_domain_restrictions",
    id_field=Field("sending_domain_restriction_id", RecordId()),
    filters_by_name=False,
    needed_to_create={},
    created_with={"exclude": []},
    batch=("deletes",),
    listed_by=(),
    absence="mail from it may come without TLS",
    fields=(
        Field("comments", Text(max_length=1024), nullable=True),
        Field("domain", Name()),
        Field("exclude", SetOf(Name())),
    ),
)
