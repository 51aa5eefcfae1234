# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller, running in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emulator.wire import Server
from support.serving import serving

from .app import create_app
from .store import Store

TOKEN = "fake-awx-oauth-token"


class Controller:
    """A controller.

    Args:
        checkout: the checkout of the project.
    """

    def __init__(self, checkout: Path) -> None:
        self.token = TOKEN
        self.store = Store(checkout)
        #: Every request for a change, as "METHOD path".
        self.writes: list[str] = []
        app = create_app(self.store, TOKEN, self.writes)
        self.server = Server(0, app)
        #: As in CONTROLLER_HOST.
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def run_controller(checkout: Path) -> Iterator[Controller]:
    """Give a running controller."""
    made = Controller(checkout)
    with serving(made.server):
        yield made
