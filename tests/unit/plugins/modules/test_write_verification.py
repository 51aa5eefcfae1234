# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every write is verified: what the response to a PATCH does not confirm is an error or a warning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import DOMAIN, INTEGRATION, RESTRICTION, RULE
from support.sample import ID, Sample
from support.script import Script, envelope

#: The desired value, the value in the response, and how the message shows both.
IGNORED = [
    pytest.param(DOMAIN, {"require_tls_inbound": True}, False, "is False, not True", id="flag"),
    pytest.param(DOMAIN, {"lookback_hops": 5}, 2, "is 2, not 5", id="number"),
    pytest.param(DOMAIN, {"folder": "Inbox"}, "AllItems", "is 'AllItems', not 'Inbox'", id="choice"),
    pytest.param(DOMAIN, {"regions": ["DE"]}, ["US"], "is ['US'], not ['DE']", id="set of choices"),
    pytest.param(DOMAIN, {"drop_dispositions": []}, ["SPAM"], "is ['SPAM'], not []", id="empty set"),
    pytest.param(DOMAIN, {"ip_restrictions": ["192.0.2.7"]}, [], "is [], not ['192.0.2.7/32']", id="set of networks"),
    pytest.param(DOMAIN, {"integration_id": ID}, INTEGRATION, f"is '{INTEGRATION}', not '{ID}'", id="id"),
    pytest.param(DOMAIN, {"integration_id": ""}, INTEGRATION, f"is '{INTEGRATION}', not None", id="id that shall go"),
    pytest.param(RESTRICTION, {"exclude": ["a.example"]}, None, "is [], not ['a.example']", id="set of names"),
]


@pytest.mark.parametrize(("sample", "asked", "held", "remark"), IGNORED)
def test_a_setting_that_was_not_applied_is_an_error(
    run: Callable[..., Run], sample: Sample, asked: dict[str, Any], held: Any, remark: str
) -> None:
    ((name, value),) = asked.items()
    stored = {**sample.record, name: held}
    body = {name: None if value == "" else value}

    result = run(
        sample.module, Script(sample.found(), sample.patching(body=body, stored=stored)), **sample.key, **asked
    )

    assert result.failed
    assert result.msg == (
        f"The API reported success but did not apply: {name}: {remark}. "
        f"(PATCH {sample.url}, ray id 8f2b7c1d3e4a5b6c-FRA)"
    )
    assert result.failure == {
        "method": "PATCH",
        "url": sample.url,
        "status": 200,
        "errors": [],
        "ray_id": "8f2b7c1d3e4a5b6c-FRA",
    }
    assert result.result == stored


def test_a_rename_that_was_not_applied_is_an_error(run: Callable[..., Run], sample: Sample) -> None:
    rename = sample.patching(body=sample.rename(9), stored=sample.record)
    script = Script(sample.reading(), sample.listing(sample.record), rename)

    result = run(sample.module, script, **{sample.id_option: sample.id, **sample.rename(9)})

    for field, value in sample.rename(9).items():
        assert f"{field}: is {sample.record[field]!r}, not {value!r}" in result.msg


def test_every_setting_that_was_not_applied_is_named(run: Callable[..., Run]) -> None:
    asked = {"require_tls_inbound": True, "lookback_hops": 5, "regions": ["DE"]}
    stored = {**DOMAIN.record, "regions": ["DE"]}

    result = run(
        DOMAIN.module, Script(DOMAIN.found(), DOMAIN.patching(body=asked, stored=stored)), domain="example.com", **asked
    )

    assert "did not apply: lookback_hops: is 2, not 5; require_tls_inbound: is False, not True. (" in result.msg


def test_a_setting_that_was_not_applied_is_detected_after_a_second_read(run: Callable[..., Run]) -> None:
    script = Script(DOMAIN.found(), DOMAIN.patching(answer=envelope(None)), DOMAIN.reading())

    assert (
        "require_tls_inbound: is False, not True"
        in run(DOMAIN.module, script, domain="example.com", **DOMAIN.change).msg
    )


