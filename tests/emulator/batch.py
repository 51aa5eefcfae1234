# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many changes in one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .behaviour import Behaviour
from .errors import ApiError
from .kinds import Kind, Record
from .records import copied
from .show import shown
from .store import Account, Store


def run(
    store: Store, account: Account, kind: Kind, body: Mapping[str, Any], behaviour: Behaviour
) -> dict[str, list[Record]]:
    """Deletes, patches, puts, posts. When an entry fails, what came before it stays or goes, as switched."""
    failure = behaviour.batch_failure
    undone = kind.atomic if failure == "as_said" else failure == "nothing"
    with store.lock:
        before = copied(account.records[kind.collection])
        try:
            result = _run(store, account, kind, body, behaviour)
        except ApiError:
            if undone:
                account.records[kind.collection] = before
            raise
    return {name: entries for name, entries in result.items() if name not in behaviour.omitted_results}


def _run(
    store: Store, account: Account, kind: Kind, body: Mapping[str, Any], behaviour: Behaviour
) -> dict[str, list[Record]]:
    def act(name: str, entry: Mapping[str, Any], pointer: str) -> Record:
        if name == "deletes":
            return {"id": store.delete(account, kind, entry["id"], pointer)}
        if name == "posts":
            return shown(store.create(account, kind, entry, pointer), kind, behaviour)
        settings = {field: value for field, value in entry.items() if field != "id"}
        change = store.change if name == "patches" else store.replace
        return shown(change(account, kind, entry["id"], settings, pointer), kind, behaviour)

    return {
        name: [act(name, entry, f"/{name}/{index}") for index, entry in enumerate(body[name])] for name in kind.batch
    }
