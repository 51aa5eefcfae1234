# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests against the emulator: bodies that create a record, and a client that speaks plain HTTP."""

from __future__ import annotations

import uuid
from typing import Any

import requests

from .kinds import KINDS
from .server import Emulator

DOMAIN: dict[str, Any] = {
    "domain": "example.com",
    "allowed_delivery_modes": ["DIRECT"],
    "drop_dispositions": ["SPAM"],
    "ip_restrictions": [],
    "regions": ["GLOBAL"],
}
RESTRICTION: dict[str, Any] = {"domain": "partner.example", "exclude": []}
#: A body that creates a record, of every kind.
BODIES: dict[str, dict[str, Any]] = {
    **{name: {**kind.settable, **kind.seeded, **kind.example(1)} for name, kind in KINDS.items()},
    "domains": DOMAIN,
    "sending_domain_restrictions": RESTRICTION,
}
UNKNOWN_ID = str(uuid.UUID(int=1))


class Client(requests.Session):
    """Requests to the settings of one account; paths are relative to them."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.emulator = emulator
        self.trust_env = False
        self.headers["Authorization"] = f"Bearer {emulator.token}"

    def request(self, method: str, url: str, *args: Any, **options: Any) -> requests.Response:  # type: ignore[override]  # fewer forms
        """As usual, with a base and without waiting for ever."""
        full = url if "://" in url else f"{self.emulator.settings_url()}/{url}"
        options.setdefault("timeout", 60)  # a slow machine is no defect
        return super().request(method, full, *args, **options)

    def id_of(self, collection: str, name: str) -> str | int:
        """The id of the record with this id or key."""
        found: str | int = self.emulator.world.store.named(self.emulator.account_id, collection, name)["id"]
        return found

    def names(self, **query: Any) -> list[str]:
        """The names of the domains that a list holds."""
        return [record["domain"] for record in self.get("domains", params=query).json()["result"]]
