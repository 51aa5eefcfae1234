# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are, and the environment that every measured process has."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent
ROOT = TESTS.parent
COLLECTIONS = ROOT / ".cache/collections"
PAGE = ROOT / "docs/benchmarks.md"


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of a process: that of this one, without what would change what is measured."""
    unwanted = ("ANSIBLE_", "CLOUDFLARE_", "PYTHON", "COVERAGE", "COV_", "HTTP", "http", "ALL_PROXY", "all_proxy")
    certificates = ("SSL_CERT_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith((*unwanted, *certificates))}
    return {**kept, **variables}


def snapshot(folder: Path) -> Path:
    """Copy the collection, so that it does not change while it is measured, and return its tree."""
    tree = folder / "collections"
    for part in ("plugins", "meta", "roles"):
        target = tree / "ansible_collections/mailsec/cloudflare" / part
        shutil.copytree(ROOT / part, target, ignore=shutil.ignore_patterns("__pycache__"))
    return tree
