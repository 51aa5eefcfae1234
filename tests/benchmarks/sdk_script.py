# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one would write with Cloudflare's own Python SDK: GET, compare, edit, record by record.

Usage: sdk_script.py THREADS COLLECTION FILE, where the file holds a list of ids with their settings.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cloudflare import Cloudflare


def main(threads: str, collection: str, file: str) -> None:
    desired = json.loads(Path(file).read_text(encoding="utf-8"))
    account_id = os.environ["CLOUDFLARE_ACCOUNT_ID"]
    with Cloudflare() as client, ThreadPoolExecutor(int(threads)) as pool:
        records = getattr(client.email_security.settings, collection)

        def converge(entry: dict[str, Any]) -> None:
            current = records.get(entry["id"], account_id=account_id)
            changes = {name: value for name, value in entry["settings"].items() if getattr(current, name) != value}
            if changes:
                records.edit(entry["id"], account_id=account_id, **changes)

        for _done in pool.map(converge, desired):
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
