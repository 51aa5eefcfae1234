# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One record of each resource, and the exchanges that concern it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from support.script import Exchange, envelope, page

ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"
CREDENTIALS = {"account_id": ACCOUNT, "api_token": TOKEN}
ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
OTHER_ID = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
API = "https://api.cloudflare.com"


@dataclass(frozen=True)
class Sample:
    """A module, and a record that it manages."""

    module: str
    noun: str
    path: str
    id_option: str
    #: Whether the API is asked for the name, or for every record.
    filtered: bool
    record: dict[str, Any]
    #: A setting with the value that the record does not have.
    change: dict[str, Any]
    #: A setting with the value that the record has.
    same: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.record["domain"])

    @property
    def record_path(self) -> str:
        return f"{self.path}/{ID}"

    @property
    def url(self) -> str:
        """Return the address of the record."""
        return API + self.record_path

    @property
    def changed_record(self) -> dict[str, Any]:
        """Return the record after the change."""
        return {**self.record, **self.change, "modified_at": "2026-11-22T09:00:00.000000Z"}

    def listing(self, *records: dict[str, Any], number: int = 1, name: str | None = None, **answer: Any) -> Exchange:
        """Return the request for a page of the records that may have a name, and its answer.

        Args:
            records: what the page holds.
            number: the number of the page.
            name: the name that is asked for; the sample's own if None.
            answer: other attributes of the exchange, instead of the page.
        """
        query = {"page": [str(number)], "per_page": ["1000"]}
        if self.filtered:
            query["domain"] = [name or self.name]
        return Exchange("GET", self.path, query, **(answer or {"answer": page(list(records), number)}))

    def listing_all(self, *records: dict[str, Any]) -> list[Exchange]:
        """Return the request for every record, which only follows a list request that asked for a name."""
        query = {"page": ["1"], "per_page": ["1000"]}
        return [Exchange("GET", self.path, query, answer=page(list(records)))] if self.filtered else []

    def found(self) -> Exchange:
        """Return the list request that finds the record."""
        return self.listing(self.record)

    def reading(self, record: dict[str, Any] | None = None, **answer: Any) -> Exchange:
        """Return the request that reads the record by its id."""
        return Exchange("GET", self.record_path, **(answer or {"answer": envelope(record or self.record)}))

    def patching(
        self, body: dict[str, Any] | None = None, record: dict[str, Any] | None = None, **answer: Any
    ) -> Exchange:
        """Return the request that changes the record, with the sample's own change unless told otherwise."""
        body = self.change if body is None else body
        return Exchange(
            "PATCH",
            self.record_path,
            body=body,
            **(answer or {"answer": envelope(record or {**self.changed_record, **body})}),
        )


SETTINGS = f"/client/v4/accounts/{ACCOUNT}/email-security/settings"
DOMAIN = Sample(
    module="email_security_domain",
    noun="email security domain",
    path=f"{SETTINGS}/domains",
    id_option="domain_id",
    filtered=True,
    record={
        "id": ID,
        "domain": "example.com",
        "allowed_delivery_modes": ["DIRECT", "BCC"],
        "drop_dispositions": ["SPAM", "MALICIOUS"],
        "folder": None,
        "integration_id": OTHER_ID,
        "ip_restrictions": ["192.0.2.0/24", "2001:db8::/32"],
        "lookback_hops": 2,
        "regions": ["GLOBAL"],
        "require_tls_inbound": False,
        "require_tls_outbound": True,
        "transport": "mx.example.com",
        "status": "active",
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    change={"require_tls_inbound": True},
    same={"require_tls_outbound": True},
)
RESTRICTION = Sample(
    module="sending_domain_restriction",
    noun="sending domain restriction",
    path=f"{SETTINGS}/sending_domain_restrictions",
    id_option="sending_domain_restriction_id",
    filtered=False,
    record={
        "id": ID,
        "domain": "partner.example",
        "exclude": ["legacy.partner.example", "fax.partner.example"],
        "comments": "Agreed on 2026-11-01",
        "modified_at": "2026-10-27T18:11:19.117000Z",
    },
    change={"comments": "Agreed again"},
    same={"exclude": ["fax.partner.example", "legacy.partner.example"]},
)
SAMPLES = [DOMAIN, RESTRICTION]
