# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The best that one can write with Cloudflare's own Python SDK: one list, and one batch where the API has it.

Usage: sdk_batch_script.py THREADS COLLECTION FILE, where the file holds a list of ids with their settings.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cloudflare import Cloudflare

BATCH_SIZE = 1000


def main(threads: str, collection: str, file: str) -> None:
    desired = json.loads(Path(file).read_text(encoding="utf-8"))
    account_id = os.environ["CLOUDFLARE_ACCOUNT_ID"]
    with Cloudflare() as client, ThreadPoolExecutor(int(threads)) as pool:
        records = getattr(client.email_security.settings, collection)
        # Iterating over the page would request one more, which is empty.
        page = records.list(account_id=account_id, per_page=BATCH_SIZE)
        found = list(page.result)
        while len(found) < page.result_info.total_count:
            page = page.get_next_page()
            found += page.result
        current = {record.id: record for record in found}
        patches: list[dict[str, Any]] = []
        for entry in desired:
            record = current[entry["id"]]
            changes = {name: value for name, value in entry["settings"].items() if getattr(record, name) != value}
            if changes:
                patches.append({"id": entry["id"], **changes})
        if hasattr(records, "batch"):
            for start in range(0, len(patches), BATCH_SIZE):
                part = patches[start : start + BATCH_SIZE]
                records.batch(account_id=account_id, deletes=[], patches=part, puts=[], posts=[])
            return

        def edit(patch: dict[str, Any]) -> None:
            records.edit(patch.pop("id"), account_id=account_id, **patch)

        for _done in pool.map(edit, patches):
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
