# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a process of its own, so that its work is not measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urljoin

import requests

from .certificates import Certificate
from .places import TESTS, environment

#: Nothing measured here may run into the rate limit.
QUOTA = 1_000_000_000
STARTS_WITHIN = 120.0


class Api:
    """A running emulator. ``with Api(folder) as api:`` serves until the block ends.

    Args:
        folder: where it writes that it is ready.
        certificate: what it serves TLS with; plain http without one.
    """

    def __init__(self, folder: Path, certificate: Certificate | None = None) -> None:
        self._ready_file = folder / "ready.json"
        self._certificate = certificate
        self._session = self.session()
        self.url = self.token = self.account_id = self._control_url = ""

    def __enter__(self) -> Api:
        self._ready_file.unlink(missing_ok=True)
        options = ["--ready-file", str(self._ready_file), "--no-answer-checks", "--quota", str(QUOTA)]
        options += ["--stop-with-pid", str(os.getpid())]
        if self._certificate:
            options += ["--cert", str(self._certificate.server)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "emulator", *options],
            env=environment(PYTHONPATH=str(TESTS)),
            stdout=subprocess.DEVNULL,
        )
        try:
            ready = self._wait()
        except BaseException:
            self._process.kill()
            raise
        self.url, self._control_url = ready["url"], ready["control_url"]
        self.token, self.account_id = ready["token"], ready["account_id"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> Mapping[str, str]:
        end = time.monotonic() + STARTS_WITHIN
        while not self._ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the emulator did not start")
            time.sleep(0.02)
        ready: Mapping[str, str] = json.loads(self._ready_file.read_text(encoding="utf-8"))
        return ready

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

    @property
    def ca_path(self) -> str | None:
        """Return the file with the authority of the certificate, where it serves TLS."""
        return str(self._certificate.authority) if self._certificate else None

    @property
    def settings_url(self) -> str:
        """Return the URL of the collections of the account."""
        return f"{self.url}/accounts/{self.account_id}/email-security/settings"

    @property
    def credentials(self) -> dict[str, str]:
        """Return the environment variables that clients read."""
        return {
            "CLOUDFLARE_BASE_URL": self.url,
            "CLOUDFLARE_API_TOKEN": self.token,
            "CLOUDFLARE_ACCOUNT_ID": self.account_id,
        }

    def _log(self) -> list[dict[str, Any]]:
        log: list[dict[str, Any]] = self._control("GET", "log")["requests"]
        return log

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._session.request(method, f"{self._control_url}/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()
