# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rate limit, and the clock that it waits by."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import rate_limit as module
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.rate_limit import (
    RateLimit,
)
from support.rate_limits import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "random", SimpleNamespace(uniform=clock.uniform))
    return clock


@pytest.fixture
def limit(clock: Clock) -> RateLimit:
    return RateLimit()
