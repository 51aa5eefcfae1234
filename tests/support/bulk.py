# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many records of each resource, and the exchanges that concern them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ErrorCollector
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.desired import Desired
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from support.samples import DOMAIN, RESTRICTION, Sample
from support.script import Exchange, envelope, page

#: What a domain needs to be created.
NEEDED: dict[str, Any] = {
    "allowed_delivery_modes": ["DIRECT"],
    "drop_dispositions": [],
    "ip_restrictions": [],
    "regions": ["GLOBAL"],
}


@dataclass(frozen=True)
class Many:
    """A module for many records, and the sample of the module for one of them."""

    module: str
    option: str
    one: Sample
    #: What an entry needs beside a name, so that its record can be created.
    needed: dict[str, Any]
    #: The lists of a batch.
    lists: tuple[str, ...]

    @property
    def info(self) -> str:
        """Return the name of the module that reads."""
        return f"{self.one.module}_info"

    @property
    def path(self) -> str:
        return self.one.path

    def record(self, number: int, **settings: Any) -> dict[str, Any]:
        """Return a record as the server has it."""
        return {**self.one.record, "id": id_of(number), "domain": name_of(number), **settings}

    def records(self, count: int, **settings: Any) -> list[dict[str, Any]]:
        """Return records as the server has them, numbered from 1."""
        return [self.record(number, **settings) for number in range(1, count + 1)]

    def listing(self, *records: dict[str, Any], number: int = 1, total: int | None = None, **answer: Any) -> Exchange:
        """Return the request for a page of all records."""
        query = {"page": [str(number)], "per_page": ["1000"]}
        return Exchange("GET", self.path, query, **(answer or {"answer": page(list(records), number, total)}))

    def reading(self, record: dict[str, Any]) -> Exchange:
        """Return the request that reads a record by its id."""
        return Exchange("GET", f"{self.path}/{record['id']}", answer=envelope(record))

    def creating(self, body: dict[str, Any], record: dict[str, Any] | None = None, **answer: Any) -> Exchange:
        """Return the request that creates a record."""
        kept = record or {"id": id_of(999), **body}
        return Exchange("POST", self.path, body=body, **(answer or {"status": 201, "answer": envelope(kept)}))

    def patching(self, record: dict[str, Any], body: dict[str, Any], **answer: Any) -> Exchange:
        """Return the request that changes a record."""
        answer = answer or {"answer": envelope({**record, **body})}
        return Exchange("PATCH", f"{self.path}/{record['id']}", body=body, **answer)

    def deleting(self, record: dict[str, Any], **answer: Any) -> Exchange:
        """Return the request that deletes a record."""
        answer = answer or {"answer": envelope({"id": record["id"]})}
        return Exchange("DELETE", f"{self.path}/{record['id']}", **answer)

    def batch(self, lists: dict[str, list[dict[str, Any]]], result: Any = None, **answer: Any) -> Exchange:
        """Return the request for many changes at once; ``result`` is what its answer holds beside the deletes."""
        body = {name: lists.get(name, []) for name in self.lists}
        if isinstance(result, dict):
            result = {"deletes": body["deletes"], **result}
        return Exchange("POST", f"{self.path}/batch", body=body, **(answer or {"answer": envelope(result)}))


def parse_entries(resource: Resource, entries: list[Any]) -> list[Desired]:
    """Return the desired state of each entry of a bulk task. Raises InputError."""
    options = BULK.spec(resource)["argument_spec"]
    params = {option: declared.get("default") for option, declared in options.items()}
    errors = ErrorCollector()
    task = BULK.parse(resource, {**params, resource.entries_option: entries}, errors)
    errors.raise_any()
    desired: list[Desired] = task.desired
    return desired


def id_of(number: int) -> str:
    """Return the id of the record with a number."""
    return f"00000000-0000-4000-8000-{number:012}"


def name_of(number: int) -> str:
    """Return the name of the record with a number."""
    return f"d{number}.example"


DOMAINS = Many("email_security_domains", "domains", DOMAIN, NEEDED, ("deletes", "patches", "puts", "posts"))
RESTRICTIONS = Many("sending_domain_restrictions", "restrictions", RESTRICTION, {}, ("deletes",))
BOTH = [DOMAINS, RESTRICTIONS]
#: What is changed about a domain where it does not matter what.
CHANGE = DOMAINS.one.change


def changes(*numbers: int) -> list[dict[str, Any]]:
    """Return entries that change the domains with these numbers."""
    return [{"domain": f"d{number}.example", **CHANGE} for number in numbers]


def patches(*numbers: int) -> list[dict[str, Any]]:
    """Return what a batch has for these changes."""
    return [{"id": id_of(number), **CHANGE} for number in numbers]


def patched(*numbers: int) -> list[dict[str, Any]]:
    """Return the domains after these changes."""
    return [DOMAINS.record(number, **CHANGE) for number in numbers]
