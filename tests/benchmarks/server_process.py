# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server as a process of its own, so that its work is not measured."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .places import TESTS, environment

if TYPE_CHECKING:
    from typing import Self

#: Seconds.
STARTS_WITHIN = 120.0


class ServerProcess:
    """A server of the API. ``with`` starts it, waits until it is ready, and stops it at the end of the block.

    Args:
        command: its Python module and the options.
        ready_file: what it writes when it is ready.
    """

    url = ""
    token = ""
    account_id = ""
    #: The file with the authority of the certificate, where it serves TLS.
    ca_path: str | None = None

    def __init__(self, command: Sequence[str], ready_file: Path) -> None:
        self._command = command
        self._ready_file = ready_file

    def __enter__(self) -> Self:
        self._ready_file.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", *self._command],
            env=environment(PYTHONPATH=str(TESTS)),
            stdout=subprocess.DEVNULL,
        )
        try:
            self._wait()
            self._connect(self._ready_file.read_text(encoding="utf-8"))
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while not self._ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self._command[0]} did not start")
            time.sleep(0.02)

    def _connect(self, ready: str) -> None:
        """Set the URL and the account from the content of the ready file."""
        raise NotImplementedError

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
