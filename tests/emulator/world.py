# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that one running emulator consists of, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .auth import Credential, Keyring
from .behaviour import Behaviour
from .contract import Contract
from .faults import FaultPlan
from .meanwhile import Meanwhile
from .ratelimit import RateLimit
from .requestlog import RequestLog
from .store import Store


@dataclass
class World:
    """The parts, and the way back to how it all began."""

    account_id: str
    credentials: list[Credential]
    start_behaviour: Behaviour
    start_seed: Mapping[str, Any]
    check_answers: bool = True
    contract: Contract = field(default_factory=Contract)
    log: RequestLog = field(default_factory=RequestLog)
    faults: FaultPlan = field(default_factory=FaultPlan)
    meanwhile: Meanwhile = field(default_factory=Meanwhile)

    def __post_init__(self) -> None:
        self.behaviour = Behaviour()
        self.keyring = Keyring(self.credentials)
        self.store = Store(self.behaviour)
        self.limit = RateLimit(self.behaviour)
        self.reset()

    def reset(self) -> None:
        """State, credentials, switches, faults, quota and log are those of the start again."""
        self.behaviour.replace(self.start_behaviour)
        self.keyring.reset()
        self.faults.clear()
        self.meanwhile.clear()
        self.limit.reset()
        self.store.clear()
        self.store.seed(self.account_id, self.start_seed)
        self.log.clear()
