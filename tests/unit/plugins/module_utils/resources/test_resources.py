# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the declared resources say about their keys: how patterns compare, which are refused, who owns a record."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import CollectionError, InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.bulk_plan import Purge, plan_all
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.index import Index
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import DELETED, UPDATED, plan
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
OTHER_ID = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
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
    assert resource.key_of(one) is not None
    assert resource.key_of(one) == resource.key_of(other)


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
    with pytest.raises(InputError, match=r"^email: must be an e-mail address .*, not 'x'\. For a regular expression"):
        parse_settings(IMPERSONATION_ENTRY, email="a@x.example, x", name="Jane Doe")
    assert parse_settings(IMPERSONATION_ENTRY, email=".*", name="Jane Doe", is_email_regex=True).key is not None


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


def found(resource: Resource, settings: dict[str, Any], *records: dict[str, Any]) -> Any:
    """Return the id of the record that settings find among records, None for none. Raises CollectionError."""
    record = Index(resource, [{"id": number, **each} for number, each in enumerate(records)]).find_key(settings, "it")
    return None if record is None else record["id"]


@pytest.mark.parametrize(
    ("email", "flag", "number"),
    [
        ("Jane@x.example", None, 0),
        ("jane@X.example", True, 0),
        ("j.*@X.example", None, 1),
        ("j.*@X.example", False, 1),
        ("J.*@x.example", None, None),
        ("J.*@x.example", True, None),
    ],
)
def test_an_entry_is_found_whatever_it_shall_become(email: str, flag: bool | None, number: int | None) -> None:
    records = [
        {"email": "jane@x.example", "name": "Jane", "is_email_regex": False},
        {"email": "j.*@X.example", "name": "Jane", "is_email_regex": True},
    ]
    settings = {"email": email, "name": "Jane", **({} if flag is None else {"is_email_regex": flag})}
    assert found(IMPERSONATION_ENTRY, settings, *records) == number


def test_a_literal_and_a_regular_expression_of_one_text_are_two() -> None:
    both = [{"email": "a@x.example", "name": "A", "is_email_regex": flag} for flag in (False, True)]
    with pytest.raises(CollectionError, match=r"matches 2 impersonation entries\."):
        found(IMPERSONATION_ENTRY, {"email": "a@x.example", "name": "A"}, *both)


@pytest.mark.parametrize("missing", ["pattern", "pattern_type"])
def test_a_record_that_leaves_out_a_part_of_its_key_stops_the_task_if_the_rest_matches(missing: str) -> None:
    key = literal("a@x.example", "EMAIL")
    record = {name: value for name, value in key.items() if name != missing}
    with pytest.raises(CollectionError, match=rf"it may be an existing blocked sender, of which .* {missing}\."):
        found(BLOCK_SENDER, key, record)
    other = literal("b@y.example", "EMAIL") if missing != "pattern" else literal("a@x.example", "DOMAIN")
    assert found(BLOCK_SENDER, other, record) is None
    assert found(BLOCK_SENDER, other, {"comments": "nothing of a key"}) is None


def test_a_deletion_by_id_needs_the_key_that_is_given() -> None:
    given = {BLOCK_SENDER.id_field.name: ID, "pattern": "a@x.example", "state": "absent"}
    desired = parse_settings(BLOCK_SENDER, **given)
    for record in ({"pattern": "b@x.example"}, {"pattern": "b@x.example", "pattern_type": "EMAIL"}, {"comments": "x"}):
        with pytest.raises(
            CollectionError, match=r"^pattern: the blocked sender with the id .* Nothing was deleted\.$"
        ):
            plan(BLOCK_SENDER, desired, {"id": ID, **record}, "replace", None)
    assert plan(BLOCK_SENDER, desired, {"id": ID, "pattern": "a@x.example"}, "replace", None).action == DELETED


def test_no_two_records_get_one_key_in_a_list() -> None:
    one, other = (literal(f"{name}@x.example", "EMAIL") for name in "ab")
    index = Index(BLOCK_SENDER, [{"id": ID, **one}, {"id": OTHER_ID, **other}])
    rename = parse_settings(BLOCK_SENDER, pattern_id=ID, pattern="B@x.example")
    with pytest.raises(InputError, match=r"^block_senders\[0\] .*: pattern: another blocked sender has this key\.$"):
        plan_all(BLOCK_SENDER, [rename], index, "replace", Purge(False, 0))
    away = parse_settings(BLOCK_SENDER, pattern_id=OTHER_ID, pattern="c@x.example")
    assert len(plan_all(BLOCK_SENDER, [rename, away], index, "replace", Purge(False, 0)).changes) == 2
    new = parse_settings(BLOCK_SENDER, pattern="d@x.example", pattern_type="EMAIL")
    same = parse_settings(BLOCK_SENDER, pattern_id=ID, pattern="d@x.example")
    with pytest.raises(InputError, match=r"^block_senders\[1\]"):
        plan_all(BLOCK_SENDER, [new, same], index, "replace", Purge(False, 0))
    gone = parse_settings(BLOCK_SENDER, pattern_id=OTHER_ID, state="absent")
    assert len(plan_all(BLOCK_SENDER, [rename, gone], index, "replace", Purge(False, 0)).changes) == 2


def test_an_entry_without_a_source_is_one_that_a_person_made() -> None:
    (provenance,) = IMPERSONATION_ENTRY.filters
    assert (
        provenance.normalize(None) == provenance.normalize("A1S_INTERNAL") != provenance.normalize("SNOOPY-OFFICE_365")
    )
