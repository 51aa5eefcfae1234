# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans many records, with no HTTP, and writes what that cost as JSON. A process of its own for each measurement.

Usage: python -m benchmarks.planning cpu|memory domains|restrictions RECORDS
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
import tracemalloc
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.bulk_plan import Purge, plan_all
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.index import Index
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)

from .cases import KINDS, Record

RESOURCES = {"domains": DOMAIN, "restrictions": SENDING_DOMAIN_RESTRICTION}


def records_for(title: str, count: int) -> tuple[list[Record], list[Record]]:
    """Return the entries of a task and the records of an account: every second one differs.

    Every record has networks or names of its own, and the server has all lists in another order, so that nothing can
    be compared by its spelling alone.
    """
    kind = next(kind for kind in KINDS if kind.title == title)
    entries, records = [], []
    for number in range(count):
        entry: dict[str, Any] = {"domain": kind.name(number), **kind.wanted}
        if title == "domains":
            entry["ip_restrictions"] = [f"10.{number >> 8}.{number & 255}.0/24", f"2001:DB8:{number:x}::/48"]
        else:
            entry["exclude"] = [f"fax.{kind.name(number)}", f"legacy.{kind.name(number)}"]
        turned = {name: value[::-1] if isinstance(value, list) else value for name, value in entry.items()}
        entries.append(entry)
        records.append({"id": kind.id(number), **turned, **(kind.other if number % 2 else {})})
    return entries, records


def main(what: str, title: str, number: str) -> None:
    entries, records = records_for(title, int(number))
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if what == "memory":
        tracemalloc.start()
    start = time.process_time()
    wanted = parse_entries(RESOURCES[title], entries)
    steps = plan_all(RESOURCES[title], wanted, Index(RESOURCES[title], records), "replace", Purge(False, 0))
    seconds = time.process_time() - start
    if len(steps) != int(number) or sum(bool(step.body) for step in steps) != int(number) // 2:
        raise AssertionError("the plan is not what it should be")
    if what == "memory":
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(json.dumps({"peak": tracemalloc.get_traced_memory()[1], "resident": resident * 1024}))
    else:
        print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
