# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets, and whether they are reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from support.resources import DOMAIN

from .execution import DEBUG, GET, IN_PROCESS, MODULE
from .growth import straightness
from .results import Results
from .wall import COLLECTION, SDK, URI

#: Seconds of CPU.
MAX_CPU = 2.0
#: How much more one of many records may cost than one of a tenth of them: clocks scatter, memory does not.
STRAIGHT_CPU, STRAIGHT_MEMORY = 1.5, 1.1
#: How much faster than a loop of uri.
FASTER = 50
#: Seconds of a loop item in-process beside its GET, on a machine where debug takes 7 to 10 ms; and beside its GET and
#: debug, which means the same on other machines.
OWN, OVER_DEBUG = 0.015, 0.008
#: Seconds by which an ad-hoc command is faster in-process than as a module.
SAVED = 0.5


class Target(NamedTuple):
    """A target and the result for it."""

    title: str
    figure: str
    reached: bool


def targets(results: Results) -> Iterator[Target]:
    """Yield the targets of the parts that ran."""
    yield from of_requests(results)
    yield from of_growth(results)
    yield from of_execution(results)
    yield from of_wall(results)


def of_requests(results: Results) -> Iterator[Target]:
    """Yield the targets for the number of requests."""
    for sent in results.requests:
        if sent.case.sample is DOMAIN and not sent.case.single and sent.case.differing in (0, sent.case.desired):
            most = 2 if sent.case.differing else 1
            figure = format_requests(sent.methods)
            yield Target(f"{sent.case}: {most} request{'s'[: most - 1]}", figure, sent.total <= most)


def of_growth(results: Results) -> Iterator[Target]:
    """Yield the targets for planning."""
    if not results.growth:
        return
    largest = max((row for row in results.growth if row.title == DOMAIN.entries_option), key=lambda row: row.records)
    yield Target(
        f"{largest.records:,} domains planned in under {MAX_CPU:.0f} s of CPU",
        f"{largest.cpu.median:.2f} s ({largest.cpu.least:.2f} to {largest.cpu.most:.2f})",
        largest.cpu.median < MAX_CPU,
    )
    for title in dict.fromkeys(row.title for row in results.growth):
        # The least of all runs: other work on the machine can only add to it.
        cpu = straightness(results.growth, title, lambda row: row.cpu.least)
        memory = straightness(results.growth, title, lambda row: row.peak)
        yield Target(
            f"planning {title} scales linearly",
            f"with ten times as many records, each takes {cpu:.2f} times the CPU and {memory:.2f} times the memory",
            cpu <= STRAIGHT_CPU and memory <= STRAIGHT_MEMORY,
        )


def of_execution(results: Results) -> Iterator[Target]:
    """Yield the targets for in-process and module execution."""
    for measured in results.execution:
        loops, setting = measured.loops, measured.setting
        own, item, get, debug, over_debug = (
            f"{1000 * spread.median:.1f} ms"
            for spread in (loops.own, loops.item[IN_PROCESS], loops.round_trip, loops.item[DEBUG], loops.over_debug)
        )
        yield Target(
            f"{setting}: a loop item in-process takes its GET and at most {1000 * OWN:.0f} ms",
            f"{own}: {item}, the GET {get} (debug: {debug})",
            loops.own.median <= OWN,
        )
        yield Target(
            f"{setting}: it takes its GET, a debug item, and at most {1000 * OVER_DEBUG:.0f} ms",
            over_debug,
            loops.over_debug.median <= OVER_DEBUG,
        )
        module, uri = measured.task[MODULE], measured.task[GET]
        yield Target(
            f"{setting}: a task as a module is not significantly slower than a uri GET",
            f"{1000 * module.median:.0f} ms and {1000 * uri.median:.0f} ms",
            module.least <= uri.most,
        )
        module, in_process = (measured.ad_hoc[title] for title in (MODULE, IN_PROCESS))
        yield Target(
            f"{setting}: an ad-hoc command is {SAVED} s faster in-process than as a module",
            f"{measured.saved.median:.2f} s: {in_process.median:.2f} s and {module.median:.2f} s",
            measured.saved.median >= SAVED,
        )


def of_wall(results: Results) -> Iterator[Target]:
    """Yield the targets for wall time."""
    for row in results.wall:
        if row.case.sample is DOMAIN and row.case.differing == row.case.desired > 1 and row.delay:
            what = f"{row.case.desired:,} changed domains at {1000 * row.delay:.0f} ms"
            slower = row.ratio(URI)
            yield Target(f"{what}: {FASTER} times faster than the uri loop", f"{slower:.0f} times", slower >= FASTER)
            this, sdk = (row.taken[title].seconds.median for title in (COLLECTION, SDK))
            yield Target(f"{what}: no slower than the SDK with 8 threads", f"{this:.1f} s and {sdk:.1f} s", this <= sdk)


def format_requests(methods: dict[str, int]) -> str:
    """Return requests as words."""
    return " + ".join(f"{count:,} {method}" for method, count in methods.items())
