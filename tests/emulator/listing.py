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
from .normalise import canonical_name
from .records import Kind, Record

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


def _wanted(record: Record, kind: Kind, query: Query, behaviour: Behaviour) -> bool:
    """Whether a record passes every filter."""
    if "domain" in query and not any(_named(record["domain"], name, behaviour) for name in query["domain"]):
        return False
    if "status" in query and record["status"].lower() != _one(query, "status", "").lower():
        return False
    modes = record.get("allowed_delivery_modes") or []
    if "allowed_delivery_mode" in query and _one(query, "allowed_delivery_mode", "") not in modes:
        return False
    # No field of the record tells the active mode: here it is the first of the allowed ones.
    if "active_delivery_mode" in query and _one(query, "active_delivery_mode", "") not in modes[:1]:
        return False
    wanted_id = _one(query, "integration_id", "")
    if wanted_id and record["integration_id"] != wanted_id:
        return False
    return "search" not in query or _matches(record, kind, _one(query, "search", "").lower())


def _named(own: str, name: str, behaviour: Behaviour) -> bool:
    if behaviour.domain_filter == "exact":
        return own == name
    if behaviour.domain_filter == "ignore_case":
        return canonical_name(own) == canonical_name(name)
    return name.lower() in own.lower()


def _matches(record: Record, kind: Kind, term: str) -> bool:
    values: list[Any] = [record[name] for name in kind.searched]
    texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
    return any(term in str(text).lower() for text in texts if text is not None)
