# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The second door: when it is taken, what it gives a module, and what comes out of it."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from ansible.errors import AnsibleActionFail, AnsibleUndefinedVariable

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import SessionCache
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from support.actions import action_for
from support.module_runner import COLLECTION, Run, fresh_copy
from support.samples import ACCOUNT, CREDENTIALS, SAMPLES, TOKEN, Sample
from support.script import Script

try:
    # Since ansible-core 2.19 a text is a template only where it is marked as one.
    from ansible.template import trust_as_template as template
except ImportError:
    template = str

DOMAIN = SAMPLES[0]
MODULES = sorted(file.stem for file in (Path(in_process.__file__).parents[1] / "modules").glob("*.py"))
MODULE_RAN = {"changed": False, "by": "the module"}


@pytest.fixture(autouse=True)
def no_kept_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without connections."""
    monkeypatch.setattr(in_process, "KEPT", SessionCache())


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Return a function that runs an action against a script. A module does not run, but says that it would."""
    monkeypatch.setattr(in_process.RunsModule, "run", lambda *_args: dict(MODULE_RAN))

    def run(
        script: Script | None = None,
        name: str = DOMAIN.module,
        options: dict[str, Any] | None = None,
        variables: dict[str, Any] | None = None,
        prepare: Callable[[Any], None] = lambda action: None,
        **task: Any,
    ) -> dict[str, Any]:
        given = {**CREDENTIALS, "domain": DOMAIN.name} if options is None else options
        action = action_for(name, given, variables, **task)
        prepare(action)
        with script or Script():
            result: dict[str, Any] = action.run(task_vars=variables)
            return result

    return run


def found() -> Script:
    return Script(DOMAIN.found())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.module)
@pytest.mark.parametrize("check_mode", [False, True])
def test_the_result_is_the_one_of_the_module(
    act: Callable[..., dict[str, Any]], run: Callable[..., Run], sample: Sample, check_mode: bool
) -> None:
    def script() -> Script:
        return Script(sample.found(), *([] if check_mode else [sample.patching()]))

    options = {**CREDENTIALS, "domain": sample.name, **sample.change}
    module = run(sample.module, script(), check_mode, domain=sample.name, **sample.change)
    result = act(script(), sample.module, options, check_mode=check_mode, diff=True)

    assert result["changed"] is True
    assert {name: result[name] for name in ("changed", "result", "diff")} == {
        name: module.output[name] for name in ("changed", "result", "diff")
    }


def test_a_failure_is_the_one_of_the_module(act: Callable[..., dict[str, Any]], run: Callable[..., Run]) -> None:
    def script() -> Script:
        return Script(
            DOMAIN.listing(status=403, answer={"success": False, "errors": [{"code": 10000, "message": TOKEN}]})
        )

    module, result = run(DOMAIN.module, script(), domain=DOMAIN.name), act(script())

    assert result["failed"] is True
    assert (result["msg"], result["failure"]) == (module.msg, module.failure)
    assert TOKEN not in str(result)


def test_what_ansible_finds_wrong_is_told_in_its_words(act: Callable[..., dict[str, Any]]) -> None:
    options = {**CREDENTIALS, "domain": DOMAIN.name, "hops": 1}

    assert act(options=options)["msg"].startswith(
        f"Unsupported parameters for (mailsec.cloudflare.{DOMAIN.module}) module: hops."
    )


@pytest.mark.parametrize(
    ("variables", "task"),
    [
        ({"mailsec_cloudflare_in_process": False}, {}),
        ({"mailsec_cloudflare_in_process": "no"}, {}),
        ({}, {"async_val": 10}),
        ({}, {"vars": {"ansible_python_interpreter": "/usr/bin/python3"}}),
        ({}, {"vars": {"ansible_remote_tmp": "/elsewhere"}}),
    ],
    ids=["switch", "word", "async", "interpreter", "remote_tmp"],
)
def test_the_module_runs_where_the_task_asks_for_it(
    act: Callable[..., dict[str, Any]], variables: dict[str, Any], task: dict[str, Any]
) -> None:
    assert act(variables=variables, **task) == MODULE_RAN


@pytest.mark.parametrize(
    "variables",
    [
        {"mailsec_cloudflare_in_process": True},
        {"mailsec_cloudflare_in_process": "yes"},
        {"ansible_python_interpreter": "/usr/bin/python3", "ansible_remote_tmp": "/elsewhere"},
        {},
        None,
    ],
)
def test_what_the_play_or_the_inventory_says_of_modules_is_for_modules(
    act: Callable[..., dict[str, Any]], variables: dict[str, Any] | None
) -> None:
    assert act(found(), variables=variables)["result"]["domain"] == DOMAIN.name


