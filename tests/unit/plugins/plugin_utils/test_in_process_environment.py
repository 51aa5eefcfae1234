# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In-process execution leaves the process as it was: its environment, its folder and its log."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from support.actions import AS_MODULE, Actions, found
from support.resources import DOMAIN
from support.sample import ACCOUNT, CREDENTIALS, TOKEN


def test_the_environment_of_the_task_counts_and_ends_with_it(act: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "unknown")
    before = dict(os.environ)
    environment = [
        {"CLOUDFLARE_ACCOUNT_ID": "x", "NUMBER": 1},
        {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "CLOUDFLARE_API_TOKEN": TOKEN},
    ]

    result = act(found(), options={"domain": DOMAIN.label}, environment=environment)

    assert result["result"]["domain"] == DOMAIN.label
    assert dict(os.environ) == before


def test_paths_are_relative_to_the_playbook(act: Actions, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    here = os.getcwd()

    result = act(
        found(),
        options={**CREDENTIALS, "domain": DOMAIN.label, "ca_path": "ca.pem"},
        prepare=lambda action: action._loader.set_basedir(str(tmp_path)),
    )

    assert not result.get("failed")
    assert os.getcwd() == here


@pytest.mark.parametrize("gone_before", [True, False])
def test_a_folder_that_is_gone_neither_fails_the_task_nor_keeps_its_environment(
    act: Actions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone_before: bool
) -> None:
    started_in = tmp_path / "started"
    started_in.mkdir()
    monkeypatch.chdir(started_in)
    before = dict(os.environ)

    def prepare(action: Any) -> None:
        action._loader.set_basedir(str(tmp_path))
        if gone_before:
            started_in.rmdir()

    if not gone_before:
        perform = in_process.run
        monkeypatch.setattr(in_process, "run", lambda *args: (perform(*args), started_in.rmdir())[0])

    result = act(
        found(),
        environment=[{"CLOUDFLARE_API_KEY": "of this item"}],
        prepare=prepare,
    )

    assert result["result"]["domain"] == DOMAIN.label
    assert dict(os.environ) == before


BOTH_WAYS = pytest.mark.parametrize("variables", [{}, AS_MODULE], ids=["in process", "as a module"])


@BOTH_WAYS
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("", "secret", "environment: '' cannot be the name of a variable."),
        ("=x", "secret", "environment: '=x' cannot be the name of a variable."),
        ("A=B", "secret", "environment: 'A=B' cannot be the name of a variable."),
        ("A\0B", "secret", r"environment: 'A\x00B' cannot be the name of a variable."),
        ("A\ud800", "secret", r"environment: 'A\ud800' cannot be the name of a variable."),
        ("A", "sec\0ret", "environment: the value of 'A' has a character that no variable can have, such as NUL."),
        ("A", "secret\ud800", "environment: the value of 'A' has a character that no variable can have, such as NUL."),
    ],
)
def test_an_impossible_environment_is_an_error_that_names_the_variable(
    act: Actions, variables: dict[str, Any], name: str, value: str, sentence: str
) -> None:
    before = dict(os.environ)

    result = act(environment=[{"X": "1"}, {name: value}], variables=variables)

    assert result == {"changed": False, "failed": True, "msg": sentence}
    assert dict(os.environ) == before


def test_a_defect_is_a_failure_without_secrets(act: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    before, here = dict(os.environ), os.getcwd()

    def fail(*_args: Any) -> None:
        raise ZeroDivisionError(f"a defect, with {TOKEN}")

    monkeypatch.setattr(base, "request_warnings", fail)
    result = act(found(), environment=[{"X": "1"}])

    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("This is a bug in the collection mailsec.cloudflare ")
    assert "ZeroDivisionError: a defect, with ******** (test_in_process_environment.py, line " in result["msg"]
    assert TOKEN not in str(result)
    assert (dict(os.environ), os.getcwd()) == (before, here)


def test_an_interruption_restores_the_process(act: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    before, here = dict(os.environ), os.getcwd()

    def interrupt(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(base, "request_warnings", interrupt)
    with pytest.raises(KeyboardInterrupt):
        act(found(), environment=[{"X": "1"}])

    assert (dict(os.environ), os.getcwd()) == (before, here)


def test_warnings_of_urllib3_are_in_no_log(
    act: Actions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def warn(*_args: Any) -> list[str]:
        logging.getLogger("urllib3.connectionpool").warning("Failed to parse headers")
        return []

    monkeypatch.setattr(base, "request_warnings", warn)
    act(found())
    assert caplog.text == ""

    # For everything else in this process, the log is as before.
    warn()
    assert "Failed to parse headers" in caplog.text
