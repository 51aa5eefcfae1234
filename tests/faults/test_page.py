# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests that docs/testing.md names exist."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs/testing.md").read_text(encoding="utf-8")


def test_every_test_on_the_page_exists() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))

    assert named
    assert named <= set(re.findall(r"def (test_\w+)\(", sources))
    assert all((HERE.parents[1] / path).exists() for path in re.findall(r"`(tests/[\w/.]+)`", PAGE))
