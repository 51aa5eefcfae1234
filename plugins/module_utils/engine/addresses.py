# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field types of mail: addresses of people, and addresses on the internet."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from ..api.text import quote
from .field_types import DomainName, FieldType, Network

DOMAIN_NAME = DomainName()
#: What an address may have before the ``@`` without quotes.
LOCAL_PART = re.compile(r"""[^\s@()<>\[\],;:\\"]{1,64}""")
#: Refused by the API in patterns of the type IP, IPv4-mapped IPv6 addresses too (Python SDK 5.9.0).
REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/32",
        "10.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "255.255.255.255/32",
        "::/128",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


class EmailAddress(FieldType):
    """An e-mail address: case does not matter, and the domain compares as a domain name."""

    def validate(self, value: str) -> str:
        local_part, _at, domain = value.rpartition("@")
        try:
            if not LOCAL_PART.fullmatch(local_part):
                raise ValueError
            DOMAIN_NAME.validate(domain)
        except ValueError:
            raise ValueError(f"must be an e-mail address such as user@example.com, not {quote(value)}") from None
        return value

    def normalize(self, value: Any) -> Any:
        local_part, at, domain = value.strip().rpartition("@")
        return f"{local_part.lower()}{at}{DOMAIN_NAME.normalize(domain)}"


class PublicNetwork(Network):
    """An address or a network that the API accepts as a sender: none of it is private, loopback or link-local."""

    def validate(self, value: str) -> str:
        super().validate(value)
        network: Any = ipaddress.ip_network(value, strict=False)
        mapped = network.network_address.ipv4_mapped if network.version == 6 and network.prefixlen >= 96 else None
        if mapped is not None:
            network = ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}", strict=False)
        for refused in REFUSED_NETWORKS:
            if network.version == refused.version and network.overlaps(refused):
                raise ValueError(
                    f"must be a public address or network, not {quote(value)}: Cloudflare refuses {refused} and other "
                    "private, loopback, link-local, unspecified and broadcast addresses"
                )
        return value
