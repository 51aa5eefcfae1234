# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: werkzeug's, with connections that stay open and that can break on purpose."""

from __future__ import annotations

import contextlib
import io
import itertools
import socket
import ssl
import struct
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from .gateway import CONNECTION

BREAK = "emulator.break"
"""A list in the environment: the application puts into it how the connection shall break."""


class Handler(WSGIRequestHandler):
    """Serves one connection. An answer is complete before its first byte is sent, and goes out in one piece."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    connection_id = 0

    def setup(self) -> None:
        """Numbers the connection."""
        self.connection_id = next(self.server.connection_ids)
        super().setup()
        self.server.open_connections.add(self.connection)

    def finish(self) -> None:
        """The connection is closed."""
        self.server.open_connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle_expect_100(self) -> bool:
        """The interim answer must not wait in the buffer."""
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def run_wsgi(self) -> None:
        """One request. Werkzeug's own method closes every connection, which is not how Cloudflare's edge behaves."""
        environ = self.make_environ()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        source = environ["wsgi.input"]
        data = source.read() if environ.get("wsgi.input_terminated") else source.read(length)
        environ.update(
            {"wsgi.input": io.BytesIO(data), "CONTENT_LENGTH": str(len(data)), CONNECTION: self.connection_id}
        )
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        breaks: list[str] = []
        environ[BREAK] = breaks
        chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        body = b"".join(chunks)
        how = breaks[0] if breaks else None
        if how in ("drop", "reset"):
            self._break(how)
            return
        code, phrase = status.split(" ", 1)
        self.send_response(int(code), phrase)
        for name, value in headers:
            if how != "cut_chunks" or name.lower() != "content-length":
                self.send_header(name, value)
        if how == "cut_chunks":
            self.send_header("Transfer-Encoding", "chunked")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        half = body[: len(body) // 2]
        if how == "cut_chunks":
            self.wfile.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")
        elif self.command != "HEAD":
            self.wfile.write(half if how == "truncate" else body)
        self.wfile.flush()
        if how is not None:
            self._break(how)

    def _break(self, how: str) -> None:
        """Ends the connection under the client's feet."""
        self.close_connection = True
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The emulator has its own log."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing is printed about clients that go away or speak no HTTP."""


class Server(ThreadedWSGIServer):
    """Werkzeug's threaded server with a count of its connections and a way to end them all."""

    daemon_threads = True

    def __init__(self, port: int, app: Any, ssl_context: ssl.SSLContext | None = None) -> None:
        super().__init__("127.0.0.1", port, app, Handler)
        self.ssl_context = ssl_context
        self.connection_ids = itertools.count(1)
        self.open_connections: set[socket.socket] = set()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speaks TLS where that is wanted. Werkzeug would shake hands in the thread that accepts, where one silent
        client stops all others."""
        if self.ssl_context is None:
            super().finish_request(request, client_address)
            return
        with self.ssl_context.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that failed is no concern of the others."""

    def server_close(self) -> None:
        """Closes what is open, too."""
        super().server_close()
        for connection in list(self.open_connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
