# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task on the controller: what is refused, and what a module gets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.actions import AS_MODULE, MODULE_RAN, Actions, found
from support.resources import DOMAIN, IMPERSONATION_ENTRY, RESTRICTION
from support.sample import CREDENTIALS, TOKEN
from support.script import Script
from support.vaulted import vaulted

BULK = "sending_domain_restrictions"


def test_invalid_options_are_an_error_before_any_request(act: Actions) -> None:
    result = act(options={**CREDENTIALS, "domain": "localhost", "hops": 1})

    assert result["failed"] is True
    assert "Unsupported parameters: hops." in result["msg"]
    assert "domain: must be a domain name" in result["msg"]


BOTH_WAYS = pytest.mark.parametrize("variables", [{}, AS_MODULE], ids=["in process", "as a module"])


@BOTH_WAYS
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"comments": b"hello"}, "comments: must be a string, not bytes."),
        ({"comments": True}, "comments: must be a string, not true."),
        ({"exclude": ["a.example", b"hello"]}, "exclude: entry 2 must be a string, not bytes."),
        ({"timeout": 0}, "timeout: must be a number from 0.1 to 3600, not 0"),
    ],
)
def test_invalid_options_are_found_on_the_controller(
    act: Actions, variables: dict[str, Any], options: dict[str, Any], sentence: str
) -> None:
    options = {**CREDENTIALS, "domain": RESTRICTION.label, **options}
    result = act(name=RESTRICTION.module, options=options, variables=variables)

    assert (result["failed"], result["changed"]) == (True, False)
    assert sentence in result["msg"]


@BOTH_WAYS
def test_every_invalid_entry_is_found_on_the_controller(act: Actions, variables: dict[str, Any]) -> None:
    entries = [{"domain": "a.example", "comments": b"x"}, 5, {"domain": "b.example"}]
    result = act(name=BULK, options={**CREDENTIALS, "restrictions": entries}, variables=variables)

    assert [error["index"] for error in result["entry_errors"]] == [0, 1]
    assert "restrictions[0] (a.example): comments: must be a string, not bytes." in result["msg"]


def test_a_module_may_have_credentials_that_the_controller_does_not_know(act: Actions) -> None:
    options = {"domain": DOMAIN.label, "ca_path": "/there/ca.pem"}

    assert act(options=options, variables=AS_MODULE) == MODULE_RAN
    assert act.passed_on == options


@pytest.mark.parametrize(
    ("written", "passed_on"),
    [
        ({"comments": None, "state": None, "exclude": ""}, {"exclude": []}),
        ({"exclude": "a.example, b.example"}, {"exclude": ["a.example", "b.example"]}),
        ({"comments": date(2026, 11, 29)}, {"comments": "2026-11-29"}),
        ({"comments": 5, "exclude": {"a.example"}}, {"comments": "5", "exclude": ["a.example"]}),
    ],
)
def test_what_a_module_gets(act: Actions, written: dict[str, Any], passed_on: dict[str, Any]) -> None:
    key = {"domain": RESTRICTION.label}
    act(name=RESTRICTION.module, options={**CREDENTIALS, **key, **written}, variables=AS_MODULE)
    assert act.passed_on == {**CREDENTIALS, **key, **passed_on}

    act(name=BULK, options={**CREDENTIALS, "restrictions": [{**key, **written}]}, variables=AS_MODULE)
    assert act.passed_on == {**CREDENTIALS, "restrictions": [{**key, **passed_on}]}


def test_a_module_gets_a_pattern_with_commas_as_one_value(act: Actions) -> None:
    key = {"email": "a{1,3}@x.example", "name": " "}
    act(name=IMPERSONATION_ENTRY.info_module, options={**CREDENTIALS, **key}, variables=AS_MODULE)
    assert act.passed_on == {**CREDENTIALS, "email": [key["email"]], "name": []}


@BOTH_WAYS
def test_vaulted_values_are_decrypted(act: Actions, monkeypatch: pytest.MonkeyPatch, variables: dict[str, Any]) -> None:
    options = {**CREDENTIALS, "api_token": vaulted(TOKEN, monkeypatch), "domain": DOMAIN.label}
    script = Script() if variables else found()

    result = act(script, options=options, variables=variables)

    if variables:
        assert act.passed_on["api_token"] == TOKEN
        return
    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in str(result)


def test_a_date_becomes_a_string(act: Actions) -> None:
    options = {**CREDENTIALS, "domain": RESTRICTION.label, "comments": date(2026, 11, 29)}
    result = act(Script(RESTRICTION.found()), RESTRICTION.module, options, check_mode=True)

    assert result["result"]["comments"] == "2026-11-29"
