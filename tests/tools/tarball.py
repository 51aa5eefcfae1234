# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tarball holds: all that its users need, and nothing of the workshop."""

from __future__ import annotations

import tarfile
from pathlib import Path

import yaml

from checkout import ROOT, own_files
from commands import Failure

#: Folders and files that travel. What is in none of them stays at home, through build_ignore in galaxy.yml.
TRAVELS = {
    ".config/ansible-lint.yml",
    "CHANGELOG.rst",
    "CONTRIBUTING.md",
    "COPYING",
    "README.md",
    "bindep.txt",
    "changelogs/changelog.yaml",
    "docs",
    "meta",
    "playbooks",
    "plugins",
    "requirements.txt",
    "roles",
}
#: Made by the build.
MADE = {"FILES.json", "MANIFEST.json"}
#: Where these are missing, something is wrong with the list above.
NEEDED = {
    "COPYING",
    "README.md",
    "bindep.txt",
    "changelogs/changelog.yaml",
    "docs/architecture.md",
    "meta/execution-environment.yml",
    "meta/runtime.yml",
    "plugins/modules/email_security_domain.py",
    "requirements.txt",
}


def check(built: Path) -> None:
    with tarfile.open(built) as archive:
        held = {member.name for member in archive.getmembers() if not member.isdir()}
    files = {name for name in own_files() if travels(name)}
    refuse(held - files - MADE, "should not travel: put them into galaxy.yml's build_ignore or tarball.py's TRAVELS")
    refuse(files - held, "are left at home: see build_ignore in galaxy.yml")
    refuse((NEEDED | changelog()) - held, "are missing")
    print(f"{len(held)} files, {built.stat().st_size / 1000:.0f} kB")


def travels(name: str) -> bool:
    parts = Path(name).parts
    hidden = any(part.startswith(".") for part in parts)
    return name in TRAVELS or (not hidden and parts[0] in TRAVELS)


def changelog() -> set[str]:
    """The changelog, from the first release on."""
    releases = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text(encoding="utf-8"))["releases"]
    return {"CHANGELOG.rst"} if releases else set()


def refuse(names: set[str], why: str) -> None:
    if names:
        raise Failure(f"these files {why}: {', '.join(sorted(names))}")
