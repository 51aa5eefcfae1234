# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account as the rules of the findings see it: its lists, and the records in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME

#: The flags of an allow policy that concern senders.
SENDER_FLAGS = ("is_trusted_sender", "is_acceptable_sender")


class RegexField(NamedTuple):
    """The field of a record that may be a regular expression."""

    name: str
    #: What the expression matches, see regexes.PROBES.
    kind: str
    #: The field that tells a regular expression from a literal pattern, None if it always is one.
    flag: str | None = None


REGEX_FIELDS = {
    "allow_policies": RegexField("pattern", "address", "is_regex"),
    "block_senders": RegexField("pattern", "address", "is_regex"),
    "content_policies": RegexField("pattern", "text"),
    "impersonation_entries": RegexField("email", "address", "is_email_regex"),
    "trusted_domains": RegexField("pattern", "host", "is_regex"),
    "url_ignore_patterns": RegexField("pattern", "url"),
}
#: Fields that the API nests under "authorization", and their names there.
AUTHORIZATION = {"authorized": "authorized", "authorization_message": "status_message"}


class Item:
    """A record of a list.

    Attributes:
        list_name: the list.
        resource: the resource.
        record: the record of the API.
        key: the meaning of its key, None if it is incomplete.
    """

    def __init__(self, list_name: str, record: Mapping[str, Any]) -> None:
        self.list_name = list_name
        self.resource: Resource = BY_LIST_NAME[list_name]
        self.record = self.resource.with_current_names(record)
        self.key = self.resource.key_of(self.record)

    @cached_property
    def label(self) -> str:
        """Return what the record is called."""
        return self.resource.label(self.record) or str(self.record.get("id"))

    def value(self, field: str) -> Any:
        """Return a value. Settings are normalized, key fields are not."""
        if field in AUTHORIZATION:
            authorization = self.record.get("authorization")
            return authorization.get(AUTHORIZATION[field]) if isinstance(authorization, Mapping) else None
        if field not in self.record or field in self.resource.key.fields or field not in self.resource.fields:
            return self.record.get(field)
        return self.resource.fields[field].display_value(self.record[field])

    def is_off(self, field: str) -> bool:
        """Return whether a flag is false or null. A flag that is missing is not."""
        return field in self.record and self.value(field) in (False, None)

    @property
    def regex(self) -> str:
        """Return the regular expression of the record, or an empty text."""
        field = REGEX_FIELDS[self.list_name]
        pattern = self.record.get(field.name)
        is_regex = field.flag is None or self.record.get(field.flag) is True
        return pattern if is_regex and isinstance(pattern, str) else ""

    def literal(self, pattern_type: str) -> str:
        """Return the normalized pattern if it is a literal one of a type, or an empty text."""
        pattern = self.key[0] if isinstance(self.key, tuple) else None
        if self.record.get("is_regex") or not isinstance(pattern, str):
            return ""
        return pattern if self.record.get("pattern_type", "DOMAIN") == pattern_type else ""

    @property
    def is_recipient_only(self) -> bool:
        """Return whether an allow policy exempts recipients and no senders."""
        return self.value("is_exempt_recipient") is True and not any(map(self.value, SENDER_FLAGS))


class Account:
    """The lists of an account, by name. A list that was not read is None."""

    def __init__(self, lists: Mapping[str, list[Item] | None]) -> None:
        self.lists = lists

    @cached_property
    def protected_domains(self) -> frozenset[Hashable]:
        """Return the keys of the domains."""
        return frozenset(item.key for item in self._items("domains") if item.key is not None)

    def protects(self, domain: str) -> bool:
        """Return whether a domain is a domain of the account."""
        return (domain,) in self.protected_domains

    @cached_property
    def blocked(self) -> frozenset[Hashable]:
        """Return the keys of the blocked senders."""
        return frozenset(item.key for item in self._items("block_senders"))

    @cached_property
    def blocked_addresses(self) -> Mapping[str, str]:
        """Return a blocked address for each domain that has one."""
        addresses = (item.literal("EMAIL") for item in self._items("block_senders"))
        return {address.rpartition("@")[2]: address for address in addresses if address}

    @cached_property
    def key_counts(self) -> Counter[tuple[str, Hashable]]:
        """Return the number of records for each list and key."""
        items = (item for name in self.lists for item in self._items(name))
        return Counter((item.list_name, item.key) for item in items if item.key is not None)

    def _items(self, list_name: str) -> list[Item]:
        return self.lists[list_name] or []
