# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security findings: settings and states of an account's domains that weaken the protection of their mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)


class Check(NamedTuple):
    """A check of one field. A missing value is not a finding; a flag that is null is off."""

    #: The field that is checked, one of DOMAIN_FIELDS.
    field: str
    #: The finding as the title of a row in the report.
    title: str
    #: Returns the finding for a value that is neither null nor missing, or an empty text.
    find: Callable[[Any], str]


def _unless(expected: Any, finding: str) -> Callable[[Any], str]:
    return lambda value: "" if value == expected else finding


def _by_state(findings: Mapping[str, str]) -> Callable[[Any], str]:
    return lambda value: findings.get(str(value).lower(), "")


def _check_status(value: Any) -> str:
    return "" if str(value).lower() == "active" else f"The status is {str(value).lower()}"


def _check_dispositions(value: Any) -> str:
    return "Malicious mail is not dropped" if isinstance(value, list) and "MALICIOUS" not in value else ""


#: In the order of the report. A list that is null counts as empty.
CHECKS = (
    Check("status", "Domain is not active", _check_status),
    Check("drop_dispositions", "Malicious mail is not dropped", _check_dispositions),
    Check("require_tls_inbound", "Inbound TLS is not required", _unless(True, "Inbound TLS is not required")),
    Check("require_tls_outbound", "Outbound TLS is not required", _unless(True, "Outbound TLS is not required")),
    Check(
        "spf_status",
        "SPF is missing or ineffective",
        _by_state(
            {
                "none": "There is no SPF record",
                "invalid": "The SPF record is invalid",
                "open": "The SPF record allows every sender (+all)",
                "neutral": "The SPF record rejects no sender (?all)",
            }
        ),
    ),
    Check(
        "dmarc_status",
        "DMARC is missing or invalid",
        _by_state({"none": "There is no DMARC record", "invalid": "The DMARC record is invalid"}),
    ),
    Check(
        "authorized",
        "Mailbox access is not authorized",
        _unless(True, "Mailbox access is not authorized"),
    ),
)
#: The fields of a domain in the report.
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
#: Fields of the report that the API nests under "authorization", and their names there.
AUTHORIZATION = {"authorized": "authorized", "authorization_message": "status_message"}
RESTRICTION_FIELDS = ("domain", "id", "exclude", "comments", "modified_at")


def findings(domains: Iterable[Mapping[str, Any]], restrictions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the findings of an account: C(summary), C(domains) and C(sending_domain_restrictions).

    Domains are ordered by their number of findings, most first, then by name; restrictions by name.
    """
    checked = sorted(
        ({**_select(DOMAIN, record, DOMAIN_FIELDS), "findings": check_domain(record)} for record in domains),
        key=lambda each: (-len(each["findings"]), _sort_key(DOMAIN, each)),
    )
    restricted = sorted(
        (_select(SENDING_DOMAIN_RESTRICTION, record, RESTRICTION_FIELDS) for record in restrictions),
        key=lambda each: _sort_key(SENDING_DOMAIN_RESTRICTION, each),
    )
    return {
        "summary": {
            "domains": len(checked),
            "domains_with_findings": sum(bool(each["findings"]) for each in checked),
            "sending_domain_restrictions": len(restricted),
            "restrictions_with_exceptions": sum(bool(each["exclude"]) for each in restricted),
            "findings": {check.field: _summarize(check, checked) for check in CHECKS},
        },
        "domains": checked,
        "sending_domain_restrictions": restricted,
    }


def check_domain(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the findings of a domain, by field."""
    values = {check: _value(DOMAIN, record, check.field) for check in CHECKS}
    found = {check.field: check.find(value) for check, value in values.items() if value not in (None, "")}
    return {field: text for field, text in found.items() if text}


def _summarize(check: Check, checked: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    names = [each["domain"] for each in checked if check.field in each["findings"]]
    return {"title": check.title, "count": len(names), "domains": names}


def _select(resource: Resource, record: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {field: _value(resource, record, field) for field in fields}


def _value(resource: Resource, record: Mapping[str, Any], field: str) -> Any:
    """Return a value of a record. Settings are normalized, names are not."""
    if field in AUTHORIZATION:
        authorization = record.get("authorization")
        return authorization.get(AUTHORIZATION[field]) if isinstance(authorization, Mapping) else None
    if field not in record or field in resource.key.fields or field not in resource.fields:
        return record.get(field)
    return resource.fields[field].display_value(record[field])


def _sort_key(resource: Resource, record: Mapping[str, Any]) -> str:
    return str(resource.label(resource.display(record)))
