# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets, and whether they are reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from support.resources import DOMAIN

from .counting import Sent
from .execution import DEBUG, GET, IN_PROCESS, MODULE
from .growth import straightness
from .results import Results
from .wall import COLLECTION, SDK, URI

#: Seconds of CPU.
MAX_CPU, MAX_CPU_CHANGED = 2.0, 3.5
#: How much more CPU ten times as many records take.
MAX_GROWTH = 11
#: Megabytes, and milliseconds.
MAX_PEAK, MAX_IMPORT = 350, 60
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
    yield from of_ratios(results)
    yield from of_growth(results)
    yield from of_module(results)
    yield from of_execution(results)
    yield from of_wall(results)


def of_requests(results: Results) -> Iterator[Target]:
    """Yield the targets for the number of requests."""
    many = [sent for sent in results.requests if not sent.case.single]
    changed = [sent for sent in many if sent.case.differing == sent.case.desired]
    batch = [sent for sent in changed if "patches" in sent.case.sample.resource.batch]
    groups = [
        ("converged", [sent for sent in many if not sent.case.differing], 1),
        ("changed, with a batch", batch, 2),
        ("changed, without a batch", [sent for sent in changed if sent not in batch], 1 + plan_size(many)),
    ]
    for title, group, most in groups:
        if group:
            figure = f"{max(sent.total for sent in group):,} at most, in {len(group)} lists"
            yield Target(
                f"{group[0].case.desired:,} records {title}: {most:,} request{'s' if most > 1 else ''}",
                figure,
                all(sent.total <= most for sent in group),
            )


def plan_size(sent: list[Sent]) -> int:
    """Return how many records a case with many has."""
    return max((each.case.desired for each in sent), default=0)


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
    titles = dict.fromkeys(row.title for row in results.growth)
    # The least of all runs: other work on the machine can only add to it.
    cpu = max(straightness(results.growth, title, lambda row: row.cpu.least) for title in titles)
    memory = max(straightness(results.growth, title, lambda row: row.peak) for title in titles)
    yield Target(
        f"planning scales linearly, for each of {len(titles)} lists",
        f"with ten times as many records, each takes at most {cpu:.2f} times the CPU and {memory:.2f} times the memory",
        cpu <= STRAIGHT_CPU and memory <= STRAIGHT_MEMORY,
    )


def of_ratios(results: Results) -> Iterator[Target]:
    """Yield the targets for ratios."""
    for ratio in results.ratios:
        yield Target(
            f"{ratio.title}: {ratio.this} takes at most {ratio.most:g} times as long as {ratio.other}",
            f"{ratio.value:.2f} times",
            ratio.value <= ratio.most,
        )


def of_module(results: Results) -> Iterator[Target]:
    """Yield the targets for the module without Ansible's executor."""
    if results.module is None:
        return
    costs = sorted(results.module.costs, key=lambda each: each.case.desired)
    for what, most, (*_smaller, less, cost) in (
        ("converged", MAX_CPU, [each for each in costs if not each.case.differing]),
        ("changed", MAX_CPU_CHANGED, [each for each in costs if each.case.differing]),
    ):
        cpu, growth = cost.cpu.median, cost.cpu.least / less.cpu.least
        yield Target(f"{cost.case.desired:,} domains {what} in under {most:g} s of CPU", f"{cpu:.2f} s", cpu < most)
        yield Target(
            f"{cost.case.desired:,} domains {what}: at most {MAX_GROWTH} times the CPU of {less.case.desired:,}",
            f"{growth:.1f} times",
            growth <= MAX_GROWTH,
        )
    peak = max(each.peak for each in costs) / 1e6
    size = max(each.case.desired for each in costs)
    yield Target(f"{size:,} changed domains take less than {MAX_PEAK} MB", f"{peak:.0f} MB", peak < MAX_PEAK)
    imported = 1000 * results.module.imported.median
    yield Target(
        f"the import takes less than {MAX_IMPORT} ms beside requests and Ansible",
        f"{imported:.0f} ms",
        imported < MAX_IMPORT,
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
