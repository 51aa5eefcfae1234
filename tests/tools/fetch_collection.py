# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts one collection into .cache/collections: fetch_collection.py awx.awx. Does nothing where it is there already.

Galaxy may be out of reach where the package index is not, and the package "ansible" holds a hundred collections. It is
downloaded once, and only the needed files are extracted.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from checkout import CACHE, ROOT

TREE = CACHE / "collections"
PIN = re.compile(r"^# (ansible==\S+)$", re.MULTILINE)


def main(name: str) -> None:
    match = PIN.search((ROOT / "requirements-dev.txt").read_text())
    if not match:
        sys.exit("requirements-dev.txt does not say any more which version of the package ansible is fetched.")
    pin = match[1]
    folder = TREE / "ansible_collections" / name.replace(".", "/")
    with open(CACHE / "fetch.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at the same time
        stamp = folder / ".fetched"
        if not stamp.exists() or stamp.read_text() != pin:
            print(f"Fetching {pin} for the collection {name} (once, 52 MB) ...", flush=True)
            fetch(pin, folder)
            stamp.write_text(pin)


def fetch(pin: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as download:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps"]
        subprocess.run([*pip, "--only-binary", ":all:", "--dest", download, pin], check=True, stdin=subprocess.DEVNULL)
        (wheel,) = Path(download).glob("*.whl")
        take(wheel, folder)


def take(wheel: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    inside = f"{folder.relative_to(TREE)}/"
    with zipfile.ZipFile(wheel) as archive:
        members = [member for member in archive.namelist() if member.startswith(inside)]
        if not members:
            sys.exit(f"{wheel.name} does not hold {inside}")
        archive.extractall(TREE, members)
        metadata = next(member for member in archive.namelist() if member.endswith(".dist-info/METADATA"))
        # What a test compares with the ansible-core of this environment.
        (folder / ".metadata").write_bytes(archive.read(metadata))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main(sys.argv[1])
    except subprocess.CalledProcessError as error:
        sys.exit(f"The download failed: {error}")
