# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets stay out of everything that a task returns, whatever the server echoes and however it spells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import requests

from support.module_runner import Run
from support.resources import DOMAIN
from support.sample import ACCOUNT, ID
from support.script import Script, refusal

#: Every character that some spelling writes otherwise, and enough plain ones to find a part of it.
SECRET = "Sn3lZJTBX6kk+/g7\"Od<c>B'U&A\\xOO963GE%41IyGQqnFTOFYY"
SPELLINGS = {
    "plain": SECRET,
    "URL": quote(SECRET, safe=""),
    "URL, slash as it is": quote(SECRET),
    "URL in lower case": quote(SECRET, safe="")
    .replace("%2F", "%2f")
    .replace("%2B", "%2b")
    .replace("%3C", "%3c")
    .replace("%3E", "%3e")
    .replace("%5C", "%5c"),
    "form": quote_plus(SECRET),
    "JSON": json.dumps(SECRET)[1:-1],
}
PARTS = ("Sn3lZJTBX6", "IyGQqnFTOFYY")
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "message": lambda echo: {"status": 400, "answer": refusal({"code": 6003, "message": f"Bad: Bearer {echo}"})},
    "chain": lambda echo: {
        "status": 400,
        "answer": refusal({"code": 1, "message": "No", "error_chain": [{"code": 2, "message": f"x{echo}x"}]}),
    },
    "key of an error": lambda echo: {"status": 400, "answer": refusal({"code": 1, "message": "No", echo: [echo]})},
    "error that is a string": lambda echo: {"status": 400, "answer": {"success": False, "errors": [echo]}},
    "pointer": lambda echo: {"status": 400, "answer": refusal({"message": "No", "source": {"pointer": echo}})},
    "page": lambda echo: {"status": 502, "text": f"<html><body>Authorization: Bearer {echo}</body></html>"},
    "title": lambda echo: {"status": 502, "text": f"<title>{echo}</title>"},
    "end of an excerpt": lambda echo: {"status": 502, "text": "x" * 180 + f" {echo} "},
    "page with 200": lambda echo: {"status": 200, "text": f"<body>You sent {echo}</body>"},
    "redirect": lambda echo: {"status": 302, "headers": {"location": f"https://evil.example/?token={echo}"}},
    "ray id": lambda echo: {"status": 400, "headers": {"cf-ray": f"x{echo}x"}},
    "exception": lambda echo: {"error": requests.ConnectionError(f"Bad header: {echo}")},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_that_the_server_echoes_is_not_in_a_failure(
    run: Callable[..., Run], spelling: str, place: str
) -> None:
    script = Script(DOMAIN.reading(**PLACES[place](SPELLINGS[spelling])))

    result = run(DOMAIN.module, script, domain_id=ID, retries=0, api_token=SECRET)

    assert result.failed
    assert_hidden(result)


