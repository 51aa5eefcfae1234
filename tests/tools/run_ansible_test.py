# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ansible-test with the arguments given, on a copy of this collection, writing nothing outside .cache.

ansible-test wants a real folder .../ansible_collections/mailsec/cloudflare (a link is refused), keeps its virtual
environments in HOME, and looks for pythonX.Y on PATH.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import types
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
COPY = CACHE / "ansible-test/ansible_collections/mailsec/cloudflare"
HOME = CACHE / "home"


def main(arguments: list[str]) -> None:
    (CACHE / "ansible-test").mkdir(parents=True, exist_ok=True)
    # One run at a time: the copy is one. The lock goes with this process, which becomes ansible-test.
    lock = os.open(CACHE / "ansible-test/lock", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another run of ansible-test to end ...", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)

    copy_collection()
    prepare_home()
    path = os.pathsep.join([str(link_pythons()), *path_without_shims()])
    environment = {**os.environ, "HOME": str(HOME), "PATH": path}
    os.chdir(COPY)
    os.execvpe("ansible-test", ["ansible-test", *arguments], environment)


def copy_collection() -> None:
    """The files of the checkout as they are now: tracked ones and new ones, without what git ignores."""
    shutil.rmtree(COPY, ignore_errors=True)
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(command, text=True).split("\0"):
        if name and os.path.lexists(ROOT / name):  # a deleted file is still listed
            target = COPY / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
    # Else ansible-test asks the checkout's git, to which everything in .cache is ignored.
    subprocess.run(["git", "init", "--quiet", str(COPY)], check=True)


def prepare_home() -> None:
    HOME.mkdir(exist_ok=True)
    # The user's package index, where there is one: ansible-test passes no PIP_* variables on.
    for name in (".config/pip", ".pip"):
        mine, theirs = HOME / name, Path.home() / name
        if theirs.exists() and not mine.exists():
            mine.parent.mkdir(exist_ok=True)
            mine.symlink_to(theirs)
    provide_get_pip()


def provide_get_pip() -> None:
    from ansible_test._internal.python_requirements import get_venv_packages

    python = types.SimpleNamespace(version=f"{sys.version_info[0]}.{sys.version_info[1]}")
    version = get_venv_packages(python)["pip"]
    cached = HOME / f".ansible/test/cache/get_pip_{version.replace('.', '_')}.py"
    if cached.exists():
        return
    cached.parent.mkdir(parents=True, exist_ok=True)
    try:
        url = f"https://ci-files.testing.ansible.com/ansible-test/get-pip-{version}.py"
        with urllib.request.urlopen(url, timeout=20) as answer:
            cached.write_bytes(answer.read())
    except OSError as error:
        print(f"{url} cannot be downloaded ({error}): using tests/tools/get_pip.py instead.", flush=True)
        shutil.copy(ROOT / "tests/tools/get_pip.py", cached)


def link_pythons() -> Path:
    """A folder of links to pyenv's interpreters, which its shims hide. Empty where there is no pyenv."""
    folder = CACHE / "pythons"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    root = pyenv_root()
    found = [re.fullmatch(r"(3\.\d+)\.(\d+)", home.name) for home in (root / "versions").iterdir()] if root else []
    newest: dict[str, int] = {}
    for match in filter(None, found):
        newest[match[1]] = max(newest.get(match[1], 0), int(match[2]))
    for version, patch in newest.items():
        (folder / f"python{version}").symlink_to(f"{root}/versions/{version}.{patch}/bin/python{version}")
    return folder


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


if __name__ == "__main__":
    main(sys.argv[1:])
