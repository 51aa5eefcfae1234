# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the collection's tarball into .cache/build, and uses it as those do who download it.

What it holds is checked, it is installed into an empty collections path, tried from an empty folder against the
emulator, given to ansible-builder, and to galaxy-importer, which judges what is published on Galaxy.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import execution_environment
import importer
import tarball
import trial
from checkout import CACHE, copy_to
from commands import Failure, run

BUILD = CACHE / "build"
COLLECTIONS = BUILD / "collections"


def main() -> None:
    begin = time.monotonic()
    built = step("Build", build)
    step("What it holds", tarball.check, built)
    step("Install", install, built)
    with ThreadPoolExecutor() as beside:
        # The longest part, and it waits for nothing.
        judged = beside.submit(importer.check, built)
        step("Use it", trial.check, COLLECTIONS)
        step("ansible-builder", execution_environment.check, built, COLLECTIONS)
        print(step("galaxy-importer", judged.result))
    print(f"\n{built.relative_to(CACHE.parent)} is as it should be ({time.monotonic() - begin:.0f} s).")


def step(name: str, do: Callable[..., Any], *arguments: Path) -> Any:
    print(f"--- {name}", flush=True)
    return do(*arguments)


def build() -> Path:
    """From the files that belong to the checkout: what else lies about in it is nobody's business."""
    shutil.rmtree(BUILD, ignore_errors=True)
    copy_to(BUILD / "source")
    run("ansible-galaxy", "collection", "build", "--output-path", BUILD, BUILD / "source")
    (built,) = BUILD.glob("*.tar.gz")
    return built


def install(built: Path) -> None:
    run("ansible-galaxy", "collection", "install", "--offline", "-p", COLLECTIONS, built)
    run("ansible-galaxy", "collection", "verify", "--offline", "-p", COLLECTIONS, "mailsec.cloudflare")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
