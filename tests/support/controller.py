# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller: runs Ansible's commands as a user would, with a home of its own, against an emulator."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from emulator import Emulator


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    output: str

    def recap(self, host: str = "localhost") -> dict[str, int]:
        """Return the counts of a host: C(ok), C(changed), C(failed) ..."""
        line = re.search(rf"^{re.escape(host)} +: (.*)$", self.output, re.MULTILINE)
        assert line, self.output
        return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", line[1])}

    @property
    def stats(self) -> dict[str, Any]:
        """Return what set_stats kept, which AWX shows as artifacts."""
        _before, found, text = self.output.partition("RUN: ")
        assert found, self.output
        stats: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
        return stats


class Controller:
    """A folder with a home in it, and an environment with the credentials of the emulator's account."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder
        self.emulator = emulator
        self.environment = {
            # Without the variables that a test runner sets for Ansible.
            **{name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "CLOUDFLARE_"))},
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "HOME": str(folder),
            # Ansible remarks on every command without an inventory; these have none on purpose.
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_SHOW_CUSTOM_STATS": "true",
            "CLOUDFLARE_BASE_URL": emulator.url,
            "CLOUDFLARE_API_TOKEN": emulator.token,
            "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
        }

    def run(self, *command: str, fails: bool = False, **environment: str) -> Ran:
        """Run a command in the folder, and see to it that it ends well, or fails where that is expected."""
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert bool(ran.returncode) == fails, ran.stdout
        assert "Traceback" not in ran.stdout, ran.stdout
        assert not re.search(r"\[(WARNING|DEPRECATION)", ran.stdout), ran.stdout
        return Ran(ran.stdout)

    def play(
        self,
        playbook: str | Path,
        *options: str,
        variables: Mapping[str, Any] | None = None,
        fails: bool = False,
        **environment: str,
    ) -> Ran:
        """Run a playbook with extra variables, from a file: Ansible itself prints those of the command line."""
        extra = []
        if variables:
            (self.folder / "variables.json").write_text(json.dumps(variables), encoding="utf-8")
            extra = ["-e", "@variables.json"]
        return self.run("ansible-playbook", str(playbook), *extra, *options, fails=fails, **environment)

    def state(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return what the server holds of C(domains) or C(sending_domain_restrictions), by name."""
        return {record["domain"]: record for record in self.emulator.state()[kind]}

    def drift(self, name: str, collection: str = "domains", **settings: Any) -> None:
        """Change a record behind Ansible's back."""
        path = f"{self.emulator.account_id}/{collection}/{quote(name, safe='')}"
        url = f"{self.emulator.control_url}/accounts/{path}"
        requests.patch(url, json=settings, timeout=10).raise_for_status()

    def sent(self) -> list[str]:
        """Return the requests since the last time, as "METHOD path"."""
        sent = [f"{entry.method} {entry.path.rpartition('/settings/')[2]}" for entry in self.emulator.log]
        self.emulator.world.log.clear()
        return sent
