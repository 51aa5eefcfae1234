# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is weak about a domain, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.posture import CHECKS, posture, weaknesses

STRONG: dict[str, Any] = {
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
def test_what_is_strong_or_unknown_is_not_weak(change):
    assert weaknesses({**STRONG, **change}) == {}
    assert weaknesses({}) == {}


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"status": "PENDING"}, "status", "is pending, not active"),
        ({"drop_dispositions": ["SPAM"]}, "drop_dispositions", "does not drop malicious mail"),
        ({"drop_dispositions": None}, "drop_dispositions", "does not drop malicious mail"),
        ({"require_tls_inbound": False}, "require_tls_inbound", "accepts mail without TLS"),
        ({"require_tls_inbound": None}, "require_tls_inbound", "accepts mail without TLS"),
        ({"require_tls_outbound": None}, "require_tls_outbound", "passes mail on without TLS"),
        ({"require_tls_outbound": False}, "require_tls_outbound", "passes mail on without TLS"),
        ({"spf_status": "none"}, "spf_status", "has no SPF record"),
        ({"spf_status": "NEUTRAL"}, "spf_status", "has an SPF record that refuses no server"),
        ({"spf_status": "open"}, "spf_status", "has an SPF record that lets every server send"),
        ({"spf_status": "invalid"}, "spf_status", "has an invalid SPF record"),
        ({"dmarc_status": "none"}, "dmarc_status", "has no DMARC record"),
        ({"dmarc_status": "invalid"}, "dmarc_status", "has an invalid DMARC record"),
        ({"authorization": {"authorized": False}}, "authorized", "may not read the mailboxes"),
    ],
)
def test_what_is_weak_is_named_by_field(change, field, text):
    assert weaknesses({**STRONG, **change}) == {field: text}


def test_the_summary_counts_and_the_weakest_come_first():
    found = posture(
        [
            STRONG,
            {**STRONG, "domain": "b.example", "require_tls_inbound": False},
            {**STRONG, "domain": "a.example", "require_tls_inbound": False},
            {**STRONG, "domain": "c.example", "require_tls_inbound": False, "spf_status": "none"},
        ],
        [{"domain": "Z.example", "exclude": ["b.z.example", "A.z.example"]}, {"domain": "y.example", "exclude": None}],
    )
    assert [each["domain"] for each in found["domains"]] == ["c.example", "a.example", "b.example", "example.com"]
    assert [each["domain"] for each in found["sending_domain_restrictions"]] == ["y.example", "Z.example"]
    assert found["sending_domain_restrictions"][1]["exclude"] == ["a.z.example", "b.z.example"]
    summary = found["summary"]
    assert (summary["domains"], summary["weak_domains"]) == (4, 3)
    assert (summary["sending_domain_restrictions"], summary["restrictions_with_exceptions"]) == (2, 1)
    assert list(summary["weaknesses"]) == [check.field for check in CHECKS]
    assert summary["weaknesses"]["require_tls_inbound"] == {
        "title": "Mail is accepted without TLS",
        "count": 3,
        "domains": ["c.example", "a.example", "b.example"],
    }
    assert summary["weaknesses"]["status"]["count"] == 0


def test_what_the_server_leaves_out_is_null():
    domain = posture([{"id": "1"}], [])["domains"][0]
    assert domain == {**dict.fromkeys(domain), "id": "1", "weaknesses": {}}


def test_the_message_of_an_authorization_is_shown():
    refused = {"authorized": False, "status_message": "The consent of an administrator is missing"}
    domain = posture([{**STRONG, "authorization": refused}], [])["domains"][0]
    assert (domain["authorized"], domain["authorization_message"]) == (False, refused["status_message"])
