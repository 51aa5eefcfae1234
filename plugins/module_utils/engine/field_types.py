# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field types: how a value is validated, sent, compared and displayed."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from ..api.text import quote, shorten, validate_each
from .names import CACHE_SIZE, refuse_invisible, to_a_labels

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
INTEGER_ID = re.compile(r"[0-9]{1,20}")
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
NETWORK = re.compile(r"[0-9a-fA-F.:]+(/[0-9]{1,3})?")


class FieldType:
    """A type of values. None is the API's ``null``."""

    #: Ansible's type of the option.
    option_type = "str"
    #: The server may store the value in other words than it was sent.
    may_be_rewritten = False
    #: A list request that leaves the field out may hide either value; elsewhere it stands for null.
    ambiguous_when_missing = False
    #: The server's filter compares the value as it is written.
    filtered_by_server = True

    def argument_spec(self) -> dict[str, Any]:
        """Return the argument spec of an option of this type."""
        return {"type": self.option_type}

    def validate(self, value: Any) -> Any:
        """Return what is sent for a value of the user. Raises ValueError with the end of a sentence."""
        return value

    def normalize(self, value: Any) -> Any:
        """Return the meaning of a value of the user or the server: equal meanings are equal values."""
        return value

    def display_value(self, value: Any) -> Any:
        """Return the meaning of a value in a form for a diff."""
        return self.normalize(value)

    def query_values(self, value: Any) -> list[Any]:
        """Return the values of a query parameter that find this value."""
        return [value]


class Boolean(FieldType):
    """True or false; null is false."""

    option_type = "bool"
    ambiguous_when_missing = True

    def normalize(self, value: Any) -> Any:
        return False if value is None else value


class Integer(FieldType):
    """An integer from ``minimum`` to ``maximum``."""

    option_type = "int"

    def __init__(self, minimum: int, maximum: int) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def validate(self, value: int) -> int:
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"must be a number from {self.minimum} to {self.maximum}, not {shorten(value)}")
        return value


class Text(FieldType):
    """Free text of at most ``max_length`` characters; null is an empty text."""

    may_be_rewritten = True

    def __init__(self, max_length: int | None = None) -> None:
        self.max_length = max_length

    def validate(self, value: str) -> str:
        if self.max_length is not None and len(value) > self.max_length:
            raise ValueError(f"must have at most {self.max_length} characters, has {len(value)}")
        return value

    def normalize(self, value: Any) -> Any:
        return "" if value is None else value


class ExactText(Text):
    """Text of 1 to ``max_length`` characters in which each character counts, such as a regular expression."""

    may_be_rewritten = False

    def validate(self, value: str) -> str:
        if not value:
            raise ValueError("must not be empty")
        return super().validate(value)


