# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking for secrets where they must not be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def files_with(secrets: Iterable[str], folder: Path) -> set[str]:
    """Return the names, below this folder, of the files that hold one of these secrets."""
    wanted = [secret.encode() for secret in secrets]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)) for path in files if any(secret in path.read_bytes() for secret in wanted)}
