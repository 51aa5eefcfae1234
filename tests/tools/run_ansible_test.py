# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ansible-test with the arguments given, on a copy of this collection, writing nothing outside .cache.

It is the ansible-test of the environment whose Python runs this file.

ansible-test wants a real folder .../ansible_collections/mailsec/cloudflare (a link is refused), keeps its virtual
environments in HOME, and looks for pythonX.Y on PATH.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import types
import urllib.request
from pathlib import Path

from checkout import CACHE, HOME, ROOT, copy_to
from pythons import path_with_pythons


def main(arguments: list[str]) -> None:
    # Each command has a copy of its own, so that sanity tests and playbooks can run at the same time.
    folder = CACHE / "ansible-test" / arguments[0]
    copy = folder / "ansible_collections/mailsec/cloudflare"
    folder.mkdir(parents=True, exist_ok=True)
    # One run at a time uses the copy. The lock is released with this process, which becomes ansible-test.
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another run of this command to end ...", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)

    copy_collection(copy)
    prepare_home()
    environment = {**os.environ, "HOME": str(HOME), "PATH": path_with_pythons()}
    os.chdir(copy)
    tool = Path(sys.prefix) / "bin/ansible-test"
    os.execve(tool, [str(tool), *arguments], environment)


def copy_collection(folder: Path) -> None:
    copy_to(folder)
    # Else ansible-test asks the checkout's git, to which everything in .cache is ignored.
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)


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


if __name__ == "__main__":
    main(sys.argv[1:])
