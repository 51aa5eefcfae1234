# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lean server as a process of its own, with what ``Runner`` uses of an API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from .server_process import ServerProcess


class LeanApi(ServerProcess):
    """A running lean server. ``with LeanApi(folder) as api:`` serves until the block ends.

    Args:
        folder: where it writes that it is ready.
    """

    token = "benchmark"
    account_id = "0" * 32

    def __init__(self, folder: Path) -> None:
        ready_file = folder / "lean.port"
        super().__init__(["benchmarks.lean_server", str(ready_file)], ready_file)

    def _connect(self, ready: str) -> None:
        self.url = f"http://127.0.0.1:{ready}/client/v4"

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
