# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that fail or warn, by the beginning of the message in the troubleshooting guide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator import Emulator, errors

Prepare = Callable[[Emulator], object]
DOMAIN: dict[str, Any] = {"domain": "example.com"}
CHANGE: dict[str, Any] = {**DOMAIN, "lookback_hops": 3}
NEW: dict[str, Any] = {
    "domain": "example.net",
    "allowed_delivery_modes": ["DIRECT"],
    "drop_dispositions": [],
    "ip_restrictions": [],
    "regions": ["GLOBAL"],
}
ONE = "email_security_domain"
MANY = "email_security_domains"
RESTRICTION = "sending_domain_restriction"
ID = "00000000-0000-4000-8000-000000000000"


def answered(error: errors.ApiError, **details: Any) -> Prepare:
    """The API answers with an error."""
    return lambda api: api.faults.add("status", status=error.status, body=error.body(), **details)


def fault(kind: Any, **details: Any) -> Prepare:
    """Something goes wrong on the way."""
    return lambda api: api.faults.add(kind, **details)


def switched(**switches: Any) -> Prepare:
    """The API behaves in a way of its own."""
    return lambda api: api.behaviour.update(switches)


def twice(api: Emulator) -> None:
    """A name is there two times."""
    api.behaviour.update({"duplicates": "accepted"})
    api.seed(sending_domain_restrictions=[{"domain": "partner.example"}])


def invoices(api: Emulator) -> None:
    """There is a content policy."""
    api.seed(content_policies=[{"name": "Invoices"}])


def refused_one_by_one(api: Emulator) -> None:
    """There is no batch, and the first change is refused."""
    api.behaviour.update({"batch": "404"})
    answered(errors.not_allowed(), method="PATCH")(api)


def accepted_and_not_read(api: Emulator) -> None:
    """The answer to a change holds no record, and reading it fails."""
    accepted = {"success": True, "errors": [], "messages": [], "result": None}
    api.faults.add("status", status=200, body=accepted, method="PATCH")
    api.faults.add("status", status=503, method="GET", nth=2)


class Case:
    """How a message comes about: with a module and its options, in a world prepared for it, without a second try."""

    def __init__(self, module: str, prepare: Prepare | None = None, **options: Any) -> None:
        self.module = module
        self.prepare = prepare
        self.options = options


def reading(prepare: Prepare, **options: Any) -> Case:
    """A task that has nothing to do but to read."""
    return Case(ONE, prepare, **{**DOMAIN, **options})


def writing(prepare: Prepare, **options: Any) -> Case:
    """A task that changes something."""
    return Case(ONE, prepare, **{**CHANGE, **options})


