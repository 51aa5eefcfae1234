# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent for a desired state: nothing where nothing differs, else one PATCH with the difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from support.module_runner import Run
from support.resources import (
    ALLOW_POLICY,
    BLOCK_SENDER,
    DOMAIN,
    IMPERSONATION_ENTRY,
    INTEGRATION,
    RESTRICTION,
    TRUSTED_DOMAIN,
)
from support.sample import ID, Sample
from support.script import Script

#: What the user writes, and what the server holds: the same in meaning.
SAME_DOMAIN = [
    pytest.param({}, {}, id="no setting named"),
    pytest.param({"require_tls_outbound": True}, {}, id="flag"),
    pytest.param({"require_tls_outbound": "yes"}, {}, id="flag as text"),
    pytest.param({"lookback_hops": "2"}, {}, id="number as text"),
    pytest.param({"lookback_hops": 2}, {"lookback_hops": 2.0}, id="number that the server keeps as a float"),
    pytest.param({"transport": "mx.example.com"}, {}, id="text"),
    pytest.param({"transport": ""}, {"transport": None}, id="empty text and null"),
    pytest.param({"drop_dispositions": ["MALICIOUS", "SPAM"]}, {}, id="order"),
    pytest.param({"drop_dispositions": ["SPAM", "MALICIOUS", "SPAM"]}, {}, id="repeats"),
    pytest.param({"drop_dispositions": ["SPAM"]}, {"drop_dispositions": ["SPAM", "SPAM"]}, id="repeats of the server"),
    pytest.param({"drop_dispositions": "MALICIOUS, SPAM"}, {}, id="list as text"),
    pytest.param({"drop_dispositions": []}, {"drop_dispositions": None}, id="empty list and null"),
    pytest.param({"drop_dispositions": ""}, {"drop_dispositions": []}, id="empty list as text"),
    pytest.param({"folder": ""}, {"folder": None}, id="nothing to clear"),
    pytest.param({"folder": ""}, {"folder": ""}, id="nothing to clear in an empty text"),
    pytest.param({"integration_id": INTEGRATION.upper()}, {}, id="case of a UUID"),
    pytest.param({"ip_restrictions": "2001:DB8:0::/32,192.0.2.0/24"}, {}, id="spelling of networks"),
    pytest.param({"ip_restrictions": ["192.0.2.9/24", "2001:db8::1/32"]}, {}, id="host bits"),
    pytest.param({"ip_restrictions": ["192.0.2.7"]}, {"ip_restrictions": ["192.0.2.7/32"]}, id="address and /32"),
    pytest.param({"ip_restrictions": ["2001:db8::1/128"]}, {"ip_restrictions": ["2001:DB8::1"]}, id="/128 and address"),
    pytest.param(
        {"ip_restrictions": ["::ffff:192.0.2.7"]}, {"ip_restrictions": ["::FFFF:c000:207"]}, id="IPv4 in IPv6"
    ),
]
SAME_RESTRICTION = [
    pytest.param({"comments": "Agreed on 2026-11-01"}, {}, id="text"),
    pytest.param({"comments": ""}, {"comments": None}, id="nothing to clear"),
    pytest.param({"comments": ""}, {"comments": ""}, id="nothing to clear in an empty text"),
    pytest.param({"exclude": ["FAX.partner.example.", "legacy.partner.example"]}, {}, id="spelling of names"),
    pytest.param({"exclude": ["ö.example"]}, {"exclude": ["xn--nda.example"]}, id="U-labels and A-labels"),
    pytest.param({"exclude": ["XN--NDA.example"]}, {"exclude": ["Ö.example."]}, id="A-labels and U-labels"),
    pytest.param({"exclude": "fax.partner.example , legacy.partner.example"}, {}, id="list as text"),
    pytest.param({"exclude": ""}, {"exclude": None}, id="empty list as text, and null"),
    pytest.param({"exclude": " "}, {"exclude": []}, id="empty list as a blank"),
]


@pytest.mark.parametrize(("settings", "held"), SAME_DOMAIN)
def test_a_domain_of_the_same_meaning_costs_one_get(
    run: Callable[..., Run], settings: dict[str, Any], held: dict[str, Any]
) -> None:
    assert_converged(run, DOMAIN, settings, held)


@pytest.mark.parametrize(("settings", "held"), SAME_RESTRICTION)
def test_a_restriction_of_the_same_meaning_costs_one_get(
    run: Callable[..., Run], settings: dict[str, Any], held: dict[str, Any]
) -> None:
    assert_converged(run, RESTRICTION, settings, held)


def assert_converged(run: Callable[..., Run], sample: Sample, settings: dict[str, Any], held: dict[str, Any]) -> None:
    record = {**sample.record, **held}
    without = {key: value for key, value in record.items() if key not in held or value is not None}
    for stored in (record, without):
        for script, params in (
            (sample.lookup(stored), sample.key),
            (sample.reading(stored), {sample.id_option: sample.id}),
        ):
            result = run(sample.module, Script(script), **params, **settings)

            assert not result.changed
            assert result.result == stored
            assert result.diff["before"] == result.diff["after"]


