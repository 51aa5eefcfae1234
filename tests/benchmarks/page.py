# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: docs/benchmarks.md, written as a whole by a complete run."""

from __future__ import annotations

from .execution import DELAY
from .plans import Plan
from .results import Results
from .tables import execution_tables, growth_table, module_table, ratios_table, requests_table, wall_table
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
    module = module_table(results.module).markdown() if results.module else ""
    separator = "\n\n"
    return f"""\
{HEADER}

Requests, run time and memory. `make bench` repeats all measurements (about 20 minutes) and writes
this page. `make bench ARGS=--quick` prints a short version in a few minutes,
`make bench ARGS="--only ratios"` a part.

Measured on: {results.machine} (1 is one busy core; the benchmark itself makes about 1).

## Targets

{chr(10).join(rows)}

## Requests

Counted from the request log of the emulator in `tests/emulator`. The account always has {plan.many:,}
records. "Read and write one by one" is a request to read each record by its id, and one to write
each that differs. The API has no batch for changes of restrictions and impersonation entries.

{requests_table(results.requests).markdown()}

Cloudflare allows 1,200 requests per user in five minutes, and blocks a user who exceeds this for
five minutes. For all other tables, there is no rate limit.

## Ratios

The same work in two ways, {plan.turns_of_pairs} times in turns: whole runs of `ansible-playbook`, or one
item of a loop. A small server on the same machine (`tests/benchmarks/lean_server.py`) encodes its
lists in advance, so that the figures are those of the client. The *bare action*
(`tests/benchmarks/action_plugins/bare.py`) is the least that an action plugin can do: it sends the
same requests and returns the same records, but finds names by their spelling, and verifies,
retries, validates and masks nothing. Medians, with minimum and maximum in parentheses.

{ratios_table(results.ratios).markdown()}

## Wall time

The run time of the whole process against the emulator, which runs as a separate process. After each
run, all records have the desired settings. Medians, with minimum and maximum in parentheses.

- **this collection**: one task of the bulk module or of the module for one record. {plan.repeats} runs.
- **uri loop**: two loops of `ansible.builtin.uri`: GET, compare, PATCH. An item takes about half a
  second, so the loop ran {plan.loop_repeats} times over {plan.loop_records} records. **The figures for {plan.many:,}
  records, marked with ~, are extrapolated.**
- **SDK, 8 threads**: a Python script with Cloudflare's SDK: GET, compare, `edit`, record by record.
  {plan.sdk_repeats} runs, {plan.repeats} with one record.
- **SDK, list and batch**: the best script with the SDK: one list, one batch where the API has it,
  else `edit` with 8 threads. {plan.repeats} runs. It knows the ids, compares values by their spelling,
  does not verify what was stored, and has no check mode and no diff.

{separator.join(walls)}

The emulator needs several milliseconds of CPU for a request, on the same cores. With 8 threads,
that limits the throughput. The delay simulates the network and the real API, whose response times
are not published.

## In-process and module execution

On a local connection, a module of this collection runs in the worker process of Ansible
(in-process), or with `mailsec_cloudflare_in_process: false` as a module in a separate process. A
converged domain in an account without other domains, against the emulator: over HTTP, over TLS, and
over TLS with {1000 * DELAY:.0f} ms for each response.

- **One item of a loop**: {plan.loops} loops of each, alternating, with {plan.slow_items} items if an item
  starts a process and {plan.quick_items} if not, without the first. "The GET of the module, alone" is the
  same request in a plain Python session.
- **One task**: alternating tasks, {plan.turns} times in one play. Each opens a new connection.
- **One ad-hoc command**: a complete run of `ansible localhost -m ...`, {plan.calls} times, alternating.

{execution}

## CPU and memory

The bulk module without Ansible's executor, against the small server: {plan.plannings} processes each. The
memory is that of the whole process at its peak. The import is that of all modules, beside `requests`
and what Ansible has loaded already.

{module}

Planning without HTTP: validating the entries, comparing them with the records of an account, and
creating the plan. Every second record differs, and the server has its lists in another order. Other
load on the machine can only add to the CPU seconds, so scaling is judged by the minimum. Memory is
the peak allocation of Python.

{growth_table(results.growth).markdown()}

## Limits of these figures

On a small shared machine, times vary by a quarter between runs. Solutions that are compared
alternate; a ratio near 1 is not significant. The numbers of requests do not vary, and a unit test
verifies them.
"""
