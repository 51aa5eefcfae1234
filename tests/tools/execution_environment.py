# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-builder makes of the collection, and of the definition in docs/execution-environment.md."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from checkout import CACHE, ROOT
from commands import Failure, run

PAGE = ROOT / "docs/execution-environment.md"
FOLDER = CACHE / "build/execution-environment"


def check(built: Path, collections: Path) -> None:
    introspect(collections)
    definition = the_pages_definition(built)
    create(definition, built)
    galaxy_stage()
    print(f"ansible-builder finds the requirements; the definition in {PAGE.relative_to(ROOT)} has them too")


def introspect(collections: Path) -> None:
    """The requirements are found in the installed collection: those that the checkout has, under its name."""
    FOLDER.mkdir()
    found, packages = FOLDER / "requirements.txt", FOLDER / "bindep.txt"
    said = run("ansible-builder", "introspect", collections, "--write-pip", found, "--write-bindep", packages)
    expected = [f"{line}  # from collection mailsec.cloudflare" for line in requirements("requirements.txt")]
    if not expected or found.read_text(encoding="utf-8").splitlines() != expected:
        raise Failure(f"ansible-builder introspect should find {expected}, but said:\n{said}")
    system = packages.read_text(encoding="utf-8").splitlines() if packages.exists() else []
    if len(system) != len(requirements("bindep.txt")):
        raise Failure(f"ansible-builder introspect finds the system packages {system}: bindep.txt has others")


def requirements(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def the_pages_definition(built: Path) -> str:
    """The first block of YAML on the page, which is for this version."""
    block = re.search(r"^```yaml\n(---\n.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    if not block:
        raise Failure(f"{PAGE.name} has no definition any more")
    definition: Any = yaml.safe_load(block[1])
    named = {entry["src"] for entry in definition["additional_build_files"]}
    if definition["version"] != 3 or named != {built.name}:
        raise Failure(f"{PAGE.name} should define, in version 3, an environment with {built.name}, not with {named}")
    return block[1]


def create(definition: str, built: Path) -> None:
    """What is left before a container engine is needed."""
    shutil.copy(built, FOLDER)
    (FOLDER / "execution-environment.yml").write_text(definition, encoding="utf-8")
    run("ansible-builder", "create", "--output-filename", "Containerfile", folder=FOLDER)
    steps = (FOLDER / "context/Containerfile").read_text(encoding="utf-8")
    for step in ("ansible-galaxy collection install", "introspect.py introspect", "assemble"):
        if step not in steps:
            raise Failure(f"what ansible-builder made of {PAGE.name} lacks {step!r}:\n{steps}")


def galaxy_stage() -> None:
    """The steps of the build that need no container: install the collections, find what they require."""
    context, installed = FOLDER / "context/_build", FOLDER / "collections"
    command = ("ansible-galaxy", "collection", "install", "--offline", "-r", "requirements.yml", "-p", installed)
    # Nothing is installed in the image yet.
    run(*command, more={"ANSIBLE_COLLECTIONS_PATH": str(installed)}, folder=context)
    script = context / "scripts/introspect.py"
    found = FOLDER / "found.txt"
    run("python", script, "introspect", installed, "--write-pip", found)
    held = found.read_text(encoding="utf-8") if found.exists() else ""
    if not all(f"{line}  # from collection mailsec.cloudflare" in held for line in requirements("requirements.txt")):
        raise Failure(f"an image from {PAGE.name} would have {held!r} of Python, and not requirements.txt")