class Title(ExactText):
    """Text of 1 to ``max_length`` characters; blanks around it do not matter."""

    def validate(self, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be empty")
        return super().validate(value)

    def normalize(self, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else super().normalize(value)


class Choice(FieldType):
    """One of a few words. Ansible checks them."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def argument_spec(self) -> dict[str, Any]:
        return {"type": self.option_type, "choices": list(self.choices)}


class CaseInsensitiveEnum(Choice):
    """One of a few words, in any case."""

    filtered_by_server = False

    def argument_spec(self) -> dict[str, Any]:
        return {"type": self.option_type}

    def validate(self, value: str) -> str:
        if self.normalize(value) not in self.choices:
            raise ValueError(f"must be one of {', '.join(self.choices)}, not {quote(value)}")
        return value

    def normalize(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


class Uuid(FieldType):
    """An id such as ``f174e90a-fafe-4643-bbbc-4a0ed4fc8415``, sent in lower case, as the API spells it."""

    def validate(self, value: str) -> str:
        if not UUID.fullmatch(value):
            raise ValueError(f"must be a UUID such as f174e90a-fafe-4643-bbbc-4a0ed4fc8415, not {quote(value)}")
        return value.lower()

    def normalize(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


class FormerIntegerId(Uuid):
    """The id of a record of a resource whose ids were integers until June 2026 (Python SDK 5.0.0)."""

    def validate(self, value: str) -> str:
        if INTEGER_ID.fullmatch(value):
            raise ValueError(
                f"must be a UUID, not the number {value}: Cloudflare replaced those ids, the info module returns the "
                "present ones"
            )
        return super().validate(value)


class RecordId(Uuid):
    """The id of a record: a UUID, or a number where the API returns numbers."""

    def validate(self, value: str) -> str:
        return value if INTEGER_ID.fullmatch(value) else super().validate(value)


class Network(FieldType):
    """An address or a network, IPv4 or IPv6."""

    def validate(self, value: str) -> str:
        try:
            # The pattern excludes netmasks and scopes, which ipaddress accepts but the API does not.
            if not NETWORK.fullmatch(value):
                raise ValueError
            normalize_network(value)
        except ValueError:
            raise ValueError(
                "must be an IP address or network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, not " + quote(value)
            ) from None
        return value

    def normalize(self, value: Any) -> Any:
        try:
            return normalize_network(value) if isinstance(value, str) else value
        except ValueError:
            return value


class DomainName(FieldType):
    """A domain name: case and a trailing dot do not matter, U-labels and A-labels are the same."""

    def validate(self, value: str) -> str:
        try:
            name = to_a_labels(value)
            refuse_invisible(value)
        except ValueError as error:
            raise ValueError(
                f"must be a domain name such as example.com, not {quote(value)} ({str(error)[:200]})"
            ) from None
        labels = name.split(".")
        valid = all(LABEL.fullmatch(label) for label in labels) and len(name) <= 253
        # A last label of digits is that of an IP address.
        if not valid or len(labels) < 2 or labels[-1].isdigit():
            raise ValueError(f"must be a domain name such as example.com, not {quote(value)}")
        return value

    def normalize(self, value: Any) -> Any:
        try:
            return to_a_labels(value) if isinstance(value, str) else value
        except ValueError:
            return value.lower()

    def query_values(self, value: Any) -> list[Any]:
        # The server may know the name as A-labels or as it was written.
        a_labels = to_a_labels(value)
        return [a_labels] if value.isascii() else [a_labels, value]


class ListOf(FieldType):
    """A list whose order and repeats mean nothing; null is an empty list."""

    option_type = "list"

    def __init__(self, item: FieldType) -> None:
        self.item = item

    def argument_spec(self) -> dict[str, Any]:
        item = self.item.argument_spec()
        item["elements"] = item.pop("type")
        return {"type": self.option_type, **item}

    def validate(self, value: list[Any]) -> list[Any]:
        items: dict[Hashable, Any] = {}
        for valid in validate_each(value, self.item.validate):
            items.setdefault(self.item.normalize(valid), valid)
        return list(items.values())

    def merge(self, list_mode: str, current: list[Any] | None, given: list[Any]) -> list[Any]:
        """Return a list with some entries more or less.

        Args:
            list_mode: "append" adds the entries that are missing, "remove" takes out those that are there.
            current: the list of the server, or None.
            given: the list of the task.
        """
        present = current or []
        if list_mode == "append":
            known = self.normalize(present)
            return present + [item for item in given if self.item.normalize(item) not in known]
        unwanted = self.normalize(given)
        return [item for item in present if hashable(self.item.normalize(item)) not in unwanted]

    def normalize(self, value: Any) -> Any:
        if not isinstance(value, (list, type(None))):
            return value
        return frozenset(hashable(self.item.normalize(item)) for item in value or ())

    def display_value(self, value: Any) -> Any:
        meaning = self.normalize(value)
        return sorted(meaning, key=str) if isinstance(meaning, frozenset) else meaning


@lru_cache(maxsize=CACHE_SIZE)
def normalize_network(network: str) -> str:
    """Return the one spelling of an address or a network. Raises ValueError."""
    return str(ipaddress.ip_network(network, strict=False))


def hashable(value: Any) -> Hashable:
    """Return a value that can be in a set, for any value that a server puts into a list."""
    return value if isinstance(value, Hashable) else repr(value)
