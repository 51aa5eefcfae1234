# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the server keeps what it was sent: names, patterns, networks and free text."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from .behaviour import Behaviour

_FORMS = {
    "domain": "name",
    "exclude": "name",
    "pattern": "pattern",
    "email": "pattern",
    "name": "title",
    "ip_restrictions": "network",
    "comments": "text",
    "notes": "text",
    "transport": "text",
}
_NULLABLE = {"comments", "notes"}


def canonical_name(name: str) -> str:
    """Lower-case A-labels without a trailing dot; what is no proper name is only lowered."""
    plain = name.strip().rstrip(".").lower()
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain


def canonical_address(address: str) -> str:
    """A name, a mailbox or several of them, separated by commas."""
    parts = [part.strip().rpartition("@") for part in address.split(",")]
    return ",".join(f"{local_part.lower()}{at}{canonical_name(domain)}" for local_part, at, domain in parts)


def canonical_network(network: str) -> str:
    """The network in its shortest spelling, host bits dropped; what is no network stays."""
    try:
        return str(ipaddress.ip_network(network.strip(), strict=False))
    except ValueError:
        return network


def is_literal(record: Mapping[str, Any]) -> bool:
    """Whether a pattern is known not to be a regular expression, in which every character counts."""
    return record.get("is_regex", record.get("is_email_regex")) is False


def keep(field: str, value: Any, behaviour: Behaviour, record: Mapping[str, Any]) -> Any:
    """The value of a field as the server keeps it in a record."""
    if isinstance(value, list):
        return [keep(field, item, behaviour, record) for item in value]
    if not isinstance(value, str):
        return value
    if value == "" and field in _NULLABLE and behaviour.empty_text == "null":
        return None
    form = _FORMS.get(field)
    if form == "pattern" and is_literal(record):
        form = "network" if record.get("pattern_type") == "IP" else "name"
    if form == "name" and behaviour.name_form != "as_sent":
        return canonical_address(value) if behaviour.name_form == "a_label" else value.lower()
    if form == "network" and behaviour.network_form == "canonical":
        return canonical_network(value)
    if form == "text" and behaviour.text_form == "trimmed":
        return " ".join(value.split())
    return value.strip() if form == "title" and behaviour.text_form == "trimmed" else value


_CANONICAL = Behaviour(name_form="a_label", network_form="canonical", text_form="trimmed")


def canonical_key(names: tuple[str, ...], record: Mapping[str, Any]) -> tuple[Any, ...]:
    """The meaning of the key fields of a record."""
    return tuple(keep(name, record[name], _CANONICAL, record) for name in names)
