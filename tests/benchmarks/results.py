# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from .counting import Sent
from .execution import Execution
from .growth import Planned
from .module_cost import ModuleCost
from .partners import Ratio
from .wall import Row


@dataclass
class Results:
    """The results of each part; a part that did not run is empty."""

    machine: str
    requests: list[Sent] = field(default_factory=list)
    wall: list[Row] = field(default_factory=list)
    execution: list[Execution] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    growth: list[Planned] = field(default_factory=list)
    module: ModuleCost | None = None
