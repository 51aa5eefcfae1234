# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs commands as a stranger would: with an empty folder, without this checkout, without the caller's settings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from checkout import CACHE, HOME

ELSEWHERE = CACHE / "build/elsewhere"
COLLECTIONS = CACHE / "build/collections"
#: Settings of whoever called: they are not those of a stranger.
FOREIGN = ("ANSIBLE_", "CLOUDFLARE_", "GALAXY_IMPORTER_", "PYTHONPATH")


class Failure(Exception):
    """Something is not as it should be: what, and what to do."""


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**kept, "HOME": str(HOME), "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), **(more or {})}


def run(*command: str | Path, more: Mapping[str, str] | None = None, folder: Path = ELSEWHERE) -> str:
    """What the command printed, errors included. A failure of it is one of this run."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment(more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stdout.strip()
        raise Failure(f"{' '.join(map(str, command))} ended with {done.returncode} and said:\n{said}")
    return done.stdout
