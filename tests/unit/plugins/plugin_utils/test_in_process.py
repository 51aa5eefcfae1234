# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In-process execution: when it is used, what the task gets, and what it returns."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from ansible.errors import AnsibleActionFail, AnsibleUndefinedVariable

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import SessionCache
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.registry import MODULES
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from support.actions import action_for
from support.fresh import fresh_copy
from support.module_runner import COLLECTION, Run
from support.samples import ACCOUNT, CREDENTIALS, DOMAIN, RESTRICTION, SAMPLES, TOKEN, Sample
from support.script import Script, envelope
from support.vaulted import vaulted

try:
    # Since ansible-core 2.19 a text is a template only where it is marked as one.
    from ansible.template import trust_as_template as template
except ImportError:
    template = str

NAMES = sorted(file.stem for file in (Path(in_process.__file__).parents[1] / "modules").glob("*.py"))
BULK = "sending_domain_restrictions"
MODULE_RAN = {"changed": False, "by": "the module"}
AS_MODULE = {"mailsec_cloudflare_in_process": False}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.fixture(autouse=True)
def no_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without connections."""
    monkeypatch.setattr(in_process, "SESSIONS", SessionCache())


class Actions:
    """Runs actions. A module does not run, but what it is given is kept."""

    def __init__(self) -> None:
        self.passed_on: Any = None
        self.verbose: list[str] = []

    def __call__(
        self,
        script: Script | None = None,
        name: str = DOMAIN.module,
        options: Any = None,
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

    def run_module(self, action: Any) -> dict[str, Any]:
        self.passed_on = action._task.args
        return dict(MODULE_RAN)


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch) -> Actions:
    """Return a function that runs an action against a script."""
    actions = Actions()
    monkeypatch.setattr(in_process.ModuleExecution, "run", lambda action, *_args: actions.run_module(action))
    monkeypatch.setattr(in_process.display, "vvv", lambda text, host=None: actions.verbose.append(text))
    return actions


def found() -> Script:
    return Script(DOMAIN.found())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.module)
@pytest.mark.parametrize("check_mode", [False, True])
def test_the_result_is_that_of_the_module(
    act: Actions, run: Callable[..., Run], sample: Sample, check_mode: bool
) -> None:
    def script() -> Script:
        return Script(sample.found(), *([] if check_mode else [sample.patching()]))

    module = run(sample.module, script(), check_mode, domain=sample.name, **sample.change)
    options = {**CREDENTIALS, "domain": sample.name, **sample.change}
    result = act(script(), sample.module, options, check_mode=check_mode, diff=True)

    assert result.pop("invocation") == {"module_args": {**options, "api_token": HIDDEN}}
    assert module.output.pop("warnings") == []
    assert result == module.output
    assert result["changed"] is True


def test_a_failure_is_that_of_the_module(act: Actions, run: Callable[..., Run]) -> None:
    def script() -> Script:
        error = {"code": 10000, "message": TOKEN}
        return Script(DOMAIN.listing(status=403, answer={"success": False, "errors": [error]}))

    module, result = run(DOMAIN.module, script(), domain=DOMAIN.name), act(script())

    assert result["failed"] is True
    assert (result["msg"], result["failure"]) == (module.msg, module.failure)
    assert TOKEN not in str(result)


def test_warnings_are_returned_where_there_are_any(act: Actions) -> None:
    answer = envelope([DOMAIN.record], ["hello"], result_info={"total_count": 1})

    assert act(Script(DOMAIN.listing(answer=answer)))["warnings"] == ["Message of the Cloudflare API: hello."]
    assert "warnings" not in act(found())


def test_invalid_options_are_an_error_before_any_request(act: Actions) -> None:
    result = act(options={**CREDENTIALS, "domain": "localhost", "hops": 1})

    assert result["failed"] is True
    assert "Unsupported parameters: hops." in result["msg"]
    assert "domain: must be a domain name" in result["msg"]


@pytest.mark.parametrize(
    ("variables", "task", "reason"),
    [
        (AS_MODULE, {}, "mailsec_cloudflare_in_process is false"),
        ({"mailsec_cloudflare_in_process": "no"}, {}, "mailsec_cloudflare_in_process is false"),
        ({}, {"async_val": 10}, "it uses async"),
        ({}, {"vars": {"ansible_python_interpreter": "/usr/bin/python3"}}, "the task sets ansible_python_interpreter"),
        ({}, {"vars": {"ansible_remote_tmp": "/elsewhere"}}, "the task sets ansible_remote_tmp"),
        ({}, {"connection": "ssh"}, "its connection is not local"),
    ],
)
def test_when_the_module_runs(act: Actions, variables: dict[str, Any], task: dict[str, Any], reason: str) -> None:
    assert act(variables=variables, **task) == MODULE_RAN
    assert act.verbose == [f"mailsec.cloudflare.{DOMAIN.module}: runs as a module, because {reason}."]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HAS_REQUESTS", False, "the controller's Python has no package requests"),
        ("sys", SimpleNamespace(platform="darwin"), "a forked process of macOS may crash when it looks for proxies"),
    ],
)
def test_when_the_module_runs_because_of_the_controller(
    act: Actions, monkeypatch: pytest.MonkeyPatch, name: str, value: Any, reason: str
) -> None:
    monkeypatch.setattr(in_process, name, value)

    assert act() == MODULE_RAN
    assert act.verbose[0].endswith(f", because {reason}.")


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
def test_when_it_runs_in_this_process(act: Actions, variables: dict[str, Any] | None) -> None:
    assert act(found(), variables=variables)["result"]["domain"] == DOMAIN.name
    assert act.verbose == [f"mailsec.cloudflare.{DOMAIN.module}: runs in this process, with {sys.executable}."]


def test_a_switch_that_is_neither_true_nor_false_is_an_error(act: Actions) -> None:
    with pytest.raises(AnsibleActionFail, match="mailsec_cloudflare_in_process: must be true or false, not 'perhaps'"):
        act(variables={"mailsec_cloudflare_in_process": "perhaps"})


@pytest.mark.parametrize(
    ("become_user", "runs_module"), [("root", True), ("me", False), (None, True), ("unknown", True)]
)
def test_under_become_to_another_user_the_module_runs(
    act: Actions, monkeypatch: pytest.MonkeyPatch, become_user: str | None, runs_module: bool
) -> None:
    def user(_number: int) -> Any:
        if become_user == "unknown":
            raise KeyError("getpwuid(): uid not found")
        return SimpleNamespace(pw_name="me")

    def become(action: Any) -> None:
        monkeypatch.setattr(action, "get_become_option", lambda _option: become_user)
        action._connection.become = SimpleNamespace()

    monkeypatch.setattr(in_process, "pwd", SimpleNamespace(getpwuid=user))

    assert (act(None if runs_module else found(), prepare=become) == MODULE_RAN) is runs_module


def test_the_environment_of_the_task_counts_and_ends_with_it(act: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "unknown")
    before = dict(os.environ)
    environment = [
        {"CLOUDFLARE_ACCOUNT_ID": "x", "NUMBER": 1},
        {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "CLOUDFLARE_API_TOKEN": TOKEN},
    ]

    result = act(found(), options={"domain": DOMAIN.name}, environment=environment)

    assert result["result"]["domain"] == DOMAIN.name
    assert dict(os.environ) == before


def test_paths_are_relative_to_the_playbook(act: Actions, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    here = os.getcwd()

    result = act(
        found(),
        options={**CREDENTIALS, "domain": DOMAIN.name, "ca_path": "ca.pem"},
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
    if gone_before:
        started_in.rmdir()
    else:
        perform = in_process.run
        monkeypatch.setattr(in_process, "run", lambda *args: (perform(*args), started_in.rmdir())[0])

    result = act(
        found(),
        environment=[{"CLOUDFLARE_API_KEY": "of this item"}],
        prepare=lambda action: action._loader.set_basedir(str(tmp_path)),
    )

    assert result["result"]["domain"] == DOMAIN.name
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


@BOTH_WAYS
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"comments": b"hello"}, "comments: must be a text, not bytes."),
        ({"comments": True}, "comments: must be a text, not true."),
        ({"exclude": ["a.example", b"hello"]}, "exclude: entry 2 must be a text, not bytes."),
        ({"timeout": 0}, "timeout: must be a number from 0.1 to 3600, not 0"),
    ],
)
def test_invalid_options_are_found_on_the_controller(
    act: Actions, variables: dict[str, Any], options: dict[str, Any], sentence: str
) -> None:
    options = {**CREDENTIALS, "domain": RESTRICTION.name, **options}
    result = act(name=RESTRICTION.module, options=options, variables=variables)

    assert (result["failed"], result["changed"]) == (True, False)
    assert sentence in result["msg"]


@BOTH_WAYS
def test_every_invalid_entry_is_found_on_the_controller(act: Actions, variables: dict[str, Any]) -> None:
    entries = [{"domain": "a.example", "comments": b"x"}, 5, {"domain": "b.example"}]
    result = act(name=BULK, options={**CREDENTIALS, "restrictions": entries}, variables=variables)

    assert [error["index"] for error in result["entry_errors"]] == [0, 1]
    assert "restrictions[0] (a.example): comments: must be a text, not bytes." in result["msg"]


def test_a_module_may_have_credentials_that_the_controller_does_not_know(act: Actions) -> None:
    options = {"domain": DOMAIN.name, "ca_path": "/there/ca.pem"}

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
    key = {"domain": RESTRICTION.name}
    act(name=RESTRICTION.module, options={**CREDENTIALS, **key, **written}, variables=AS_MODULE)
    assert act.passed_on == {**CREDENTIALS, **key, **passed_on}

    act(name=BULK, options={**CREDENTIALS, "restrictions": [{**key, **written}]}, variables=AS_MODULE)
    assert act.passed_on == {**CREDENTIALS, "restrictions": [{**key, **passed_on}]}


@BOTH_WAYS
def test_vaulted_values_are_decrypted(act: Actions, monkeypatch: pytest.MonkeyPatch, variables: dict[str, Any]) -> None:
    options = {**CREDENTIALS, "api_token": vaulted(TOKEN, monkeypatch), "domain": DOMAIN.name}
    script = Script() if variables else found()

    result = act(script, options=options, variables=variables)

    if variables:
        assert act.passed_on["api_token"] == TOKEN
        return
    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in str(result)


def test_a_date_is_text(act: Actions) -> None:
    options = {**CREDENTIALS, "domain": RESTRICTION.name, "comments": date(2026, 11, 29)}
    result = act(Script(RESTRICTION.found()), RESTRICTION.module, options, check_mode=True)

    assert result["result"]["comments"] == "2026-11-29"


def test_the_connection_of_the_role_takes_precedence(act: Actions) -> None:
    variables = {
        "__email_security_connection": {"api_token": TOKEN, "account_id": ACCOUNT, "api_url": "", "ca_path": None},
        "omit": "omitted",
    }
    script = found()
    act(script, options={"domain": DOMAIN.name, "api_token": "other"}, variables=variables)

    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_an_alias_of_an_option_of_the_role_is_replaced(act: Actions) -> None:
    variables = {"__email_security_connection": {"api_key": "k2", "api_email": "b@example.com"}}
    script = found()
    options = {"account_id": ACCOUNT, "account_api_key": "k1", "account_email": "a@example.com", "domain": DOMAIN.name}
    act(script, options=options, variables=variables)

    assert (script.requests[0].headers["X-Auth-Key"], script.requests[0].headers["X-Auth-Email"]) == (
        "k2",
        "b@example.com",
    )


def test_the_invocation_has_neither_secrets_nor_entries(act: Actions) -> None:
    options = {
        "account_id": ACCOUNT,
        "account_email": "a@example.com",
        "account_api_key": TOKEN,
        "restrictions": [{"domain": RESTRICTION.name}],
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


@pytest.mark.parametrize("old", [True, False])
def test_on_old_cores_a_result_is_marked_as_no_template(
    act: Actions, monkeypatch: pytest.MonkeyPatch, old: bool
) -> None:
    wrapped: list[Any] = []
    monkeypatch.setattr(in_process, "UNMARKED_IS_TEMPLATE", old)
    monkeypatch.setattr(in_process, "wrap_var", lambda value: wrapped.append(value) or value)

    act(found())

    assert [result["result"]["domain"] for result in wrapped] == [DOMAIN.name] * old


def test_which_cores_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    import ansible.template

    for exists in (False, True):
        with monkeypatch.context() as patch:
            if exists:
                patch.setattr(ansible.template, "trust_as_template", None, raising=False)
            else:
                patch.delattr(ansible.template, "trust_as_template", raising=False)
            assert fresh_copy(in_process).UNMARKED_IS_TEMPLATE is not exists


def test_a_defect_is_a_failure_without_secrets(act: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    before, here = dict(os.environ), os.getcwd()

    def fail(*_args: Any) -> None:
        raise ZeroDivisionError(f"a defect, with {TOKEN}")

    monkeypatch.setattr(base, "request_warnings", fail)
    result = act(found(), environment=[{"X": "1"}])

    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("This is a defect of the collection mailsec.cloudflare ")
    assert "ZeroDivisionError: a defect, with ******** (test_in_process.py, line " in result["msg"]
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


def test_every_module_has_an_action_and_is_registered() -> None:
    assert sorted(MODULES) == NAMES
    for name in NAMES:
        action = importlib.import_module(f"{COLLECTION}.action.{name}")
        assert action.ActionModule is in_process.ActionModule


def test_the_connection_of_the_role_is_that_of_the_task_where_it_is_set(act: Actions) -> None:
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


def test_the_connection_of_the_role_beats_another_name_of_an_option(act: Actions) -> None:
    """Ansible would take the value of the alias, here the address of another user."""
    given = {"account_email": "other@example.com", "account_api_key": "0" * 37, "domain": DOMAIN.name}
    role = {"api_email": "admin@example.com", "api_key": "1" * 37, "account_id": ACCOUNT}

    result = act(found(), options=given, variables={in_process.ROLE_CONNECTION: role})

    options = result["invocation"]["module_args"]
    assert options["api_email"] == "admin@example.com"
    assert "account_email" not in options


def test_an_undefined_variable_in_the_connection_of_the_role_fails(act: Actions) -> None:
    variables = {in_process.ROLE_CONNECTION: {"account_id": template("{{ acount }}")}}

    with pytest.raises(AnsibleUndefinedVariable, match="'acount' is undefined"):
        act(variables=variables)


def test_the_python_of_ansible_itself_is_no_reason_to_start_a_module(act: Actions) -> None:
    interpreter = {"ansible_python_interpreter": template("{{ ansible_playbook_python }}")}

    result = act(found(), variables={"ansible_playbook_python": sys.executable}, vars=interpreter)

    assert result["result"]["domain"] == DOMAIN.name
