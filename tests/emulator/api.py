# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each operation of the contract does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import batch, errors
from .answers import Answer, json_answer, success
from .behaviour import Behaviour
from .listing import page_of
from .records import DOMAIN, RESTRICTION, Kind, Record
from .show import shown
from .store import Account, Store


@dataclass(frozen=True)
class Call:
    """A request that is routed, permitted and valid."""

    store: Store
    behaviour: Behaviour
    account: Account
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Any
    full_path: str

    def show(self, record: Record, kind: Kind, listed: bool = False) -> Record:
        """A record as it is shown."""
        return shown(record, kind, self.behaviour, listed)

    def answer(self, status: int, result: Any, **more: Any) -> Answer:
        """A success."""
        return json_answer(status, success(result, self.behaviour.messages, **more))


Handler = Callable[[Call], Answer]


def _list(kind: Kind) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            records = list(call.account.records[kind.collection].values())
            page = page_of(records, kind, call.query, call.behaviour)
            more = {} if page.info is None else {"result_info": page.info}
            return call.answer(200, [call.show(record, kind, listed=True) for record in page.records], **more)

    return run


def _create(kind: Kind) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            return call.answer(201, call.show(call.store.create(call.account, kind, call.body), kind))

    return run


def _get(kind: Kind, key: str) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            return call.answer(200, call.show(call.store.get(call.account, kind, call.path[key]), kind))

    return run


def _patch(kind: Kind, key: str) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            record = call.store.change(call.account, kind, call.path[key], call.body)
            if call.behaviour.patch_result:
                return call.answer(200, call.show(record, kind))
            envelope = success(None, call.behaviour.messages)
            del envelope["result"]
            return json_answer(200, envelope)

    return run


def _put(call: Call) -> Answer:
    with call.store.lock:
        record = call.store.replace(call.account, DOMAIN, call.path["domain_id"], call.body)
        return call.answer(200, call.show(record, DOMAIN))


def _delete(kind: Kind, key: str) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            return call.answer(200, {"id": call.store.delete(call.account, kind, call.path[key])})

    return run


def _batch_domains(call: Call) -> Answer:
    _check_endpoint(call, call.behaviour.domain_batch)
    return call.answer(200, batch.run_domains(call.store, call.account, call.body, call.behaviour))


def _batch_restrictions(call: Call) -> Answer:
    _check_endpoint(call, call.behaviour.restriction_batch)
    return call.answer(200, batch.run_restrictions(call.store, call.account, call.body))


def _check_endpoint(call: Call, presence: str) -> None:
    """Some accounts may not have the batch endpoints."""
    if presence == "7003":
        raise errors.not_routed(call.full_path)
    if presence != "present":
        raise errors.ApiError(int(presence), [errors.entry(errors.UNAVAILABLE, "There is no such endpoint")])


HANDLERS: dict[str, Handler] = {
    "listDomains": _list(DOMAIN),
    "createDomain": _create(DOMAIN),
    "getDomain": _get(DOMAIN, "domain_id"),
    "updateDomain": _patch(DOMAIN, "domain_id"),
    "replaceDomain": _put,
    "deleteDomain": _delete(DOMAIN, "domain_id"),
    "batchDomains": _batch_domains,
    "listRestrictions": _list(RESTRICTION),
    "createRestriction": _create(RESTRICTION),
    "getRestriction": _get(RESTRICTION, "sending_domain_restriction_id"),
    "updateRestriction": _patch(RESTRICTION, "sending_domain_restriction_id"),
    "deleteRestriction": _delete(RESTRICTION, "sending_domain_restriction_id"),
    "batchRestrictions": _batch_restrictions,
}
