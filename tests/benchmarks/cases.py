# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases: the records of the account, and those that are wanted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of record, as it is wanted in every case."""

    collection: str
    title: str
    #: The modules for one record and for many, and the option of the latter.
    module: str
    bulk_module: str
    bulk_option: str
    wanted: Record
    #: The settings of a record that differs.
    other: Record

    def name(self, number: int) -> str:
        """Return the name of a record."""
        return f"record-{number:05}.example"

    def id(self, number: int) -> str:
        """Return the id of a record."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name(number)))


DOMAINS = Kind(
    collection="domains",
    title="domains",
    module="email_security_domain",
    bulk_module="email_security_domains",
    bulk_option="domains",
    wanted={
        "allowed_delivery_modes": ["DIRECT", "BCC"],
        "drop_dispositions": ["MALICIOUS", "SPAM"],
        "ip_restrictions": ["192.0.2.0/24", "2001:db8::/32"],
        "regions": ["GLOBAL"],
        "lookback_hops": 2,
        "require_tls_inbound": True,
    },
    other={"drop_dispositions": ["MALICIOUS"], "require_tls_inbound": False},
)
RESTRICTIONS = Kind(
    collection="sending_domain_restrictions",
    title="restrictions",
    module="sending_domain_restriction",
    bulk_module="sending_domain_restrictions",
    bulk_option="restrictions",
    wanted={"exclude": ["fax.partner.example", "legacy.partner.example"], "comments": "Agreed"},
    other={"exclude": []},
)
KINDS = (DOMAINS, RESTRICTIONS)


@dataclass(frozen=True)
class Case:
    """The number of records of an account, of those that are wanted, and of those that differ."""

    kind: Kind
    account: int
    wanted: int
    differing: int
    #: Whether it is a task for one record.
    single: bool = False

    def __str__(self) -> str:
        if self.single:
            title = f"one {'changed' if self.differing else 'converged'} record"
        elif not self.differing:
            title = f"{self.wanted:,} converged"
        else:
            title = f"{self.wanted:,}, {'all' if self.differing == self.wanted else f'{self.differing:,}'} differ"
        return f"{self.kind.title}: {title}"

    def seed(self) -> dict[str, list[Record]]:
        """Return the records of the account."""
        return {self.kind.collection: [self._record(number) for number in range(self.account)]}

    def _record(self, number: int) -> Record:
        other = self.kind.other if number < self.differing else {}
        return {"id": self.kind.id(number), "domain": self.kind.name(number), **self.kind.wanted, **other}

    def entries(self) -> list[Record]:
        """Return the wanted records, as the modules take them."""
        return [{"domain": self.kind.name(number), **self.kind.wanted} for number in range(self.wanted)]

    def by_id(self) -> list[Record]:
        """Return the wanted records by id."""
        return [{"id": self.kind.id(number), "settings": self.kind.wanted} for number in range(self.wanted)]

    def task(self) -> Record:
        """Return the task of this collection."""
        if self.single:
            return {"name": "Converge", f"mailsec.cloudflare.{self.kind.module}": self.entries()[0]}
        options = {self.kind.bulk_option: "{{ wanted }}"}
        return {"name": "Converge", f"mailsec.cloudflare.{self.kind.bulk_module}": options}

    def unfinished(self, records: list[Record]) -> list[str]:
        """Return the names of the records that are not as wanted."""
        wanted = {entry["domain"]: entry for entry in self.entries()}
        return [record["domain"] for record in records if record != {**record, **wanted.get(record["domain"], {})}]


def cases(kind: Kind, many: int) -> list[Case]:
    """Return the five cases of a kind of record."""
    return [
        Case(kind, many, 1, 0, single=True),
        Case(kind, many, 1, 1, single=True),
        Case(kind, many, many, 0),
        Case(kind, many, many, max(1, many // 100)),
        Case(kind, many, many, many),
    ]
