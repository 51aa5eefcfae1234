# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the findings: settings that let mail in, or weaken the protection of mail in another way."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Callable, Iterator, NamedTuple, Optional, Tuple, Union

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import regexes
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.account import REGEX_FIELDS, Account, Item
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.public_domains import (
    PUBLIC_PROVIDERS,
    PUBLIC_SUFFIXES,
    TOP_LEVEL_DOMAINS,
)

#: The most severe first.
SEVERITIES = ("high", "medium", "low")
HIGH, MEDIUM, LOW = SEVERITIES

#: The shortest prefixes of networks that are not wide, by IP version.
MIN_PREFIX = {4: 16, 6: 32}

ALLOW = ("allow_policies",)
BLOCK = ("block_senders",)

#: The findings of a rule in a list: records, or None for the list as a whole, with what is wrong in particular.
Found = Iterator[Tuple[Optional[Item], str]]
#: Returns what is wrong with a record: nothing, a text, or True if the title of the rule says it all.
Check = Callable[[Item, Account], Union[str, bool]]


class Rule(NamedTuple):
    """A rule."""

    #: Stable.
    id: str
    severity: str
    #: What is wrong.
    title: str
    #: What to do.
    advice: str
    #: The lists that it applies to.
    lists: tuple[str, ...]
    #: Finds it in a list that was read.
    find: Callable[[Iterable[Item], Account], Found]


def _each(check: Check) -> Callable[[Iterable[Item], Account], Found]:
    """Return a function that checks each record."""

    def find(items: Iterable[Item], account: Account) -> Found:
        for item in items:
            found = check(item, account)
            if found:
                yield item, "" if found is True else str(found)

    return find


def _domain(field: str, check: Callable[[Any], str]) -> Callable[[Iterable[Item], Account], Found]:
    """Return a function that checks a field of each domain. A value that is null or missing is not checked."""

    def find(item: Item, account: Account) -> str | bool:
        value = item.value(field)
        return value not in (None, "") and check(value)

    return _each(find)


def _not_true(text: str) -> Callable[[Any], str]:
    return lambda value: "" if value is True else text


def _by_state(texts: Mapping[str, str]) -> Callable[[Any], str]:
    return lambda value: texts.get(str(value).lower(), "")


def _status(value: Any) -> str:
    return "" if str(value).lower() == "active" else f"The status is {str(value).lower()}"


def _dispositions(value: Any) -> str:
    return "Malicious mail is not dropped" if isinstance(value, list) and "MALICIOUS" not in value else ""


def _not_authorized(item: Item, account: Account) -> str | bool:
    reason = item.value("authorization_message")
    refused = item.value("authorized") not in (None, "", True)
    return refused and (f"Mailbox access is not authorized: {reason}" if reason else True)


def _trusted_without_verification(item: Item, account: Account) -> bool:
    return item.value("is_trusted_sender") is True and item.is_off("verify_sender")


def _public_provider(item: Item, account: Account) -> str | bool:
    domain = item.literal("DOMAIN")
    if domain in PUBLIC_PROVIDERS:
        return not item.is_recipient_only
    if not item.regex or item.is_recipient_only or _matches_everything(item, account):
        return False
    # Only providers that the expression names, because each search takes time.
    named = (host for host in sorted(PUBLIC_PROVIDERS) if host.partition(".")[0] in item.regex.lower())
    return next((f"It probably matches every address of {host}" for host in named if _matches(item, host)), "")


def _top_level_domain(item: Item, account: Account) -> str | bool:
    domain = item.literal("DOMAIN").lstrip("*.")
    if domain and ("." not in domain or domain in PUBLIC_SUFFIXES):
        return not item.is_recipient_only
    if not item.regex or item.is_recipient_only or _matches_everything(item, account):
        return False
    named = (
        suffix
        for suffix in (*TOP_LEVEL_DOMAINS, *sorted(PUBLIC_SUFFIXES))
        if suffix.rpartition(".")[2] in item.regex.lower()
    )
    found = (suffix for suffix in named if _matches(item, f"kvz.{suffix}") and _matches(item, f"ea-11.{suffix}"))
    return next((f"It probably matches every address below .{suffix}" for suffix in found), "")


def _matches(item: Item, host: str) -> bool:
    return regexes.matches_host(item.regex, host)


