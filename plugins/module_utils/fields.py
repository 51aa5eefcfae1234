# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields: how the value of a setting is checked, sent, compared and shown.

A kind knows one sort of value. A field is a kind with a name. Neither knows where values come from.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import (
    InputError,
    of_each,
    quoted,
    unquoted,
)

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
INTEGER_ID = re.compile(r"[0-9]{1,20}")
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
#: More characters are surely more than a name can have. Some versions of idna take minutes to find that out.
LONGEST_U_LABELS = 1000
#: How many names and networks are remembered: those of a large account, so that each is read once.
REMEMBERED = 100_000
NETWORK = re.compile(r"[0-9a-fA-F.:]+(/[0-9]{1,3})?")


class Kind:
    """A sort of value. Its methods never meet a value that was not named: None is the API's C(null)."""

    #: Ansible's type of the option.
    type = "str"
    #: Whether the server may keep the value in other words than it was sent.
    may_be_rewritten = False
    #: Whether a value that an answer leaves out has to be read even where the task asks for nothing.
    always_read = False

    def spec(self) -> dict[str, Any]:
        """Return the argument spec of an option of this kind."""
        return {"type": self.type}

    def check(self, value: Any) -> Any:
        """Return what is sent for the user's value. Raises ValueError with the end of a sentence."""
        return value

    def canonical(self, value: Any) -> Any:
        """Return the meaning of a value, the user's or the server's: equal meanings are equal values."""
        return value

    def shown(self, value: Any) -> Any:
        """Return the meaning of a value in a form for a diff."""
        return self.canonical(value)


class Flag(Kind):
    """True or false. C(null) is false."""

    type = "bool"
    always_read = True

    def canonical(self, value: Any) -> Any:
        return False if value is None else value


class Number(Kind):
    """A whole number from ``minimum`` to ``maximum``, both included."""

    type = "int"

    def __init__(self, minimum: int, maximum: int) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def check(self, value: int) -> int:
        # A bool is an int for Python; for the API it is not.
        if isinstance(value, bool) or not self.minimum <= value <= self.maximum:
            raise ValueError(f"must be a number from {self.minimum} to {self.maximum}, not {unquoted(value)}")
        return value


class Text(Kind):
    """Free text, of at most ``max_length`` characters. No text and an empty text are the same."""

    may_be_rewritten = True

    def __init__(self, max_length: int | None = None) -> None:
        self.max_length = max_length

    def check(self, value: str) -> str:
        if self.max_length is not None and len(value) > self.max_length:
            raise ValueError(f"may have at most {self.max_length} characters, this text has {len(value)}")
        return value

    def canonical(self, value: Any) -> Any:
        return "" if value is None else value


