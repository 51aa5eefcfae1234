# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator for Python: a context manager that serves in a thread of this process."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from support.serving import serving

from .app import create_app
from .auth import Credential
from .behaviour import Behaviour
from .contract import DOCUMENT, Contract
from .faults import FaultPlan
from .kinds import Record
from .meanwhile import Meanwhile
from .requestlog import Entry
from .wire import Server
from .world import World

TOKEN = "emulator-write-token"
ACCOUNT_ID = "0123456789abcdef0123456789abcdef"
_contract: list[Contract] = []


def shared_contract() -> Contract:
    """The contract never changes, and reading it takes most of the time of a start: once per process is enough."""
    if not _contract:
        _contract.append(Contract(DOCUMENT))
    return _contract[0]


class Emulator:
    """A running API. `with Emulator() as emulator:` serves until the block ends."""

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        account_id: str = ACCOUNT_ID,
        credentials: Sequence[Credential] = (),
        seed: Mapping[str, Any] | None = None,
        behaviour: Mapping[str, Any] | None = None,
        check_answers: bool = True,
        ssl_context: ssl.SSLContext | None = None,
        cert: str | None = None,
        key: str | None = None,
    ) -> None:
        """`behaviour` holds switches by name. Without answer checks a large list is quicker: for benchmarks alone."""
        self.token = token
        self.account_id = account_id
        if ssl_context is None and cert is not None:
            ssl_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ssl_context.load_cert_chain(cert, key)
        start = Behaviour()
        start.update(behaviour or {})
        self.world = World(
            account_id=account_id,
            credentials=[Credential(token=token), *credentials],
            start_behaviour=start,
            start_seed=seed or {},
            check_answers=check_answers,
            contract=shared_contract(),
        )
        self._server = Server(port, create_app(self.world), ssl_context)
        self._serving = ExitStack()
        self.origin = f"{'http' if ssl_context is None else 'https'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Emulator:
        self._serving.enter_context(serving(self._server))
        return self

    def __exit__(self, *_error: object) -> None:
        self._serving.close()

    @property
    def url(self) -> str:
        """The base URL for clients, as in CLOUDFLARE_BASE_URL."""
        return self.origin + self.world.contract.prefix

    @property
    def control_url(self) -> str:
        """The base URL of the control plane."""
        return f"{self.origin}/_emulator"

    def settings_url(self, account_id: str | None = None) -> str:
        """The URL under which an account's collections lie."""
        return f"{self.url}/accounts/{account_id or self.account_id}/email-security/settings"

    def seed(self, account_id: str | None = None, replace: bool = False, **collections: Any) -> None:
        """Adds records: `seed(domains=[{"domain": "example.com"}])`, or `seed(domains=1000)` for generated ones."""
        self.world.store.seed(account_id or self.account_id, collections, replace)

    def state(self, account_id: str | None = None) -> dict[str, list[Record]]:
        """A copy of everything an account holds."""
        return self.world.store.state(account_id or self.account_id)

    def reset(self) -> None:
        """Everything is as it was at the start."""
        self.world.reset()

    @property
    def log(self) -> list[Entry]:
        """Every request so far."""
        return self.world.log.requests

    @property
    def writes(self) -> list[Entry]:
        """Every request that asked for a change."""
        return self.world.log.writes

    @property
    def rejected(self) -> list[Entry]:
        """Every request that broke the contract."""
        return self.world.log.rejected

    @property
    def violations(self) -> list[dict[str, Any]]:
        """Every answer of the emulator that would have broken the contract: a test wants none."""
        return self.world.log.violations

    @property
    def behaviour(self) -> Behaviour:
        """The switches."""
        return self.world.behaviour

    @property
    def faults(self) -> FaultPlan:
        """What shall go wrong."""
        return self.world.faults

    @property
    def meanwhile(self) -> Meanwhile:
        """What others do while a client is at work."""
        return self.world.meanwhile
