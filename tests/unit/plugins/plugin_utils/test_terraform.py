# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Terraform state as variables: applying them changes nothing, and what is left out is listed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from jinja2 import StrictUndefined
from jinja2.exceptions import UndefinedError

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.bulk_plan import Purge, plan_all
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.index import Index
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import UNCHANGED
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import terraform
from support.resources import ALLOW_POLICY, BLOCK_SENDER, DOMAIN, IMPERSONATION_ENTRY, TRUSTED_DOMAIN
from support.sample import ACCOUNT, ID, Sample
from support.tasks import parse_entries
from support.terraform import TYPES, resource, state, state_of

CONVERTED = (DOMAIN, BLOCK_SENDER, IMPERSONATION_ENTRY, ALLOW_POLICY, TRUSTED_DOMAIN)
OTHER_ACCOUNT = "a" * 32
every_sample = pytest.mark.parametrize("sample", CONVERTED, ids=str)
BLOCK, ALLOW = TYPES["block_senders"], TYPES["allow_policies"]
SCAM = {"id": ID, "pattern": "scam@bad.example", "pattern_type": "EMAIL", "is_regex": False}


def convert(found: Any, account_id: Any = None) -> dict[str, Any]:
    return terraform.Conversion(found, account_id).result()


def entries(converted: dict[str, Any], sample: Sample = BLOCK_SENDER) -> Any:
    return converted["variables"][f"email_security_{sample.resource.list_name}"]


def reasons(converted: dict[str, Any]) -> list[str]:
    assert all(set(each) == {"address", "reason"} for each in converted["skipped"])
    return [each["reason"] for each in converted["skipped"]]


def assert_no_change(sample: Sample, converted: dict[str, Any], records: list[dict[str, Any]]) -> None:
    desired = parse_entries(sample, entries(converted, sample))
    plan = plan_all(sample.resource, desired, Index(sample.resource, records), "replace", Purge(True, 0))
    assert [change.action for change in plan.changes] == [UNCHANGED] * len(records)


@every_sample
def test_what_a_state_describes_is_what_there_is(sample: Sample) -> None:
    records = [sample.record, sample.other]
    converted = convert(json.dumps(state_of({sample.collection: records})))
    assert_no_change(sample, converted, records)
    assert (converted["skipped"], converted["warnings"], converted["account_id"]) == ([], [], ACCOUNT)
    assert sorted(converted["addresses"]) == [f"{TYPES[sample.collection]}.this[{number}]" for number in range(2)]
    assert yaml.safe_load(converted["yaml"]) == converted["variables"]
    assert not any(sample.id_option in entry for entry in entries(converted, sample))


@every_sample
def test_records_that_share_a_key_are_distinguished_by_id(sample: Sample) -> None:
    twin = {**sample.other, **{name: sample.record.get(name) for name in sample.resource.key.fields}}
    converted = convert(state_of({sample.collection: [sample.record, twin]}))
    assert_no_change(sample, converted, [sample.record, twin])


def test_variables_are_in_the_order_of_the_role_and_entries_in_that_of_their_names() -> None:
    records = {sample.collection: [sample.other, sample.record] for sample in CONVERTED[::-1]}
    variables = convert(state_of(records))["variables"]
    assert list(variables) == [f"email_security_{sample.resource.list_name}" for sample in CONVERTED]
    assert variables == convert(state_of({name: each[::-1] for name, each in records.items()}))["variables"]


def test_modules_count_and_for_each() -> None:
    def block(letter: str, address: str) -> dict[str, Any]:
        return resource(BLOCK, 0, {**SCAM, "id": None, "pattern": f"{letter}@bad.example"}, address=address)

    in_child = block("b", f'module.x.module.y["k"].{BLOCK}.b["b"]')
    child_modules = [
        {"address": "module.x", "child_modules": [{"address": "module.x.module.y", "resources": [in_child]}]},
        {"address": "module.z", "resources": [block("c", f"module.z.{BLOCK}.c[3]")]},
    ]
    converted = convert(state(block("a", f"{BLOCK}.a[0]"), child_modules=child_modules))
    assert [entry["pattern"] for entry in entries(converted)] == ["a@bad.example", "b@bad.example", "c@bad.example"]
    assert converted["addresses"][1] == in_child["address"]


