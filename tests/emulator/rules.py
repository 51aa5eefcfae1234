# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server refuses although the contract allows it: patterns that are none, and flags that do not go together.

A rule yields the field and what is wrong with it. None of them applies to regular expressions.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .behaviour import Behaviour
from .normalise import canonical_name, is_literal

Settings = Mapping[str, Any]
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LOCAL_PART = re.compile(r"[^\s@,]{1,64}")
_REFUSED = [
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/32", "255.255.255.255/32", "127.0.0.0/8", "169.254.0.0/16"),
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::/128", "::1/128", "fe80::/10", "fc00::/7"),
    )
]


def is_domain_name(value: str) -> bool:
    """Whether a text is the name of a domain."""
    labels = canonical_name(value).split(".")
    return len(labels) > 1 and not labels[-1].isdigit() and all(_LABEL.fullmatch(label) for label in labels)


def is_address(value: str) -> bool:
    """Whether a text is the address of a mailbox."""
    local_part, _at, domain = value.strip().rpartition("@")
    return bool(_LOCAL_PART.fullmatch(local_part)) and is_domain_name(domain)


def why_no_network(value: str, behaviour: Behaviour) -> str:
    """What is wrong with an address or a network; empty when nothing is."""
    try:
        network: Any = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return "is no IP address or CIDR block"
    if network.version == 6 and not behaviour.ipv6_patterns:
        return "is no IPv4 address or CIDR block"
    if network.version == 6 and network.prefixlen >= 96 and network.network_address.ipv4_mapped:
        network = ipaddress.ip_network(f"{network.network_address.ipv4_mapped}/{network.prefixlen - 96}", strict=False)
    inside = any(network.version == other.version and network.subnet_of(other) for other in _REFUSED)
    return "is not globally reachable" if inside else ""


def check_pattern(settings: Settings, behaviour: Behaviour) -> Iterator[tuple[str, str]]:
    """The pattern of an allow policy or a block sender has the form of its type."""
    pattern, kind = settings["pattern"], settings["pattern_type"]
    if not is_literal(settings):
        return
    if kind == "IP" and (problem := why_no_network(pattern, behaviour)):
        yield "pattern", f"{pattern} {problem}"
    if kind == "DOMAIN" and not is_domain_name(pattern):
        yield "pattern", f"{pattern} is no domain name"
    if kind == "EMAIL" and not is_address(pattern):
        yield "pattern", f"{pattern} is no email address"


def check_policy(settings: Settings, behaviour: Behaviour) -> Iterator[tuple[str, str]]:
    """The pattern of an allow policy, and what it allows."""
    yield from check_pattern(settings, behaviour)
    yield from _check_flags(settings, behaviour, "is_acceptable_sender", "is_exempt_recipient", "is_trusted_sender")


def check_trusted_domain(settings: Settings, behaviour: Behaviour) -> Iterator[tuple[str, str]]:
    """The name of a trusted domain, and what it is trusted with."""
    if is_literal(settings) and not is_domain_name(settings["pattern"]):
        yield "pattern", f"{settings['pattern']} is no domain name"
    yield from _check_flags(settings, behaviour, "is_recent", "is_similarity")


def check_entry(settings: Settings, _behaviour: Behaviour) -> Iterator[tuple[str, str]]:
    """The addresses of a person, separated by commas."""
    if is_literal(settings) and not all(map(is_address, settings["email"].split(","))):
        yield "email", f"{settings['email']} is no email address"


def _check_flags(settings: Settings, behaviour: Behaviour, *names: str) -> Iterator[tuple[str, str]]:
    count = sum(bool(settings[name]) for name in names)
    if (count == 0 and behaviour.true_flags != "any") or (count > 1 and behaviour.true_flags == "one"):
        yield names[0], f"one of {', '.join(names)} has to be true"
