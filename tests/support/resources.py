# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests need to know of each resource beside its declaration: good values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import Boolean, Integer, ListOf
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN as DOMAIN_RESOURCE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)

Settings = dict[str, Any]
INTEGRATION = "3f0b3c5a-6d0e-4f57-9c43-6c6f5a0f2a11"
#: Several spellings of few names.
NAMES = [
    "a.example",
    "A.Example",
    "b.example",
    "b.example.",
    "bücher.example",
    "xn--bcher-kva.example",
    "sub.a.example",
]
NETWORKS = ["192.0.2.7", "192.0.2.7/32", "198.51.100.0/24", "2001:DB8::/32", "2001:db8:0::/32", "203.0.113.0/25"]
#: With blanks, which some servers do not keep.
TEXTS = ["", "mx.example.net", " mx.example.net", "Grüße  an alle "]


@dataclass(frozen=True, eq=False, repr=False)
class Kind:
    """A kind of record, and the modules for it."""

    resource: Resource
    #: Settings with which a record is created.
    needed: Settings
    #: Settings that are changed.
    change: Settings
    #: Good values of texts, and of the entries of lists.
    values: Mapping[str, list[str]]

    def __repr__(self) -> str:
        return self.collection

    @property
    def collection(self) -> str:
        return self.resource.path.rpartition("/")[2]

    @property
    def one(self) -> str:
        return self.resource.module

    @property
    def many(self) -> str:
        return self.resource.bulk_module

    @property
    def info(self) -> str:
        return self.resource.info_module

    @property
    def option(self) -> str:
        """Return the option with the entries of a bulk task."""
        return self.resource.entries_option

    @property
    def id_option(self) -> str:
        return self.resource.id_field.name

    @property
    def filtered(self) -> bool:
        """Return whether the server can search by name."""
        return self.resource.key_filter is not None

    @property
    def settable(self) -> list[str]:
        """Return the fields but the name."""
        return [name for name in self.resource.fields if name != "domain"]

    def other_value(self, field: str) -> Any:
        """Return a value that a new record does not have."""
        field_type = self.resource.fields[field].type
        if isinstance(field_type, Boolean):
            return True
        if isinstance(field_type, Integer):
            return 9
        return [self.values[field][1]] if isinstance(field_type, ListOf) else self.values[field][1]


DOMAIN = Kind(
    DOMAIN_RESOURCE,
    needed={
        "allowed_delivery_modes": ["DIRECT"],
        "drop_dispositions": ["SPAM"],
        "ip_restrictions": ["192.0.2.0/24"],
        "regions": ["GLOBAL"],
    },
    change={"lookback_hops": 7, "require_tls_inbound": True},
    values={
        "allowed_delivery_modes": ["DIRECT", "BCC", "API"],
        "drop_dispositions": ["SPAM", "BULK", "MALICIOUS-BEC"],
        "folder": ["", "AllItems", "Inbox"],
        "integration_id": ["", INTEGRATION, INTEGRATION.upper()],
        "ip_restrictions": NETWORKS,
        "regions": ["GLOBAL", "DE", "US"],
        "transport": TEXTS,
    },
)
RESTRICTION = Kind(
    SENDING_DOMAIN_RESTRICTION,
    needed={"exclude": ["fax.example"]},
    change={"comments": "Agreed", "exclude": ["fax.example", "legacy.example"]},
    values={"comments": TEXTS, "exclude": NAMES},
)
KINDS = (DOMAIN, RESTRICTION)
