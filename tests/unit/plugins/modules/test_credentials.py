# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which credentials are used, and what is sent of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import DOMAIN
from support.sample import ACCOUNT, Sample
from support.script import Script

TASK_TOKEN, TASK_KEY, TASK_EMAIL = "task-token", "task-key", "task@example.com"
ENV_TOKEN, ENV_KEY, ENV_EMAIL = "env-token", "env-key", "env@example.com"
EMAIL = {"CLOUDFLARE_EMAIL": ENV_EMAIL}
PAIR = {**EMAIL, "CLOUDFLARE_API_KEY": ENV_KEY}
TOKEN = {"CLOUDFLARE_API_TOKEN": ENV_TOKEN}


@pytest.fixture
def sent(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Return a function that returns which headers with credentials are sent for a task and an environment."""

    def send(environment: dict[str, str], sample: Sample = DOMAIN, **params: Any) -> dict[str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        script = Script(sample.reading(), sample.patching())
        result = run(
            sample.module,
            script,
            credentials=False,
            **{"account_id": ACCOUNT, sample.id_option: sample.id, **sample.change, **params},
        )
        assert not result.failed, result.msg
        seen = [
            {
                name: value
                for name, value in request.headers.items()
                if name in ("Authorization", "X-Auth-Email", "X-Auth-Key")
            }
            for request in script.requests
        ]
        assert seen[0] == seen[1]
        return seen[0]

    return send


@pytest.mark.parametrize(
    ("params", "environment", "used"),
    [
        pytest.param({"api_token": TASK_TOKEN}, {}, "task token", id="token of the task"),
        pytest.param({}, TOKEN, "env token", id="token of the environment"),
        pytest.param({"api_email": TASK_EMAIL, "api_key": TASK_KEY}, {}, "task pair", id="pair of the task"),
        pytest.param({"account_email": TASK_EMAIL, "account_api_key": TASK_KEY}, {}, "task pair", id="aliases"),
        pytest.param({}, PAIR, "env pair", id="pair of the environment"),
        pytest.param({"api_token": TASK_TOKEN}, {**TOKEN, **PAIR}, "task token", id="task beats environment"),
        pytest.param(
            {"api_email": TASK_EMAIL, "api_key": TASK_KEY}, TOKEN, "task pair", id="pair of the task beats token"
        ),
        pytest.param(
            {"api_token": TASK_TOKEN, "api_email": TASK_EMAIL, "api_key": TASK_KEY}, {}, "task token", id="token first"
        ),
        pytest.param({"api_token": TASK_TOKEN, "api_email": TASK_EMAIL}, {}, "task token", id="token and half a pair"),
        pytest.param({}, {**TOKEN, **PAIR}, "env token", id="token of the environment first"),
        pytest.param({}, {**TOKEN, **EMAIL}, "env token", id="the trap: token and somebody's address"),
        pytest.param({"api_token": TASK_TOKEN}, EMAIL, "task token", id="the trap, token in the task"),
        pytest.param({}, {"CLOUDFLARE_API_TOKEN": "", **PAIR}, "env pair", id="empty token is none"),
        pytest.param(
            {}, {**TOKEN, "CLOUDFLARE_EMAIL": "", "CLOUDFLARE_API_KEY": ""}, "env token", id="empty pair is none"
        ),
    ],
)
def test_the_task_beats_the_environment_and_a_token_beats_a_key(
    sent: Callable[..., dict[str, str]], params: dict[str, str], environment: dict[str, str], used: str
) -> None:
    expected = {
        "task token": {"Authorization": "Bearer task-token"},
        "env token": {"Authorization": "Bearer env-token"},
        "task pair": {"X-Auth-Email": "task@example.com", "X-Auth-Key": "task-key"},
        "env pair": {"X-Auth-Email": "env@example.com", "X-Auth-Key": "env-key"},
    }

    assert sent(environment, **params) == expected[used]


def test_both_modules_send_them(sent: Callable[..., dict[str, str]], sample: Sample) -> None:
    assert sent({}, sample, api_token="x") == {"Authorization": "Bearer x"}


@pytest.mark.parametrize("secret", ["!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "x" * 4096, "a:b", "%41", "{{a}}"])
def test_awkward_characters_are_sent_as_they_are(sent: Callable[..., dict[str, str]], secret: str) -> None:
    assert sent({}, api_token=secret) == {"Authorization": f"Bearer {secret}"}
    assert sent({}, api_email="o'hara+x@example.com", api_key=secret) == {
        "X-Auth-Email": "o'hara+x@example.com",
        "X-Auth-Key": secret,
    }


NONE = (
    "api_token: no credentials found. Set api_token (or api_email with api_key) in the task or in module_defaults, "
    "or CLOUDFLARE_API_TOKEN (or CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY) in the environment."
)
HALF = (
    "required. api_email and api_key must be set together in the same place, the task or the environment; "
    "an api_token needs neither."
)
ODD = (
    "contains an invalid character, such as a space, a line break or an accented letter. "
    "Check how it was copied or read from a file."
)


@pytest.mark.parametrize(
    ("params", "environment", "sentence"),
    [
        pytest.param({}, {}, NONE, id="none"),
        pytest.param({}, {"CLOUDFLARE_API_TOKEN": ""}, NONE, id="empty variable"),
        pytest.param({"api_email": "a@b.c"}, {}, f"api_key: {HALF}", id="no key"),
        pytest.param({"api_key": "x"}, {}, f"api_email: {HALF}", id="no address"),
        pytest.param({}, EMAIL, f"api_key: {HALF}", id="no key in the environment"),
        pytest.param({}, {"CLOUDFLARE_API_KEY": "x"}, f"api_email: {HALF}", id="no address in the environment"),
        pytest.param({"api_key": "x"}, EMAIL, f"api_email: {HALF}", id="half here, half there"),
        pytest.param({"api_email": "a@b.c"}, {**TOKEN, **PAIR}, f"api_key: {HALF}", id="half in the task"),
        *(
            pytest.param(
                {**given, option: ""},
                TOKEN,
                f"{option}: is empty. Leave it out to use {variable} from the environment.",
                id=f"empty {option}",
            )
            for option, variable, given in (
                ("api_token", "CLOUDFLARE_API_TOKEN", {}),
                ("api_key", "CLOUDFLARE_API_KEY", {"api_token": "x"}),
                ("api_email", "CLOUDFLARE_EMAIL", {"api_key": "x"}),
            )
        ),
        *(
            pytest.param({"api_token": token}, {}, f"api_token: {ODD}", id=ascii(token))
            for token in ("x y", " ab", "a\n", "a\r\nX-Evil: 1", "\u00f6", "\u2028", "a\x00", "a\x7f", "Bearer x")
        ),
        pytest.param({"api_email": "\u00f6@b.c", "api_key": "x"}, {}, f"api_email: {ODD}", id="address"),
        pytest.param({"api_email": "a@b.c", "api_key": "x\n"}, {}, f"api_key: {ODD}", id="key"),
        pytest.param({}, {"CLOUDFLARE_API_TOKEN": "a\n"}, f"api_token: {ODD}", id="variable"),
    ],
)
def test_credentials_that_cannot_be_used_are_refused(
    run: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
    params: dict[str, str],
    environment: dict[str, str],
    sentence: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    result = run(DOMAIN.module, credentials=False, account_id=ACCOUNT, domain="example.com", **params)

    assert result.failed
    assert result.msg == sentence


def test_account_and_address_come_from_the_environment_too(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", ACCOUNT)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "x")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "https://api.example/client/v4")
    script = Script(DOMAIN.found())

    assert not run(DOMAIN.module, script, credentials=False, domain="example.com").failed
    assert str(script.requests[0].url).startswith(f"https://api.example/client/v4/accounts/{ACCOUNT}/")


def test_the_task_beats_the_environment_for_account_and_address(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "other")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "https://other.example")
    script = Script(DOMAIN.found())

    run(DOMAIN.module, script, domain="example.com", api_url="https://task.example/client/v4")

    assert str(script.requests[0].url).startswith(f"https://task.example/client/v4/accounts/{ACCOUNT}/")


def test_empty_variables_count_as_not_set(run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "")
    script = Script(DOMAIN.found())

    assert not run(DOMAIN.module, script, domain="example.com").failed
    assert str(script.requests[0].url).startswith("https://api.cloudflare.com/client/v4/")
    missing = run(DOMAIN.module, credentials=False, domain="example.com", api_token="x")
    assert missing.msg.startswith("account_id: required.")
