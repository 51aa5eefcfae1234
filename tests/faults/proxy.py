# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy: it opens tunnels, or responds with bytes of a test, and keeps what it was sent."""

from __future__ import annotations

import base64
import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from support.serving import serving

#: The user of a proxy that asks for one.
USER = "jdoe"
#: Returns the response to the head of a request; None: the proxy opens the tunnel.
Respond = Callable[[str], "bytes | None"]


class _Handler(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        head = ""
        while not head.endswith("\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line.decode("latin-1")
        self.server.heads.append(head)
        response = self.server.respond(head)
        if response is not None:
            with contextlib.suppress(OSError):
                self.wfile.write(response)
            return
        host, _colon, port = head.split()[1].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as server:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(server, self.connection), daemon=True)
            back.start()
            _pump(self.connection, server)
            back.join(10)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Proxy(socketserver.ThreadingTCPServer):
    """A proxy.

    Args:
        respond: see Respond.
    """

    daemon_threads = True
    # A tunnel that is still open is no reason to wait.
    block_on_close = False

    def __init__(self, respond: Respond) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        #: The heads of all requests.
        self.heads: list[str] = []

    def url(self, user_info: str = "") -> str:
        """Return its URL, perhaps with a user and a password."""
        return f"http://{user_info + '@' if user_info else ''}127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that goes away."""


@contextmanager
def proxy(respond: Respond = lambda _head: None) -> Iterator[Proxy]:
    """Give a running proxy."""
    server = Proxy(respond)
    with serving(server):
        yield server


def user_info(password: str) -> str:
    """Return a user and a password as a URL has them."""
    return f"{USER}:{quote(password, safe='')}"


def spellings(password: str) -> list[str]:
    """Return a password in each form in which it could come back."""
    basic = base64.b64encode(f"{USER}:{password}".encode()).decode()
    return [password, quote(password, safe=""), ascii(password).strip("'"), basic]
