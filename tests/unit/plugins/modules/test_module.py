# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module does around its task: what is refused, what comes back of the options, and what is masked in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import VERSION
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import bulk, single
from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION
from support.sample import TOKEN
from support.script import Script, refusal

NOT_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def test_an_unknown_option_is_named_on_one_line(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain="example.com", **{"do\nmain\x1b": "x"})

    assert r"parameters: do\nmain\x1b. Supported" in result.msg


def test_an_unknown_internal_argument_of_ansible_is_refused(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain="example.com", _ansible_new=1)

    assert result.failed
    assert "_ansible_new" in result.msg


@pytest.mark.parametrize("params", [{"regions": ["x" * 80] * 40}, {"x" * 3000: 1}])
def test_the_message_about_invalid_options_is_short(run: Callable[..., Run], params: dict[str, Any]) -> None:
    assert len(run(DOMAIN.module, domain="example.com", **params).msg) <= 2000


def test_the_message_of_a_task_is_not_cut(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    def many_words(*_args: Any) -> None:
        raise CollectionError("word " * 1000)

    monkeypatch.setattr(bulk, "plan_all", many_words)

    assert run(RESTRICTION.bulk_module, Script(RESTRICTION.listing()), restrictions=[]).msg == "word " * 1000


def test_the_password_of_a_proxy_is_masked_in_words_and_kept_in_settings(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:mailhost@proxy.example")
    record = {**DOMAIN.record, "transport": "mailhost"}
    refused = refusal({"code": 1, "message": "No mailhost"})

    assert run(DOMAIN.module, Script(DOMAIN.lookup(record)), domain=DOMAIN.label).result["transport"] == "mailhost"
    script = Script(DOMAIN.lookup(status=403, answer=refused))
    result = run(DOMAIN.module, script, domain=DOMAIN.label, transport="mailhost")
    assert "No ********" in result.msg
    assert result.failure["errors"] == [{"code": 1, "message": "No ********"}]


def test_the_password_of_a_proxy_is_masked_in_a_sentence(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise CollectionError("No mailhost.", other="mailhost")

    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:mailhost@proxy.example")
    monkeypatch.setattr(single, "parse_desired", broken)

    result = run(DOMAIN.module, domain="example.com")

    assert result.msg == "No ********."
    assert result.other == "mailhost"


def test_a_defect_is_reported_with_what_to_do(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError(f"by zero, with {TOKEN}")

    monkeypatch.setattr(single, "parse_desired", broken)

    before, _line, after = run(DOMAIN.module, domain="example.com").msg.partition("test_module.py, line ")
    defect = f"This is a bug in the collection mailsec.cloudflare {VERSION}"
    assert before == f"{defect}: ZeroDivisionError: by zero, with ******** ("
    assert after.partition(")")[2] == (
        ". Please report it. The change may or may not have been applied. Run the task again."
    )
