# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it ran on, in general terms."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version


def described() -> str:
    """Return the machine and the versions, as a sentence."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("ansible-core", "requests", "cloudflare"))
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}; "
        f"load at the start {load:.1f}"
    )
