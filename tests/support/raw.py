# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server of this machine that answers with the very bytes it was given, whatever HTTP says of them."""

from __future__ import annotations

import contextlib
import socketserver

from support.serving import serving


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        # A client may have gone.
        with contextlib.suppress(OSError):
            for answer in self.server.connections.pop(0):
                length = 0
                while (line := self.rfile.readline().lower()).strip():
                    if line.startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                if not line:
                    return
                self.rfile.read(length)
                self.wfile.write(answer)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    # A connection that is still open is no reason to wait.
    block_on_close = False
    connections: list[list[bytes]]


class Raw:
    """The server, each connection in the order it was made.

    Args:
        connections: for each connection the answers to its requests, after which it is closed.
    """

    def __init__(self, *connections: list[bytes]) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.connections = list(connections)
        self._serving = contextlib.ExitStack()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Raw:
        self._serving.enter_context(serving(self._server))
        return self

    def __exit__(self, *_error: object) -> None:
        self._serving.close()
