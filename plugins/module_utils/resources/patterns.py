# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns of mail: literal ones are addresses, domain names or networks; regular expressions are left to the API."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from ..engine.addresses import EmailAddress, PublicNetwork
from ..engine.field_types import Boolean, Choice, DomainName, ExactText, FieldType
from ..engine.resource import Field, Key, Record

LITERALS: dict[str, FieldType] = {"EMAIL": EmailAddress(), "DOMAIN": DomainName(), "IP": PublicNetwork()}


def normalize(pattern: Any, pattern_type: Any, is_regex: Any) -> Hashable:
    """Return the meaning of a pattern. A regular expression compares character by character."""
    if is_regex is True or pattern_type not in LITERALS or not isinstance(pattern, str):
        return str(pattern)
    meaning: Hashable = LITERALS[pattern_type].normalize(pattern)
    return meaning


def literal_error(pattern: Any, pattern_type: Any, is_regex: Any) -> str | None:
    """Return what is wrong with a literal pattern, as the end of a sentence. Each value may be None."""
    # The API reads regular expressions as Java does, so Python cannot validate them.
    if is_regex or pattern_type not in LITERALS or not isinstance(pattern, str):
        return None
    try:
        LITERALS[pattern_type].validate(pattern)
    except ValueError as error:
        return str(error)
    return None


#: The key of allow policies and block senders.
SENDER_KEY = Key(
    "pattern",
    "pattern_type",
    "is_regex",
    defaults={"is_regex": False},
    normalize=lambda key: (normalize(**key), key["pattern_type"], key["is_regex"]),
)
SENDER_FIELDS = (
    Field("pattern", ExactText(1024)),
    # The API returns UNKNOWN for old records and refuses it in requests.
    Field("pattern_type", Choice("EMAIL", "DOMAIN", "IP")),
    Field("is_regex", Boolean()),
)


def check_sender(settings: Record) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the pattern of an allow policy or a block sender."""
    error = literal_error(settings.get("pattern"), settings.get("pattern_type"), settings.get("is_regex"))
    if error:
        yield "pattern", f"{error} (pattern_type is {settings['pattern_type']})"
