# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator, the network to it, and the modules."""

from __future__ import annotations

import importlib
import types
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import Phase, configuration, settings

from emulator import Emulator
from emulator.auth import Credential
from support.module_runner import COLLECTION, forget_environment

from .certificates import OTHER_HOST, Authority
from .extent import LONG
from .rig import Rig

configuration.set_hypothesis_home_dir(Path(__file__).parents[2] / ".cache/hypothesis")
KEY_PAIR = Credential(email="user@example.com", key="a-global-api-key")
# The short form tries the same examples in every run. It does not look for the smallest one, which takes minutes.
AT_ONCE = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)]
settings.register_profile("short", deadline=None, derandomize=True, database=None, print_blob=True, phases=AT_ONCE)
settings.register_profile("long", deadline=None, print_blob=True)
settings.load_profile("long" if LONG else "short")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove what the environment of this machine would add."""
    forget_environment(monkeypatch)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that the client would have waited. The clock of the emulator is left alone."""
    waited: list[float] = []
    for module in ("client", "rate_limit"):
        path = f"{COLLECTION}.module_utils.api.{module}"
        time = importlib.import_module(path).time
        clock = types.SimpleNamespace(sleep=waited.append, monotonic=time.monotonic, time=time.time)
        monkeypatch.setattr(f"{path}.time", clock)
    return waited


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """Return the emulator that all tests share."""
    # Its own tests check its responses; here that takes half of the time.
    with Emulator(check_answers=False, behaviour={"duplicates": "refused"}) as emulator:
        yield emulator


@pytest.fixture
def rig(running: Emulator, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """Return modules, network and emulator, the latter as it was at its start."""
    running.reset()
    return Rig(running, monkeypatch)


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Authority]:
    """Return the authority of the servers, and another one."""
    folder = tmp_path_factory.mktemp("authorities")
    return {name: Authority(folder, name) for name in ("good", "other")}


@pytest.fixture(scope="session")
def servers(authorities: dict[str, Authority]) -> Iterator[dict[str, Emulator]]:
    """Return servers that differ in their certificates."""
    good = authorities["good"]
    contexts = {
        "good": good.context(),
        "other host": good.context(OTHER_HOST),
        "expired": good.context(days=(-2, -1)),
        "not yet valid": good.context(days=(1, 2)),
    }
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(Emulator(check_answers=False, ssl_context=context, credentials=[KEY_PAIR]))
            for name, context in contexts.items()
        }


@pytest.fixture
def rig_for(servers: dict[str, Emulator], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Rig]:
    """Return a function that returns the rig for a server."""

    def rig_for_server(name: str) -> Rig:
        servers[name].reset()
        return Rig(servers[name], monkeypatch)

    return rig_for_server
