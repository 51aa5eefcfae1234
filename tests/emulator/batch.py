# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many changes in one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .behaviour import Behaviour
from .errors import ApiError
from .records import DOMAIN, RESTRICTION, Record, copied
from .show import shown
from .store import Account, Store


def run_domains(store: Store, account: Account, body: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """Deletes, patches, puts, posts. When an entry fails, what came before it stays or goes, as switched."""
    with store.lock:
        before = copied(account.records)
        try:
            return _domains(store, account, body, behaviour)
        except ApiError:
            if behaviour.batch_failure == "nothing":
                account.records = before
            raise


def _domains(store: Store, account: Account, body: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    result: dict[str, list[Any]] = {"deletes": [], "patches": [], "puts": [], "posts": []}

    def show(name: str, record: Record) -> None:
        result[name].append(shown(record, DOMAIN, behaviour))

    for index, entry in enumerate(body["deletes"]):
        result["deletes"].append({"id": store.delete(account, DOMAIN, entry["id"], f"/deletes/{index}")})
    for index, entry in enumerate(body["patches"]):
        show("patches", store.change(account, DOMAIN, entry["id"], _settings(entry), f"/patches/{index}"))
    for index, entry in enumerate(body["puts"]):
        show("puts", store.replace(account, DOMAIN, entry["id"], _settings(entry), f"/puts/{index}"))
    for index, entry in enumerate(body["posts"]):
        show("posts", store.create(account, DOMAIN, entry, f"/posts/{index}"))
    return result


def _settings(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "id"}


def run_restrictions(store: Store, account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    """Deletes only, all or nothing."""
    with store.lock:
        for index, entry in enumerate(body["deletes"]):
            store.get(account, RESTRICTION, entry["id"], f"/deletes/{index}/id")
        gone = dict.fromkeys(entry["id"] for entry in body["deletes"])
        return {"deletes": [{"id": store.delete(account, RESTRICTION, record_id)} for record_id in gone]}
