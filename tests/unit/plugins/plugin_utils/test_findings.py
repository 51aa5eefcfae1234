# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings and the summary of an account."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.findings import COLUMNS, findings
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.rules import RULES
from support.good_records import GOOD

SECURE = GOOD["domains"]
ODD = [None, True, False, 0, 1.5, "", "text", [], [None], [["x"]], [{"a": 1}], {}, {"a": [1]}, float("nan"), "<b>\x1b"]


def test_the_summary_counts_findings_and_records_are_ordered_by_them():
    found = findings(
        {
            "domains": [
                SECURE,
                {**SECURE, "domain": "b.example", "require_tls_inbound": False},
                {**SECURE, "domain": "a.example", "require_tls_inbound": False},
                {**SECURE, "domain": "c.example", "require_tls_inbound": False, "spf_status": "none"},
                {**SECURE, "domain": "d.example", "status": "pending"},
            ],
            "sending_domain_restrictions": [
                {"domain": "Z.example", "exclude": ["b.z.example", "A.z.example"]},
                {"domain": "y.example", "exclude": None},
            ],
        }
    )
    assert [each["domain"] for each in found["domains"]] == [
        "d.example",
        "c.example",
        "a.example",
        "b.example",
        "example.com",
    ]
    assert {each["domain"]: each["exclude"] for each in found["sending_domain_restrictions"]} == {
        "y.example": [],
        "Z.example": ["a.z.example", "b.z.example"],
    }
    summary = found["summary"]
    assert (summary["domains"], summary["domains_with_findings"]) == (5, 4)
    assert (summary["sending_domain_restrictions"], summary["restrictions_with_exceptions"]) == (2, 1)
    assert summary["severities"] == {"high": 1, "medium": 4, "low": 0}
    assert list(summary["findings"]) == [rule.id for rule in RULES]
    assert summary["findings"]["require_tls_inbound"] == {
        "title": "Inbound TLS is not required",
        "severity": "medium",
        "advice": "Set require_tls_inbound to true.",
        "lists": ["domains"],
        "count": 3,
        "records": ["a.example", "b.example", "c.example"],
    }
    assert summary["findings"]["dmarc_status"]["count"] == 0


def test_a_finding_says_what_is_wrong_with_which_record_and_what_to_do():
    policy = {**GOOD["allow_policies"], "id": "1", "verify_sender": False}
    pending = {**SECURE, "id": "2", "status": "pending"}
    assert findings({"domains": [pending], "allow_policies": [policy]})["findings"] == [
        {
            "id": "status",
            "severity": "high",
            "list": "domains",
            "record": "example.com",
            "record_id": "2",
            "title": "Domain is not active",
            "message": "The status is pending",
            "advice": "Complete the setup of the domain, because Email Security protects only active domains.",
        },
        {
            "id": "allow_without_verification",
            "severity": "high",
            "list": "allow_policies",
            "record": "news@partner.example (EMAIL)",
            "record_id": "1",
            "title": "Sender is trusted without verification",
            "message": "Sender is trusted without verification",
            "advice": "Set verify_sender to true, so that mail with a forged sender is not exempt.",
        },
    ]


def test_missing_fields_are_null():
    domain = findings({"domains": [{"id": "1"}]})["domains"][0]
    assert domain == {**dict.fromkeys(domain), "id": "1", "findings": {}}


def test_the_message_of_an_authorization_is_included():
    refused = {"authorized": False, "status_message": "The consent of an administrator is missing"}
    domain = findings({"domains": [{**SECURE, "authorization": refused}]})["domains"][0]
    assert (domain["authorized"], domain["authorization_message"]) == (False, refused["status_message"])
    assert domain["findings"] == {
        "authorized": "Mailbox access is not authorized: The consent of an administrator is missing"
    }


@pytest.mark.parametrize("list_name", BY_LIST_NAME)
def test_every_column_of_a_list_is_in_its_records(list_name):
    (record,) = findings({list_name: [GOOD[list_name]]})[list_name]
    assert tuple(record) == COLUMNS[list_name]
    assert set(BY_LIST_NAME[list_name].fields) <= set(record)


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("list_name", BY_LIST_NAME)
def test_a_record_may_have_anything_in_any_field(list_name: str, value: Any) -> None:
    for field in (*COLUMNS[list_name], "authorization"):
        odd = {**GOOD[list_name], field: value}
        assert len(findings({list_name: [odd, odd]})[list_name]) == 2


def test_a_large_account_takes_no_time():
    domains = [{**SECURE, "domain": f"d{number}.example", "spf_status": "none"} for number in range(2000)]
    policies = [
        {**GOOD["allow_policies"], "pattern": rf".*@.*mail{number}\.com", "is_regex": True} for number in range(3000)
    ]
    start = time.monotonic()
    found = findings({"domains": domains, "allow_policies": policies})
    assert found["summary"]["severities"]["high"] >= 3000
    assert time.monotonic() - start < 10