#: What the user writes, what the PATCH holds.
CHANGES_OF_A_DOMAIN = [
    pytest.param({"require_tls_outbound": False}, {"require_tls_outbound": False}, id="flag"),
    pytest.param({"lookback_hops": "20"}, {"lookback_hops": 20}, id="number"),
    pytest.param({"transport": ""}, {"transport": ""}, id="text that cannot be null"),
    pytest.param({"folder": "AllItems"}, {"folder": "AllItems"}, id="choice"),
    pytest.param({"integration_id": ""}, {"integration_id": None}, id="clearing an id"),
    pytest.param({"integration_id": ID.upper()}, {"integration_id": ID}, id="id as the API spells it"),
    pytest.param({"drop_dispositions": ""}, {"drop_dispositions": []}, id="emptying a list"),
    pytest.param({"drop_dispositions": ["SPAM"]}, {"drop_dispositions": ["SPAM"]}, id="one less"),
    pytest.param(
        {"allowed_delivery_modes": ["BCC", "API", "DIRECT", "API"]},
        {"allowed_delivery_modes": ["BCC", "API", "DIRECT"]},
        id="one more, order as written, no repeats",
    ),
    pytest.param(
        {"ip_restrictions": "192.0.2.9/24,2001:DB8::/33,192.0.2.0/24"},
        {"ip_restrictions": ["192.0.2.9/24", "2001:DB8::/33"]},
        id="networks as written, no repeats",
    ),
    pytest.param(
        {
            "regions": ["DE"],
            "require_tls_inbound": False,
            "require_tls_outbound": True,
            "transport": "mx2.example.com",
            "lookback_hops": 2,
            "drop_dispositions": ["MALICIOUS", "SPAM"],
        },
        {"regions": ["DE"], "transport": "mx2.example.com"},
        id="only two of six differ",
    ),
]
CHANGES_OF_A_RESTRICTION = [
    pytest.param({"comments": ""}, {"comments": None}, id="clearing the comments"),
    pytest.param({"comments": " "}, {"comments": " "}, id="a blank is not empty"),
    pytest.param({"comments": "agreed on 2026-11-01"}, {"comments": "agreed on 2026-11-01"}, id="case of text"),
    pytest.param({"exclude": ""}, {"exclude": []}, id="exclude= in an ad-hoc command"),
    pytest.param({"exclude": []}, {"exclude": []}, id="emptying the list"),
    pytest.param(
        {"exclude": ["Ö.example.", "ö.example", "b.example"]},
        {"exclude": ["Ö.example.", "b.example"]},
        id="names as written, no repeats",
    ),
    pytest.param(
        {"exclude": ["fax.partner.example", "legacy.partner.example"], "comments": "x"},
        {"comments": "x"},
        id="one of two",
    ),
]


@pytest.mark.parametrize(("settings", "body"), CHANGES_OF_A_DOMAIN)
def test_a_domain_gets_one_patch_with_the_difference_alone(
    run: Callable[..., Run], settings: dict[str, Any], body: dict[str, Any]
) -> None:
    assert_patched(run, DOMAIN, settings, body)


@pytest.mark.parametrize(("settings", "body"), CHANGES_OF_A_RESTRICTION)
def test_a_restriction_gets_one_patch_with_the_difference_alone(
    run: Callable[..., Run], settings: dict[str, Any], body: dict[str, Any]
) -> None:
    assert_patched(run, RESTRICTION, settings, body)


def assert_patched(run: Callable[..., Run], sample: Sample, settings: dict[str, Any], body: dict[str, Any]) -> None:
    stored = {**sample.record, **body, "modified_at": "later"}
    for first, params in ((sample.found(), sample.key), (sample.reading(), {sample.id_option: sample.id})):
        result = run(sample.module, Script(first, sample.patching(body=body, stored=stored)), **params, **settings)

        assert result.changed
        assert result.result == stored
        assert {key for key, value in result.diff["after"].items() if result.diff["before"][key] != value} == set(body)
        assert not result.warnings
        # What was stored is what was asked: a second run finds nothing to do.
        again = run(sample.module, Script(sample.lookup(stored)), **sample.key, **settings)
        assert not again.changed


def test_a_patch_is_sent_as_json(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.found(), sample.patching())

    run(sample.module, script, **sample.key, **sample.change)

    assert script.requests[1].headers["Content-Type"] == "application/json"
    assert script.requests[1].headers["Accept"] == "application/json"
    assert "Content-Type" not in script.requests[0].headers


@pytest.mark.parametrize(
    ("sample", "key"),
    [
        (ALLOW_POLICY, {"pattern": "News@PARTNER.Example", "pattern_type": "EMAIL"}),
        (BLOCK_SENDER, {"pattern": "Bücher.Example", "pattern_type": "DOMAIN"}),
        (BLOCK_SENDER, {"pattern": "1.2.3.4/24", "pattern_type": "IP"}),
        (TRUSTED_DOMAIN, {"pattern": "Partner.EXAMPLE"}),
        (IMPERSONATION_ENTRY, {"email": "CEO@Partner.example", "name": "Jane Roe"}),
    ],
    ids=str,
)
def test_a_key_that_the_server_spells_differently_is_sent_once(
    run_emulated: Callable[..., Run], emulator: Emulator, sample: Sample, key: dict[str, Any]
) -> None:
    emulator.behaviour.update({"name_form": "a_label", "network_form": "canonical"})
    one = {**key, **sample.settings}
    many = {sample.entries_option: [one]}

    predicted, created = (run_emulated(sample.module, check_mode, **one) for check_mode in (True, False))
    assert (predicted.changed, created.changed) == (True, True)
    assert not created.failed
    # Each in its own spelling.
    assert predicted.result[sample.key_field] == key[sample.key_field] != created.result[sample.key_field]
    assert sample.resource.key_of(predicted.diff["after"]) == sample.resource.key_of(created.diff["after"])

    writes = len(emulator.writes)
    by_id = {sample.id_option: created.result["id"], **one}
    for again in (
        run_emulated(sample.module, **one),
        run_emulated(sample.module, **by_id),
        run_emulated(sample.bulk_module, **many),
        run_emulated(sample.bulk_module, purge=True, **many),
    ):
        assert not again.failed
        assert not again.changed
    assert len(emulator.writes) == writes
