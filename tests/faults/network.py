# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network between a client of this process and the emulator, for faults that no server can cause by itself."""

from __future__ import annotations

import re
import socket
import threading
from typing import Any

import pytest
import requests
import urllib3

from emulator import Emulator
from emulator.faults import Fault, FaultPlan

#: Seconds that a client waits for a response after the server has served its request.
PATIENCE = 0.01


class Network:
    """Refuses connections, and lets clients time out, at the requests that match.

    Both are real: the kernel refuses, and a socket times out. Only the moment is arranged, so that no test depends on
    how busy the machine is.
    """

    def __init__(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self._emulator = emulator
        self._refused = FaultPlan()
        self._silent = FaultPlan()
        #: How many connections were refused.
        self.refusals = 0
        self._closed_port = free_port()
        self._served = threading.local()
        send = requests.adapters.HTTPAdapter.send
        response = urllib3.connection.HTTPConnection.getresponse

        def arranged_send(adapter: Any, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
            method, path = str(request.method), request.path_url
            if self._refused.take(method, path):
                self.refusals += 1
                request.url = f"http://127.0.0.1:{self._closed_port}{path}"
            self._served.event = None
            if self._silent.take(method, path):
                self._served.event = served = threading.Event()
                emulator.meanwhile.after(method, f"{re.escape(path)}$", lambda _entry: served.set())
            return send(adapter, request, *args, **options)

        def arranged_response(connection: Any) -> Any:
            event = getattr(self._served, "event", None)
            if event is not None:
                assert event.wait(60), "the emulator never got the request"
                connection.timeout = PATIENCE
            return response(connection)

        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", arranged_send)
        monkeypatch.setattr(urllib3.connection.HTTPConnection, "getresponse", arranged_response)

    def refuse(self, method: str, path: str, times: int | None = 1) -> None:
        """Refuse the connections of these requests."""
        self._refused.schedule(Fault("drop", method=method, path=path, times=times))

    def silence(self, method: str, path: str, times: int | None = 1, acted: bool = False) -> None:
        """Let the server take these requests, apply them or not, and send no response before the client times out."""
        self._silent.schedule(Fault("drop", method=method, path=path, times=times))
        self._emulator.faults.add("drop", method=method, path=path, times=times, acted=acted, delay=20 * PATIENCE)

    def clear(self) -> None:
        """End all faults."""
        self._refused.clear()
        self._silent.clear()


def free_port() -> int:
    """Return a port of this machine without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