@pytest.mark.parametrize("place", ["message", "end of an excerpt", "redirect"])
@pytest.mark.parametrize("spelling", ["plain", "URL", "JSON"])
@pytest.mark.parametrize("carrier", ["api_key", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"])
def test_wherever_a_secret_comes_from_it_is_not_in_a_failure(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, carrier: str, spelling: str, place: str
) -> None:
    params = {carrier: SECRET} if carrier.islower() else {}
    if not carrier.islower():
        monkeypatch.setenv(carrier, SECRET)
    if carrier.endswith("KEY"):
        monkeypatch.setenv("CLOUDFLARE_EMAIL", "user@example.com")
    elif carrier == "api_key":
        params["api_email"] = "user@example.com"
    script = Script(DOMAIN.reading(**PLACES[place](SPELLINGS[spelling])))

    result = run(DOMAIN.module, script, credentials=False, account_id=ACCOUNT, domain_id=ID, retries=0, **params)

    assert result.failed
    assert_hidden(result)


def assert_hidden(result: Run) -> None:
    """Neither the secret nor a good part of it is in what a task returned."""
    for part in PARTS:
        assert part not in result.text, result.text
    assert "********" in result.text


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_in_a_message_of_the_server_is_masked_in_the_warning(run: Callable[..., Run], spelling: str) -> None:
    response = {"success": True, "result": DOMAIN.record, "messages": [{"code": 1, "message": SPELLINGS[spelling]}]}

    result = run(DOMAIN.module, Script(DOMAIN.reading(answer=response)), domain_id=ID, api_token=SECRET)

    assert not result.failed
    assert_hidden(result)


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_secret_in_a_setting_is_not_in_result_diff_and_warnings(run: Callable[..., Run], check_mode: bool) -> None:
    record = {**DOMAIN.record, "transport": SECRET, "note": {SECRET: [SECRET]}}
    patch = (
        [] if check_mode else [DOMAIN.patching(body={"transport": "x"}, stored={**record, "transport": f"{SECRET} x"})]
    )

    result = run(
        DOMAIN.module, Script(DOMAIN.reading(record), *patch), check_mode, domain_id=ID, transport="x", api_token=SECRET
    )

    assert result.changed
    assert len(result.warnings) == (0 if check_mode else 1)
    assert_hidden(result)


def test_a_secret_in_the_wrong_option_is_not_repeated_where_the_right_one_holds_it_too(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain_id=SECRET, api_token=SECRET)

    assert result.failed
    assert_hidden(result)


def test_a_secret_in_the_environment_is_hidden_when_the_task_uses_another(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDFLARE_API_KEY", SECRET)
    response: dict[str, Any] = {"status": 400, "answer": refusal({"code": 1, "message": f"No: {SECRET}"})}

    assert_hidden(run(DOMAIN.module, Script(DOMAIN.reading(**response)), domain_id=ID))


@pytest.mark.parametrize("option", ["api_token", "api_key", "account_api_key"])
@pytest.mark.parametrize("value", [[SECRET], {"value": SECRET}, {SECRET: 1}, [{"a": [SECRET]}], True])
def test_a_credential_that_is_not_a_string_is_refused(run: Callable[..., Run], option: str, value: Any) -> None:
    result = run(DOMAIN.module, credentials=False, domain="example.com", account_id=ACCOUNT, **{option: value})

    assert result.failed
    assert result.msg.startswith(f"{option}: must be a string, not ")
    for part in PARTS:
        assert part not in result.text


@pytest.mark.parametrize("option", ["api_tokn", "token", "account_key"])
def test_a_secret_in_an_unknown_option_is_not_returned(run: Callable[..., Run], option: str) -> None:
    result = run(DOMAIN.module, domain="example.com", **{option: "0123456789abcdefghijklmnopqrstuvwxyzABCD"})

    assert f"parameters: {option}. Supported" in result.msg
    assert "0123456789" not in result.text


def test_the_words_of_ansible_hold_no_secret_of_the_environment(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", SECRET)

    result = run(DOMAIN.module, credentials=False, domain="example.com", state=SECRET, validate_certs=[SECRET])

    assert result.failed
    assert_hidden(result)


def test_a_password_in_the_address_is_not_returned(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain="example.com", api_url="https://somebody:pass-word@api.cloudflare.com/client/v4")

    assert result.msg.startswith("api_url: must be a URL")
    assert "pass-word" not in result.text


def test_a_token_in_the_place_of_a_path_is_not_repeated(run: Callable[..., Run]) -> None:
    token = "0123456789abcdefghijklmnopqrstuvwxyzABCD"

    assert run(DOMAIN.module, domain="example.com", ca_path=token).msg == "ca_path: no such file or directory."


def test_a_token_that_is_a_word_of_the_failure_leaves_its_names(run: Callable[..., Run]) -> None:
    gone = DOMAIN.reading(
        status=404, answer={"success": False, "errors": [{"code": 7000, "message": "No such status"}]}
    )

    result = run(DOMAIN.module, Script(gone), credentials=False, domain_id=ID, account_id=ACCOUNT, api_token="status")

    assert set(result.failure) == {"method", "url", "status", "errors", "ray_id"}
    assert result.failure["status"] == 404
    assert result.failure["errors"] == [{"code": 7000, "message": "No such ********"}]
