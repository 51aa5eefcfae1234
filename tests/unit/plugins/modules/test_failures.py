# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says when a request failed: to a person, and to a playbook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import COLLECTION, Run
from support.resources import DOMAIN
from support.sample import ACCOUNT, ID, Sample
from support.script import Exchange, Script, refusal

REFUSED = (
    "The token or key is invalid or expired, is not valid for this account_id, or lacks the permission "
    "Cloud Email Security: Write (Cloud Email Security: Read is enough to read)."
)
MISSING = "The request has no credentials. Check api_token, or api_email with api_key."
MALFORMED = "The credentials are malformed. Check that the token is complete and that it is not a global API key."
TROUBLE = "Server error. Try again later; see https://www.cloudflarestatus.com."
FAILURES = [
    pytest.param(400, {"code": 10000, "message": "Authentication error"}, REFUSED, id="10000"),
    pytest.param(400, {"code": 9109, "message": "Invalid access token"}, REFUSED, id="9109"),
    pytest.param(403, {"code": 1, "message": "No"}, REFUSED, id="403"),
    pytest.param(401, {"code": 1, "message": "No"}, REFUSED, id="401"),
    pytest.param(400, {"code": 9106, "message": "Missing X-Auth-Key"}, MISSING, id="9106"),
    pytest.param(400, {"code": 6003, "message": "Invalid request headers"}, MALFORMED, id="6003"),
    *(
        pytest.param(400, {"code": code, "message": "No"}, advice, id=str(code))
        for code, advice in {6100: MISSING, 6101: MISSING, 6103: MALFORMED, 6111: MALFORMED}.items()
    ),
    pytest.param(400, {"code": 7003, "message": "Could not route"}, "Check api_url and account_id.", id="7003"),
    pytest.param(404, {"code": 1, "message": "No"}, "Record not found; it may have been deleted.", id="404"),
    pytest.param(407, {"code": 1, "message": "No"}, "The proxy requires authentication.", id="407"),
    pytest.param(
        429,
        {"code": 971, "message": "Wait"},
        "Cloudflare allows 1,200 requests per user in five minutes, including the dashboard.",
        id="429",
    ),
    pytest.param(500, {"code": 1, "message": "No"}, TROUBLE, id="500"),
    pytest.param(526, {"code": 1, "message": "No"}, TROUBLE, id="526"),
    pytest.param(409, {"code": 1, "message": "Exists"}, "(", id="409"),
    pytest.param(422, {"code": "x", "message": "Odd"}, "(", id="422 with a string as code"),
    pytest.param(
        403,
        {"code": 1, "message": "Email Security is not available in the current subscription"},
        "Email Security is not part of this account's plan.",
        id="plan",
    ),
]


@pytest.mark.parametrize(("status", "error", "advice"), FAILURES)
def test_the_message_has_status_code_reason_and_advice(
    run: Callable[..., Run], sample: Sample, status: int, error: dict[str, Any], advice: str
) -> None:
    script = Script(sample.reading(status=status, answer=refusal(error)))

    result = run(sample.module, script, **{sample.id_option: sample.id, "retries": 0})

    assert result.msg.startswith(f"HTTP {status}: {error['message']} (code {error['code']}). {advice}")
    assert result.msg.endswith(f"(GET {sample.url}, ray id 8f2b7c1d3e4a5b6c-FRA)")
    assert result.failure == {
        "method": "GET",
        "url": sample.url,
        "status": status,
        "errors": [error],
        "ray_id": "8f2b7c1d3e4a5b6c-FRA",
    }


def test_the_failure_of_a_patch_names_the_patch(run: Callable[..., Run], sample: Sample) -> None:
    error = {"code": 1001, "message": "Too long.", "source": {"pointer": "/comments"}}
    script = Script(sample.found(), sample.patching(status=400, answer=refusal(error)))

    result = run(sample.module, script, **sample.key, **sample.change)

    assert result.msg == (
        f"HTTP 400: Too long (code 1001) at /comments. (PATCH {sample.url}, ray id 8f2b7c1d3e4a5b6c-FRA)"
    )
    assert (result.failure["method"], result.failure["url"]) == ("PATCH", sample.url)
    assert "changed" not in result.output or not result.changed


def test_the_failure_of_a_list_names_its_query(run: Callable[..., Run]) -> None:
    script = Script(DOMAIN.lookup(status=400, answer=refusal({"code": 1, "message": "No"})))

    result = run(DOMAIN.module, script, domain="example.com")

    assert result.failure["url"].endswith(
        f"/accounts/{ACCOUNT}/email-security/settings/domains?domain=example.com&order=created_at&direction=asc&page=1&per_page=1000"
    )