def test_null_is_left_out() -> None:
    (entry,) = entries(convert(state(resource(BLOCK, 0, {**SCAM, "comments": None}))))
    assert entry == {"pattern": "scam@bad.example", "pattern_type": "EMAIL", "is_regex": False}


def test_former_names_count_where_the_current_ones_are_missing() -> None:
    former = {"is_sender": True, "is_recipient": True, "is_spoof": False}
    current = {"is_trusted_sender": None, "is_exempt_recipient": False}
    (entry,) = entries(convert(state(resource(ALLOW, 0, {**SCAM, **former, **current}))), ALLOW_POLICY)
    assert entry["is_trusted_sender"] is True
    assert entry["is_exempt_recipient"] is False
    assert entry["is_acceptable_sender"] is False
    assert not entry.keys() & former.keys()


@pytest.mark.parametrize("record_id", [2402, "2402"])
def test_an_integer_id_is_dropped_with_a_warning(record_id: Any) -> None:
    converted = convert(state(resource(BLOCK, 0, {**SCAM, "id": record_id})))
    assert len(entries(converted)) == 1
    assert converted["warnings"] == [
        f"{BLOCK}.this[0]: the id 2402 is ignored, because it is not a UUID. Cloudflare replaced integer ids in 2026."
    ]


def test_integer_ids_do_not_distinguish_records() -> None:
    twin = {**SCAM, "pattern": "SCAM@bad.example"}
    converted = convert(state(resource(BLOCK, 0, {**SCAM, "id": 1}), resource(BLOCK, 1, twin)))
    assert entries(converted) == [{"pattern_id": ID}]
    assert converted["addresses"] == [f"{BLOCK}.this[1]"]
    assert converted["skipped"] == [
        {
            "address": f"{BLOCK}.this[0]",
            "reason": "has no valid id, and other resources are identified by the same values.",
        }
    ]


def test_one_record_at_two_addresses_is_one_entry() -> None:
    converted = convert(state(resource(BLOCK, 0, {**SCAM, "id": ID.upper()}), resource(BLOCK, 1, SCAM)))
    assert entries(converted) == [{name: value for name, value in SCAM.items() if name != "id"}]
    assert reasons(converted) == [f"has the same id as {BLOCK}.this[0]."]


def test_values_of_old_versions_may_be_in_a_body() -> None:
    body = {"pattern": "a.example", "is_regex": False, "is_recent": True, "is_similarity": False, "comments": None}
    type_name = TYPES["trusted_domains"]
    old = {"pattern": None, "is_recent": False, "comments": "x", "body": [body]}
    several = resource(type_name, 1, {"body": [body, body]})
    converted = convert(state(resource(type_name, 0, old), several))
    assert entries(converted, TRUSTED_DOMAIN) == [
        {"pattern": "a.example", "is_regex": False, "is_recent": True, "is_similarity": False, "comments": "x"}
    ]
    assert reasons(converted) == ["has several records in body."]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (resource(BLOCK, 0, SCAM, tainted=True), "is tainted: Terraform will replace it."),
        (resource(BLOCK, 0, SCAM, deposed_key="1f"), "is deposed: Terraform has replaced it and will delete it."),
        (
            resource("cloudflare_email_security_future", 0, SCAM),
            "has the type cloudflare_email_security_future, which is not supported.",
        ),
        (resource(BLOCK, 0, {**SCAM, "account_id": None}), "has no account_id."),
        (
            resource(BLOCK, 0, {"body": ["text"]}),
            "one of the following is required: pattern_id, pattern. one of the following is required: pattern_id, "
            "pattern_type.",
        ),
        (resource(BLOCK, 0, values=None) | {"values": None}, "has no account_id."),
        (
            resource(BLOCK, 0, {"comments": "x"}),
            "one of the following is required: pattern_id, pattern. one of the following is required: pattern_id, "
            "pattern_type.",
        ),
        (
            resource(BLOCK, 0, {**SCAM, "pattern_type": "UNKNOWN"}),
            "value of pattern_type must be one of: EMAIL, DOMAIN, IP, got: UNKNOWN.",
        ),
        (
            resource(BLOCK, 0, {**SCAM, "pattern_type": ["EMAIL"]}),
            "pattern_type: must be a string, not a list.",
        ),
        (
            resource(
                TYPES["impersonation_registry"],
                0,
                {**IMPERSONATION_ENTRY.record, "provenance": "SNOOPY-OFFICE_365", "id": 7},
            ),
            "is synchronized from a directory and cannot be changed.",
        ),
    ],
)
def test_what_cannot_be_converted_is_listed(found: dict[str, Any], reason: str) -> None:
    good = resource(BLOCK, 1, {**SCAM, "pattern": "b@bad.example", "id": None})
    converted = convert(state(found, good))
    assert converted["skipped"] == [{"address": found["address"], "reason": reason}]
    assert converted["addresses"] == [good["address"]]


