# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource that only the tests have. It differs from the real ones wherever a declaration can.

Its key has three fields, of which one has a default, and compares by the whole record. A boolean is required to create
a record. Ids are numbers. There is no batch, no filter by key and no order, and some records are protected.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    Boolean,
    CaseInsensitiveEnum,
    Choice,
    Integer,
    ListOf,
    Text,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field, Key, Record, Resource

PROTECTED = "a directory manages it."


def normalize(key: Record) -> Hashable:
    """Return the meaning of a key: an address compares in any case, everything else letter by letter."""
    any_case = key["kind"] == "EMAIL" and not key["is_regex"]
    return str(key["pattern"]).lower() if any_case else key["pattern"], key["kind"], key["is_regex"]


def declare(**changes: Any) -> Resource:
    """Return the resource, with changes to its declaration."""
    declaration: dict[str, Any] = {
        "module": "rule",
        "bulk_module": "rules",
        "entries_option": "rules",
        "noun": "rule",
        "absence": "mail that it matches is treated as any other",
        "path": "rules",
        "id_field": Field("rule_id", Integer(1, 10**9)),
        "key": Key("pattern", "kind", "is_regex", defaults={"is_regex": False}, normalize=normalize),
        "fields": (
            Field("comments", Text(), nullable=True),
            Field("is_regex", Boolean()),
            Field("kind", Choice("EMAIL", "DOMAIN")),
            Field("pattern", Text(max_length=100)),
            Field("tags", ListOf(Text())),
            Field("verify_sender", Boolean(), required_on_create=True),
        ),
        "filters": (Field("source", CaseInsensitiveEnum("user", "directory")),),
        "protected": protected,
        **changes,
    }
    return Resource(**declaration)


def protected(record: Record) -> str | None:
    return PROTECTED if record.get("source") == "directory" else None


RULE = declare()
#: The same with all that an API may have.
FULL_RULE = declare(
    module="full_rule",
    bulk_module="full_rules",
    batch=("deletes", "patches", "posts"),
    key_filter="pattern",
    orders=("pattern",),
    filters=(),
)
