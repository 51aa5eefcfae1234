# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary of a use of the role, and of several uses for one account."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import ACTIONS, UNCHANGED
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain

FAILED = "failed"
EXPIRED = "expired"
#: The lists of names of a summary, in the order in which they are shown.
CHANGES = (*(action for action in ACTIONS if action != UNCHANGED), FAILED, EXPIRED)
#: The names of each change, and of the records that are unchanged, by the name of a list.
Names = dict[str, dict[str, list[str]]]


NO_TOTALS: Mapping[str, Any] = MappingProxyType({})
#: What is needed of the result of a task. The records are many.
RESULT_KEYS = ("account_id", "changed", "failed", "failed_records", "msg", "summary")


def select(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is needed of the result of a task, without the tags of Ansible."""
    return {key: plain(result[key]) for key in RESULT_KEYS if key in result}


def summarize(
    results: Mapping[str, Mapping[str, Any]],
    checks: Mapping[str, Mapping[str, Any]],
    check_mode: bool = False,
    totals: Mapping[str, Any] = NO_TOTALS,
) -> dict[str, Any]:
    """Return the summary of the results of bulk tasks.

    Args:
        results: the results by the name of a list. One without C(summary) is that of a task that did nothing.
        checks: what was known of each list before, see the filter C(check_lists).
        check_mode: the tasks changed nothing.
        totals: C(totals) of earlier uses of the role. What was done for the same account in the same mode is added.

    Returns:
        ``summary`` is for people, ``total`` is that of all uses for the account, ``totals`` is for the next use.
    """
    done = {name: result for name, result in results.items() if checks[name]["managed"]}
    names: Names = {name: _names(done.get(name, {}), checks[name]) for name in BY_LIST_NAME}
    names = {name: each for name, each in names.items() if each}
    accounts = {str(result["account_id"]): None for result in done.values() if "account_id" in result}
    changed = any(result.get("changed") for result in done.values())
    errors = {name: str(result.get("msg")) for name, result in done.items() if result.get("failed")}
    account_id = ", ".join(accounts) or None
    summary = _summary(account_id, check_mode, changed, names, errors)
    total = summary
    previous = totals.get(account_id or "")
    if previous and previous["summary"]["check_mode"] == check_mode:
        names = _merge(json.loads(previous["names"]), names)
        changed = changed or previous["summary"]["changed"]
        total = _summary(account_id, check_mode, changed, names, {**previous["summary"]["errors"], **errors})
    # The names as one text: Ansible takes long to process a fact with thousands of values.
    encoded = {"names": json.dumps(names), "summary": total}
    return {"summary": summary, "total": total, "totals": {**totals, account_id or "": encoded}}


def _summary(
    account_id: str | None, check_mode: bool, changed: bool, names: Names, errors: dict[str, str]
) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "check_mode": check_mode,
        "changed": changed,
        # Ansible merges statistics by key, so every key is always present.
        **{name: _count(names[name]) if name in names else None for name in BY_LIST_NAME},
        "errors": errors,
    }


def _names(result: Mapping[str, Any], check: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the names of the records of a list, nothing where it was not compared. An empty list is not managed."""
    if "summary" in result:
        failed = [record["name"] for record in result.get("failed_records", ())]
        changes = {action: list(result["summary"][action]) for action in ACTIONS}
        return {**changes, FAILED: failed, EXPIRED: list(check["expired"])}
    if check["set"] and not check["managed"]:
        return {change: [] for change in (*CHANGES, UNCHANGED)}
    return {}


def _merge(one: Names, other: Names) -> Names:
    """Return the names of both, without repeats."""
    return {
        name: {
            change: list(dict.fromkeys([*one.get(name, {}).get(change, ()), *other.get(name, {}).get(change, ())]))
            for change in (*CHANGES, UNCHANGED)
        }
        for name in {**one, **other}
    }


def _count(names: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the names of the changes and the number of unchanged records. One that was ever changed does not count."""
    changes = {change: names[change] for change in CHANGES}
    others = {name for change in CHANGES if change != EXPIRED for name in names[change]}
    return {**changes, UNCHANGED: sum(name not in others for name in names[UNCHANGED])}


def format_summary(summary: Mapping[str, Any], max_names: int | None, only_changes: bool) -> Iterator[str]:
    """Yield the lines of a summary. A list without entries has none.

    Args:
        summary: C(summary) of C(summarize).
        max_names: how many names a line has at most; None for all.
        only_changes: only what was created, updated or deleted.
    """
    for name, resource in BY_LIST_NAME.items():
        changes = summary.get(name)
        if not changes or not any(changes.values()):
            continue
        title = resource.plural.removeprefix("email security ")
        title = f"{title[0].upper()}{title[1:]}"
        for change in CHANGES:
            names = changes.get(change)
            if names and (change in ACTIONS or not only_changes):
                shown = names[:max_names]
                more = ", ..." if len(names) > len(shown) else ""
                yield f"{title} {change}: {len(names)} ({', '.join(shown)}{more})"
        if not only_changes:
            yield f"{title} {UNCHANGED}: {changes[UNCHANGED]}"
