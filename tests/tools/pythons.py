# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interpreters of this machine, also those that pyenv's shims hide."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from checkout import CACHE

LINKS = CACHE / "pythons"


def path_with_pythons() -> str:
    """PATH with every interpreter that there is, as pythonX.Y."""
    return os.pathsep.join([str(link_pythons()), *path_without_shims()])


def find_python(version: str) -> str | None:
    """The interpreter of a version such as 3.12."""
    return shutil.which(f"python{version}", path=path_with_pythons())


def link_pythons() -> Path:
    """A folder of links to pyenv's interpreters, which its shims hide. Empty where there is no pyenv."""
    LINKS.mkdir(parents=True, exist_ok=True)
    root = pyenv_root()
    found = [re.fullmatch(r"(3\.\d+)\.(\d+)", home.name) for home in (root / "versions").iterdir()] if root else []
    newest: dict[str, int] = {}
    for match in filter(None, found):
        newest[match[1]] = max(newest.get(match[1], 0), int(match[2]))
    links = {
        f"python{version}": f"{root}/versions/{version}.{patch}/bin/python{version}"
        for version, patch in newest.items()
    }
    # What is right stays: something may be running through it.
    for link in LINKS.iterdir():
        if links.get(link.name) != os.readlink(link):
            link.unlink()
    for name, target in links.items():
        if not (LINKS / name).is_symlink():
            (LINKS / name).symlink_to(target)
    return LINKS


def path_without_shims() -> list[str]:
    root = pyenv_root()
    folders = os.environ["PATH"].split(os.pathsep)
    return [
        folder
        for folder in folders
        if not (root and Path(folder).name == "shims" and Path(folder).is_relative_to(root))
    ]


def pyenv_root() -> Path | None:
    named = os.environ.get("PYENV_ROOT")
    shims = (Path(folder) for folder in os.environ["PATH"].split(os.pathsep) if Path(folder).name == "shims")
    candidates = [Path(named)] if named else [folder.parent for folder in shims]
    return next((root for root in candidates if (root / "versions").is_dir()), None)
