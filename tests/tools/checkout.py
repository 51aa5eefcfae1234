# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""This checkout: where things are, and which files belong to it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
#: What is started writes what it wants to keep here, and not into the user's own.
HOME = CACHE / "home"


def own_files() -> list[str]:
    """The files as they are now: tracked ones and new ones, without what git ignores."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, text=True).split("\0")
    return [name for name in names if name and os.path.lexists(ROOT / name)]  # a deleted file is still listed


def copy_to(folder: Path) -> None:
    """A folder that holds these files and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in own_files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
