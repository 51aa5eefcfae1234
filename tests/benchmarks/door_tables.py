# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of both doors as tables: a column for each setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .doors import AdHoc, DoorTimes, Loops
from .runs import Spread
from .table import Table, spread
from .ways import IN_PROCESS, MODULE

#: From so many seconds on, tenths of a millisecond say nothing.
LONG = 0.1


def door_tables(measured: list[DoorTimes]) -> Iterator[Table]:
    """Yield the tables of both doors."""
    settings = [times.setting for times in measured]
    for what, columns in (
        ("one item of a loop, ms", [of_loops(times.loops) for times in measured]),
        ("one task, ms", [milliseconds_of(times.task) for times in measured]),
        ("one ad-hoc command, seconds", [of_ad_hoc(times.ad_hoc) for times in measured]),
    ):
        rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
        yield Table(f"Both doors: {what}", [what, *settings], rows)


def of_loops(loops: Loops) -> dict[str, str]:
    """Return the column of a setting for the items of loops."""
    bare = {
        "the GET of the module, alone": loops.round_trip,
        "in-process, less this GET": loops.own,
        "in-process, less this GET and debug": loops.over_debug,
    }
    connections = {
        f"connections: {way}": f"{loops.connections[way]} for {loops.items[way]} items" for way in (MODULE, IN_PROCESS)
    }
    return {**milliseconds_of(loops.item), **milliseconds_of(bare), **connections}


def of_ad_hoc(ad_hoc: AdHoc) -> dict[str, str]:
    """Return the column of a setting for ad-hoc commands."""
    seconds = {**ad_hoc.command, "in-process, quicker than as a module by": ad_hoc.saved}
    return {name: spread(values, 2) for name, values in seconds.items()}


def milliseconds_of(seconds: Mapping[str, Spread]) -> dict[str, str]:
    """Return how long things took."""
    return {name: spread(values, 0 if values.median >= LONG else 1, 1000) for name, values in seconds.items()}