def _matches_everything(item: Item, account: Account) -> bool:
    return bool(item.regex) and regexes.matches_everything(item.regex, REGEX_FIELDS[item.list_name].kind)


def _matches_foreign(item: Item, account: Account) -> str | bool:
    if not item.regex or item.is_recipient_only or _matches_everything(item, account):
        return False
    foreign = regexes.foreign_match(item.regex, REGEX_FIELDS[item.list_name].kind)
    return f"It probably matches {foreign} too" if foreign else ""


def _wide_network(item: Item, account: Account) -> bool:
    try:
        network: Any = ipaddress.ip_network(item.literal("IP"), strict=False)
    except ValueError:
        return False
    return bool(network.prefixlen < MIN_PREFIX[network.version])


def _names_protected_domain(item: Item, account: Account) -> bool:
    return account.protects(item.literal("DOMAIN"))


def _allows_protected_domain(item: Item, account: Account) -> bool:
    return not item.is_recipient_only and _names_protected_domain(item, account)


def _also_blocked(item: Item, account: Account) -> str | bool:
    if item.key is None or item.is_recipient_only:
        return False
    if item.key in account.blocked:
        return "It is also blocked"
    address, domain = item.literal("EMAIL"), item.literal("DOMAIN")
    if domain in account.blocked_addresses:
        return f"{account.blocked_addresses[domain]} is blocked"
    host = address.rpartition("@")[2]
    return f"The domain {host} is blocked" if address and (host, "DOMAIN", False) in account.blocked else ""


def _duplicate(item: Item, account: Account) -> str | bool:
    count = account.key_counts[item.list_name, item.key]
    return f"{count} records have this key" if count > 1 else ""


def _empty(items: Iterable[Item], account: Account) -> Found:
    if not items:
        yield None, ""


