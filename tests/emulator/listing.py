# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: which records are asked for, in what order, and which page of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .behaviour import Behaviour
from .kinds import Kind, Record
from .normalise import canonical_address

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Page:
    """One page of records and what the envelope says about it."""

    records: list[Record]
    info: dict[str, int] | None


def page_of(records: list[Record], kind: Kind, query: Query, behaviour: Behaviour) -> Page:
    """The page that the query asks for; past the last page it is empty."""
    found = _ordered([record for record in records if _wanted(record, kind, query, behaviour)], query)
    number, size = int(_one(query, "page", "1")), int(_one(query, "per_page", "20"))
    size = min(size, behaviour.page_size_cap or size)
    chosen = found[(number - 1) * size : number * size]
    if not behaviour.result_info:
        return Page(chosen, None)
    info = {"count": len(chosen), "page": number, "per_page": size}
    if behaviour.total_count:
        info["total_count"] = len(found)
    if behaviour.total_pages:
        info["total_pages"] = math.ceil(len(found) / size)
    return Page(chosen, info)


def _one(query: Query, name: str, default: str) -> str:
    return query[name][0] if name in query else default


def _ordered(records: list[Record], query: Query) -> list[Record]:
    """Without `order`, the order in which the records were made."""
    if "order" in query:
        key = _one(query, "order", "")
        records = sorted(records, key=lambda record: str(record[key]).lower())
    return records[::-1] if _one(query, "direction", "asc") == "desc" else records


_NO_FILTERS = {"page", "per_page", "order", "direction", "search"}


def _wanted(record: Record, kind: Kind, query: Query, behaviour: Behaviour) -> bool:
    """Whether a record passes every filter; of one that is repeated, any of its values."""
    filters = {name: values for name, values in query.items() if name not in _NO_FILTERS}
    return all(
        any(_passes(record, kind, name, value, behaviour) for value in values) for name, values in filters.items()
    ) and ("search" not in query or _matches(record, kind, _one(query, "search", "").lower()))


def _passes(record: Record, kind: Kind, name: str, value: str, behaviour: Behaviour) -> bool:
    if name in kind.filters:
        return kind.filters[name](record, value)
    own = record[name]
    if isinstance(own, bool):
        return own is (value == "true")
    if name != kind.key[0] or behaviour.key_filter == "exact":
        return bool(own == value)
    if behaviour.key_filter == "ignore_case":
        return canonical_address(own) == canonical_address(value)
    return value.lower() in own.lower()


def _matches(record: Record, kind: Kind, term: str) -> bool:
    values: list[Any] = [record[name] for name in kind.searched]
    texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
    return any(term in str(text).lower() for text in texts if text is not None)