def test_a_switch_that_is_neither_on_nor_off_is_a_mistake(act: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(AnsibleActionFail, match="mailsec_cloudflare_in_process: must be true or false, not 'perhaps'"):
        act(variables={"mailsec_cloudflare_in_process": "perhaps"})


def test_the_module_runs_where_the_connection_is_not_local(act: Callable[..., dict[str, Any]]) -> None:
    assert act(connection="ssh") == MODULE_RAN


@pytest.mark.parametrize("lacking", ["HAS_REQUESTS", "KNOWS_CORE"])
def test_the_module_runs_where_the_controller_lacks_something(
    act: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setattr(in_process, lacking, False)

    assert act() == MODULE_RAN


def test_an_unknown_core_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    # What an import finds as None cannot be imported.
    monkeypatch.setitem(sys.modules, f"{COLLECTION}.plugin_utils.wire", None)

    assert fresh_copy(in_process).KNOWS_CORE is False


@pytest.mark.parametrize(
    ("become_user", "same_user_too", "runs_module"),
    [("root", False, True), ("me", False, False), ("me", True, True), (None, False, True)],
)
def test_the_module_runs_under_become_to_another_user(
    act: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    become_user: str | None,
    same_user_too: bool,
    runs_module: bool,
) -> None:
    config = SimpleNamespace(get_config_value=lambda _name: same_user_too)
    monkeypatch.setattr(in_process, "constants", SimpleNamespace(config=config))

    def become(action: Any) -> None:
        monkeypatch.setattr(action, "_get_remote_user", lambda: "me")
        action._connection.become = SimpleNamespace(get_option=lambda *_args, **_options: become_user)

    assert (act(None if runs_module else found(), prepare=become) == MODULE_RAN) is runs_module


def test_the_environment_of_the_task_counts_and_ends_with_it(
    act: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "nobody")
    before = dict(os.environ)
    environment = [
        {"CLOUDFLARE_ACCOUNT_ID": "x", "NUMBER": 1},
        {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "CLOUDFLARE_API_TOKEN": TOKEN},
    ]

    result = act(found(), options={"domain": DOMAIN.name}, environment=environment)

    assert result["result"]["domain"] == DOMAIN.name
    assert dict(os.environ) == before


def test_names_of_files_are_relative_to_the_playbook(act: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    here = os.getcwd()

    def beside(action: Any) -> None:
        action._loader.set_basedir(str(tmp_path))

    result = act(found(), options={**CREDENTIALS, "domain": DOMAIN.name, "ca_path": "ca.pem"}, prepare=beside)

    assert not result.get("failed")
    assert os.getcwd() == here


def crashing(action: Any) -> None:
    def crash(_door: Any) -> None:
        raise ZeroDivisionError("a defect of ours")

    action.__class__ = type("Crashing", (type(action),), {"main": staticmethod(crash)})


def test_a_crash_is_a_failure_of_this_task_as_that_of_a_module_is(act: Callable[..., dict[str, Any]]) -> None:
    before, here = dict(os.environ), os.getcwd()

    result = act(prepare=crashing, environment=[{"X": "1"}])

    assert result["failed"] is True
    assert "a defect of ours" in result["module_stderr"]
    assert (dict(os.environ), os.getcwd()) == (before, here)


def test_a_crash_is_told_without_secrets(act: Callable[..., dict[str, Any]]) -> None:
    secret = "a defect of ours"

    result = act(prepare=crashing, environment=[{"CLOUDFLARE_API_KEY": secret}])

    assert result["failed"] is True
    assert "ZeroDivisionError: ********" in result["module_stderr"]
    assert secret not in str(result)


def test_what_the_library_warns_of_is_in_no_log(
    act: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    def warn(_door: Any) -> None:
        logging.getLogger("urllib3.connectionpool").warning("Failed to parse headers")

    def warning(action: Any) -> None:
        action.__class__ = type("Warning", (type(action),), {"main": staticmethod(warn)})

    act(prepare=warning)
    assert caplog.text == ""

    # For everything else that this process does, it is as it was.
    warn(None)
    assert "Failed to parse headers" in caplog.text


class TaggedBytes(bytes):
    """What a newer ansible-core makes of bytes in a playbook."""


BOTH_DOORS = pytest.mark.parametrize("in_process", [True, False], ids=["in process", "as a module"])


@BOTH_DOORS
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("", "secret", "environment: '' cannot be the name of a variable."),
        ("=x", "secret", "environment: '=x' cannot be the name of a variable."),
        ("A=B", "secret", "environment: 'A=B' cannot be the name of a variable."),
        ("A\0B", "secret", r"environment: 'A\x00B' cannot be the name of a variable."),
        ("A\ud800", "secret", r"environment: 'A\ud800' cannot be the name of a variable."),
        ("A", "sec\0ret", "environment: the value of 'A' has a character that no variable can hold, such as NUL."),
        ("A", "secret\ud800", "environment: the value of 'A' has a character that no variable can hold, such as NUL."),
    ],
)
def test_an_environment_that_cannot_be_is_told_by_the_name_of_the_variable(
    act: Callable[..., dict[str, Any]], in_process: bool, name: str, value: str, sentence: str
) -> None:
    before = dict(os.environ)

    result = act(environment=[{"X": "1"}, {name: value}], variables={"mailsec_cloudflare_in_process": in_process})

    assert result == {"changed": False, "failed": True, "msg": sentence}
    assert dict(os.environ) == before


@BOTH_DOORS
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"comments": b"hello"}, "comments: must be a text, not bytes."),
        ({"comments": TaggedBytes(b"hello")}, "comments: must be a text, not bytes."),
        ({"comments": 1j}, "comments: must be a text, not complex."),
        ({"exclude": ["a", b"hello"]}, "exclude[1]: must be a text, not bytes."),
        ({"exclude": ("a", {"x": b"hello"})}, "exclude[1].x: must be a text, not bytes."),
        ({"comments": {b"hello": 1}}, "comments: every key must be a text."),
        ({b"hello": 1}, "the options: every key must be a text."),
        (
            {"a": b"", "b": [b"", b""]},
            " ".join(f"{each}: must be a text, not bytes." for each in ("a", "b[0]", "b[1]")),
        ),
    ],
)
def test_bytes_are_told_by_the_name_of_the_option(
    act: Callable[..., dict[str, Any]], in_process: bool, options: dict[str, Any], sentence: str
) -> None:
    result = act(options=options, variables={"mailsec_cloudflare_in_process": in_process})

    assert result == {"changed": False, "failed": True, "msg": sentence}


