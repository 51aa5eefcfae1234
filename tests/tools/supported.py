# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads supported.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

FACTS = tomllib.loads((Path(__file__).parent / "supported.toml").read_text(encoding="utf-8"))
OLDEST_TARGET_PYTHON: str = FACTS["oldest_target_python"]


class Core(NamedTuple):
    """A version of ansible-core."""

    version: str
    release: str
    pythons: list[str]


CORES = {version: Core(version, **facts) for version, facts in FACTS["ansible-core"].items()}


def numbers(version: str) -> list[int]:
    """What versions are compared by."""
    return [int(part) for part in version.split(".")]
