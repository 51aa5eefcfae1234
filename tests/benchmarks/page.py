# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: docs/benchmarks.md, written as a whole by a complete run."""

from __future__ import annotations

from .execution import DELAY
from .plans import Plan
from .results import Results
from .tables import execution_tables, growth_table, requests_table, wall_table
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
    rows = ["| target | measured | |", "| --- | --- | --- |"]
    rows += [
        f"| {target.title} | {target.figure} | {'reached' if target.reached else '**not reached**'} |"
        for target in targets(results)
    ]
    walls = []
    for delay in plan.delays:
        table = wall_table(delay, [row for row in results.wall if row.delay == delay])
        walls.append(f"### {1000 * delay:.0f} ms for each response\n\n{table.markdown()}")
    execution = "\n\n".join(table.markdown() for table in execution_tables(results.execution))
    separator = "\n\n"
    return f"""\
{HEADER}
# Performance

Requests, seconds and memory, measured against the emulator in `tests/emulator`, which runs on the same machine as a
process of its own. `make bench` measures everything again (about twenty minutes) and writes this page;
`make bench ARGS=--quick` prints a small form in a few minutes, `make bench ARGS="--only wall"` a part.

Measured on: {results.machine} (1 is one busy core; the benchmark itself makes about 1).

## Targets

{chr(10).join(rows)}

## Requests

Counted from the log of the emulator. The account has {plan.many:,} records in every case. The last column is the
number of requests that read every record by its id and write those that differ.

{requests_table(results.requests).markdown()}

Cloudflare allows 1,200 requests per user in five minutes, and blocks every request of that user for five minutes when
there are more. For the table below the limit of the emulator was lifted. With it, a loop over 1,000 records that reads
and writes each of them is blocked; the modules wait for the next window instead. The API has a batch for changes of
domains, and none for changes of restrictions: each of those takes a request of its own.

## Wall time

From the start of the process to its end, with real runs of `ansible-playbook`: medians, with the least and the most in
brackets. After each run, every record is as wanted.

- **this collection**: one task with the bulk module, or with the module for one record, in-process, as it is by
  default. {plan.repeats} runs.
- **uri loop**: a playbook with two loops of `ansible.builtin.uri`: GET, compare, PATCH. One item takes about half a
  second, so the loop ran {plan.loop_repeats} times over {plan.loop_records} records, and **the figures for
  {plan.many:,} records, marked with ~, are calculated from that**: the start once, a GET for each record, a PATCH for
  each that differs.
- **SDK**: a Python script with Cloudflare's own SDK: GET, compare, `edit`, with 8 threads. {plan.sdk_repeats} runs,
  {plan.repeats} with one record.

The loop and the script have the ids of the records, so they need no search by name: that is to their advantage. The
script is a simple one; one that lists the records once and sends a batch needs as few requests as this collection, and
no Ansible around it.

{separator.join(walls)}

## In-process and module execution

On a local connection a module of this collection runs in-process, in the process of Ansible's worker. It runs as a
module, in a process of its own, where `mailsec_cloudflare_in_process` is false or the task needs it. The tables have
one converged domain in an account with no other, beside modules and an action of Ansible itself: over plain http, over
TLS, and over TLS with {1000 * DELAY:.0f} ms for each response. Medians, with the least and the most in brackets.

- **One item of a loop**: from the previous result to its own, so the first is left out. {plan.loops} loops of
  each, in turns, with {plan.slow_items} items where an item starts a process and {plan.quick_items} where it does not;
  each value is the mean of a loop. "The GET of the module, alone" is the same request, sent as often by a Python
  session that does nothing else. Over TLS, every connection takes a handshake.
- **One task**: tasks in turns, {plan.turns} times in one play. Each starts with a connection of its own.
- **One ad-hoc command**: `ansible localhost -m ...` from its start to its end, {plan.calls} times in turns.

{execution}

## Growth

Planning alone: entries validated, compared with the records of an account, and the plan made; no HTTP. Every second
record differs, each has networks or names of its own, and the server has its lists in another order. CPU seconds of
{plan.plannings} processes each (other work on the machine can only add to them, so the straight line is judged by the
least); memory is the most that Python had allocated while planning.

{growth_table(results.growth).markdown()}

## Limits of these figures

- The emulator shares the cores of the machine with what is measured, and takes several milliseconds of CPU for a
  request. With 8 threads that is a limit of its own: the real API responds more slowly, but to many at once.
- Times on a small shared machine scatter by a quarter from run to run. Ratios come from one run, in which the
  solutions took turns; a ratio near 1 means nothing. The counts of requests do not scatter; a unit test has them.
- The delay stands for the network and for the real API, whose times are not published.
"""