class Choice(Kind):
    """One of a few words. They are checked where the options of a task are read."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def spec(self) -> dict[str, Any]:
        return {"type": self.type, "choices": list(self.choices)}


class Word(Choice):
    """One of a few words, in any case."""

    def spec(self) -> dict[str, Any]:
        return {"type": self.type}

    def check(self, value: str) -> str:
        if self.canonical(value) not in self.choices:
            raise ValueError(f"must be one of {', '.join(self.choices)}, not {quoted(value)}")
        return value

    def canonical(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


class Uuid(Kind):
    """An identifier such as C(f174e90a-fafe-4643-bbbc-4a0ed4fc8415). It is sent in lower case, as the API spells it."""

    def check(self, value: str) -> str:
        if not UUID.fullmatch(value):
            raise ValueError(f"must be a UUID such as f174e90a-fafe-4643-bbbc-4a0ed4fc8415, not {quoted(value)}")
        return value.lower()

    def canonical(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


class RecordId(Uuid):
    """The id of a record: a UUID, or a whole number where the API returns such ids."""

    def check(self, value: str) -> str:
        return value if INTEGER_ID.fullmatch(value) else super().check(value)


class Network(Kind):
    """An address or a network, of IPv4 or IPv6."""

    def check(self, value: str) -> str:
        try:
            # The pattern keeps out what ipaddress takes but the API does not speak of: netmasks and scopes.
            if not NETWORK.fullmatch(value):
                raise ValueError
            one_spelling(value)
        except ValueError:
            raise ValueError(
                "must be an address or a network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, not " + quoted(value)
            ) from None
        return value

    def canonical(self, value: Any) -> Any:
        try:
            return one_spelling(value) if isinstance(value, str) else value
        except ValueError:
            return value


class Name(Kind):
    """The name of a domain: case and a trailing dot do not matter, U-labels and A-labels are the same."""

    def check(self, value: str) -> str:
        try:
            name = a_labels(value)
            refuse_unseen(value)
        except ValueError as error:
            raise ValueError(
                f"must be a domain name such as example.com, not {quoted(value)} ({str(error)[:200]})"
            ) from None
        labels = name.split(".")
        valid = all(LABEL.fullmatch(label) for label in labels) and len(name) <= 253
        # A last label of digits alone belongs to an IP address.
        if not valid or len(labels) < 2 or labels[-1].isdigit():
            raise ValueError(f"must be a domain name such as example.com, not {quoted(value)}")
        return value

    def canonical(self, value: Any) -> Any:
        try:
            return a_labels(value) if isinstance(value, str) else value
        except ValueError:
            return value.lower()


class SetOf(Kind):
    """A list whose order and repeats mean nothing. No list and an empty list are the same."""

    type = "list"

    def __init__(self, item: Kind) -> None:
        self.item = item

    def spec(self) -> dict[str, Any]:
        item = self.item.spec()
        item["elements"] = item.pop("type")
        return {"type": self.type, **item}

    def check(self, value: list[Any]) -> list[Any]:
        kept: dict[Hashable, Any] = {}
        for checked in of_each(value, self.item.check):
            kept.setdefault(self.item.canonical(checked), checked)
        return list(kept.values())

    def merged(self, list_mode: str, current: list[Any] | None, given: list[Any]) -> list[Any]:
        """Return the list as it shall be.

        Args:
            list_mode: "append" adds what is missing, "remove" takes out what is there.
            current: the list as the server has it, or None.
            given: the list in the task, checked.
        """
        present = current or []
        if list_mode == "append":
            known = self.canonical(present)
            return present + [item for item in given if self.item.canonical(item) not in known]
        unwanted = self.canonical(given)
        return [item for item in present if hashable(self.item.canonical(item)) not in unwanted]

    def canonical(self, value: Any) -> Any:
        if not isinstance(value, (list, type(None))):
            return value
        return frozenset(hashable(self.item.canonical(item)) for item in value or ())

    def shown(self, value: Any) -> Any:
        meaning = self.canonical(value)
        return sorted(meaning, key=str) if isinstance(meaning, frozenset) else meaning


class Field:
    """A named setting of a resource.

    Args:
        name: the name of the option, of the API's body parameter and of the record's field: all one.
        kind: the sort of its values.
        nullable: the API takes C(null) for it; an empty string in the task means that.
    """

    def __init__(self, name: str, kind: Kind, nullable: bool = False) -> None:
        self.name = name
        self.kind = kind
        self.nullable = nullable

    def spec(self) -> dict[str, Any]:
        """Return the argument spec of the option."""
        spec = self.kind.spec()
        if self.nullable and "choices" in spec:
            spec["choices"].append("")
        return spec

    def check(self, value: Any) -> Any:
        """Return what is sent for the user's value. Raises InputError."""
        if self.nullable and value == "":
            return None
        try:
            return self.kind.check(value)
        except ValueError as error:
            raise InputError(f"{self.name}: {error}.") from None

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two values mean the same."""
        return one == other or bool(self._canonical(one) == self._canonical(other))

    def shown(self, value: Any) -> Any:
        """Return a value for a diff: one spelling for each meaning."""
        return self.kind.shown(self._null(value))

    def _canonical(self, value: Any) -> Any:
        return self.kind.canonical(self._null(value))

    def _null(self, value: Any) -> Any:
        return None if self.nullable and value == "" else value


@lru_cache(maxsize=REMEMBERED)
def one_spelling(network: str) -> str:
    """Return the one spelling of an address or a network. Raises ValueError.

    Remembered, because to check a network, to know repeats of it and to compare it all ask for the same.
    """
    return str(ipaddress.ip_network(network, strict=False))


def refuse_unseen(name: str) -> None:
    """Raise ValueError where a name has a character that nobody sees and that is no part of the name it stands for."""
    if name.isascii():
        return
    import idna

    for character in name:
        if not character.isascii() and not idna.uts46_remap(character, std3_rules=False):
            raise ValueError(f"it has U+{ord(character):04X} in it, which cannot be seen")


@lru_cache(maxsize=REMEMBERED)
def a_labels(name: str) -> str:
    """Return a name in lower case, without a trailing dot, its labels as A-labels. Raises ValueError."""
    if name.isascii():
        ascii_name = name
    elif len(name) > LONGEST_U_LABELS:
        raise ValueError("it is too long")
    else:
        # requests brings it along; loaded late because few names need it and every import costs time.
        try:
            import idna
        except ImportError:
            raise ValueError("the Python package idna, which reads such names, is not installed") from None
        labels = idna.uts46_remap(name, std3_rules=False).split(".")
        ascii_name = ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in labels)
    ascii_name = ascii_name.lower()
    # Not removesuffix: that needs Python 3.9.
    return ascii_name[:-1] if ascii_name.endswith(".") else ascii_name


def hashable(value: Any) -> Hashable:
    """Return a value that can stand in a set, whatever a server put into a list."""
    return value if isinstance(value, Hashable) else repr(value)
