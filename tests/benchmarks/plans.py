# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much is measured: everything, or a small form that only shows that it works."""

from __future__ import annotations

from dataclasses import dataclass

#: Seconds that each response takes longer, where there is a delay.
DELAY = 0.05


@dataclass(frozen=True)
class Plan:
    """The numbers of records and of repeats."""

    #: Records in the cases with many.
    many: int
    #: Runs with the collection's modules.
    repeats: int
    #: Runs of the SDK script over many records.
    sdk_repeats: int
    #: Runs of the uri loop, and its records: the rest is calculated.
    loop_repeats: int
    loop_records: int
    #: Runs of each loop, and its items where an item starts no process and where it does.
    loops: int
    quick_items: int
    slow_items: int
    #: Runs of the single tasks in one play, and of the ad-hoc commands.
    turns: int
    calls: int
    #: Runs of each of two solutions that are compared in turns.
    turns_of_pairs: int
    #: The numbers of records that are planned, and the runs of each.
    sizes: tuple[int, ...]
    plannings: int


FULL = Plan(
    many=1000,
    repeats=5,
    sdk_repeats=1,
    loop_repeats=2,
    loop_records=20,
    loops=5,
    quick_items=50,
    slow_items=4,
    turns=10,
    calls=5,
    turns_of_pairs=5,
    sizes=(1000, 10000),
    plannings=5,
)
QUICK = Plan(
    many=100,
    repeats=1,
    sdk_repeats=1,
    loop_repeats=1,
    loop_records=3,
    loops=1,
    quick_items=20,
    slow_items=3,
    turns=2,
    calls=1,
    turns_of_pairs=1,
    sizes=(100, 1000),
    plannings=1,
)
