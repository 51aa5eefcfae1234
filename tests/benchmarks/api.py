# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a process of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import requests

from .certificates import Certificate
from .server_process import ServerProcess

#: Nothing measured here may run into the rate limit.
QUOTA = 1_000_000_000


class Api(ServerProcess):
    """A running emulator. ``with Api(folder) as api:`` serves until the block ends.

    Args:
        folder: where it writes that it is ready.
        certificate: what it serves TLS with; plain http without one.
    """

    def __init__(self, folder: Path, certificate: Certificate | None = None) -> None:
        ready_file = folder / "ready.json"
        options = ["--ready-file", str(ready_file), "--no-answer-checks", "--quota", str(QUOTA)]
        options += ["--stop-with-pid", str(os.getpid())]
        if certificate:
            options += ["--cert", str(certificate.server)]
            self.ca_path = str(certificate.authority)
        super().__init__(["emulator", *options], ready_file)
        self._session = self.session()
        self._control_url = ""

    def __exit__(self, *error: object) -> None:
        self._session.close()
        super().__exit__(*error)

    def _connect(self, ready: str) -> None:
        addresses = json.loads(ready)
        self.url, self._control_url = addresses["url"], addresses["control_url"]
        self.token, self.account_id = addresses["token"], addresses["account_id"]

    def reset(self, records: Mapping[str, Any], delay: float = 0.0) -> None:
        """Set the records of the account and the delay of each response, and forget all requests."""
        self._control("POST", "reset", {"accounts": {self.account_id: records}, "behaviour": {"delay": delay}})

    def sent(self) -> list[str]:
        """Return the method of each request since the reset."""
        return [entry["method"] for entry in self._log()]

    def connections(self) -> int:
        """Return the number of connections of the requests since the reset."""
        return len({entry["connection"] for entry in self._log()})

    def last_url(self) -> str:
        """Return the URL of the last request."""
        entry = self._log()[-1]
        return urljoin(self.url, f"{entry['path']}?{urlencode(entry['query'], doseq=True)}")

    def records(self, collection: str) -> list[dict[str, Any]]:
        """Return the records of the account."""
        records: list[dict[str, Any]] = self._control("GET", f"accounts/{self.account_id}/state")[collection]
        return records

    def session(self) -> requests.Session:
        """Return a session that ignores the proxies and certificates of the environment."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.ca_path or True
        return session

    def _log(self) -> list[dict[str, Any]]:
        log: list[dict[str, Any]] = self._control("GET", "log")["requests"]
        return log

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._session.request(method, f"{self._control_url}/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()
