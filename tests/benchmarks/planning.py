# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans many records, without HTTP, and prints the cost as JSON: a process of its own for each measurement.

Usage: python -m benchmarks.planning cpu|memory ENTRIES_OPTION RECORDS
"""

from __future__ import annotations

import gc
import json
import sys
import time
import tracemalloc
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.bulk_plan import plan_all
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    DomainName,
    FieldType,
    ListOf,
    Network,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.index import Index
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import validator
from support.modules import MODULES
from support.sample import Sample

from .cases import MEASURED, Record, differing, settings_of

BULK_MODULES = {sample.entries_option: sample for sample in MEASURED}


def records_for(title: str, count: int) -> tuple[list[Record], list[Record]]:
    """Return the entries of a task and the records of an account: every second one differs.

    Every record has networks or names of its own, and the server has all lists in another order, so that nothing can
    be compared by its spelling alone.
    """
    sample = BULK_MODULES[title]
    entries, records = [], []
    for number in range(count):
        entry: dict[str, Any] = {**sample.key_of(number), **settings_of(sample), **own_lists(sample, number)}
        turned = {name: value[::-1] if isinstance(value, list) else value for name, value in entry.items()}
        entries.append(entry)
        records.append(sample.numbered(number, **{**turned, **(differing(sample) if number % 2 else {})}))
    return entries, records


def own_lists(sample: Sample, number: int) -> Record:
    """Return a value for each list of networks or names."""
    lists = {field.name: field.type for field in sample.resource.fields.values() if isinstance(field.type, ListOf)}
    return {name: own for name, of in lists.items() if (own := own_items(of.item, number))}


def own_items(item: FieldType, number: int) -> list[str]:
    """Return entries of a list that no other record has, none for words of which there are few."""
    if isinstance(item, Network):
        return [f"10.{number >> 8}.{number & 255}.0/24", f"2001:DB8:{number:x}::/48"]
    if isinstance(item, DomainName):
        return [f"fax.d{number}.example", f"legacy.d{number}.example"]
    return []


def main(what: str, title: str, number: str) -> None:
    module, resource = MODULES[BULK_MODULES[title].bulk_module]
    entries, records = records_for(title, int(number))
    gc.collect()
    if what == "memory":
        tracemalloc.start()
    start = time.process_time()
    options = validator(module, resource).validate({resource.entries_option: entries})
    task = module.parse(resource, options.values, options.errors)
    options.errors.raise_any()
    changes = plan_all(resource, task.desired, Index(resource, records), task.list_mode, task.purge).changes
    seconds = time.process_time() - start
    if len(changes) != int(number) or sum(bool(change.body) for change in changes) != int(number) // 2:
        raise AssertionError("the plan is not what it should be")
    print(json.dumps({"peak": tracemalloc.get_traced_memory()[1]} if what == "memory" else {"seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
