# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from .counting import Sent, one_by_one
from .execution import IN_PROCESS, MODULE, Execution, Loops
from .growth import Planned
from .module_cost import ModuleCost
from .partners import Ratio
from .results import Results
from .runs import Spread
from .table import Table, digits, spread
from .targets import format_requests
from .wall import COLLECTION, SDK, SDK_BATCH, URI, Row, Taken

#: From so many seconds on, tenths of a millisecond mean nothing.
LONG = 0.1


def tables(results: Results) -> Iterator[Table]:
    """Yield the tables of the parts that ran."""
    if results.requests:
        yield requests_table(results.requests)
    for delay in dict.fromkeys(row.delay for row in results.wall):
        yield wall_table(delay, [row for row in results.wall if row.delay == delay])
    if results.execution:
        yield from execution_tables(results.execution)
    if results.ratios:
        yield ratios_table(results.ratios)
    if results.growth:
        yield growth_table(results.growth)
    if results.module:
        yield module_table(results.module)


def requests_table(sent: list[Sent]) -> Table:
    """Return the table of requests."""
    by_list: dict[str, list[Sent]] = defaultdict(list)
    for each in sent:
        by_list[each.case.sample.entries_option].append(each)
    heads = [str(each.case).partition(": ")[2] for each in next(iter(by_list.values()))]
    rows = [[name, *(format_requests(each.methods) for each in cases)] for name, cases in by_list.items()]
    one_by_one_row = ["read and write one by one", *(f"{one_by_one(each.case):,}" for each in sent[: len(heads)])]
    return Table("Requests sent", ["list", *heads], [*rows, one_by_one_row])


def wall_table(delay: float, rows: Iterable[Row]) -> Table:
    """Return the table of wall times with a delay."""
    compared = (COLLECTION, URI, SDK, SDK_BATCH)
    lines = [
        [
            str(row.case),
            *(format_taken(row.taken[title]) for title in compared),
            *(f"{row.ratio(title):,.1f} x" for title in compared[1:]),
        ]
        for row in rows
    ]
    title = f"Wall time in seconds, {1000 * delay:.0f} ms for each response (~ calculated from a smaller number)"
    return Table(title, ["case", *compared, "uri/this", "SDK/this", "batch/this"], lines)


def execution_tables(measured: list[Execution]) -> Iterator[Table]:
    """Yield the tables of execution, each with a column for each setting."""
    for what, columns in (
        ("one item of a loop, ms", [loop_column(each.loops) for each in measured]),
        ("one task, ms", [milliseconds(each.task) for each in measured]),
        ("one ad-hoc command, seconds", [ad_hoc_column(each) for each in measured]),
    ):
        rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
        yield Table(f"Execution: {what}", [what, *(each.setting for each in measured)], rows)


def loop_column(loops: Loops) -> dict[str, str]:
    """Return the column of a setting for the items of loops."""
    differences = {
        "the GET of the module, alone": loops.round_trip,
        "in-process, less this GET": loops.own,
        "in-process, less this GET and debug": loops.over_debug,
    }
    connections = {
        f"connections: {title}": f"{loops.connections[title]} for {loops.items[title]} items"
        for title in (MODULE, IN_PROCESS)
    }
    return {**milliseconds(loops.item), **milliseconds(differences), **connections}


def ad_hoc_column(measured: Execution) -> dict[str, str]:
    """Return the column of a setting for ad-hoc commands."""
    seconds = {**measured.ad_hoc, "in-process, faster than as a module by": measured.saved}
    return {name: spread(values, 2) for name, values in seconds.items()}


def milliseconds(seconds: Mapping[str, Spread]) -> dict[str, str]:
    """Return times in milliseconds."""
    return {name: spread(values, 0 if values.median >= LONG else 1, 1000) for name, values in seconds.items()}


def ratios_table(ratios: list[Ratio]) -> Table:
    """Return the table of ratios."""
    rows = [
        [
            f"{ratio.title}: {ratio.this}, {ratio.other}",
            *(format_seconds(values) for values in (ratio.seconds, ratio.other_seconds)),
            f"{ratio.value:.2f}",
        ]
        for ratio in ratios
    ]
    return Table("Ratios, seconds", ["case", "the first", "the second", "ratio"], rows)


def format_seconds(values: Spread) -> str:
    """Return seconds, with more digits where they are few."""
    return spread(values, 4 if values.median < LONG else digits(values.median))


def module_table(cost: ModuleCost) -> Table:
    """Return the table of the module without the executor."""
    rows = [[str(each.case), spread(each.cpu, 2), f"{each.peak / 1e6:.0f}"] for each in cost.costs]
    imported = ["import", f"{spread(cost.imported, 0, 1000)} ms", ""]
    return Table("The module alone", ["case", "CPU seconds", "peak MB"], [*rows, imported])


def growth_table(planned: list[Planned]) -> Table:
    """Return the table of planning."""
    rows = [
        [
            f"{row.title}: {row.records:,}",
            spread(row.cpu, 3),
            f"{1e6 * row.cpu.median / row.records:.0f}",
            f"{row.peak / 1e6:.2f}",
            f"{row.peak / row.records:.0f}",
        ]
        for row in planned
    ]
    return Table("Planning alone", ["records", "CPU seconds", "us a record", "peak MB", "bytes a record"], rows)


def format_taken(measured: Taken) -> str:
    """Return the seconds of a case."""
    median = measured.seconds.median
    if measured.calculated_from:
        return f"~{median:,.{digits(median)}f}"
    return spread(measured.seconds, digits(median))
