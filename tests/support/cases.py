# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every resource, the one of the tests too, with records for the tests of the engine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import ErrorCollector
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.desired import Desired, parse_desired
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import Kind
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)
from support import rule, samples
from support.bulk import NEEDED
from support.module_runner import Run
from support.samples import ACCOUNT, CREDENTIALS, OTHER_ID
from support.script import Exchange, Script, envelope, page


@dataclass(frozen=True)
class Case:
    """A resource, and two of its records."""

    resource: Resource
    record: dict[str, Any]
    other: dict[str, Any]
    #: The key of the record in another spelling, without defaults.
    respelled: dict[str, Any]
    #: A setting that the record does not have.
    change: dict[str, Any]
    #: What a create needs in addition to the key.
    needed: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/client/v4/accounts/{ACCOUNT}/{self.resource.path}"

    @property
    def id_option(self) -> str:
        return self.resource.id_field.name

    @property
    def label(self) -> str:
        return str(self.resource.label(self.record))

    def key_of(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the key fields of a record."""
        return {name: record[name] for name in self.resource.key.fields}

    def list_all(self, *records: dict[str, Any]) -> Exchange:
        """Return the request for all records."""
        return Exchange("GET", self.path, {"page": ["1"], "per_page": ["1000"]}, answer=page(list(records)))

    def list_key(self, *records: dict[str, Any], value: Any = None) -> Exchange:
        """Return the first request of a lookup by key: with a filter where the API has one."""
        name = self.resource.key_filter
        query = {"page": ["1"], "per_page": ["1000"], **({name: [value or self.record[name]]} if name else {})}
        return Exchange("GET", self.path, query, answer=page(list(records)))

    def request(self, method: str, record: dict[str, Any] | None = None, body: Any = None, **answer: Any) -> Exchange:
        """Return a request for a record."""
        record = record or self.record
        answer = answer or {"answer": envelope({**record, **(body or {})})}
        return Exchange(method, f"{self.path}/{record['id']}", body=body, **answer)


KEY = {"pattern": "User1@EXAMPLE.com", "kind": "EMAIL"}
CASES = {
    "domain": Case(
        DOMAIN,
        samples.DOMAIN.record,
        {**samples.DOMAIN.record, "id": OTHER_ID, "domain": "other.example"},
        {"domain": "Example.COM."},
        samples.DOMAIN.change,
        NEEDED,
    ),
    "restriction": Case(
        SENDING_DOMAIN_RESTRICTION,
        samples.RESTRICTION.record,
        {**samples.RESTRICTION.record, "id": OTHER_ID, "domain": "other.example"},
        {"domain": "Partner.EXAMPLE."},
        samples.RESTRICTION.change,
        {},
    ),
    "rule": Case(rule.RULE, rule.record(1), rule.record(2), KEY, {"comments": "why"}, {"verify_sender": False}),
    "full rule": Case(
        rule.FULL_RULE, rule.record(1), rule.record(2), KEY, {"comments": "why"}, {"verify_sender": False}
    ),
}


def desired(resource: Resource, /, **params: Any) -> Desired:
    """Return the desired state of a record. Raises InputError."""
    options = {option: declared.get("default") for option, declared in resource.argument_spec().items()}
    errors = ErrorCollector()
    parsed = parse_desired(resource, {**options, **params}, errors)
    errors.raise_any()
    return parsed


def run_task(kind: Kind, resource: Resource, /, *exchanges: Exchange, check_mode: bool = False, **params: Any) -> Run:
    """Run a task of a kind of module for a resource against a script."""
    with Script(*exchanges):
        return Run(base.run(kind, resource, {**CREDENTIALS, **params}, os.environ, check_mode))
