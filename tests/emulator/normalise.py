# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the server keeps what it was sent: names, networks and free text."""

from __future__ import annotations

import ipaddress
from typing import Any

from .behaviour import Behaviour

_NAMES = {"domain"}
_TEXTS = {"comments", "transport"}


def canonical_name(name: str) -> str:
    """Lower-case A-labels without a trailing dot; what is no proper name is only lowered."""
    plain = name.strip().rstrip(".").lower()
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain


def canonical_network(network: str) -> str:
    """The network in its shortest spelling, host bits dropped; what is no network stays."""
    try:
        return str(ipaddress.ip_network(network.strip(), strict=False))
    except ValueError:
        return network


def keep(field: str, value: Any, behaviour: Behaviour) -> Any:
    """The value of a field as the server keeps it."""
    if isinstance(value, list):
        return [keep(_ELEMENT.get(field, field), item, behaviour) for item in value]
    if not isinstance(value, str):
        return value
    if field in _NAMES and behaviour.name_form != "as_sent":
        return canonical_name(value) if behaviour.name_form == "a_label" else value.lower()
    if field == "network" and behaviour.network_form == "canonical":
        return canonical_network(value)
    if field in _TEXTS and behaviour.text_form == "trimmed":
        return " ".join(value.split())
    return value


_ELEMENT = {"exclude": "domain", "ip_restrictions": "network"}