def test_every_error_and_its_chain_is_in_the_message_and_the_chain_decides_the_hint(run: Callable[..., Run]) -> None:
    errors: list[Any] = [
        "text",
        {
            "code": 6003,
            "message": "Invalid request headers",
            "error_chain": [
                {"code": 6111, "message": "Invalid format for Authorization header."},
                {"code": 6101, "message": "Missing key", "error_chain": "odd"},
            ],
        },
        {"code": 9, "message": ""},
        {"message": "No code X"},
    ]
    script = Script(DOMAIN.reading(status=400, answer={"success": False, "errors": errors}))

    result = run(DOMAIN.module, script, domain_id=ID)

    assert result.msg.startswith(
        "HTTP 400: text; Invalid request headers (code 6003); Invalid format for Authorization header (code 6111); "
        f"Missing key (code 6101); no message (code 9); No code X. {MALFORMED}"
    )
    assert result.failure["errors"] == errors


def test_without_a_ray_id_none_is_named(run: Callable[..., Run]) -> None:
    script = Script(DOMAIN.reading(status=400, answer=refusal({"code": 1, "message": "No"}), ray_id=None))

    result = run(DOMAIN.module, script, domain_id=ID)

    assert result.msg == f"HTTP 400: No (code 1). (GET {DOMAIN.url})"
    assert result.failure["ray_id"] is None


WRONG = "Check api_url and account_id. ("
ROUTE = "Check api_url and account_id. ("


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        ({"text": "<title>404 Not Found</title>"}, f"404 Not Found. {WRONG}"),
        ({"text": ""}, f"no reason given. {WRONG}"),
        (
            {"answer": {"message": "no Route matched with those values."}},
            f"no Route matched with those values. {WRONG}",
        ),
        ({"answer": {"message": ["x"], "detail": "Not Found"}}, f"Not Found. {WRONG}"),
        ({"answer": {"message": "", "detail": "."}}, f"no reason given. {WRONG}"),
        ({"answer": {"success": False, "errors": []}}, f"no reason given. {WRONG}"),
        ({"answer": {"success": False, "errors": {"code": 1}}}, f"no reason given. {WRONG}"),
        ({"answer": {"errors": [{"code": 5, "message": "No"}]}}, f"No (code 5). {WRONG}"),
        ({"answer": ["x"]}, f"no reason given. {WRONG}"),
        ({"answer": refusal({"code": 7000, "message": "No route"})}, f"No route (code 7000). {ROUTE}"),
        ({"answer": refusal({"code": 7003, "message": "No route"})}, f"No route (code 7003). {ROUTE}"),
        (
            {"answer": refusal({"code": 5, "message": "No", "error_chain": [{"code": 7003, "message": "way"}]})},
            f"No (code 5); way (code 7003). {ROUTE}",
        ),
    ],
)
def test_only_the_api_can_report_a_missing_record(run: Callable[..., Run], exchange: dict[str, Any], said: str) -> None:
    asked = {"domain_id": ID}
    deleting = Exchange("DELETE", DOMAIN.record_path, status=404, **exchange)
    for script, module, params in (
        ([DOMAIN.reading(status=404, **exchange)], DOMAIN.module, {**asked, "state": "absent"}),
        ([DOMAIN.reading(status=404, **exchange)], DOMAIN.info_module, asked),
        ([DOMAIN.found(), deleting], DOMAIN.module, {"domain": DOMAIN.label, "state": "absent"}),
    ):
        result = run(module, Script(*script), **params)

        assert result.failed
        assert result.msg.startswith(f"HTTP 404: {said}")


def test_without_requests_the_task_says_which_python_needs_it(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, sample: Sample
) -> None:
    monkeypatch.setattr(f"{COLLECTION}.module_utils.api.sessions.HAS_REQUESTS", False)
    monkeypatch.setattr("sys.executable", "/usr/bin/python3.8")

    result = run(sample.module, **sample.key)

    assert result.failed
    assert result.msg == (
        "The Python package requests is not installed for /usr/bin/python3.8, which runs this module. "
        "Install it there, or set ansible_python_interpreter to a Python that has it."
    )


def test_bad_input_is_reported_before_a_missing_requests(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{COLLECTION}.module_utils.api.sessions.HAS_REQUESTS", False)

    assert run(DOMAIN.module, domain="example.com", lookback_hops=0).msg.startswith("lookback_hops: ")
    assert run(DOMAIN.module, domain="example.com", api_url="x").msg.startswith("api_url: ")
