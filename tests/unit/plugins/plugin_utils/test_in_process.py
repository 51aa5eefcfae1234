# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In-process execution: the result is that of the module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from support.actions import AS_MODULE, HIDDEN, Actions, found
from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION, SAMPLES
from support.sample import ACCOUNT, CREDENTIALS, TOKEN, Sample
from support.script import Script, envelope

BULK = "sending_domain_restrictions"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.module)
@pytest.mark.parametrize("check_mode", [False, True])
def test_the_result_is_that_of_the_module(
    act: Actions, run: Callable[..., Run], sample: Sample, check_mode: bool
) -> None:
    def script() -> Script:
        return Script(sample.found(), *([] if check_mode else [sample.patching()]))

    module = run(sample.module, script(), check_mode, **sample.key, **sample.change)
    options = {**CREDENTIALS, **sample.key, **sample.change}
    result = act(script(), sample.module, options, check_mode=check_mode, diff=True)

    assert result.pop("invocation") == {"module_args": {**options, "api_token": HIDDEN}}
    assert module.output.pop("warnings") == []
    assert result == module.output
    assert result["changed"] is True


def test_a_failure_is_that_of_the_module(act: Actions, run: Callable[..., Run]) -> None:
    def script() -> Script:
        error = {"code": 10000, "message": TOKEN}
        return Script(DOMAIN.lookup(status=403, answer={"success": False, "errors": [error]}))

    module, result = run(DOMAIN.module, script(), domain=DOMAIN.label), act(script())

    assert result["failed"] is True
    assert (result["msg"], result["failure"]) == (module.msg, module.failure)
    assert TOKEN not in str(result)


def test_warnings_are_returned_where_there_are_any(act: Actions) -> None:
    response = envelope([DOMAIN.record], ["hello"], result_info={"total_count": 1})

    assert act(Script(DOMAIN.lookup(answer=response)))["warnings"] == ["Cloudflare API message: hello."]
    assert "warnings" not in act(found())


def test_the_invocation_has_neither_secrets_nor_entries(act: Actions) -> None:
    options = {
        "account_id": ACCOUNT,
        "account_email": "a@example.com",
        "account_api_key": TOKEN,
        "restrictions": [{"domain": RESTRICTION.label}],
        "purge": False,
        "ca_path": f"/x/{TOKEN}",
    }

    assert act(name=BULK, options=options)["invocation"] == {
        "module_args": {
            "account_id": ACCOUNT,
            "account_email": "a@example.com",
            "account_api_key": HIDDEN,
            "purge": False,
            "ca_path": "/x/********",
        }
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.module)
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_bulk_task_returns_a_diff_in_diff_mode_only(act: Actions, sample: Sample, check_mode: bool) -> None:
    options = {**CREDENTIALS, sample.entries_option: [{**sample.key, "state": "absent"}]}

    def returned(diff: bool) -> dict[str, Any]:
        script = Script(sample.listing(sample.record), *([] if check_mode else [sample.deleting()]))
        return act(script, sample.bulk_module, options, check_mode=check_mode, diff=diff)

    assert len(returned(diff=True)["diff"]) == 1
    assert "diff" not in returned(diff=False)


@pytest.mark.parametrize(
    ("name", "diff", "kept"), [(BULK, True, True), (BULK, False, False), (DOMAIN.module, False, True)]
)
def test_the_diff_of_a_module_is_kept_as_in_process(
    act: Actions, monkeypatch: pytest.MonkeyPatch, name: str, diff: bool, kept: bool
) -> None:
    monkeypatch.setattr(act, "run_module", lambda _action: {"changed": True, "diff": []})
    options = {**CREDENTIALS, "restrictions": []} if name == BULK else None

    assert ("diff" in act(None, name, options, AS_MODULE, diff=diff)) is kept


def test_a_result_is_not_evaluated(act: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    wrapped: list[Any] = []
    monkeypatch.setattr(in_process, "untrusted", lambda value: wrapped.append(value) or value)

    act(found())

    assert [result["result"]["domain"] for result in wrapped] == [DOMAIN.label]
