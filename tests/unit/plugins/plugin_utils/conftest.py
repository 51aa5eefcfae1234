# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A function that runs actions, without connections of an earlier test."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import SessionCache
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from support.actions import Actions


@pytest.fixture(autouse=True)
def no_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without connections."""
    monkeypatch.setattr(in_process, "SESSIONS", SessionCache())


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch) -> Actions:
    """Return a function that runs an action against a script."""
    actions = Actions()
    monkeypatch.setattr(in_process.ModuleExecution, "run", lambda action, *_args: actions.run_module(action))
    monkeypatch.setattr(in_process.display, "vvv", lambda text, host=None: actions.verbose.append(text))
    return actions
