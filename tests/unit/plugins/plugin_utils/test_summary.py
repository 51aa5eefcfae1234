# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role says that it did, in one use and in several."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.summary import format_summary, select, summarize
from support.role import NONE, NOT_MANAGED
from support.sample import ACCOUNT, ID


def result(account_id: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    names = {action: changes.get(action, []) for action in ("created", "updated", "deleted", "unchanged")}
    failed = [{"name": name, "msg": "HTTP 400"} for name in changes.get("failed", [])]
    others = {"failed": True, "msg": "1 of 2 changes failed", "failed_records": failed} if failed else {}
    return {"account_id": account_id, "changed": bool(changes.get("created")), "summary": names, **others}


def use(
    results: dict[str, dict[str, Any]], *, expired: dict[str, list[str]] | None = None, **others: Any
) -> dict[str, Any]:
    """Return the summary of a use of the role in which the lists with results are set."""
    checks = {
        name: {"set": name in results, "managed": bool(results.get(name)), "expired": (expired or {}).get(name, [])}
        for name in BY_LIST_NAME
    }
    return summarize(results, checks, **others)


def test_lists_are_summarized_each_by_itself():
    results = {
        "block_senders": result(created=["a"], unchanged=["b", "c"]),
        "allow_policies": result(failed=["d"]),
        "domains": {"failed": True, "msg": "HTTP 403"},
        "trusted_domains": {"skipped": True, "changed": False},
        "url_ignore_patterns": {},
    }
    expired = {"block_senders": ["a"], "allow_policies": [ID], "trusted_domains": ["a.example"]}
    summary = use(results, expired=expired)
    assert summary["summary"] == summary["total"]
    assert summary["total"] == {
        **NOT_MANAGED,
        "account_id": ACCOUNT,
        "check_mode": False,
        "changed": True,
        "block_senders": {**NONE, "created": ["a"], "expired": ["a"], "unchanged": 2},
        "allow_policies": {**NONE, "failed": ["d"], "expired": [ID]},
        # An empty list.
        "url_ignore_patterns": NONE,
        "errors": {"allow_policies": "1 of 2 changes failed", "domains": "HTTP 403"},
    }


def test_the_result_of_an_earlier_use_is_not_that_of_a_list_that_is_not_managed():
    stale = result(created=["a"])
    checks = {name: {"set": False, "managed": False, "expired": []} for name in BY_LIST_NAME}
    summary = summarize({"block_senders": stale}, checks)["summary"]
    assert (summary["changed"], summary["block_senders"], summary["account_id"]) == (False, None, None)


def test_several_uses_for_an_account_add_up():
    first = use({"block_senders": result(created=["a"], unchanged=["b"])})
    other = use({"block_senders": result("b" * 32, unchanged=["z"])}, totals=first["totals"])
    assert other["summary"] == other["total"]
    second = use({"block_senders": result(unchanged=["a", "b"]), "domains": result()}, totals=other["totals"])
    assert not second["summary"]["changed"]
    assert second["total"]["changed"]
    assert second["total"]["block_senders"] == {**NONE, "created": ["a"], "unchanged": 1}
    assert second["total"]["domains"] == NONE
    check = use({"block_senders": result(unchanged=["b"])}, check_mode=True, totals=second["totals"])
    assert check["summary"] == check["total"]


def test_an_error_of_an_earlier_use_stays():
    first = use({"domains": {"account_id": ACCOUNT, "failed": True, "msg": "HTTP 403"}})
    second = use({"block_senders": result()}, totals=first["totals"])
    assert (second["summary"]["errors"], second["total"]["errors"]) == ({}, {"domains": "HTTP 403"})


def test_the_records_of_a_result_are_not_kept():
    assert select({"changed": True, "result": [{}], "diff": []}) == {"changed": True}


def test_a_list_without_entries_has_no_line():
    summary = use({"domains": {}, "block_senders": result(unchanged=["a"])})["summary"]
    assert list(format_summary(summary, None, only_changes=False)) == ["Blocked senders unchanged: 1"]
