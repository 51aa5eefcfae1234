# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .counting import Sent, one_by_one
from .door_tables import door_tables
from .growth import Planned
from .results import Results
from .table import Table, digits, spread
from .targets import spelled
from .task import GET, MODULE, TaskTimes
from .wall import COLLECTION, SDK, SDK_ALONE, URI, Row, Taken


def tables(results: Results) -> Iterator[Table]:
    """Yield the tables of the parts that ran."""
    if results.requests:
        yield requests_table(results.requests)
    for delay in dict.fromkeys(row.delay for row in results.wall):
        yield wall_table(delay, [row for row in results.wall if row.delay == delay])
    if results.doors:
        yield from door_tables(results.doors)
    if results.task:
        yield from task_tables(results.task)
    if results.growth:
        yield growth_table(results.growth)


def requests_table(sent: list[Sent]) -> Table:
    """Return the table of requests."""
    rows = [
        [named(each.case.kind.title, each.case.title), spelled(each.methods), str(one_by_one(each.case))]
        for each in sent
    ]
    return Table("Requests sent", ["case", COLLECTION, "read and write one by one"], rows)


def wall_table(delay: float, rows: Iterable[Row]) -> Table:
    """Return the table of wall times with a delay."""
    lines = []
    for row in rows:
        ratios = [f"{row.ratio(way):,.1f} x" for way in (URI, SDK)]
        lines.append(
            [
                named(row.case.kind.title, row.case.title),
                *(taken(row.taken[way]) for way in (COLLECTION, URI, SDK)),
                *ratios,
            ]
        )
        if SDK_ALONE in row.taken:
            lines.append(
                [
                    "  the same, SDK with 1 thread",
                    "",
                    "",
                    taken(row.taken[SDK_ALONE]),
                    "",
                    f"{row.ratio(SDK_ALONE):,.1f} x",
                ]
            )
    title = f"Wall time in seconds, {1000 * delay:.0f} ms for each answer (~ reckoned from a smaller number)"
    return Table(title, ["case", COLLECTION, URI, SDK, "uri/this", "SDK/this"], lines)


def task_tables(times: TaskTimes) -> Iterator[Table]:
    """Yield the tables of a single task."""
    rows = [
        ["a task, the module known to the play", *(spread(times.again[way], 3) for way in (MODULE, GET))],
        ["a playbook with this one task", *(spread(times.playbook[way], 2) for way in (MODULE, GET))],
        ["the module's process alone", *(spread(times.process[way], 3) for way in (MODULE, GET))],
    ]
    yield Table("One converged record, as a module: seconds", ["what", MODULE, GET], rows)
    parts = list(dict.fromkeys(part for way in (MODULE, GET) for part in times.parts[way]))
    start = times.process["python -c pass"].median
    rows = [["python -c pass", f"{1000 * start:.0f}", f"{1000 * start:.0f}"]]
    rows += [
        [f"imports: {part}", *(milliseconds(times.parts[way].get(part)) for way in (MODULE, GET))] for part in parts
    ]
    left = [times.process[way].median - start - sum(times.parts[way].values()) for way in (MODULE, GET)]
    rows.append(["the rest: unpacking, options, HTTP, result", *(f"{1000 * seconds:.0f}" for seconds in left)])
    yield Table("Where the time of the module's process goes: milliseconds", ["part", MODULE, GET], rows)


def growth_table(planned: list[Planned]) -> Table:
    """Return the table of planning."""
    rows = [
        [
            named(row.title, f"{row.records:,}"),
            spread(row.cpu, 3),
            f"{1e6 * row.cpu.median / row.records:.0f}",
            f"{row.peak / 1e6:.2f}",
            f"{row.peak / row.records:.0f}",
        ]
        for row in planned
    ]
    return Table("Planning alone", ["records", "CPU seconds", "us a record", "peak MB", "bytes a record"], rows)


def named(kind: str, case: str) -> str:
    """Return what a row is about."""
    return f"{kind}: {case}"


def taken(measured: Taken) -> str:
    """Return how long something took."""
    median = measured.seconds.median
    if measured.reckoned_from:
        return f"~{median:,.{digits(median)}f}"
    return spread(measured.seconds, digits(median))


def milliseconds(seconds: float | None) -> str:
    """Return seconds in milliseconds, where there are any."""
    return "-" if seconds is None else f"{1000 * seconds:.0f}"
