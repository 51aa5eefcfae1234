# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The targets, and whether they are reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .cases import DOMAINS
from .growth import Planned, straightness
from .results import Results
from .task import GET, MODULE
from .wall import COLLECTION, SDK, URI
from .ways import DEBUG, IN_PROCESS
from .ways import MODULE as AS_MODULE

#: Seconds of CPU.
MOST_CPU = 2.0
#: One of many records may cost so many times what one of a tenth of them costs: clocks scatter, memory does not.
STRAIGHT_CPU, STRAIGHT_MEMORY = 1.5, 1.1
#: How many times faster than a loop of uri.
FASTER = 50
#: Seconds that a loop item in-process may take beside its GET, on a machine where debug takes 7 to 10 ms; and beside
#: its GET and what debug takes, which says the same for a machine of another speed.
OWN, OVER_DEBUG = 0.015, 0.008
#: Seconds by which an ad-hoc command is quicker in-process than as a module.
SAVED = 0.5


class Target(NamedTuple):
    """A target and what became of it."""

    title: str
    figure: str
    reached: bool


def targets(results: Results) -> Iterator[Target]:
    """Yield the targets of the parts that ran."""
    yield from of_requests(results)
    yield from of_growth(results)
    yield from of_task(results)
    yield from of_doors(results)
    yield from of_wall(results)


def of_requests(results: Results) -> Iterator[Target]:
    """Yield the targets for the number of requests."""
    for sent in results.requests:
        if sent.case.kind is DOMAINS and not sent.case.single and sent.case.differing in (0, sent.case.wanted):
            most = 2 if sent.case.differing else 1
            figure = spelled(sent.methods)
            yield Target(f"{sent.case.title}, domains: {most} request{'s'[: most - 1]}", figure, sent.total <= most)


def of_growth(results: Results) -> Iterator[Target]:
    """Yield the targets for planning."""
    if not results.growth:
        return
    largest = max((row for row in results.growth if row.title == "domains"), key=lambda row: row.records)
    yield Target(
        f"{largest.records:,} domains planned in under {MOST_CPU:.0f} s of CPU",
        f"{largest.cpu.median:.2f} s ({largest.cpu.least:.2f} to {largest.cpu.most:.2f})",
        largest.cpu.median < MOST_CPU,
    )
    for title in dict.fromkeys(row.title for row in results.growth):
        cpu = straightness(results.growth, title, cpu_of)
        memory = straightness(results.growth, title, peak_of)
        yield Target(
            f"planning {title} grows in a straight line",
            f"a record costs {cpu:.2f} times the CPU, {memory:.2f} times the memory with ten times as many",
            cpu <= STRAIGHT_CPU and memory <= STRAIGHT_MEMORY,
        )


def of_task(results: Results) -> Iterator[Target]:
    """Yield the target for a single task."""
    times = results.task
    if times:
        low, high = (f"{1000 * bound:+.0f}" for bound in times.interval)
        yield Target(
            "a converged task, as a module, is no slower than a uri GET, within the noise",
            f"{times.again[MODULE].median:.3f} s and {times.again[GET].median:.3f} s, "
            f"{1000 * times.difference:+.0f} ms from pair to pair (95 %: {low} to {high})",
            times.interval[0] <= 0,
        )


def of_doors(results: Results) -> Iterator[Target]:
    """Yield the targets for what runs in the controller's process."""
    for times in results.doors:
        loops, ad_hoc = times.loops, times.ad_hoc
        own, over_debug, item, get, debug = (
            f"{1000 * spread.median:.1f} ms"
            for spread in (loops.own, loops.over_debug, loops.item[IN_PROCESS], loops.round_trip, loops.item[DEBUG])
        )
        yield Target(
            f"{times.setting}: a loop item in-process takes its GET and at most {1000 * OWN:.0f} ms",
            f"{own}: {item}, the GET {get} (debug: {debug})",
            loops.own.median <= OWN,
        )
        yield Target(
            f"{times.setting}: it takes its GET, what debug takes, and at most {1000 * OVER_DEBUG:.0f} ms",
            over_debug,
            loops.over_debug.median <= OVER_DEBUG,
        )
        module, in_process = (ad_hoc.command[way].median for way in (AS_MODULE, IN_PROCESS))
        yield Target(
            f"{times.setting}: an ad-hoc command is {SAVED} s quicker in-process than as a module",
            f"{ad_hoc.saved.median:.2f} s: {in_process:.2f} s and {module:.2f} s",
            ad_hoc.saved.median >= SAVED,
        )


def of_wall(results: Results) -> Iterator[Target]:
    """Yield the targets for wall time."""
    for row in results.wall:
        if row.case.kind is DOMAINS and row.case.differing == row.case.wanted > 1 and row.delay:
            what = f"{row.case.wanted:,} changed domains at {1000 * row.delay:.0f} ms"
            slower = row.ratio(URI)
            yield Target(
                f"{what}: {FASTER} times faster than the uri loop",
                f"{slower:.0f} times",
                slower >= FASTER,
            )
            seconds = [row.taken[way].seconds.median for way in (COLLECTION, SDK)]
            yield Target(
                f"{what}: no slower than the SDK with 8 threads",
                f"{seconds[0]:.1f} s and {seconds[1]:.1f} s",
                seconds[0] <= seconds[1],
            )


def spelled(methods: dict[str, int]) -> str:
    """Return requests as words."""
    return " + ".join(f"{count:,} {method}" for method, count in methods.items())


def cpu_of(row: Planned) -> float:
    """Return the seconds of CPU, the least of all runs: other work on the machine can only add to them."""
    return row.cpu.least


def peak_of(row: Planned) -> float:
    """Return the bytes."""
    return row.peak
