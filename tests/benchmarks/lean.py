# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lean server as a process of its own, with what ``Runner`` uses of an API."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from .places import TESTS, environment

STARTS_WITHIN = 60.0


class LeanApi:
    """A running lean server. ``with LeanApi(folder) as api:`` serves until the block ends.

    Args:
        folder: where it writes that it is ready.
    """

    token = "benchmark"
    account_id = "0" * 32
    ca_path = None

    def __init__(self, folder: Path) -> None:
        self._ready_file = folder / "lean.port"
        self.url = ""

    def __enter__(self) -> LeanApi:
        self._ready_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "benchmarks.lean_server", str(self._ready_file)]
        self._process = subprocess.Popen(command, env=environment(PYTHONPATH=str(TESTS)))
        end = time.monotonic() + STARTS_WITHIN
        while not self._ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > end:
                self._process.kill()
                raise RuntimeError("the lean server did not start")
            time.sleep(0.02)
        self.url = f"http://127.0.0.1:{self._ready_file.read_text(encoding='utf-8')}/client/v4"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def reset(self, records: Mapping[str, Any], delay: float = 0.0) -> None:
        """Set the records. It has no delay."""
        if delay:
            raise ValueError("the lean server responds at once")
        requests.post(self.url.replace("/client/v4", "/reset"), json=records, timeout=60).raise_for_status()

    def sent(self) -> list[str]:
        """Return nothing: it has no log."""
        return []

    def records(self, collection: str) -> list[dict[str, Any]]:
        """Return the records of a list."""
        found: list[dict[str, Any]] = []
        while True:
            page = requests.get(f"{self.settings_url}/{collection}?page={1 + len(found) // 1000}", timeout=60).json()
            found += page["result"]
            if len(found) >= page["result_info"]["total_count"]:
                return found

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
