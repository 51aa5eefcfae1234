# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches: whatever nobody has published about the API can be had either way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints

Endpoint = Literal["present", "404", "405", "501", "7003"]


@dataclass
class Behaviour:
    """How the emulator behaves where the real API's ways are unknown. Every value can be changed while it runs."""

    list_order: Literal["as_sent", "sorted", "reversed", "shuffled"] = "as_sent"
    """The order of list-valued fields in answers."""
    shuffle_seed: int = 0
    empty_lists: Literal["list", "null"] = "list"
    false_flags: Literal["false", "null", "omitted", "unlisted"] = "false"
    """How a flag that is off is shown: `false`, `null`, not at all, or not in a list."""
    status_case: Literal["lower", "upper"] = "lower"
    domain_statuses: list[str] = field(default_factory=list)
    """The statuses of a domain that is created, one after the other, each time that domains are listed."""
    integer_ids: bool = False
    """Whether the ids of new records are integers instead of UUIDs."""
    last_modified: bool = False
    """Whether records carry the field that ended on 2026-11-01."""
    expires_at: bool = False
    """Whether new content policies have this field."""
    aliases: Literal["absent", "present", "only"] = "absent"
    """Whether records show deprecated names of fields: not at all, beside their successors, or instead of them."""
    provenance: Literal["A1S_INTERNAL", None] = "A1S_INTERNAL"
    """Where entries come from that are made by hand."""
    key_filter: Literal["exact", "ignore_case", "substring"] = "exact"
    """How the filters by `domain`, `pattern` and `name` compare."""
    name_form: Literal["as_sent", "lower", "a_label"] = "as_sent"
    """How names and literal patterns are kept: as sent, in lower case, or as A-labels without a trailing dot."""
    network_form: Literal["as_sent", "canonical"] = "as_sent"
    text_form: Literal["as_sent", "trimmed"] = "as_sent"
    """How free text (`comments`, `notes`, `transport`) and titles are kept."""
    empty_text: Literal["kept", "null"] = "kept"
    """What becomes of an empty text where null is allowed."""
    ipv6_patterns: bool = True
    true_flags: Literal["any", "some", "one"] = "any"
    """How many of the flags that say what a policy is for have to be true."""
    locked_records: Literal["refused", "changed"] = "refused"
    """What becomes of changes to entries that a directory owns."""
    result_info: bool = True
    total_count: bool = True
    total_pages: bool = False
    rename: Literal["honoured", "refused", "ignored"] = "honoured"
    ignored_fields: list[str] = field(default_factory=list)
    """Fields that a PATCH or PUT accepts and does not store."""
    patch_result: bool = True
    """Whether the answer to a PATCH holds the record."""
    create_status: Literal[201, 200] = 201
    put: Endpoint = "present"
    batch: Endpoint = "present"
    batch_failure: Literal["as_said", "nothing", "partial"] = "as_said"
    """What a failing batch has done: nothing, or everything before the entry that failed; or as it is said of it."""
    omitted_results: list[str] = field(default_factory=list)
    """Lists that are left out of the result of a batch."""
    duplicates: Literal["accepted", "refused"] = "accepted"
    """Whether several records may have one key. No two domains have one name."""
    omitted_fields: list[str] = field(default_factory=list)
    """Fields that are left out of every record in an answer."""
    unlisted_fields: list[str] = field(default_factory=list)
    """Fields that are left out of the records of a list."""
    page_size_cap: int | None = None
    """The server silently gives no more than this on a page."""
    retry_after: bool = True
    """Whether the 429 of the rate limit carries Retry-After."""
    quota: int = 1200
    """Requests of one user in one window."""
    window: float = 300.0
    """Seconds; going over the quota blocks the user for one whole window."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    """Entries of `messages` in every successful answer."""
    delay: float = 0.0
    """Seconds that every answer takes longer."""

    def update(self, changes: Mapping[str, Any]) -> None:
        """Changes some switches; an unknown name or value is a ValueError, and then nothing changes."""
        hints = get_type_hints(Behaviour)
        for name, value in changes.items():
            if name not in hints:
                raise ValueError(f"no such switch: {name}; there are {', '.join(sorted(hints))}")
            _check(name, value, hints[name])
        for name, value in changes.items():
            setattr(self, name, value)

    def replace(self, other: Behaviour) -> None:
        """Takes over every switch of another."""
        for name, value in asdict(other).items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """All switches by name."""
        return asdict(self)


def _check(name: str, value: Any, hint: Any) -> None:
    """One value against the type of its switch."""
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise ValueError(f"{name} is one of {', '.join(map(str, get_args(hint)))}, not {value!r}")
    elif get_origin(hint) is list:
        inner = get_origin(get_args(hint)[0]) or get_args(hint)[0]
        if not isinstance(value, list) or not all(isinstance(item, inner) for item in value):
            raise ValueError(f"{name} is a list of {inner.__name__}, not {value!r}")
    else:
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
        good = {
            bool: isinstance(value, bool),
            int: number and isinstance(value, int),
            float: number,
        }.get(hint, value is None or (number and isinstance(value, int) and value > 0))
        if not good:
            raise ValueError(f"{name} cannot be {value!r}")
