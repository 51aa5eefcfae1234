# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: docs/benchmarks.md, written as a whole by a complete run."""

from __future__ import annotations

from .plans import DELAY, Plan
from .results import Results
from .tables import execution_table, requests_table, wall_table
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
    judged = list(targets(results))
    rows = ["| target | measured | |", "| --- | --- | --- |"]
    rows += [
        f"| {target.title} | {target.figure} | {'reached' if target.reached else '**not reached**'} |"
        for target in judged
    ]
    return f"""\
{HEADER}
# Benchmarks

Requests, run time, CPU and memory. `make bench` repeats all measurements in about 20 minutes, prints
all tables, and writes this page. `make bench ARGS=--quick` prints a short version in a few minutes,
`make bench ARGS="--only ratios"` a part.

Measured on: {results.machine} (1 is one busy core).
Times are medians, with minimum and maximum in parentheses. On a small shared machine, they vary by a
quarter between runs. Solutions that are compared alternate; a ratio near 1 is not significant.

## Targets

{sum(target.reached for target in judged)} of {len(judged)} are reached.

{chr(10).join(rows)}

- The *bare action* (`tests/benchmarks/action_plugins/bare.py`) is the least that an action plugin can
  do: the same requests and records, but no validation, normalization, retries, verification or
  masking. {plan.turns_of_pairs} runs of each.
- The role runs as in the playbook `mailsec.cloudflare.apply`, with `rolespec_validate: false`, because it
  validates its lists itself; "with Ansible's validation" is `include_role` without this. Its tasks do not
  return the records (`return_result: false`).
- CPU and memory are those of a process with the bulk module, without Ansible's executor. {plan.plannings} runs.
  Growth compares the minima, as other load can only add to them.
- For ratios, CPU and memory, a small server (`tests/benchmarks/lean_server.py`) encodes its lists in
  advance, so that the times are those of the client. All else runs against `tests/emulator`.
- Planning validates the entries and compares them with the records of the account, without HTTP.
- The import is that of an action plugin, not counting `requests` and what Ansible has loaded already.
  Ansible keeps no bytecode of collections.

## Requests

The account has {plan.many:,} records. The API has no batch for changes of restrictions and impersonation
entries. "Read and write one by one" reads each record by its id, and writes each that differs.

{requests_table(results.requests).markdown()}

Cloudflare blocks a user who sends more than 1,200 requests in five minutes, for five minutes. All
times on this page are measured without this limit.

## Wall time

Seconds for a whole process, with {1000 * DELAY:.0f} ms for each response: an assumption, as the response times of
the real API are not published. The CPU of the emulator, on the same cores, limits the 8 threads.
After each run, all records have the desired settings. With a ratio below 1, this collection is slower.

- **this collection**: one task of the bulk module or of the module for one record. {plan.repeats} runs.
- **uri loop**: two loops of `ansible.builtin.uri`: GET by id, compare, PATCH. **The times with ~ are
  extrapolated** from {plan.loop_repeats} runs with {plan.loop_records} records.
- **SDK, 8 threads**: a script with Cloudflare's Python SDK: GET by id, compare, `edit`, record by
  record. {plan.sdk_repeats} run, {plan.repeats} with one record.
- **SDK, list and batch**: the best script with the SDK: one list, one batch where the API has it,
  else `edit` with 8 threads. {plan.repeats} runs. It knows the ids, compares values by their spelling, does
  not verify what was stored, and has no check mode and no diff.

{wall_table(results.wall).markdown()}

## In-process and module execution

`email_security_domain` with one converged domain: in the worker process of Ansible
([in-process](in-process.md)), or with `mailsec_cloudflare_in_process: false` as a module. Over HTTP,
over HTTPS, and over HTTPS with {1000 * DELAY:.0f} ms for each response.

- **Loop item**: the mean of a loop without its first item. {plan.loops} loops of {plan.quick_items} items, or of
  {plan.slow_items} where each item starts a process. In-process, all items share one connection; as a module,
  each opens one. "Its GET alone" is the request of the module in a plain Python session.
- **Task**: {plan.turns} times in one play, each with a new connection.
- **Ad-hoc command**: a complete run of `ansible localhost -m ...`, {plan.calls} times.

{execution_table(results.execution).markdown()}
"""
