# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains that Email Security protects."""

from __future__ import annotations

from ..engine.field_types import (
    Boolean,
    CaseInsensitiveEnum,
    Choice,
    DomainName,
    Integer,
    ListOf,
    Network,
    RecordId,
    Text,
    Uuid,
)
from ..engine.resource import Detail, Field, Key, Resource

DELIVERY_MODE = Choice("DIRECT", "BCC", "JOURNAL", "API", "RETRO_SCAN")
DISPOSITION = Choice(
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
REGION = Choice("GLOBAL", "AU", "DE", "IN", "US")

DOMAIN = Resource(
    module="email_security_domain",
    bulk_module="email_security_domains",
    entries_option="domains",
    noun="email security domain",
    absence="Email Security does not scan its mail",
    path="email-security/settings/domains",
    id_field=Field("domain_id", RecordId()),
    key=Key("domain"),
    key_filter="domain",
    filters=(
        Field("active_delivery_mode", DELIVERY_MODE),
        Field("allowed_delivery_mode", DELIVERY_MODE),
        Field("integration_id", Uuid()),
        Field("status", CaseInsensitiveEnum("pending", "active", "failed", "timeout")),
    ),
    orders=("domain", "created_at"),
    batch=("deletes", "patches", "puts", "posts"),
    details=(Detail("verification", path="verification"),),
    fields=(
        Field("allowed_delivery_modes", ListOf(DELIVERY_MODE), required_on_create=True, items_on_create=(1, 10)),
        Field("domain", DomainName()),
        Field("drop_dispositions", ListOf(DISPOSITION), required_on_create=True, items_on_create=(0, 10)),
        Field("folder", Choice("AllItems", "Inbox"), nullable=True),
        Field("integration_id", Uuid(), nullable=True),
        Field("ip_restrictions", ListOf(Network()), required_on_create=True, items_on_create=(0, 100)),
        Field("lookback_hops", Integer(1, 20)),
        Field("regions", ListOf(REGION), required_on_create=True, items_on_create=(1, 10)),
        Field("require_tls_inbound", Boolean()),
        Field("require_tls_outbound", Boolean()),
        Field("transport", Text()),
    ),
)