#: In the order of the report, within a severity.
RULES = (
    Rule(
        "status",
        HIGH,
        "Domain is not active",
        "Complete the setup of the domain, because Email Security protects only active domains.",
        ("domains",),
        _domain("status", _status),
    ),
    Rule(
        "drop_dispositions",
        HIGH,
        "Malicious mail is not dropped",
        "Add MALICIOUS to drop_dispositions.",
        ("domains",),
        _domain("drop_dispositions", _dispositions),
    ),
    Rule(
        "allow_without_verification",
        HIGH,
        "Sender is trusted without verification",
        "Set verify_sender to true, so that mail with a forged sender is not exempt.",
        ALLOW,
        _each(_trusted_without_verification),
    ),
    Rule(
        "allow_public_provider",
        HIGH,
        "Public mailbox provider is allowed",
        "Allow individual addresses instead, because anyone can get a mailbox there.",
        ALLOW,
        _each(_public_provider),
    ),
    Rule(
        "allow_top_level_domain",
        HIGH,
        "Whole top-level domain is allowed",
        "Allow the domains of known senders instead, because anyone can register a domain there.",
        ALLOW,
        _each(_top_level_domain),
    ),
    Rule(
        "allow_wide_network",
        HIGH,
        "Network wider than /16 (IPv4) or /32 (IPv6) is allowed",
        "Allow the networks of the sender's mail servers only.",
        ALLOW,
        _each(_wide_network),
    ),
    Rule(
        "regex_matches_everything",
        HIGH,
        "Regular expression probably matches everything",
        "Replace it with a pattern that names the senders or domains.",
        (*ALLOW, "trusted_domains", "impersonation_entries"),
        _each(_matches_everything),
    ),
    Rule(
        "regex_unanchored",
        HIGH,
        "Regular expression probably matches other domains too",
        r"Begin the domain with ^, @ or (^|\.|@), and end it with $, or use a literal pattern.",
        (*ALLOW, "trusted_domains", "impersonation_entries"),
        _each(_matches_foreign),
    ),
    Rule(
        "trust_protected_domain",
        HIGH,
        "Domain of the account is a trusted or look-alike domain",
        "Delete the entry, because it prevents the detection of mail that imitates the domain.",
        ("trusted_domains",),
        _each(_names_protected_domain),
    ),
    Rule(
        "require_tls_inbound",
        MEDIUM,
        "Inbound TLS is not required",
        "Set require_tls_inbound to true.",
        ("domains",),
        _domain("require_tls_inbound", _not_true("Inbound TLS is not required")),
    ),
    Rule(
        "require_tls_outbound",
        MEDIUM,
        "Outbound TLS is not required",
        "Set require_tls_outbound to true.",
        ("domains",),
        _domain("require_tls_outbound", _not_true("Outbound TLS is not required")),
    ),
    Rule(
        "spf_status",
        MEDIUM,
        "SPF is missing or ineffective",
        "Publish a valid SPF record that ends with -all or ~all.",
        ("domains",),
        _domain(
            "spf_status",
            _by_state(
                {
                    "none": "There is no SPF record",
                    "invalid": "The SPF record is invalid",
                    "open": "The SPF record allows every sender (+all)",
                    "neutral": "The SPF record does not reject any sender (?all)",
                }
            ),
        ),
    ),
    Rule(
        "dmarc_status",
        MEDIUM,
        "DMARC is missing or invalid",
        "Publish a valid DMARC record.",
        ("domains",),
        _domain(
            "dmarc_status",
            _by_state({"none": "There is no DMARC record", "invalid": "The DMARC record is invalid"}),
        ),
    ),
    Rule(
        "authorized",
        MEDIUM,
        "Mailbox access is not authorized",
        "Authorize the integration of the domain, so that Email Security can scan and move the mail in its mailboxes.",
        ("domains",),
        _each(_not_authorized),
    ),
    Rule(
        "allow_exempt_recipient",
        MEDIUM,
        "Recipient is exempt from all detections",
        "Exempt only mailboxes that must receive malicious mail, such as the one to which users report phishing.",
        ALLOW,
        _each(lambda item, account: item.value("is_exempt_recipient") is True),
    ),
    Rule(
        "allow_protected_domain",
        MEDIUM,
        "Domain of the account is allowed as a sender",
        "Allow only the addresses that need it, because attackers forge addresses of the domain.",
        ALLOW,
        _each(_allows_protected_domain),
    ),
    Rule(
        "allow_and_block",
        MEDIUM,
        "Pattern is both allowed and blocked",
        "Delete the allow policy or the blocked sender, because one of them has no effect.",
        ALLOW,
        _each(_also_blocked),
    ),
    Rule(
        "block_protected_domain",
        MEDIUM,
        "Domain of the account is blocked as a sender",
        "Delete the entry, because it also blocks genuine mail of the domain. Against forged mail, use DMARC.",
        BLOCK,
        _each(_names_protected_domain),
    ),
    Rule(
        "block_regex_matches_everything",
        MEDIUM,
        "Regular expression probably blocks everything",
        "Replace it with a pattern that names the senders or the content.",
        (*BLOCK, "content_policies"),
        _each(_matches_everything),
    ),
    Rule(
        "unknown_pattern_type",
        MEDIUM,
        "Pattern has the type UNKNOWN",
        "Replace the entry with one of the type EMAIL, DOMAIN or IP, because it is not known what it matches.",
        (*BLOCK, *ALLOW),
        _each(lambda item, account: item.record.get("pattern_type") == "UNKNOWN"),
    ),
    Rule(
        "impersonation_registry_empty",
        MEDIUM,
        "Impersonation registry is empty",
        "Add the people whose names attackers would use, such as executives and the finance team.",
        ("impersonation_entries",),
        _empty,
    ),
    Rule(
        "url_regex_matches_everything",
        MEDIUM,
        "Regular expression probably matches every URL",
        "Replace it with a pattern that names the hosts whose URLs must not be rewritten.",
        ("url_ignore_patterns",),
        _each(_matches_everything),
    ),
    Rule(
        "url_regex_unanchored",
        MEDIUM,
        "Regular expression probably matches the URLs of other hosts too",
        r"Begin it with ^https://, escape the dots of the host, and end the host with a slash.",
        ("url_ignore_patterns",),
        _each(_matches_foreign),
    ),
    Rule(
        "block_wide_network",
        LOW,
        "Network wider than /16 (IPv4) or /32 (IPv6) is blocked",
        "Block the networks of the unwanted senders only.",
        BLOCK,
        _each(_wide_network),
    ),
    Rule(
        "content_policy_disabled",
        LOW,
        "Content policy is disabled",
        "Enable the policy, or delete it if it is no longer needed.",
        ("content_policies",),
        _each(lambda item, account: item.is_off("enabled")),
    ),
    Rule(
        "duplicate",
        LOW,
        "Several records have the same key",
        "Delete all but one of them, because they may contradict each other.",
        tuple(BY_LIST_NAME),
        _each(_duplicate),
    ),
)
