# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task returns: the record, the diff, warnings; in check mode the same without a write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import ALL_SAMPLES, DOMAIN, RESTRICTION
from support.sample import ID, Sample
from support.script import Script, envelope

CHANGES = [
    pytest.param(DOMAIN, {"require_tls_inbound": True, "regions": ["DE", "US", "DE"]}, id="flag and list"),
    pytest.param(DOMAIN, {"integration_id": "", "folder": "Inbox", "lookback_hops": 5}, id="clearing and setting"),
    pytest.param(DOMAIN, {"ip_restrictions": "", "transport": ""}, id="emptying"),
    pytest.param(DOMAIN, {"ip_restrictions": ["203.0.113.5/24"]}, id="network with host bits"),
    pytest.param(RESTRICTION, {"comments": "", "exclude": ["B.example", "a.example."]}, id="text and names"),
    pytest.param(RESTRICTION, {"exclude": ""}, id="no names"),
    *(pytest.param(sample, sample.change, id=sample.module) for sample in ALL_SAMPLES),
]


def test_the_result_is_the_record_as_it_was_read_where_nothing_differs(run: Callable[..., Run], sample: Sample) -> None:
    record = {**sample.record, "field_of_the_future": {"x": [1]}}

    result = run(sample.module, Script(sample.lookup(record)), **sample.key, **sample.same)

    assert result.result == record


def test_the_result_is_the_record_that_the_patch_returned(run: Callable[..., Run], sample: Sample) -> None:
    stored = {**sample.changed_record, "field_of_the_future": True}
    script = Script(sample.found(), sample.patching(stored=stored))

    assert run(sample.module, script, **sample.key, **sample.change).result == stored


def test_only_changed_result_and_diff_come_back(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.found(), sample.patching())

    result = run(sample.module, script, **sample.key, **sample.change)

    assert set(result.output) == {"changed", "result", "diff", "account_id", "warnings"}


def test_the_diff_of_a_domain_holds_its_settings_in_one_spelling(run: Callable[..., Run]) -> None:
    record = {
        **DOMAIN.record,
        "domain": "EXAMPLE.com.",
        "drop_dispositions": ["SPAM", "BULK", "SPAM"],
        "ip_restrictions": ["2001:DB8::/32", "192.0.2.7"],
        "regions": None,
        "transport": None,
    }
    script = Script(DOMAIN.lookup(record), DOMAIN.patching(stored={**record, **DOMAIN.change}))

    diff = run(DOMAIN.module, script, domain="example.com", **DOMAIN.change).diff

    assert diff["before"] == {
        "allowed_delivery_modes": ["BCC", "DIRECT"],
        "domain": "example.com",
        "drop_dispositions": ["BULK", "SPAM"],
        "folder": None,
        "integration_id": DOMAIN.record["integration_id"],
        "ip_restrictions": ["192.0.2.7/32", "2001:db8::/32"],
        "lookback_hops": 2,
        "regions": [],
        "require_tls_inbound": False,
        "require_tls_outbound": True,
        "transport": "",
    }
    assert diff["after"] == {**diff["before"], **DOMAIN.change}
    assert diff["before_header"] == diff["after_header"] == "email security domain EXAMPLE.com."


def test_the_diff_of_a_restriction_holds_its_settings_in_one_spelling(run: Callable[..., Run]) -> None:
    record = {
        "id": ID,
        "domain": "Partner.example",
        "exclude": ["Ö.example", "b.example."],
        "comments": None,
        "created_at": "x",
    }
    script = Script(RESTRICTION.lookup(record), RESTRICTION.patching(stored={**record, **RESTRICTION.change}))

    diff = run(RESTRICTION.module, script, domain="partner.example", **RESTRICTION.change).diff

    assert diff == {
        "before_header": "sending domain restriction Partner.example",
        "before": {"comments": "", "domain": "partner.example", "exclude": ["b.example", "xn--nda.example"]},
        "after_header": "sending domain restriction Partner.example",
        "after": {
            "comments": "Agreed again",
            "domain": "partner.example",
            "exclude": ["fax.example", "legacy.example"],
        },
    }


