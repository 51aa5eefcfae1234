# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module does around its task: what is refused, what comes back of the options, and what is masked in it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils import task_many, task_one
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.sessions import VERSION
from support.bulk import RESTRICTIONS
from support.module_runner import Run
from support.samples import ACCOUNT, DOMAIN
from support.script import Script, refusal

NOT_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def test_options_come_back_as_they_were_used_and_without_secrets(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, Script(DOMAIN.found()), domain="Example.com", regions="DE", account_api_key=None)

    options = result.invocation["module_args"]
    assert {option: options[option] for option in ("domain", "regions", "api_token", "api_key", "state")} == {
        "domain": "Example.com",
        "regions": ["DE"],
        "api_token": NOT_SHOWN,
        "api_key": None,
        "state": "present",
    }


def test_a_secret_is_not_shown_under_its_other_name_either(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, credentials=False, account_api_key="key", account_id=ACCOUNT, domain="example.com")

    assert result.msg.startswith("api_email: is missing.")
    options = result.invocation["module_args"]
    assert (options["api_key"], options["account_api_key"], options["api_email"]) == (NOT_SHOWN, NOT_SHOWN, None)


def test_all_options_that_cannot_be_used_are_told_at_once(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain=True, lookback_hops="three", folder="Junk")

    assert result.msg == (
        "domain: must be a text, not true. A text of that word needs quotes. "
        "folder: must be one of AllItems, Inbox, '', not 'Junk'. "
        "lookback_hops: must be a whole number, not 'three'."
    )


def test_an_option_that_there_is_not_is_named_on_one_line(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain="example.com", **{"do\nmain\x1b": "x"})

    assert r"module: do\nmain\x1b. Supported" in result.msg
    assert result.invocation["module_args"][r"do\nmain\x1b"] is None


def test_what_a_newer_ansible_may_add_is_no_trouble(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain="example.com", _ansible_new=1)

    assert result.failed
    assert "_ansible_new" in result.msg


@pytest.mark.parametrize("params", [{"regions": ["x" * 80] * 40}, {"x" * 3000: 1}])
def test_what_is_refused_before_the_task_begins_is_told_in_as_many_words_as_somebody_would_read(
    run: Callable[..., Run], params: dict[str, Any]
) -> None:
    assert len(run(DOMAIN.module, domain="example.com", **params).msg) <= 2000


def test_what_the_task_says_is_told_in_full(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    def many_words(*_args: Any) -> None:
        raise CollectionError("word " * 1000)

    monkeypatch.setattr(task_many, "perform", many_words)

    assert run(RESTRICTIONS.module, restrictions=[]).msg == "word " * 1000


def test_the_password_of_a_proxy_is_masked_in_words_and_kept_in_settings(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:mailhost@proxy.example")
    record = {**DOMAIN.record, "transport": "mailhost"}
    refused = refusal({"code": 1, "message": "No mailhost"})

    assert run(DOMAIN.module, Script(DOMAIN.listing(record)), domain=DOMAIN.name).result["transport"] == "mailhost"
    script = Script(DOMAIN.listing(status=403, answer=refused))
    result = run(DOMAIN.module, script, domain=DOMAIN.name, transport="mailhost")
    assert "No ********" in result.msg
    assert result.failure["errors"] == [{"code": 1, "message": "No ********"}]
    assert result.invocation["module_args"]["transport"] == "mailhost"


def test_the_password_of_a_proxy_is_masked_in_a_sentence_and_in_a_traceback(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise CollectionError("No mailhost.", exception="Traceback: mailhost", other="mailhost")

    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:mailhost@proxy.example")
    monkeypatch.setattr(task_one, "wanted_from", broken)

    # ansible-core 2.19 and newer leave tracebacks out where nobody asks for them.
    with contextlib.suppress(ImportError):
        from ansible.module_utils._internal import _traceback

        monkeypatch.setattr(_traceback, "_is_traceback_enabled", lambda _event: True)
    result = run(DOMAIN.module, domain="example.com")

    assert result.msg == "No ********."
    assert "Traceback: ********" in result.exception
    assert result.other == "mailhost"


def test_a_defect_is_told_with_what_to_do(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(task_one, "wanted_from", broken)

    before, _line, after = run(DOMAIN.module, domain="example.com").msg.partition("test_module.py, line ")
    assert before == f"This is a defect of the collection mailsec.cloudflare {VERSION}: ZeroDivisionError: by zero ("
    assert after.partition(")")[2] == (
        ". Please report it. Whether something was changed is not known: run the task again, it finds out."
    )