@pytest.mark.parametrize("gone_before", [True, False])
def test_a_folder_that_is_gone_neither_fails_the_task_nor_keeps_its_environment(
    act: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone_before: bool
) -> None:
    started_in = tmp_path / "started"
    started_in.mkdir()
    monkeypatch.chdir(started_in)
    before = dict(os.environ)

    def beside(action: Any) -> None:
        action._loader.set_basedir(str(tmp_path))
        if gone_before:
            started_in.rmdir()
        else:
            monkeypatch.setattr(action, "_run_module", lambda run=action._run_module: (run(), started_in.rmdir()))

    result = act(found(), environment=[{"CLOUDFLARE_API_KEY": "of this item"}], prepare=beside)

    assert result["result"]["domain"] == DOMAIN.name
    assert dict(os.environ) == before


def test_on_macos_the_module_runs(act: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "sys", SimpleNamespace(platform="darwin"))

    assert act() == MODULE_RAN


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_an_action_that_runs_it(module: str) -> None:
    action, its_module = (importlib.import_module(f"{COLLECTION}.{kind}.{module}") for kind in ("action", "modules"))

    assert issubclass(action.ActionModule, in_process.InProcess)
    assert action.ActionModule.main is its_module.main


def test_the_connection_of_the_role_is_that_of_the_task_where_it_is_set(act: Callable[..., dict[str, Any]]) -> None:
    """Null and empty text are not set: there the options that module_defaults gave the task stay as they are."""
    role = {
        "account_id": template("{{ account }}"),
        "api_token": "",
        "api_email": None,
        "timeout": template("{{ seconds }}"),
    }
    given = {"account_id": "f" * 32, "api_token": TOKEN, "timeout": 9, "domain": DOMAIN.name}
    variables = {in_process.ROLE_CONNECTION: role, "account": ACCOUNT, "seconds": None}

    result = act(found(), options=given, variables=variables)

    assert (result["changed"], result["account_id"]) == (False, ACCOUNT)
    assert result["invocation"]["module_args"]["timeout"] == 9


def test_the_connection_of_the_role_beats_another_name_of_an_option(act: Callable[..., dict[str, Any]]) -> None:
    """Ansible would take the value of the alias, here the address of another user."""
    given = {"account_email": "other@example.com", "account_api_key": "0" * 37, "domain": DOMAIN.name}
    role = {"api_email": "admin@example.com", "api_key": "1" * 37, "account_id": ACCOUNT}

    result = act(found(), options=given, variables={in_process.ROLE_CONNECTION: role})

    options = result["invocation"]["module_args"]
    assert options["api_email"] == "admin@example.com"
    assert "account_email" not in options


def test_an_undefined_variable_in_the_connection_of_the_role_fails(act: Callable[..., dict[str, Any]]) -> None:
    variables = {in_process.ROLE_CONNECTION: {"account_id": template("{{ acount }}")}}

    with pytest.raises(AnsibleUndefinedVariable, match="'acount' is undefined"):
        act(variables=variables)
