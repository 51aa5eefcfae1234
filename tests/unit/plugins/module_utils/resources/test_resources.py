# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the declared resources say about their keys: how patterns compare, which are refused, who owns a record."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import CollectionError, InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import UPDATED, plan
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.allow_policy import ALLOW_POLICY
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.block_sender import BLOCK_SENDER
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.content_policy import CONTENT_POLICY
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.impersonation_entry import (
    IMPERSONATION_ENTRY,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.trusted_domain import TRUSTED_DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.url_ignore_pattern import (
    URL_IGNORE_PATTERN,
)
from support.tasks import parse_settings

ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
SENDERS = pytest.mark.parametrize("resource", [ALLOW_POLICY, BLOCK_SENDER], ids=lambda resource: resource.module)


def literal(pattern: str, pattern_type: str) -> dict[str, Any]:
    return {"pattern": pattern, "pattern_type": pattern_type, "is_regex": False}


def regex(pattern: str, pattern_type: str = "EMAIL") -> dict[str, Any]:
    return {"pattern": pattern, "pattern_type": pattern_type, "is_regex": True}


@SENDERS
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (literal("User@EXAMPLE.com", "EMAIL"), literal("user@example.com.", "EMAIL")),
        (literal("a@bücher.example", "EMAIL"), literal("A@xn--bcher-kva.example", "EMAIL")),
        (literal("Bücher.Example.", "DOMAIN"), literal("xn--bcher-kva.example", "DOMAIN")),
        (literal("192.0.2.7", "IP"), literal("192.0.2.7/32", "IP")),
        (literal("192.0.2.9/24", "IP"), literal("192.0.2.0/24", "IP")),
        (literal("2001:DB8:0::/32", "IP"), literal("2001:db8::/32", "IP")),
        (literal("a@b.example", "EMAIL"), {"pattern": "A@b.example", "pattern_type": "EMAIL"}),
        (literal("a@b.example", "EMAIL"), {**literal("a@b.example", "EMAIL"), "is_regex": None}),
    ],
)
def test_literal_patterns_compare_by_meaning(resource: Resource, one: dict[str, Any], other: dict[str, Any]) -> None:
    assert resource.key_of(one) == resource.key_of(other) is not None


@SENDERS
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (regex("User@example.com"), regex("user@example.com")),
        (regex("a.b@example.com"), literal("a.b@example.com", "EMAIL")),
        (literal("example.com", "DOMAIN"), regex("example.com", "DOMAIN")),
        (literal("a@example.com", "EMAIL"), literal("a@example.com", "UNKNOWN")),
        (literal("192.0.2.0/24", "IP"), literal("192.0.2.0/25", "IP")),
    ],
)
def test_other_patterns_compare_by_character(resource: Resource, one: dict[str, Any], other: dict[str, Any]) -> None:
    assert resource.key_of(one) != resource.key_of(other)


@SENDERS
@pytest.mark.parametrize(
    ("pattern", "pattern_type", "error"),
    [
        ("example.com", "EMAIL", "must be an e-mail address"),
        ("a b@example.com", "EMAIL", "must be an e-mail address"),
        (f"{'a' * 65}@example.com", "EMAIL", "must be an e-mail address"),
        ("a@localhost", "EMAIL", "must be an e-mail address"),
        ("*.example.com", "DOMAIN", "must be a domain name"),
        ("192.0.2.300", "IP", "must be an IP address or network"),
        ("10.1.2.3", "IP", "refuses 10.0.0.0/8"),
        ("172.16.0.0/12", "IP", "refuses 172.16.0.0/12"),
        ("127.0.0.1", "IP", "refuses 127.0.0.0/8"),
        ("169.254.1.1", "IP", "refuses 169.254.0.0/16"),
        ("255.255.255.255", "IP", "refuses 255.255.255.255/32"),
        ("::1", "IP", "refuses ::1/128"),
        ("fe80::1", "IP", "refuses fe80::/10"),
        ("fd00::/8", "IP", "refuses fc00::/7"),
        ("::ffff:192.168.1.1", "IP", "refuses 192.168.0.0/16"),
        # All of the internet.
        ("0.0.0.0/0", "IP", "refuses 0.0.0.0/32"),
        ("::/0", "IP", "refuses ::/128"),
    ],
)
def test_an_invalid_literal_pattern_is_refused(resource: Resource, pattern: str, pattern_type: str, error: str) -> None:
    settings = {"pattern": pattern, "pattern_type": pattern_type}
    with pytest.raises(InputError, match=rf"^pattern: .*{error}.* \(pattern_type is {pattern_type}\)\.$"):
        parse_settings(resource, **settings)
    # It may exist since before and can be deleted.
    assert parse_settings(resource, **settings, state="absent").absent
    assert parse_settings(resource, **settings, is_regex=True).key is not None


@SENDERS
@pytest.mark.parametrize("pattern", ["1.2.3.4", "192.0.2.0/24", "2606:4700:4700::/48", "::ffff:192.0.2.1"])
def test_public_addresses_are_accepted(resource: Resource, pattern: str) -> None:
    assert parse_settings(resource, pattern=pattern, pattern_type="IP").key is not None


@SENDERS
def test_a_new_pattern_for_an_id_is_checked_with_the_type_of_the_record(resource: Resource) -> None:
    record = {"id": ID, **literal("a@example.com", "EMAIL")}
    desired = parse_settings(resource, **{resource.id_field.name: ID, "pattern": "10.0.0.1"})
    with pytest.raises(InputError, match=r"^pattern: must be an e-mail address .*, not '10\.0\.0\.1'"):
        plan(resource, desired, record, "replace", None)
    assert plan(resource, desired, {**record, "is_regex": True}, "replace", None).body == {"pattern": "10.0.0.1"}
    # A record that the API would refuse today keeps its pattern, and everything else can change.
    old = {"id": ID, **literal("10.0.0.1", "IP"), "comments": "old"}
    comment = parse_settings(resource, **{resource.id_field.name: ID, "comments": ""})
    assert plan(resource, comment, old, "replace", None).body == {"comments": None}


def test_a_policy_that_allows_nothing_is_not_created() -> None:
    silent = parse_settings(ALLOW_POLICY, pattern="a@example.com", pattern_type="EMAIL")
    with pytest.raises(CollectionError, match="set one of is_acceptable_sender, is_exempt_recipient, is_trusted_send"):
        plan(ALLOW_POLICY, silent, None, "replace", [])
    trusted = parse_settings(ALLOW_POLICY, pattern="a@example.com", pattern_type="EMAIL", is_trusted_sender=True)
    assert plan(ALLOW_POLICY, trusted, None, "replace", []).body == {
        **literal("a@example.com", "EMAIL"),
        "is_acceptable_sender": False,
        "is_exempt_recipient": False,
        "is_trusted_sender": True,
        "verify_sender": True,
    }


def test_a_deprecated_name_counts_only_where_its_successor_is_missing() -> None:
    record = {"id": ID, **literal("a@example.com", "EMAIL"), "is_sender": True, "verify_sender": True}
    trusted = parse_settings(ALLOW_POLICY, policy_id=ID, is_trusted_sender=True)
    assert plan(ALLOW_POLICY, trusted, record, "replace", None).body == {}
    change = plan(ALLOW_POLICY, trusted, {**record, "is_trusted_sender": False}, "replace", None)
    assert (change.action, change.body) == (UPDATED, {"is_trusted_sender": True})


def test_trusted_domains_compare_as_domain_names_unless_they_are_regular_expressions() -> None:
    key_of = TRUSTED_DOMAIN.key_of
    assert key_of({"pattern": "Partner.EXAMPLE."}) == key_of({"pattern": "partner.example", "is_regex": False})
    assert key_of({"pattern": "P.*", "is_regex": True}) != key_of({"pattern": "p.*", "is_regex": True})
    with pytest.raises(InputError, match=r"^pattern: must be a domain name"):
        parse_settings(TRUSTED_DOMAIN, pattern="not a domain")
    with pytest.raises(CollectionError, match="set one of is_recent, is_similarity to true too"):
        plan(TRUSTED_DOMAIN, parse_settings(TRUSTED_DOMAIN, pattern="partner.example"), None, "replace", [])