@pytest.mark.parametrize(
    ("sample", "name", "asked", "held"),
    [
        pytest.param(DOMAIN, "transport", "MX2.example.com.", "mx2.example.com", id="transport"),
        pytest.param(RESTRICTION, "comments", "Twice  a blank ", "Twice a blank", id="comments"),
        pytest.param(RESTRICTION, "comments", "Gone", None, id="comments that did not come"),
        pytest.param(RULE, "comments", "why", "WHY", id="comments of a rule"),
    ],
)
def test_modified_free_text_is_a_warning(
    run: Callable[..., Run], sample: Sample, name: str, asked: str, held: Any
) -> None:
    stored = {**sample.record, name: held}
    script = Script(sample.found(), sample.patching(body={name: asked}, stored=stored))

    result = run(sample.module, script, **sample.key, **{name: asked})

    assert not result.failed
    assert result.changed
    assert result.result == stored
    assert result.diff["after"][name] == (held or "")
    assert result.warnings == [f"The API stored a different value. {name}: is {held or ''!r}, not {asked!r}."]


@pytest.mark.parametrize(("sample", "name"), [(DOMAIN, "transport"), (RESTRICTION, "comments")])
def test_text_that_the_server_did_not_change_is_a_warning_and_not_a_change(
    run: Callable[..., Run], sample: Sample, name: str
) -> None:
    record = {**sample.record, name: "as it was"}
    script = Script(sample.lookup(record), sample.patching(body={name: " as it was"}, stored=record))

    result = run(sample.module, script, **sample.key, **{name: " as it was"})

    assert not result.changed
    assert result.result == record
    assert result.diff["before"] == result.diff["after"]
    assert result.warnings == [f"The API stored a different value. {name}: is 'as it was', not ' as it was'."]


def test_modified_text_does_not_hide_a_flag_that_was_not_applied(run: Callable[..., Run]) -> None:
    asked = {"transport": "x", "require_tls_inbound": True}
    script = Script(DOMAIN.found(), DOMAIN.patching(body=asked, stored=DOMAIN.record))

    result = run(DOMAIN.module, script, domain="example.com", **asked)

    assert result.failed
    assert "require_tls_inbound: is False, not True" in result.msg


def test_another_spelling_of_a_setting_confirms_it(run: Callable[..., Run]) -> None:
    asked = {
        "ip_restrictions": ["203.0.113.5/24", "2001:DB8::1"],
        "integration_id": ID,
        "regions": ["DE", "US"],
    }
    held = {
        "ip_restrictions": ["2001:db8::1/128", "203.0.113.0/24"],
        "integration_id": ID.upper(),
        "regions": ["US", "DE"],
    }
    script = Script(DOMAIN.found(), DOMAIN.patching(body=asked, stored={**DOMAIN.record, **held}))

    result = run(DOMAIN.module, script, domain="example.com", **asked)

    assert result.changed
    assert not result.warnings
    assert not result.failed


def test_other_settings_that_changed_are_no_error(run: Callable[..., Run]) -> None:
    stored = {**DOMAIN.changed_record, "folder": "Inbox"}

    result = run(
        DOMAIN.module, Script(DOMAIN.found(), DOMAIN.patching(stored=stored)), domain="example.com", **DOMAIN.change
    )

    assert not result.failed
    assert result.diff["after"]["folder"] == "Inbox"


def test_an_unconfirmed_setting_is_an_error(run: Callable[..., Run]) -> None:
    kept = {name: value for name, value in DOMAIN.record.items() if name != "require_tls_inbound"}
    script = Script(
        DOMAIN.found(), DOMAIN.patching(body={"require_tls_inbound": True}, stored=kept), DOMAIN.reading(kept)
    )

    result = run(DOMAIN.module, script, domain=DOMAIN.label, require_tls_inbound=True)

    assert "does not confirm the change: require_tls_inbound: is not in the response, not True. (" in result.msg
    assert result.changed


def test_unconfirmed_text_is_a_warning_and_a_change(run: Callable[..., Run]) -> None:
    kept = {name: value for name, value in RESTRICTION.record.items() if name != "comments"}
    asked = {"comments": "New"}
    script = Script(RESTRICTION.found(), RESTRICTION.patching(body=asked, stored=kept), RESTRICTION.reading(kept))

    result = run(RESTRICTION.module, script, domain=RESTRICTION.label, **asked)

    assert result.changed
    assert result.warnings == ["The API stored a different value. comments: is not in the response, not 'New'."]


def test_settings_missing_in_the_response_are_not_shown_as_removed(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.found(), sample.patching(body=sample.change, stored={"id": sample.id, **sample.change}))

    result = run(sample.module, script, **sample.key, **sample.change)

    changed = {name for name, value in result.diff["after"].items() if result.diff["before"][name] != value}
    assert changed == set(sample.change)
