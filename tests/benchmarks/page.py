# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page: docs/benchmarks.md, written as a whole by a complete run."""

from __future__ import annotations

from .door_tables import door_tables
from .doors import DELAY
from .places import CHART
from .plans import Plan
from .results import Results
from .tables import growth_table, requests_table, task_tables, wall_table
from .targets import targets

HEADER = """\
<!--
Copyright (c) 2026, the mailsec.cloudflare maintainers
GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
"make bench" writes this file. Words: tests/benchmarks/page.py.
-->
"""


def written(results: Results, plan: Plan) -> str:
    """Return the page for the results of every part."""
    assert results.task
    rows = ["| target | measured | |", "| --- | --- | --- |"]
    rows += [
        f"| {target.title} | {target.figure} | {'reached' if target.reached else '**not reached**'} |"
        for target in targets(results)
    ]
    walls = []
    for delay in plan.delays:
        table = wall_table(delay, [row for row in results.wall if row.delay == delay])
        walls.append(f"### {1000 * delay:.0f} ms for each answer\n\n{table.markdown()}")
    task, parts = task_tables(results.task)
    both_doors = (chr(10) * 2).join(table.markdown() for table in door_tables(results.doors))
    return f"""\
{HEADER}
# What it costs

Requests, seconds and memory, measured against the emulator in `tests/emulator`, which runs on the same machine as a
process of its own. `make bench` measures it all again (about twenty minutes) and writes this page;
`make bench ARGS=--quick` prints a small form in a few minutes, `make bench ARGS="--only task"` a part.

Measured on: {results.machine} (1 is one busy core; the benchmark itself makes about 1).

## Targets

{chr(10).join(rows)}

## Requests

Counted from the emulator's log. The account holds {plan.many:,} records in every case. The last column is what it
takes to read every wanted record by its id and to write those that differ.

{requests_table(results.requests).markdown()}

Cloudflare allows 1,200 requests in five minutes for all that one user does, and blocks every call of that user for
five minutes when there are more. For the table below the emulator's limit was lifted. With it, a loop over 1,000
records that reads and writes each of them is blocked on its way; the modules wait for the next window instead.
The API has a batch for changing domains, and none for changing restrictions: each of those takes a request of its own.

## Wall time

![Wall time of each case with {1000 * plan.delays[-1]:.0f} ms for each answer, by way]({CHART.name})

From the start of the process to its end, with real runs of `ansible-playbook`, medians, and in brackets the least and
the most. After each run it was checked that every record is as it was wanted.

- **this collection**: one task with the bulk module, or with the module for one record, in the controller's process
  as it is by default. {plan.repeats} runs.
- **uri loop**: a playbook with two loops of `ansible.builtin.uri`: GET, compare, PATCH. One item takes about half a
  second, so the loop ran {plan.loop_repeats} times over {plan.loop_records} records, and **the figures for
  {plan.many:,} records, marked with ~, are reckoned from that**: the start once, a GET for each record, a PATCH for
  each that differs.
- **SDK**: a Python script over Cloudflare's own SDK: GET, compare, `edit`, with 8 threads. {plan.sdk_repeats} runs,
  {plan.repeats} with one record. With 1 thread it ran once over {5 * plan.loop_records} domains, reckoned up to
  {plan.many:,}.

The loop and the script are given the ids of the records, so that they need no search by name: that is to their
advantage. The script does what a first version would; one that lists the records once and sends a batch needs as few
requests as this collection, and no Ansible around it.

{(chr(10) * 2).join(walls)}

## Both doors

On a local connection a module of this collection runs in the process of the controller ("in-process"), and as a module,
in a process of its own, where `mailsec_cloudflare_in_process` is false or something else asks for it. Here is what
either costs for one domain that is as it is wanted, in an account with no other, beside modules and an action that come
with Ansible: over plain http, over TLS, and over TLS with {1000 * DELAY:.0f} ms for each answer. The name comes
from the item of the loop, the settings stand in the task, and `uri` is given the id. Medians, and in brackets the least
and the most.

- **One item of a loop**: from the result of the item before to its own, so the first is left out. {plan.loops} loops of
  each, by turns, with {plan.slow_items} items where an item starts a process and {plan.quick_items} where it does not;
  each measurement is the mean of a loop. "The GET of the module, alone" is the round trip: the same request, sent as
  often by a Python session that does nothing else. Over TLS, every connection takes a handshake.
- **One task**: tasks that took turns {plan.turns} times in one play. There each starts with a connection of its own.
- **One ad-hoc command**: `ansible localhost -m ...` from its start to its end, {plan.calls} times by turns.

{both_doors}

## One task as a module

The same domain, no delay, plain http, and everything as a module. "A task" is measured in one play, in which the module
and a GET of the record with `ansible.builtin.uri` took turns {plan.pairs} times; "a playbook" also holds the start of
Ansible and the making of what is sent to the target, {plan.alone} runs by turns.

{task.markdown()}

Where the time of the module's process goes, in milliseconds: medians of `python -X importtime` on the file that
Ansible sends to the target. Each import counts for the first of these parts that asked for it; the sources are compiled
at every start, because they come in a zip file. The imports are measured with that option on, which makes them a little
slower, so the rest may be a little more than it says.

{parts.markdown()}

## Growth

Planning alone: entries checked, compared with the records of an account, and the plan made; no HTTP. Every second
record differs, each has networks or names of its own, and the server has its lists in another order. CPU seconds of
{plan.plannings} processes each (other work on the machine can only add to them, so the straight line is judged by the
least); memory is the most that Python had allocated at one time while planning.

{growth_table(results.growth).markdown()}

## How far to trust it

- The emulator shares the machine's cores with what is measured, and takes several milliseconds of CPU for a
  request. With 8 threads that is a limit of its own: the real API answers more slowly, but to many at once.
- Times on a small shared machine scatter by a quarter from run to run. Ratios come from one run, in which the ways took
  turns; a ratio near 1 says nothing. The counts of requests do not scatter, and a unit test holds them.
- The delay stands for the network and for the real API, whose times nobody has published.
"""
