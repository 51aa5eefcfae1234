# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that an action plugin can do: the requests of the domain modules, without what makes them reliable.

It compares values as they are written, and verifies, retries, validates and masks nothing.
"""

from __future__ import annotations

import os
from typing import Any

import requests
from ansible.plugins.action import ActionBase

PAGE_SIZE = 1000
#: Ansible runs the items of a loop in one process, and so on one connection.
SESSION = requests.Session()


class ActionModule(ActionBase):
    """Takes ``domains``, a list of entries, or the options of one domain."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the records in their desired state."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        SESSION.headers["Authorization"] = f"Bearer {os.environ['CLOUDFLARE_API_TOKEN']}"
        account = f"{os.environ['CLOUDFLARE_BASE_URL']}/accounts/{os.environ['CLOUDFLARE_ACCOUNT_ID']}"
        url = f"{account}/email-security/settings/domains"
        single = "domain" in self._task.args
        entries = [self._task.args] if single else self._task.args["domains"]
        records = {record["domain"]: record for record in read(url, {"domain": entries[0]["domain"]} if single else {})}
        patches = []
        for entry in entries:
            record = records[entry["domain"]]
            changes = {name: value for name, value in entry.items() if record[name] != value}
            if changes:
                patches.append({"id": record["id"], **changes})
        for start in range(0, len(patches), PAGE_SIZE):
            body = {"deletes": [], "patches": patches[start : start + PAGE_SIZE], "puts": [], "posts": []}
            answer = request("POST", f"{url}/batch", json=body)
            records.update((record["domain"], record) for record in answer["result"]["patches"])
        found = [records[entry["domain"]] for entry in entries]
        result.update(changed=bool(patches), result=found[0] if single else found)
        return result


def read(url: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all records."""
    records: list[dict[str, Any]] = []
    while True:
        page = 1 + len(records) // PAGE_SIZE
        answer = request("GET", url, params={**query, "page": page, "per_page": PAGE_SIZE})
        records += answer["result"]
        if len(records) >= answer["result_info"]["total_count"]:
            return records


def request(method: str, url: str, **options: Any) -> dict[str, Any]:
    """Send a request and return its response."""
    response = SESSION.request(method, url, timeout=60, **options)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer
