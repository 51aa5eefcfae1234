# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each rule of the findings: records that it finds, and near misses that it does not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.findings import findings
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.rules import RULES, SEVERITIES
from support.good_records import GOOD

REGEX = {"is_regex": True, "pattern_type": "EMAIL"}
EXEMPT = {"is_trusted_sender": False, "is_exempt_recipient": True}


def ids(list_name: str, *changes: dict[str, Any], **others: list[dict[str, Any]]) -> list[str]:
    """Return the ids of the findings for records of a list, each a change of the one without findings."""
    lists = {"domains": [GOOD["domains"]], **others, list_name: [{**GOOD[list_name], **change} for change in changes]}
    return [each["id"] for each in findings(lists)["findings"]]


def domain(name: str, **change: Any) -> dict[str, Any]:
    return {"pattern": name, "pattern_type": "DOMAIN", **change}


def network(name: str) -> dict[str, Any]:
    return {"pattern": name, "pattern_type": "IP"}


def regex(pattern: str, **change: Any) -> dict[str, Any]:
    return {"pattern": pattern, **REGEX, **change}


@pytest.mark.parametrize("list_name", BY_LIST_NAME)
def test_a_good_record_has_no_finding(list_name):
    assert ids(list_name, {}) == []


@pytest.mark.parametrize("list_name", BY_LIST_NAME)
def test_a_record_without_any_field_has_no_finding(list_name):
    assert findings({list_name: [{}]})["findings"] == []


@pytest.mark.parametrize(
    "change",
    [
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
def test_good_and_unknown_values_of_a_domain(change):
    assert ids("domains", change) == []


@pytest.mark.parametrize(
    ("change", "rule", "message"),
    [
        ({"status": "PENDING"}, "status", "The status is pending"),
        ({"drop_dispositions": ["SPAM"]}, "drop_dispositions", "Malicious mail is not dropped"),
        ({"drop_dispositions": None}, "drop_dispositions", "Malicious mail is not dropped"),
        ({"require_tls_inbound": False}, "require_tls_inbound", "Inbound TLS is not required"),
        ({"require_tls_inbound": None}, "require_tls_inbound", "Inbound TLS is not required"),
        ({"require_tls_outbound": None}, "require_tls_outbound", "Outbound TLS is not required"),
        ({"require_tls_outbound": False}, "require_tls_outbound", "Outbound TLS is not required"),
        ({"spf_status": "none"}, "spf_status", "There is no SPF record"),
        ({"spf_status": "NEUTRAL"}, "spf_status", "The SPF record does not reject any sender (?all)"),
        ({"spf_status": "open"}, "spf_status", "The SPF record allows every sender (+all)"),
        ({"spf_status": "invalid"}, "spf_status", "The SPF record is invalid"),
        ({"dmarc_status": "none"}, "dmarc_status", "There is no DMARC record"),
        ({"dmarc_status": "invalid"}, "dmarc_status", "The DMARC record is invalid"),
        ({"authorization": {"authorized": False}}, "authorized", "Mailbox access is not authorized"),
    ],
)
def test_a_finding_of_a_domain_has_the_name_of_the_field(change, rule, message):
    (found,) = findings({"domains": [{**GOOD["domains"], **change}]})["domains"]
    assert found["findings"] == {rule: message}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"verify_sender": False}, ["allow_without_verification"]),
        ({"verify_sender": None}, ["allow_without_verification"]),
        ({"verify_sender": False, "is_trusted_sender": False, "is_acceptable_sender": True}, []),
        # The deprecated name of is_trusted_sender.
        ({"verify_sender": False, "is_trusted_sender": None, "is_sender": True}, []),
        (domain("GMail.com"), ["allow_public_provider"]),
        (domain("gmail.com", **EXEMPT), ["allow_exempt_recipient"]),
        (domain("mail.gmail.com"), []),
        ({"pattern": "someone@gmail.com"}, []),
        (regex(r"@gmail\.com$"), ["allow_public_provider"]),
        (regex(r"@(gmail|partner)\.com$"), ["allow_public_provider"]),
        (regex(r"@gmail\.com$", **EXEMPT), ["allow_exempt_recipient"]),
        (regex(r"^someone@gmail\.com$"), []),
        (domain("example"), ["allow_top_level_domain"]),
        (domain("co.uk"), ["allow_top_level_domain"]),
        (domain("com", **EXEMPT), ["allow_exempt_recipient"]),
        (domain("partner.co.uk"), []),
        (regex(r"\.com$"), ["allow_top_level_domain"]),
        (regex(r".*\.co\.uk$"), ["allow_top_level_domain"]),
        (regex(r"\.com$", **EXEMPT), ["allow_exempt_recipient"]),
        (regex(r"@partner\.com$"), []),
        (network("203.0.0.0/15"), ["allow_wide_network"]),
        (network("203.0.0.0/16"), []),
        (network("2001:db8::/31"), ["allow_wide_network"]),
        (network("2001:db8::/32"), []),
        (network("203.0.113.7"), []),
        (network("text"), []),
        (domain("EXAMPLE.com"), ["allow_protected_domain"]),
        (domain("example.com", is_trusted_sender=False, is_acceptable_sender=True), ["allow_protected_domain"]),
        (domain("example.com", **EXEMPT), ["allow_exempt_recipient"]),
        (domain("mail.example.com"), []),
        (EXEMPT, ["allow_exempt_recipient"]),
        ({"is_exempt_recipient": None}, []),
        ({"pattern_type": "UNKNOWN"}, ["unknown_pattern_type"]),
        (regex(".*"), ["regex_matches_everything"]),
        (regex(".*", **EXEMPT), ["regex_matches_everything", "allow_exempt_recipient"]),
        ({"pattern": ".*"}, []),
        (regex(r"partner\.example"), ["regex_unanchored"]),
        (regex(r"@partner\.example"), ["regex_unanchored"]),
        (regex(r"partner\.example$"), ["regex_unanchored"]),
        (regex(r"partner\.example", **EXEMPT), ["allow_exempt_recipient"]),
        (regex(r"@partner\.example$"), []),
        (regex(r"(^|\.|@)partner\.example$"), []),
        (regex(r"(?<=@)partner\.example"), []),
        (regex(5), []),
    ],
)
def test_allow_policies(change, expected):
    assert ids("allow_policies", change) == expected