def entry(email: str, name: str = "Jane Doe", **fields: Any) -> dict[str, Any]:
    return {"id": ID, "email": email, "name": name, **fields}


def test_the_addresses_of_an_impersonation_entry_are_a_set() -> None:
    key_of = IMPERSONATION_ENTRY.key_of
    assert key_of(entry("A@x.example, b@Y.example.")) == key_of(entry("b@y.example,a@x.example", " Jane Doe "))
    assert key_of(entry("a@x.example")) != key_of(entry("a@x.example", "jane doe"))
    assert key_of(entry("A@x.example", is_email_regex=True)) != key_of(entry("a@x.example", is_email_regex=True))
    # The flag is not a part of the key.
    assert key_of(entry("a@x.example", is_email_regex=True)) == key_of(entry("a@x.example"))
    with pytest.raises(InputError, match=r"^email: must be an e-mail address .*, not 'x'\. For a regular expression"):
        parse_settings(IMPERSONATION_ENTRY, email="a@x.example, x", name="Jane Doe")
    assert parse_settings(IMPERSONATION_ENTRY, email=".*", name="Jane Doe", is_email_regex=True).key == (
        frozenset([".*"]),
        "Jane Doe",
    )


def test_a_literal_that_becomes_a_regular_expression_is_sent_as_written() -> None:
    desired = parse_settings(
        IMPERSONATION_ENTRY,
        impersonation_registry_id=ID,
        email="a@x.example",
        is_email_regex=True,
    )
    change = plan(IMPERSONATION_ENTRY, desired, entry("A@x.example", is_email_regex=False), "replace", None)
    assert change.body == {"email": "a@x.example", "is_email_regex": True}


@pytest.mark.parametrize(
    ("provenance", "protected"),
    [(None, False), ("A1S_INTERNAL", False), ("SNOOPY-OFFICE_365", True), ("of tomorrow", True)],
)
def test_an_entry_of_a_directory_is_protected(provenance: str | None, protected: bool) -> None:
    reason = IMPERSONATION_ENTRY.protected(entry("a@x.example", provenance=provenance))
    assert (reason is not None) is protected
    assert protected is False or str(provenance) in str(reason)


@pytest.mark.parametrize(
    "resource", [ALLOW_POLICY, BLOCK_SENDER, TRUSTED_DOMAIN, IMPERSONATION_ENTRY], ids=lambda resource: resource.module
)
def test_an_integer_id_of_the_past_is_refused_with_the_place_of_the_new_one(resource: Resource) -> None:
    option = resource.id_field.name
    with pytest.raises(InputError, match=rf"^{option}: must be a UUID, not the number 2401: .* the info module"):
        parse_settings(resource, **{option: "2401"})


def test_the_name_of_a_content_policy_is_trimmed_and_keeps_its_case() -> None:
    key_of = CONTENT_POLICY.key_of
    assert key_of({"name": " Invoices "}) == key_of({"name": "Invoices"}) != key_of({"name": "invoices"})
    for empty in ("", "  "):
        with pytest.raises(InputError, match=r"^name: must not be empty\."):
            parse_settings(CONTENT_POLICY, name=empty)
    with pytest.raises(InputError, match=r"^pattern: must not be empty\.$"):
        parse_settings(CONTENT_POLICY, name="Invoices", pattern="")
    assert CONTENT_POLICY.key_of({"name": 5}) == (5,)


def test_the_pattern_of_a_content_policy_cannot_be_rewritten_by_the_server() -> None:
    assert not CONTENT_POLICY.fields["pattern"].type.may_be_rewritten
    assert CONTENT_POLICY.fields["notes"].type.may_be_rewritten
    assert URL_IGNORE_PATTERN.list_order == {}
