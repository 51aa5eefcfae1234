# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that costs next to nothing for a request: lists are encoded in advance, each response is one write.

The emulator validates and logs every request, which takes longer than what is compared here. Usage:
python -m benchmarks.lean_server READY_FILE
"""

from __future__ import annotations

import json
import socketserver
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE_SIZE = 1000


def encode(result: Any, **rest: Any) -> bytes:
    """Return a response of the API."""
    return json.dumps({"success": True, "errors": [], "messages": [], "result": result, **rest}).encode()


class Collection:
    """The records of a list, and its pages."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.records = {record["id"]: record for record in records}
        self._pages: dict[int, bytes] = {}

    def page(self, number: int) -> bytes:
        """Return a page, from 1."""
        if number not in self._pages:
            records = list(self.records.values())
            listed = records[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
            info = {"count": len(listed), "page": number, "per_page": PAGE_SIZE, "total_count": len(records)}
            self._pages[number] = encode(listed, result_info=info)
        return self._pages[number]

    def encode_pages(self) -> None:
        """Encode all pages in advance."""
        for number in range(1, 2 + len(self.records) // PAGE_SIZE):
            self.page(number)

    def patch(self, change: dict[str, Any]) -> dict[str, Any]:
        """Change a record and return it."""
        self._pages.clear()
        self.records[change["id"]].update(change)
        return self.records[change["id"]]


class Server(socketserver.ThreadingTCPServer):
    """Serves the records of one account, whatever its id is."""

    daemon_threads = True

    def __init__(self) -> None:
        self.collections: dict[str, Collection] = {}
        super().__init__(("127.0.0.1", 0), Handler)

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        """Return the response to a request."""
        url = urlsplit(target)
        name, _slash, item = url.path.partition("/settings/")[2].partition("/")
        if url.path == "/reset":
            self.collections = {each: Collection(records) for each, records in json.loads(body).items()}
            for collection in self.collections.values():
                collection.encode_pages()
            return b"{}"
        collection = self.collections.setdefault(name, Collection([]))
        if item == "batch":
            patches = [collection.patch(change) for change in json.loads(body)["patches"]]
            return encode({"deletes": [], "patches": patches, "puts": [], "posts": []})
        if item:
            change = json.loads(body) if method == "PATCH" else {}
            return encode(collection.patch({**change, "id": item}) if change else collection.records[item])
        return collection.page(int(parse_qs(url.query).get("page", ["1"])[0]))


class Handler(socketserver.StreamRequestHandler):
    """Reads the requests of a connection one after the other."""

    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        """Respond until the client closes the connection."""
        while line := self.rfile.readline():
            method, target, _version = line.decode().split()
            length = 0
            while (header := self.rfile.readline().strip().lower()) != b"":
                if header.startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
            answer = self.server.answer(method, target, self.rfile.read(length))
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\n\r\n"
            self.wfile.write(head.encode() + answer)


def main(ready_file: str) -> None:
    with Server() as server:
        Path(f"{ready_file}.new").write_text(str(server.server_address[1]), encoding="utf-8")
        Path(f"{ready_file}.new").rename(ready_file)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
