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
"make bench" writes this file. The text is in tests/benchmarks/page.py.
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

Requests, run time and memory, measured with the emulator in `tests/emulator`, which runs as a
separate process on the same machine. `make bench` repeats all measurements (about 20 minutes) and
writes this page. `make bench ARGS=--quick` prints a short version in a few minutes,
`make bench ARGS="--only wall"` a part.

Measured on: {results.machine} (1 is one busy core; the benchmark itself makes about 1).

## Targets

{chr(10).join(rows)}

## Requests

Counted from the request log of the emulator. The account always has {plan.many:,} records. The last
column is the number of requests to read each record by its id and to write those that differ.

{requests_table(results.requests).markdown()}

Cloudflare allows 1,200 requests per user in five minutes, and blocks a user who exceeds this for
five minutes. A loop that reads and writes 1,000 records is blocked, while the modules wait for the
next window. For the table below, the rate limit of the emulator was disabled. The API has a batch
request for domains, but not for changes of restrictions, which need one request each.

## Wall time

The run time of the whole process, for real runs of `ansible-playbook`: medians, with minimum and
maximum in parentheses. After each run, all records have the desired settings.

- **this collection**: one task of the bulk module or of the module for one record, in-process,
  which is the default. {plan.repeats} runs.
- **uri loop**: a playbook with two loops of `ansible.builtin.uri`: GET, compare, PATCH. An item
  takes about half a second, so the loop ran {plan.loop_repeats} times over {plan.loop_records} records.
  **The figures for {plan.many:,} records, marked with ~, are extrapolated**: one start, a GET for each
  record, a PATCH for each that differs.
- **SDK**: a Python script with Cloudflare's SDK: GET, compare, `edit`, with 8 threads.
  {plan.sdk_repeats} runs, {plan.repeats} with one record.

The loop and the script know the ids of the records and need no search by name, which is an
advantage. The script is simple. One that lists the records once and sends a batch would need as few
requests as this collection, without the overhead of Ansible.

{separator.join(walls)}

## In-process and module execution

On a local connection, a module of this collection runs in-process, in the worker process of
Ansible. With `mailsec_cloudflare_in_process: false`, or if the task requires it, it runs as a
module in a separate process. The tables compare a converged domain in an account without other
domains with modules and an action of Ansible: over HTTP, over TLS, and over TLS with {1000 * DELAY:.0f} ms for each
response. Medians, with minimum and maximum in parentheses.

- **One item of a loop**: from the previous result to its own, without the first item. {plan.loops}
  loops of each, alternating, with {plan.slow_items} items if an item starts a process and {plan.quick_items} if
  not. Each value is the mean of a loop. "The GET of the module, alone" is the same request in a
  plain Python session. Over TLS, every connection needs a handshake.
- **One task**: alternating tasks, {plan.turns} times in one play. Each opens a new connection.
- **One ad-hoc command**: a complete run of `ansible localhost -m ...`, {plan.calls} times, alternating.

{execution}

## Growth

Planning without HTTP: validating the entries, comparing them with the records of an account, and
creating the plan. Every second record differs, each has different networks or names, and the server
has its lists in another order. CPU seconds of {plan.plannings} processes each. Other load on the machine
can only add to them, so scaling is judged by the minimum. Memory is the peak allocation of Python
during planning.

{growth_table(results.growth).markdown()}

## Limits of these figures

- The emulator runs on the same cores as the measured code, and needs several milliseconds of CPU
  for a request. With 8 threads, that limits the throughput. The real API has a higher latency, but
  handles many requests in parallel.
- On a small shared machine, times vary by a quarter between runs. Ratios are from a single run with
  alternating solutions; a ratio near 1 is not significant. The numbers of requests do not vary, and
  a unit test verifies them.
- The delay simulates the network and the real API, whose response times are not published.
"""
