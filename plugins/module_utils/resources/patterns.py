# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns of mail: literal ones are addresses, domain names or networks; regular expressions are left to the API."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Hashable, Iterator
from typing import Any

from ..api.text import quote
from ..engine.field_types import Boolean, Choice, DomainName, ExactText, Network
from ..engine.resource import Field, Key, Record

DOMAIN_NAME = DomainName()
NETWORK = Network()
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


def validate_address(value: str) -> None:
    """Raise ValueError with the end of a sentence where a value is not an e-mail address."""
    local_part, _at, domain = value.rpartition("@")
    try:
        if not LOCAL_PART.fullmatch(local_part):
            raise ValueError
        DOMAIN_NAME.validate(domain)
    except ValueError:
        raise ValueError(f"must be an e-mail address such as user@example.com, not {quote(value)}") from None


def normalize_address(value: str) -> str:
    """Return the meaning of an e-mail address: case does not matter, and the domain compares as a domain name."""
    local_part, at, domain = value.strip().rpartition("@")
    return f"{local_part.lower()}{at}{DOMAIN_NAME.normalize(domain)}"


def validate_public_network(value: str) -> None:
    """Raise ValueError with the end of a sentence where the API would refuse an address or a network."""
    NETWORK.validate(value)
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


VALIDATE = {"EMAIL": validate_address, "DOMAIN": DOMAIN_NAME.validate, "IP": validate_public_network}
NORMALIZE = {"EMAIL": normalize_address, "DOMAIN": DOMAIN_NAME.normalize, "IP": NETWORK.normalize}


def normalize(pattern: Any, pattern_type: Any, is_regex: Any) -> Hashable:
    """Return the meaning of a pattern. A regular expression compares character by character."""
    if is_regex is True or pattern_type not in NORMALIZE or not isinstance(pattern, str):
        return str(pattern)
    meaning: str = NORMALIZE[pattern_type](pattern)
    return meaning


def check(pattern: Any, pattern_type: Any, is_regex: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a pattern. Each value may be None where a record lacks it."""
    # The API reads regular expressions as Java does, so Python cannot validate them.
    if is_regex or pattern_type not in VALIDATE or not isinstance(pattern, str):
        return
    try:
        VALIDATE[pattern_type](pattern)
    except ValueError as error:
        yield "pattern", f"{error} (pattern_type is {pattern_type})"


#: The key of allow policies and block senders.
SENDER_KEY = Key(
    "pattern",
    "pattern_type",
    "is_regex",
    defaults={"is_regex": False},
    normalize=lambda key: (normalize(**key), key["pattern_type"], key["is_regex"]),
)
SENDER_FIELDS = (
    Field("pattern", ExactText(1024)),
    # The API returns UNKNOWN for old records and refuses it in requests.
    Field("pattern_type", Choice("EMAIL", "DOMAIN", "IP")),
    Field("is_regex", Boolean()),
)


def check_sender(settings: Record) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the pattern of an allow policy or a block sender."""
    yield from check(settings.get("pattern"), settings.get("pattern_type"), settings.get("is_regex"))