def test_deprecated_names_of_flags_count_where_the_new_ones_are_missing():
    record = {**GOOD["allow_policies"], "verify_sender": False, "is_sender": True}
    del record["is_trusted_sender"]
    found = findings({"allow_policies": [record]})
    assert [each["id"] for each in found["findings"]] == ["allow_without_verification"]
    assert found["allow_policies"][0]["is_trusted_sender"] is True


@pytest.mark.parametrize(
    ("allowed", "blocked", "message"),
    [
        (
            {"pattern": "News@Partner.example"},
            {"pattern": "news@partner.example", "pattern_type": "EMAIL"},
            "It is also",
        ),
        (network("203.0.113.0/24"), network("203.0.113.9/24"), "It is also blocked"),
        (regex(r"@a\.example$"), regex(r"@a\.example$"), "It is also blocked"),
        (domain("bad.example"), {"pattern": "x@bad.example", "pattern_type": "EMAIL"}, "x@bad.example is blocked"),
        ({"pattern": "x@bad.example"}, {}, "The domain bad.example is blocked"),
        ({"pattern": "x@bad.example", **EXEMPT}, {}, ""),
        ({"pattern": "x@sub.bad.example"}, {}, ""),
        (domain("bad.example"), {"pattern": "x@sub.bad.example", "pattern_type": "EMAIL"}, ""),
        (regex("bad.example$", pattern_type="DOMAIN"), {}, ""),
        ({"pattern": None}, {"pattern": None}, ""),
    ],
)
def test_a_pattern_that_is_allowed_and_blocked(allowed, blocked, message):
    found = findings(
        {
            "allow_policies": [{**GOOD["allow_policies"], **allowed}],
            "block_senders": [{**GOOD["block_senders"], **blocked}],
        }
    )
    messages = [each["message"] for each in found["findings"] if each["id"] == "allow_and_block"]
    assert len(messages) == bool(message)
    assert not message or messages[0].startswith(message)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (domain("example.com"), ["block_protected_domain"]),
        ({"pattern": "someone@example.com", "pattern_type": "EMAIL"}, []),
        (domain("example.com", is_regex=True), []),
        (network("203.0.0.0/15"), ["block_wide_network"]),
        (network("2001:db8::/32"), []),
        (regex("^.+$"), ["block_regex_matches_everything"]),
        (regex(r"bad\.example"), []),
        ({"pattern_type": "UNKNOWN"}, ["unknown_pattern_type"]),
        (domain("gmail.com"), []),
    ],
)
def test_blocked_senders(change, expected):
    assert ids("block_senders", change) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"pattern": "Example.COM."}, ["trust_protected_domain"]),
        ({"pattern": "example.com", "is_recent": True, "is_similarity": False}, ["trust_protected_domain"]),
        ({"pattern": "sub.example.com"}, []),
        ({"pattern": ".*", "is_regex": True}, ["regex_matches_everything"]),
        ({"pattern": r"partner\.example", "is_regex": True}, ["regex_unanchored"]),
        ({"pattern": r"^(.+\.)?partner\.example$", "is_regex": True}, []),
    ],
)
def test_trusted_domains(change, expected):
    assert ids("trusted_domains", change) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"enabled": False}, ["content_policy_disabled"]),
        ({"enabled": None}, ["content_policy_disabled"]),
        ({"pattern": ".*"}, ["block_regex_matches_everything"]),
        ({"pattern": r"example\.com"}, []),
    ],
)
def test_content_policies(change, expected):
    assert ids("content_policies", change) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"email": ".*@.*", "is_email_regex": True}, ["regex_matches_everything"]),
        ({"email": r".*@example\.com", "is_email_regex": True}, ["regex_unanchored"]),
        ({"email": r".*@example\.com$", "is_email_regex": True}, []),
        ({"email": ".*@.*"}, []),
    ],
)
def test_impersonation_entries(change, expected):
    assert ids("impersonation_entries", change) == expected


