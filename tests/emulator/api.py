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
from .kinds import DOMAIN, KINDS, Kind, Record
from .listing import page_of
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

    @property
    def record_id(self) -> str:
        """The last value in the path."""
        return list(self.path.values())[-1]

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
            page = page_of(call.store.listed(call.account, kind), kind, call.query, call.behaviour)
            more = {} if page.info is None else {"result_info": page.info}
            return call.answer(200, [call.show(record, kind, listed=True) for record in page.records], **more)

    return run


def _create(kind: Kind) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            return call.answer(
                call.behaviour.create_status, call.show(call.store.create(call.account, kind, call.body), kind)
            )

    return run


def _get(kind: Kind) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            return call.answer(200, call.show(call.store.get(call.account, kind, call.record_id), kind))

    return run


def _patch(kind: Kind) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            record = call.store.change(call.account, kind, call.record_id, call.body)
            if call.behaviour.patch_result:
                return call.answer(200, call.show(record, kind))
            envelope = success(None, call.behaviour.messages)
            del envelope["result"]
            return json_answer(200, envelope)

    return run


def _put(kind: Kind) -> Handler:
    def run(call: Call) -> Answer:
        _check_endpoint(call, call.behaviour.put)
        with call.store.lock:
            record = call.store.replace(call.account, kind, call.record_id, call.body)
            return call.answer(200, call.show(record, kind))

    return run


def _delete(kind: Kind) -> Handler:
    def run(call: Call) -> Answer:
        with call.store.lock:
            return call.answer(200, {"id": call.store.delete(call.account, kind, call.record_id)})

    return run


def _batch(kind: Kind) -> Handler:
    def run(call: Call) -> Answer:
        _check_endpoint(call, call.behaviour.batch)
        return call.answer(200, batch.run(call.store, call.account, kind, call.body, call.behaviour))

    return run


def _verification(call: Call) -> Answer:
    """The TXT record of a domain; nothing where an integration proves who owns it."""
    with call.store.lock:
        record = call.show(call.store.get(call.account, DOMAIN, call.record_id), DOMAIN)
    if record.get("integration_id"):
        return Answer(204, b"")
    verification = {
        "status": record["status"],
        "txt_record_name": f"_cf-email-sec-challenge.{record['domain']}",
        "txt_record_value": f"challenge-{record['id']}",
        "last_checked_at": record.get("modified_at"),
    }
    return call.answer(200, verification)


def _check_endpoint(call: Call, presence: str) -> None:
    """Some accounts may not have every endpoint."""
    if presence == "7003":
        raise errors.not_routed(call.full_path)
    if presence != "present":
        raise errors.ApiError(int(presence), [errors.entry(errors.UNAVAILABLE, "There is no such endpoint")])


HANDLERS: dict[str, Handler] = {"getDomainVerification": _verification}
for _kind in KINDS.values():
    HANDLERS.update(
        {
            f"list{_kind.many}": _list(_kind),
            f"create{_kind.one}": _create(_kind),
            f"get{_kind.one}": _get(_kind),
            f"update{_kind.one}": _patch(_kind),
            f"delete{_kind.one}": _delete(_kind),
            **({f"replace{_kind.one}": _put(_kind)} if _kind.put else {}),
            **({f"batch{_kind.many}": _batch(_kind)} if _kind.batch else {}),
        }
    )