def test_data_sources_and_other_products_are_ignored() -> None:
    converted = convert(
        state(
            resource(BLOCK, 0, SCAM, mode="data"),
            resource("cloudflare_dns_record", 0, {"account_id": OTHER_ACCOUNT}),
            {"type": 5},
            "text",  # type: ignore[arg-type]  # not a resource
        )
    )
    assert converted == {
        "account_id": None,
        "addresses": [],
        "skipped": [],
        "variables": {},
        "warnings": ["The state has no resource of Email Security that can be converted."],
        "yaml": "{}\n",
    }


@pytest.mark.parametrize(
    "empty",
    [
        {"format_version": "1.0"},
        {"format_version": "1.2", "values": {}},
        {"format_version": 1.0, "values": {"root_module": {"resources": None, "child_modules": [None]}}},
    ],
)
def test_a_state_may_be_empty(empty: Any) -> None:
    assert convert(empty, ACCOUNT)["variables"] == {}


TWO_ACCOUNTS = state(
    resource(BLOCK, 0, SCAM), resource(BLOCK, 1, {"account_id": OTHER_ACCOUNT, **SCAM, "pattern": "b@bad.example"})
)


def test_several_accounts_are_refused() -> None:
    with pytest.raises(ValueError, match=f"resources of several accounts: {ACCOUNT}, {OTHER_ACCOUNT}. Set account_id."):
        convert(TWO_ACCOUNTS)


def test_an_account_can_be_selected() -> None:
    converted = convert(TWO_ACCOUNTS, OTHER_ACCOUNT.upper())
    assert [entry["pattern"] for entry in entries(converted)] == ["b@bad.example"]
    assert converted["account_id"] == OTHER_ACCOUNT
    assert converted["skipped"] == [{"address": f"{BLOCK}.this[0]", "reason": f"belongs to account {ACCOUNT}."}]


@pytest.mark.parametrize("account_id", ["b" * 32, ""])
def test_an_account_that_the_state_does_not_have_is_refused(account_id: str) -> None:
    with pytest.raises(ValueError, match=f"account_id: the state has no resource of {account_id}, only of {ACCOUNT}."):
        convert(state(resource(BLOCK, 0, SCAM)), account_id)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("no JSON", r"the text is not JSON \(Expecting value"),
        ("[" * 100000, r"the text is not JSON \("),
        ("[]", "the input is a list."),
        (None, "the input is null."),
        (5, "the input is 5."),
        ({}, "the input has no format_version."),
        ({"version": 4, "resources": []}, "the input has no format_version."),
        ({"format_version": "1.2", "planned_values": {}, "prior_state": {}}, "the input is a plan."),
        ({"format_version": "1.2", "resource_changes": []}, "the input is a plan."),
    ],
)
def test_other_input_is_refused(found: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}.*Use the output of: terraform show -json$"):
        convert(found)


@pytest.mark.parametrize("version", ["0.2", "2.0", 2, "x"])
def test_other_formats_are_refused(version: Any) -> None:
    with pytest.raises(
        ValueError, match=f"^format_version {version} is not supported, only 1. Use Terraform 1.1 or newer"
    ):
        convert({"format_version": version})


def test_an_account_id_must_be_text() -> None:
    with pytest.raises(ValueError, match="account_id must be a string, not 5"):
        convert(state(), 5)


def test_a_byte_order_mark_is_ignored() -> None:
    assert len(entries(convert("\ufeff" + json.dumps(state(resource(BLOCK, 0, SCAM)))))) == 1


def test_templates_in_the_yaml_are_marked() -> None:
    text = convert(state(resource(BLOCK, 0, {**SCAM, "comments": "{{ 1 + 1 }}"})))["yaml"]
    assert 'comments: !unsafe "{{ 1 + 1 }}"' in text


def test_an_undefined_variable_is_named() -> None:
    with pytest.raises(UndefinedError, match="'terraform' is undefined"):
        convert(StrictUndefined(name="terraform"))
