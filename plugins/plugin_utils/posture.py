# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The posture of an account: its domains and restrictions as they are, and what is weak about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)


class Check(NamedTuple):
    """One way for a domain to be weak. What the server leaves out is not weak; a flag that is null is off."""

    #: The field that tells, of DOMAIN_FIELDS.
    field: str
    #: What its weak values say, for a table of what is weak.
    title: str
    #: Returns what is weak about a value of the field that is neither null nor missing, else an empty text.
    weakness: Callable[[Any], str]


def _unless(good: Any, said: str) -> Callable[[Any], str]:
    return lambda value: "" if value == good else said


def _state(reasons: Mapping[str, str]) -> Callable[[Any], str]:
    return lambda value: reasons.get(str(value).lower(), "")


def _not_active(value: Any) -> str:
    return "" if str(value).lower() == "active" else f"is {str(value).lower()}, not active"


def _delivers_malicious(value: Any) -> str:
    return "does not drop malicious mail" if isinstance(value, list) and "MALICIOUS" not in value else ""


#: In the order in which they are told. A list that is null counts as empty.
CHECKS = (
    Check("status", "Not active", _not_active),
    Check("drop_dispositions", "Malicious mail is not dropped", _delivers_malicious),
    Check("require_tls_inbound", "Mail is accepted without TLS", _unless(True, "accepts mail without TLS")),
    Check("require_tls_outbound", "Mail is passed on without TLS", _unless(True, "passes mail on without TLS")),
    Check(
        "spf_status",
        "SPF is missing or weak",
        _state(
            {
                "none": "has no SPF record",
                "invalid": "has an invalid SPF record",
                "open": "has an SPF record that lets every server send",
                "neutral": "has an SPF record that refuses no server",
            }
        ),
    ),
    Check(
        "dmarc_status",
        "DMARC is missing or invalid",
        _state({"none": "has no DMARC record", "invalid": "has an invalid DMARC record"}),
    ),
    Check("authorized", "Mailboxes cannot be read", _unless(True, "may not read the mailboxes")),
)
#: What is told of a domain.
DOMAIN_FIELDS = (
    "domain",
    "id",
    "status",
    "allowed_delivery_modes",
    "require_tls_inbound",
    "require_tls_outbound",
    "spf_status",
    "dmarc_status",
    "authorized",
    "authorization_message",
    "drop_dispositions",
    "ip_restrictions",
    "regions",
    "lookback_hops",
    "transport",
    "folder",
    "integration_id",
    "inbox_provider",
    "modified_at",
)
#: What is told: the field within the authorization of a record.
AUTHORIZATION = {"authorized": "authorized", "authorization_message": "status_message"}
RESTRICTION_FIELDS = ("domain", "id", "exclude", "comments", "modified_at")


def posture(domains: Iterable[Mapping[str, Any]], restrictions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the posture of an account: C(summary), C(domains) and C(sending_domain_restrictions).

    Domains with the most weaknesses come first, then by name; restrictions come by name.
    """
    told = sorted(
        ({**_told(DOMAIN, record, DOMAIN_FIELDS), "weaknesses": weaknesses(record)} for record in domains),
        key=lambda each: (-len(each["weaknesses"]), _order(DOMAIN, each)),
    )
    restricted = sorted(
        (_told(SENDING_DOMAIN_RESTRICTION, record, RESTRICTION_FIELDS) for record in restrictions),
        key=lambda each: _order(SENDING_DOMAIN_RESTRICTION, each),
    )
    return {
        "summary": {
            "domains": len(told),
            "weak_domains": sum(bool(each["weaknesses"]) for each in told),
            "sending_domain_restrictions": len(restricted),
            "restrictions_with_exceptions": sum(bool(each["exclude"]) for each in restricted),
            "weaknesses": {check.field: _count(check, told) for check in CHECKS},
        },
        "domains": told,
        "sending_domain_restrictions": restricted,
    }


def weaknesses(record: Mapping[str, Any]) -> dict[str, str]:
    """Return what is weak about a domain: for each field that tells, the end of a sentence about the domain."""
    values = {check: _value(DOMAIN, record, check.field) for check in CHECKS}
    found = {check.field: check.weakness(value) for check, value in values.items() if value not in (None, "")}
    return {field: text for field, text in found.items() if text}


def _count(check: Check, told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    weak = [each["domain"] for each in told if check.field in each["weaknesses"]]
    return {"title": check.title, "count": len(weak), "domains": weak}


def _told(resource: Resource, record: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {field: _value(resource, record, field) for field in fields}


def _value(resource: Resource, record: Mapping[str, Any], field: str) -> Any:
    """Return a value of a record; what can be set in the one spelling of each meaning, except for the name."""
    if field in AUTHORIZATION:
        authorization = record.get("authorization")
        return authorization.get(AUTHORIZATION[field]) if isinstance(authorization, Mapping) else None
    if field not in record or field in resource.key.fields or field not in resource.fields:
        return record.get(field)
    return resource.fields[field].display_value(record[field])


def _order(resource: Resource, record: Mapping[str, Any]) -> str:
    return str(resource.label(resource.display(record)))
