# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .counting import Sent, one_by_one
from .execution import Execution
from .growth import Planned
from .module_cost import ModuleCost
from .partners import Ratio
from .plans import DELAY
from .results import Results
from .runs import Spread
from .table import LONG, Table, digits, seconds, spread
from .wall import COLLECTION, SDK, SDK_BATCH, URI, Row, Taken


def tables(results: Results) -> Iterator[Table]:
    """Yield the tables of the parts that ran."""
    if results.requests:
        yield requests_table(results.requests)
    if results.wall:
        yield wall_table(results.wall)
    if results.execution:
        yield execution_table(results.execution)
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
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, cases in by_list.items():
        alike[tuple(format_requests(each.methods) for each in cases)].append(name)
    rows = [[", ".join(names), *requests] for requests, names in alike.items()]
    one_by_one_row = ["read and write one by one", *(f"{one_by_one(each.case):,}" for each in sent[: len(heads)])]
    return Table("Requests sent", ["lists", *heads], [*rows, one_by_one_row])


def format_requests(methods: dict[str, int]) -> str:
    """Return requests as words."""
    return " + ".join(f"{count:,} {method}" for method, count in methods.items())


def wall_table(rows: Iterable[Row]) -> Table:
    """Return the table of wall times."""
    compared = (COLLECTION, URI, SDK, SDK_BATCH)
    lines = [
        [
            str(row.case),
            *(format_taken(row.taken[title]) for title in compared),
            *(f"{row.ratio(title):,.1f} x" for title in compared[1:]),
        ]
        for row in rows
    ]
    title = f"Wall time in seconds, {1000 * DELAY:.0f} ms for each response (~ calculated from a smaller number)"
    return Table(title, ["case", *compared, "uri/this", "SDK/this", "batch/this"], lines)


def execution_table(measured: list[Execution]) -> Table:
    """Return the table of execution, with a column for each setting."""
    columns = [execution_column(each) for each in measured]
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    return Table("In-process and module execution", ["case", *(each.setting for each in measured)], rows)


def execution_column(measured: Execution) -> dict[str, str]:
    """Return the column of a setting."""
    items = {**measured.loops.item, "its GET alone": measured.loops.round_trip}
    return {
        **{f"loop item, ms: {title}": milliseconds(values) for title, values in items.items()},
        **{f"task, ms: {title}": milliseconds(values) for title, values in measured.task.items()},
        **{f"ad-hoc command, s: {title}": spread(values, 2) for title, values in measured.ad_hoc.items()},
    }


def milliseconds(values: Spread) -> str:
    """Return a time in milliseconds."""
    return spread(values, 0 if values.median >= LONG else 1, 1000)


def ratios_table(ratios: list[Ratio]) -> Table:
    """Return the table of ratios."""
    rows = [
        [
            f"{ratio.title}: {ratio.this} / {ratio.other}",
            *(seconds(values) for values in (ratio.seconds, ratio.other_seconds)),
            f"{ratio.value:.2f}",
        ]
        for ratio in ratios
    ]
    return Table("Ratios, seconds", ["case", "first", "second", "ratio"], rows)


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
