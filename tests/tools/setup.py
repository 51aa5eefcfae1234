# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes what the other tools run in, all of it inside .cache: a virtual environment and a collection tree.

Usage: setup.py demo|full. The demo needs a few packages only, so that a newcomer waits seconds, not a minute.
Runs with the standard library alone, and does nothing where everything is in place.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
VENV = CACHE / "venv"
PINS = ROOT / "requirements-dev.txt"

STAGES = {
    "demo": ["ansible-core", "requests", "flask", "openapi-core"],
    "full": ["-r", str(PINS)],
}


def main(stage: str) -> None:
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "setup.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at the same time
        make_collection_tree()
        make_venv(stage)


def make_collection_tree() -> None:
    """Ansible finds a collection by its folder's names: .../ansible_collections/<namespace>/<name>."""
    link = CACHE / "collections/ansible_collections/mailsec/cloudflare"
    if not link.exists() or link.resolve() != ROOT:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(ROOT, link.parent))


def make_venv(stage: str) -> None:
    fingerprint = venv_fingerprint()
    done = [name for name in STAGES if read(stamp(name)) == fingerprint]
    if stage in done or "full" in done:
        return
    begin = time.monotonic()
    print(f"Installing what '{stage}' needs into .cache/venv (once) ...", flush=True)
    if not done:
        shutil.rmtree(VENV, ignore_errors=True)
        # The base interpreter: the one that runs may be that of the environment just deleted.
        base = getattr(sys, "_base_executable", sys.executable)
        subprocess.run([base, "-m", "venv", str(VENV)], check=True)
    pip = [str(VENV / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "-c", str(PINS), *STAGES[stage]], check=True, stdin=subprocess.DEVNULL)
    stamp(stage).write_text(fingerprint)
    print(f"... done in {time.monotonic() - begin:.0f} s", flush=True)


def venv_fingerprint() -> str:
    """A new environment is due with other versions, another Python, or another place (its scripts hold their path)."""
    facts = [PINS.read_text(), sys.version, str(VENV)]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()


def stamp(stage: str) -> Path:
    return VENV / f"installed-{stage}"


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in STAGES:
        sys.exit(__doc__)
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: name one with PYTHON=...")
    try:
        main(sys.argv[1])
    except subprocess.CalledProcessError as error:
        sys.exit(f"Set-up failed: {error}")
