# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains that are not reported as recently registered or as look-alikes."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.field_types import Boolean, ExactText, FormerIntegerId, Text
from ..engine.resource import Field, Key, Record, Resource
from .patterns import literal_error, normalize


def check_domain(settings: Record) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a pattern."""
    error = literal_error(settings.get("pattern"), "DOMAIN", settings.get("is_regex"))
    if error:
        yield "pattern", error


TRUSTED_DOMAIN = Resource(
    module="email_security_trusted_domain",
    bulk_module="email_security_trusted_domains",
    entries_option="trusted_domains",
    noun="trusted domain",
    absence="the domain is not trusted",
    path="email-security/settings/trusted_domains",
    id_field=Field("trusted_domain_id", FormerIntegerId()),
    key=Key(
        "pattern",
        "is_regex",
        defaults={"is_regex": False},
        normalize=lambda key: (normalize(key["pattern"], "DOMAIN", key["is_regex"]), key["is_regex"]),
    ),
    check=check_domain,
    one_true_on_create=("is_recent", "is_similarity"),
    filters=(Field("is_recent", Boolean()), Field("is_similarity", Boolean())),
    orders=("pattern", "created_at"),
    batch=("deletes", "patches", "puts", "posts"),
    fields=(
        Field("pattern", ExactText(1024)),
        Field("is_regex", Boolean()),
        Field("is_recent", Boolean(), create_default=False),
        Field("is_similarity", Boolean(), create_default=False),
        Field("comments", Text(max_length=1024), nullable=True),
    ),
)