@pytest.mark.parametrize(("sample", "settings"), CHANGES)
def test_check_mode_sends_no_write_and_predicts_the_real_run(
    run: Callable[..., Run], sample: Sample, settings: dict[str, Any]
) -> None:
    predicted = run(sample.module, Script(sample.found()), check_mode=True, **sample.key, **settings)

    # The real run: the server stores what it is sent.
    body = {key: value for key, value in predicted.result.items() if value != sample.record[key]}
    stored = {**sample.record, **body, "modified_at": "later"}
    script = Script(sample.found(), sample.patching(body=body, stored=stored))
    real = run(sample.module, script, **sample.key, **settings)

    assert predicted.changed is real.changed is True
    assert predicted.diff == real.diff
    assert {**predicted.result, "modified_at": "later"} == real.result


def test_check_mode_predicts_a_rename(run: Callable[..., Run], sample: Sample) -> None:
    params = {sample.id_option: sample.id, **sample.rename(9)}

    script = Script(sample.reading(), sample.listing(sample.record))
    result = run(sample.module, script, check_mode=True, **params)

    assert result.changed
    assert result.result == {**sample.record, **sample.rename(9)}
    assert sample.rename(9).items() <= result.diff["after"].items()


def test_check_mode_of_a_converged_record_is_its_real_run(run: Callable[..., Run], sample: Sample) -> None:
    outputs = [
        run(sample.module, Script(sample.found()), check_mode=check_mode, **sample.key, **sample.same).output
        for check_mode in (True, False)
    ]

    assert outputs[0] == outputs[1]
    assert not outputs[0]["changed"]


@pytest.mark.parametrize(
    ("messages", "warnings"),
    [
        pytest.param([{"code": 1000, "message": "Soon gone."}], ["Soon gone (code 1000)"], id="code and message"),
        pytest.param([{"message": "Soon"}, {"code": 7}], ["Soon", "no message (code 7)"], id="without one of them"),
        pytest.param(["Soon gone"], ["Soon gone"], id="text"),
        pytest.param([{"code": 1, "message": "A", "source": {"pointer": "/x"}}], ["A (code 1) at /x"], id="pointer"),
        pytest.param([{"code": 1, "message": "A"}] * 2, ["A (code 1)"], id="repeats"),
    ],
)
def test_messages_of_the_api_are_warnings(
    run: Callable[..., Run], sample: Sample, messages: list[Any], warnings: list[str]
) -> None:
    script = Script(sample.reading(answer=envelope(sample.record, messages)))

    result = run(sample.module, script, **{sample.id_option: sample.id})

    assert result.warnings == [f"Cloudflare API message: {warning}." for warning in warnings]


def test_messages_of_every_response_are_warnings(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(
        sample.reading(answer=envelope(sample.record, [{"code": 1, "message": "A"}])),
        sample.patching(answer=envelope(None, [{"code": 2, "message": "B"}])),
        sample.reading(answer=envelope(sample.changed_record, [{"code": 1, "message": "A"}, "C"])),
    )

    result = run(sample.module, script, **{sample.id_option: sample.id}, **sample.change)

    assert [warning.partition("API message: ")[2] for warning in result.warnings] == [
        "A (code 1).",
        "B (code 2).",
        "C.",
    ]


@pytest.mark.parametrize("messages", [None, "text", {"code": 1}, 5])
def test_messages_of_a_wrong_type_are_no_warnings(run: Callable[..., Run], sample: Sample, messages: Any) -> None:
    response = {**envelope(sample.record), "messages": messages}

    result = run(sample.module, Script(sample.reading(answer=response)), **{sample.id_option: sample.id})

    assert not result.warnings
