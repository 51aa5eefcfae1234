# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets, and whether they are reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from support.resources import DOMAIN

from .counting import Sent
from .execution import GET, MODULE, Execution
from .growth import scaling
from .plans import DELAY
from .results import Results
from .table import seconds, spread
from .wall import COLLECTION, SDK, URI

#: Seconds of CPU.
MAX_CPU, MAX_CPU_CHANGED = 2.0, 3.5
#: How much more CPU ten times as many records take.
MAX_GROWTH = 11
#: Megabytes, and milliseconds.
MAX_PEAK, MAX_IMPORT = 350, 60
#: How much more one of many records may cost to plan than one of a tenth of them: clocks scatter, memory does not.
STRAIGHT_CPU, STRAIGHT_MEMORY = 1.5, 1.1
#: How much faster than a loop of uri.
FASTER = 50
#: Seconds of a loop item in-process beside its GET and what Ansible takes for every item.
OWN = 0.008
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
    cpu, memory = scaling(results.growth)
    yield Target(
        f"planning ten times as many records: each record takes at most {STRAIGHT_CPU:g} times the CPU and "
        f"{STRAIGHT_MEMORY:g} times the memory",
        f"{cpu:.2f} and {memory:.2f} times, in the worst of {len({row.title for row in results.growth})} lists",
        cpu <= STRAIGHT_CPU and memory <= STRAIGHT_MEMORY,
    )


def of_ratios(results: Results) -> Iterator[Target]:
    """Yield the targets for ratios."""
    for ratio in results.ratios:
        yield Target(
            f"{ratio.title}: {ratio.this} takes at most {ratio.most:g} times as long as {ratio.other}",
            f"{ratio.value:.2f} times: {seconds(ratio.seconds)} and {seconds(ratio.other_seconds)} s",
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
        growth = cost.cpu.least / less.cpu.least
        yield Target(
            f"{cost.case.desired:,} domains {what} in under {most:g} s of CPU",
            f"{spread(cost.cpu, 2)} s",
            cost.cpu.median < most,
        )
        yield Target(
            f"{cost.case.desired:,} domains {what}: at most {MAX_GROWTH} times the CPU of {less.case.desired:,}",
            f"{growth:.1f} times {less.cpu.least:.3f} s",
            growth <= MAX_GROWTH,
        )
    peak = max(each.peak for each in costs) / 1e6
    size = max(each.case.desired for each in costs)
    yield Target(f"{size:,} changed domains take less than {MAX_PEAK} MB", f"{peak:.0f} MB", peak < MAX_PEAK)
    imported = results.module.imported
    yield Target(
        f"the import of an action plugin takes less than {MAX_IMPORT} ms",
        f"{spread(imported, 0, 1000)} ms",
        1000 * imported.median < MAX_IMPORT,
    )


def of_execution(results: Results) -> Iterator[Target]:
    """Yield the targets for in-process and module execution."""
    if not results.execution:
        return
    yield in_each_setting(
        f"a loop item in-process takes at most {1000 * OWN:.0f} ms more than its GET and a debug item",
        results.execution,
        lambda measured: f"{1000 * measured.loops.own.median:.1f} ms",
        lambda measured: measured.loops.own.median <= OWN,
    )
    yield in_each_setting(
        "a task as a module is not significantly slower than a uri GET: the ranges overlap",
        results.execution,
        lambda measured: f"{1000 * measured.task[MODULE].median:.0f} and {1000 * measured.task[GET].median:.0f} ms",
        lambda measured: measured.task[MODULE].least <= measured.task[GET].most,
    )
    yield in_each_setting(
        f"an ad-hoc command is {SAVED} s faster in-process than as a module",
        results.execution,
        lambda measured: f"{measured.saved.median:.2f} s",
        lambda measured: measured.saved.median >= SAVED,
    )


def in_each_setting(
    title: str, every: list[Execution], figure: Callable[[Execution], str], reached: Callable[[Execution], bool]
) -> Target:
    """Return a target that is reached only where it is reached in every setting."""
    figures = [f"{each.setting}: {figure(each)}{'' if reached(each) else ' (missed)'}" for each in every]
    return Target(title, "; ".join(figures), all(map(reached, every)))


def of_wall(results: Results) -> Iterator[Target]:
    """Yield the targets for wall time."""
    for row in results.wall:
        if row.case.sample is DOMAIN and row.case.differing == row.case.desired > 1:
            what = f"{row.case.desired:,} changed domains at {1000 * DELAY:.0f} ms for each response"
            slower = row.ratio(URI)
            yield Target(f"{what}: {FASTER} times faster than the uri loop", f"~{slower:.0f} times", slower >= FASTER)
            this, sdk = (row.taken[title].seconds.median for title in (COLLECTION, SDK))
            yield Target(f"{what}: no slower than the SDK with 8 threads", f"{this:.1f} s and {sdk:.1f} s", this <= sdk)