CASES = {
    "HTTP 400: Missing X-Auth": reading(answered(errors.no_credentials())),
    "HTTP 400: Invalid request headers": reading(answered(errors.malformed_credentials())),
    "HTTP 403: Authentication error": Case(ONE, **DOMAIN, api_token="another"),
    "HTTP 403: Invalid access token": Case(ONE, **DOMAIN, api_token="revoked"),
    "HTTP 403: Email Security is not": reading(answered(errors.not_subscribed())),
    "HTTP 400: Could not route": reading(answered(errors.not_routed("/accounts"))),
    "HTTP 400: Malformed JSON": writing(answered(errors.malformed_json(), method="PATCH")),
    "HTTP 404: ... Record": Case(ONE, domain_id=ID),
    "HTTP 404: ... Check": reading(fault("status", status=404, body="<title>Not Found</title>")),
    "HTTP 409": writing(answered(errors.conflict("example.com"), method="PATCH")),
    "HTTP 429": reading(answered(errors.too_many_requests({}))),
    "Retry-After": reading(fault("status", status=429, retry_after=300), retry_max_wait=0),
    "The rate limit resets in": Case(ONE, switched(quota=1), **CHANGE, retry_max_wait=0),
    "HTTP 407": reading(fault("status", status=407)),
    "HTTP 503": reading(fault("status", status=503, times=2), retries=1, retry_max_wait=0),
    "The change may or may not": writing(fault("status", status=503, method="PATCH")),
    "Cannot connect to": Case(ONE, **DOMAIN, api_url="http://127.0.0.1:1"),
    "No response from": reading(fault("slow", delay=1), timeout=0.1),
    "The connection to": reading(fault("drop")),
    "HTTP 302": reading(fault("redirect", status=302, location="https://login.example.com/")),
    "HTTP 200: the response reports": reading(fault("status", status=200, body='{"message": "Welcome"}')),
    "HTTP 200: the response is not JSON": reading(fault("status", status=200, body="<title>Please log in</title>")),
    "account_id: required": Case(ONE, **DOMAIN, account_id=None),
    "account_id: must be": Case(ONE, **DOMAIN, account_id="https://dash.cloudflare.com/"),
    "api_token: no credentials": Case(ONE, **DOMAIN, api_token=None),
    "api_key: required": Case(ONE, **DOMAIN, api_token=None, api_email="admin@example.com"),
    "api_token: contains an invalid character": Case(ONE, **DOMAIN, api_token="token\n"),
    "api_url": Case(ONE, **DOMAIN, api_url="http://api.example.com/client/v4"),
    "ca_path": Case(ONE, **DOMAIN, ca_path=__file__),
    "timeout": Case(ONE, **DOMAIN, timeout=0),
    "lookback_hops": Case(ONE, **DOMAIN, lookback_hops=21),
    "domain: must be": Case(ONE, domain="*.example.com"),
    "value of regions": Case(ONE, **DOMAIN, regions=["EU"]),
    "Unsupported parameters": Case(ONE, **DOMAIN, colour="red"),
    "ip_restrictions": Case(ONE, **DOMAIN, ip_restrictions=["192.0.2.7", "192.0.2.0/255.255.255.0"]),
    "comments": Case(RESTRICTION, domain="partner.example", comments="x" * 1025),
    "domains[1]": Case(MANY, domains=[DOMAIN, {"domain": "example..org"}]),
    "domain ... is already in": Case(MANY, domains=[DOMAIN, {"domain": "Example.COM."}]),
    "domain: this account has no": Case(ONE, domain="exmaple.com", require_tls_inbound=True),
    "domain_id": Case(MANY, domains=[{"domain_id": ID}]),
    "regions": Case(ONE, **{**NEW, "regions": []}),
    "domain: partner.example matches": Case(RESTRICTION, twice, domain="partner.example", state="absent"),
    "domain: the email security domain with the id": Case(
        ONE, domain_id="example.com", domain="other.example", state="absent"
    ),
    "domain: another email security domain": Case(ONE, domain_id="example.com", domain="example.org"),
    "drop_dispositions": Case(
        ONE, switched(omitted_fields=["drop_dispositions"]), **DOMAIN, drop_dispositions=["SPAM"], list_mode="append"
    ),
    "purge: would delete": Case(MANY, domains=[DOMAIN], purge=True, purge_limit=1),
    "purge: domains is empty": Case(MANY, domains=[], purge=True),
    "The API reported success but did not": Case(ONE, switched(ignored_fields=["lookback_hops"]), **CHANGE),
    "The API reported success but does not": Case(ONE, switched(omitted_fields=["lookback_hops"]), **CHANGE),
    "The API reported success, but the record": writing(accepted_and_not_read),
    "... changes failed": Case(MANY, fault("status", status=400, method="PATCH"), domains=[CHANGE]),
    "Not attempted": Case(
        MANY,
        refused_one_by_one,
        domains=[CHANGE, {**CHANGE, "domain": "example.org"}],
        concurrency=1,
    ),
    "The API stored a different value": Case(
        ONE, switched(text_form="trimmed"), **DOMAIN, transport="mx.example.com. "
    ),
    "...: the API does not return it": Case(
        ONE, switched(omitted_fields=["require_tls_inbound"]), **DOMAIN, require_tls_inbound=False
    ),
    "The account already has": Case(
        "email_security_content_policy", invoices, name="invoices", pattern="invoice", targets=["BODY"]
    ),
    "Cloudflare API message": Case(ONE, switched(messages=[{"code": 1000, "message": "This path will go"}]), **DOMAIN),
}
