# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception: AWX says no."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An answer with status 400; `problems` is its body, usually one list of sentences for each field."""

    def __init__(self, **problems: Any) -> None:
        super().__init__(str(problems))
        self.problems = problems
