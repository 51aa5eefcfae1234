# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules with a secret, and looks for it in all that they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator.auth import Credential
from support.leaks import leaks
from support.module_runner import Run

from .rig import Rig

ADDRESS = "someone@example.com"
Carrier = Callable[[str], tuple[dict[str, Any], dict[str, str]]]
#: How a secret gets to a module: its name, the options, the environment.
CARRIERS: dict[str, Carrier] = {
    "api_token": lambda secret: ({"api_token": secret}, {}),
    "api_key": lambda secret: ({"api_email": ADDRESS, "api_key": secret}, {}),
    "account_api_key": lambda secret: ({"account_email": ADDRESS, "account_api_key": secret}, {}),
    "CLOUDFLARE_API_TOKEN": lambda secret: ({}, {"CLOUDFLARE_API_TOKEN": secret}),
    "CLOUDFLARE_API_KEY": lambda secret: ({}, {"CLOUDFLARE_EMAIL": ADDRESS, "CLOUDFLARE_API_KEY": secret}),
}
#: Where the test itself says where the secret is.
NONE: dict[str, Carrier] = {
    "nowhere": lambda _secret: ({}, {}),
    "other": lambda _secret: ({"api_token": "another"}, {}),
}


class Keeper:
    """The modules, and the search for a secret in what they return."""

    def __init__(self, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rig = rig
        self.runs = 0
        self._monkeypatch = monkeypatch

    def run(
        self, module: str, secret: str, carrier: str = "api_token", check_mode: bool = False, /, **params: Any
    ) -> Run:
        """Run a module with a secret from some place."""
        options, environment = {**CARRIERS, **NONE}[carrier](secret)
        with self._monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            # None is as good as left out: the rig would add a token of its own.
            run = self.rig.run(module, check_mode, **{"api_token": None, "retries": 0, **options, **params})
        assert leaks(run.text, [secret]) == [], run.text
        self.runs += 1
        return run

    def accept(self, secret: str) -> None:
        """Let the emulator know a secret, as a token and as a key."""
        for credential in (Credential(token=secret), Credential(email=ADDRESS, key=secret)):
            self.rig.emulator.world.keyring.add(credential)
