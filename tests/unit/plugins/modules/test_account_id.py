# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module returns the id of its account, on success and on failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.documented import part
from support.module_runner import Run
from support.resources import SAMPLES
from support.sample import ACCOUNT, TOKEN, Sample

#: A task of each module that succeeds.
SUCCESSES: dict[str, dict[str, Any]] = {}
for _sample in SAMPLES:
    SUCCESSES[_sample.module] = {**_sample.key, "state": "absent"}
    SUCCESSES[_sample.bulk_module] = {_sample.entries_option: []}
    SUCCESSES[_sample.info_module] = {}
every_module = pytest.mark.parametrize("name", SUCCESSES)


@every_module
def test_success(run_emulated: Callable[..., Run], emulator: Emulator, name: str) -> None:
    for check_mode in (True, False):
        result = run_emulated(name, check_mode=check_mode, **SUCCESSES[name])

        assert not result.failed
        assert result.account_id == emulator.account_id


@every_module
def test_request_failed(run_emulated: Callable[..., Run], emulator: Emulator, name: str) -> None:
    result = run_emulated(name, api_token="wrong", **SUCCESSES[name])

    assert result.failure["status"] == 403
    assert result.account_id == emulator.account_id


def test_some_records_failed(run_emulated: Callable[..., Run], emulator: Emulator, served: Sample) -> None:
    emulator.faults.add("status", status=400, method="POST")
    entries = [{**served.key_of(number), **served.needed} for number in (1, 2)]

    result = run_emulated(served.bulk_module, **{served.entries_option: entries})

    assert result.failed_records
    assert result.account_id == emulator.account_id


@every_module
def test_invalid_options(run: Callable[..., Run], name: str) -> None:
    for invalid in ({"timeout": -1}, {"timeout": "long"}, {"no_such_option": 1}):
        result = run(name, **SUCCESSES[name], **invalid)

        assert result.failed
        assert result.account_id == ACCOUNT


@every_module
def test_account_of_the_environment(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", ACCOUNT)

    assert run(name, credentials=False, **SUCCESSES[name]).account_id == ACCOUNT


@every_module
@pytest.mark.parametrize(
    "options", [{}, {"account_id": ""}, {"account_id": f"{ACCOUNT}/.."}, {"account_id": [ACCOUNT]}]
)
def test_no_valid_account(run: Callable[..., Run], name: str, options: dict[str, Any]) -> None:
    result = run(name, credentials=False, api_token=TOKEN, **options, **SUCCESSES[name])

    assert result.msg.startswith("account_id: ")
    assert "account_id" not in result.output


def test_documented_in_the_same_words() -> None:
    documented = [part(name, "RETURN")["account_id"] for name in SUCCESSES]

    assert documented == documented[:1] * len(documented)
