# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the model test draws: names, settings, entries of tasks, and the ways of a server."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .jobs import KINDS, Kind, Settings

#: Several spellings of few names, so that tasks meet.
NAMES = [
    "a.example",
    "A.Example",
    "b.example",
    "b.example.",
    "bücher.example",
    "xn--bcher-kva.example",
    "sub.a.example",
]
NETWORKS = ["192.0.2.7", "192.0.2.7/32", "198.51.100.0/24", "2001:DB8::/32", "2001:db8:0::/32", "203.0.113.0/25"]
INTEGRATION = "3f0b3c5a-6d0e-4f57-9c43-6c6f5a0f2a11"
#: With blanks, which some servers do not keep.
TEXTS = ["", "mx.example.net", " mx.example.net", "Grüße  an alle "]


def lists_of(*values: str, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3)


SETTINGS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "domains": {
        "allowed_delivery_modes": lists_of("DIRECT", "BCC", "API", least=1),
        "drop_dispositions": lists_of("SPAM", "BULK", "MALICIOUS-BEC"),
        "ip_restrictions": lists_of(*NETWORKS),
        "regions": lists_of("GLOBAL", "DE", "US", least=1),
        "lookback_hops": st.integers(1, 20),
        "folder": st.sampled_from(["", "AllItems", "Inbox"]),
        "integration_id": st.sampled_from(["", INTEGRATION, INTEGRATION.upper()]),
        "require_tls_inbound": st.booleans(),
        "require_tls_outbound": st.booleans(),
        "transport": st.sampled_from(TEXTS),
    },
    "sending_domain_restrictions": {"exclude": lists_of(*NAMES), "comments": st.sampled_from(TEXTS)},
}
#: What a create needs beside the name.
NEEDED = {"domains": ("allowed_delivery_modes", "drop_dispositions", "ip_restrictions", "regions")}
#: Of these, a create has to have an entry.
NEVER_EMPTY = {"allowed_delivery_modes", "regions"}
#: What a server can fail to show or to keep: never the name, by which records are found.
FIELDS = [field for fields in SETTINGS.values() for field in fields]


def _often(usual: Any, *others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw the usual way more often: where every way is strange at once, few tasks get anywhere."""
    return st.one_of(*[st.just(usual)] * 3, *others)


_BATCHES = st.sampled_from(["present", "present", "404", "405", "501", "7003"])
#: The ways of the real API that nobody outside knows.
WAYS: dict[str, st.SearchStrategy[Any]] = {
    "list_order": st.sampled_from(["as_sent", "sorted", "reversed", "shuffled"]),
    "shuffle_seed": st.integers(0, 9),
    "empty_lists": st.sampled_from(["list", "null"]),
    "false_flags": st.sampled_from(["false", "null", "omitted", "unlisted"]),
    "status_case": st.sampled_from(["lower", "upper"]),
    "integer_ids": st.booleans(),
    "last_modified": st.booleans(),
    "domain_filter": st.sampled_from(["exact", "ignore_case", "substring"]),
    "name_form": st.sampled_from(["as_sent", "lower", "a_label"]),
    "network_form": st.sampled_from(["as_sent", "canonical"]),
    "text_form": st.sampled_from(["as_sent", "trimmed"]),
    "result_info": st.booleans(),
    "total_count": st.booleans(),
    "total_pages": st.booleans(),
    "patch_result": st.booleans(),
    "rename": _often("honoured", st.sampled_from(["refused", "ignored"])),
    "ignored_fields": _often([], st.lists(st.sampled_from(FIELDS), max_size=2)),
    "omitted_fields": _often([], st.lists(st.sampled_from(FIELDS), max_size=2)),
    "unlisted_fields": _often([], st.lists(st.sampled_from(FIELDS), max_size=2)),
    "domain_batch": _BATCHES,
    "restriction_batch": _BATCHES,
    "duplicate_restrictions": st.booleans(),
    "page_size_cap": st.sampled_from([None, 1, 2]),
    "messages": st.sampled_from([[], [{"code": 1500, "message": "This endpoint will change"}]]),
}

kinds = st.sampled_from(KINDS)
list_modes = st.sampled_from(["replace", "append", "remove"])


@st.composite
def entries(draw: st.DrawFn, kind: Kind) -> Settings:
    """Draw what a task can ask of one record."""
    entry: Settings = {"domain": draw(st.sampled_from(NAMES))}
    if draw(st.integers(0, 4)) == 0:
        return {**entry, "state": "absent"}
    fields = SETTINGS[kind.collection]
    whole = draw(st.integers(0, 2)) > 0
    for field, values in fields.items():
        if draw(st.booleans()) or (whole and field in NEEDED.get(kind.collection, ())):
            entry[field] = draw(values)
    return entry
