# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy of this machine: it opens tunnels, or does something else, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

#: How it answers a request; None: it opens the tunnel.
Answering = Callable[[str], bytes | None]


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        head = ""
        while not head.endswith("\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line.decode("latin-1")
        self.server.heads.append(head)
        answer = self.server.answering(head)
        if answer is not None:
            with contextlib.suppress(OSError):
                self.wfile.write(answer)
            return
        host, _colon, port = head.split()[1].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as there:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(there, self.connection), daemon=True)
            back.start()
            _pump(self.connection, there)
            back.join(10)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    # A tunnel that is still open is no reason to wait.
    block_on_close = False
    answering: Answering

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heads: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no concern of ours."""


class Proxy:
    """A running proxy. C(with Proxy() as proxy:) serves until the block ends.

    Args:
        answering: how it answers instead of opening a tunnel.
    """

    def __init__(self, answering: Answering = lambda _head: None) -> None:
        self._server = _Server()
        self._server.answering = answering
        self.port: int = self._server.server_address[1]

    def url(self, user: str = "") -> str:
        """Return its address, with a user and a password where some are named."""
        return f"http://{user + '@' if user else ''}127.0.0.1:{self.port}"

    @property
    def heads(self) -> list[str]:
        """Return what it was asked: the lines up to the blank one."""
        return list(self._server.heads)

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
