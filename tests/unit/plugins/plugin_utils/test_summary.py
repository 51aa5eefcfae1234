# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role says that it did, in one use and in several."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.summary import format_summary, select, summarize
from support.role import NONE, NOT_MANAGED
from support.sample import ACCOUNT, ID


def result(**changes: Any) -> dict[str, Any]:
    names = {action: changes.get(action, []) for action in ("created", "updated", "deleted", "unchanged")}
    failed = [{"name": name, "msg": "HTTP 400"} for name in changes.get("failed", [])]
    others = {"failed": True, "msg": "1 of 2 changes failed", "failed_records": failed} if failed else {}
    return {"account_id": ACCOUNT, "changed": bool(changes.get("created")), "summary": names, **others}


def test_lists_are_summarized_each_by_itself():
    results = {
        "block_senders": result(created=["a"], unchanged=["b", "c"]),
        "allow_policies": result(failed=["d"]),
        "domains": {"failed": True, "msg": "HTTP 403"},
        "trusted_domains": {"skipped": True, "changed": False},
    }
    expired = {
        "block_senders": [{"pattern": "A@a.example", "pattern_type": "EMAIL"}],
        "allow_policies": [{"policy_id": ID}],
        "trusted_domains": [{"pattern": "a.example"}],
    }
    assert summarize(results, expired)["summary"] == {
        **NOT_MANAGED,
        "account_id": ACCOUNT,
        "check_mode": False,
        "changed": True,
        "block_senders": {**NONE, "created": ["a"], "expired": ["A@a.example (EMAIL)"], "unchanged": 2},
        "allow_policies": {**NONE, "failed": ["d"], "expired": [ID]},
        "errors": {"allow_policies": "1 of 2 changes failed", "domains": "HTTP 403"},
    }


def test_several_uses_add_up():
    first = summarize({"block_senders": result(created=["a"], unchanged=["b"])}, {})
    second = summarize({"block_senders": result(unchanged=["a", "b"]), "domains": result()}, {}, previous=first)
    assert second["summary"]["changed"]
    assert second["summary"]["block_senders"] == {**NONE, "created": ["a"], "unchanged": 1}
    assert second["summary"]["domains"] == NONE
    check = summarize({"block_senders": result(unchanged=["b"])}, {}, check_mode=True, previous=second)
    assert (check["summary"]["changed"], check["summary"]["block_senders"]) == (False, {**NONE, "unchanged": 1})


def test_an_error_of_an_earlier_use_stays():
    first = summarize({"domains": {"failed": True, "msg": "HTTP 403"}}, {})
    assert summarize({"block_senders": result()}, {}, previous=first)["summary"]["errors"] == {"domains": "HTTP 403"}


def test_the_records_of_a_result_are_not_kept():
    assert select({"changed": True, "result": [{}], "diff": []}) == {"changed": True}


def test_a_list_without_entries_has_no_line():
    summary = summarize({"domains": result(), "block_senders": result(unchanged=["a"])}, {})["summary"]
    assert list(format_summary(summary, None, only_changes=False)) == ["Blocked senders unchanged: 1"]
