# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller, running in a thread of this process."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

from werkzeug.serving import WSGIRequestHandler, make_server

from .app import create_app
from .store import Store

TOKEN = "fake-awx-oauth-token"


class _Quiet(WSGIRequestHandler):
    """Tells nobody of every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep it quiet."""


class Controller:
    """A running controller. `with Controller(checkout) as controller:` serves until the block ends."""

    def __init__(self, checkout: Path) -> None:
        self.token = TOKEN
        self.store = Store(checkout)
        self.writes: list[str] = []
        """Every request that asked for a change, as "METHOD path"."""
        self._server = make_server(
            "127.0.0.1", 0, create_app(self.store, TOKEN, self.writes), True, request_handler=_Quiet
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """As in CONTROLLER_HOST."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Controller:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
