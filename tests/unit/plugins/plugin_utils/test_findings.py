# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of a domain and the summary of an account."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.findings import CHECKS, check_domain, findings

SECURE: dict[str, Any] = {
    "id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415",
    "domain": "example.com",
    "status": "active",
    "allowed_delivery_modes": ["DIRECT"],
    "drop_dispositions": ["SPAM", "MALICIOUS"],
    "require_tls_inbound": True,
    "require_tls_outbound": True,
    "spf_status": "good",
    "dmarc_status": "good",
    "authorization": {"authorized": True, "timestamp": "2026-10-27T18:11:19.117Z", "status_message": None},
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"status": "ACTIVE"},
        {"status": None},
        {"status": ""},
        {"drop_dispositions": 5},
        {"authorization": None},
        {"authorization": "unknown"},
        {"authorization": {}},
        {"spf_status": None},
        {"dmarc_status": "GOOD"},
        {"ip_restrictions": []},
    ],
)
def test_secure_or_unknown_values_have_no_finding(change):
    assert check_domain({**SECURE, **change}) == {}
    assert check_domain({}) == {}


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"status": "PENDING"}, "status", "The status is pending"),
        ({"drop_dispositions": ["SPAM"]}, "drop_dispositions", "Malicious mail is not dropped"),
        ({"drop_dispositions": None}, "drop_dispositions", "Malicious mail is not dropped"),
        ({"require_tls_inbound": False}, "require_tls_inbound", "Inbound TLS is not required"),
        ({"require_tls_inbound": None}, "require_tls_inbound", "Inbound TLS is not required"),
        ({"require_tls_outbound": None}, "require_tls_outbound", "Outbound TLS is not required"),
        ({"require_tls_outbound": False}, "require_tls_outbound", "Outbound TLS is not required"),
        ({"spf_status": "none"}, "spf_status", "There is no SPF record"),
        ({"spf_status": "NEUTRAL"}, "spf_status", "The SPF record rejects no sender (?all)"),
        ({"spf_status": "open"}, "spf_status", "The SPF record allows every sender (+all)"),
        ({"spf_status": "invalid"}, "spf_status", "The SPF record is invalid"),
        ({"dmarc_status": "none"}, "dmarc_status", "There is no DMARC record"),
        ({"dmarc_status": "invalid"}, "dmarc_status", "The DMARC record is invalid"),
        (
            {"authorization": {"authorized": False}},
            "authorized",
            "Mailbox access is not authorized",
        ),
    ],
)
def test_findings_are_listed_by_field(change, field, text):
    assert check_domain({**SECURE, **change}) == {field: text}


def test_the_summary_counts_findings_and_domains_are_ordered_by_them():
    found = findings(
        [
            SECURE,
            {**SECURE, "domain": "b.example", "require_tls_inbound": False},
            {**SECURE, "domain": "a.example", "require_tls_inbound": False},
            {**SECURE, "domain": "c.example", "require_tls_inbound": False, "spf_status": "none"},
        ],
        [{"domain": "Z.example", "exclude": ["b.z.example", "A.z.example"]}, {"domain": "y.example", "exclude": None}],
    )
    assert [each["domain"] for each in found["domains"]] == ["c.example", "a.example", "b.example", "example.com"]
    assert [each["domain"] for each in found["sending_domain_restrictions"]] == ["y.example", "Z.example"]
    assert found["sending_domain_restrictions"][1]["exclude"] == ["a.z.example", "b.z.example"]
    summary = found["summary"]
    assert (summary["domains"], summary["domains_with_findings"]) == (4, 3)
    assert (summary["sending_domain_restrictions"], summary["restrictions_with_exceptions"]) == (2, 1)
    assert list(summary["findings"]) == [check.field for check in CHECKS]
    assert summary["findings"]["require_tls_inbound"] == {
        "title": "Inbound TLS is not required",
        "count": 3,
        "domains": ["c.example", "a.example", "b.example"],
    }
    assert summary["findings"]["status"]["count"] == 0


def test_missing_fields_are_null():
    domain = findings([{"id": "1"}], [])["domains"][0]
    assert domain == {**dict.fromkeys(domain), "id": "1", "findings": {}}


def test_the_message_of_an_authorization_is_included():
    refused = {"authorized": False, "status_message": "The consent of an administrator is missing"}
    domain = findings([{**SECURE, "authorization": refused}], [])["domains"][0]
    assert (domain["authorized"], domain["authorization_message"]) == (False, refused["status_message"])