def test_an_empty_impersonation_registry_is_a_finding_without_a_record():
    (found,) = findings({"impersonation_entries": []})["findings"]
    assert found["id"] == "impersonation_registry_empty"
    assert (found["list"], found["record"], found["record_id"]) == ("impersonation_entries", None, None)


@pytest.mark.parametrize("lists", [{}, {"impersonation_entries": None}])
def test_a_list_that_was_not_read_has_no_findings(lists):
    found = findings({"allow_policies": [{**GOOD["allow_policies"], **domain("bad.example")}], **lists})
    assert found["findings"] == []
    assert (found["impersonation_entries"], found["summary"]["impersonation_entries"]) == (None, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"pattern": "https?://.*"}, ["url_regex_matches_everything"]),
        ({"pattern": r"intranet\.example\.com"}, ["url_regex_unanchored"]),
        ({"pattern": "https://intranet.example.com/"}, []),
    ],
)
def test_url_ignore_patterns(change, expected):
    assert ids("url_ignore_patterns", change) == expected


@pytest.mark.parametrize("list_name", BY_LIST_NAME)
def test_records_with_one_key_are_duplicates(list_name):
    first = BY_LIST_NAME[list_name].key.fields[0]
    other = {first: str(GOOD[list_name][first]).replace("e", "x")}
    assert ids(list_name, {}, {"comments": "twin"}) == ["duplicate", "duplicate"]
    assert ids(list_name, {}, other) == []


def test_the_keys_of_duplicates_are_compared_by_meaning():
    assert ids("block_senders", {}, domain("BAD.example.")) == ["duplicate", "duplicate"]
    assert ids("block_senders", {}, {"is_regex": True}) == []


def test_ids_are_unique_and_rules_begin_with_the_most_severe():
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert [rule.severity for rule in RULES] == sorted((rule.severity for rule in RULES), key=SEVERITIES.index)
    for rule in RULES:
        assert re.fullmatch("[a-z_]+", rule.id)
        assert rule.advice.endswith(".")
        assert not rule.title.endswith(".")
        assert set(rule.lists) <= set(BY_LIST_NAME)
