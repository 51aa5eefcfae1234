# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model of an account: what it holds after a task, computed without the code under test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import Boolean, Integer, ListOf
from emulator.behaviour import Behaviour
from emulator.kinds import KINDS as RECORDS
from emulator.normalise import canonical_key, canonical_name, canonical_network, keep
from support.resources import SAMPLES
from support.sample import Sample, Settings

#: The meaning of a key.
Key = tuple[Any, ...]
#: Records by key, each with the meaning of every setting.
Model = dict[Key, Settings]
BY_COLLECTION = {kind.collection: kind for kind in SAMPLES}
LISTS = {name for kind in RECORDS.values() for name in kind.lists}
FLAGS = {name for kind in RECORDS.values() for name in kind.flags}
#: Free text, which a server may store in other words.
TEXTS = {"comments", "notes", "transport"}
#: What a create needs beside the name, and which of that needs an entry.
NEEDED = {
    kind.collection: [n for n, field in kind.resource.fields.items() if field.required_on_create] for kind in SAMPLES
}
NEVER_EMPTY = {"allowed_delivery_modes", "regions"}


def meaning(field: str, value: Any) -> Any:
    """Return the meaning of a value: a list is a set, null is empty, and a name has one spelling."""
    if field in LISTS:
        return frozenset(meaning(f"item of {field}", item) for item in value or ())
    if field in ("domain", "item of exclude"):
        return canonical_name(value)
    if field == "item of ip_restrictions":
        return canonical_network(value)
    return value.lower() if field == "integration_id" and value else value or None


def key_of(kind: Sample, record: Mapping[str, Any]) -> Key:
    """Return the meaning of the key of a record, or of a task."""
    known = RECORDS[kind.collection]
    given = {name: value for name, value in record.items() if value is not None}
    return canonical_key(known.key, {**known.settable, **given})


def meanings(kind: Sample, record: Mapping[str, Any]) -> Settings:
    """Return the meaning of the settings of a record, without its key and what the server adds."""
    return {name: meaning(name, record[name]) for name in kind.settable if name in record}


def model_of(kind: Sample, records: Iterable[Mapping[str, Any]]) -> Model:
    """Return the model of some records."""
    return {key_of(kind, record): meanings(kind, record) for record in records}


def after_task(model: Model, kind: Sample, entry: Settings, list_mode: str, behaviour: Behaviour) -> Model:
    """Return the model after a task with one entry."""
    name, rest = key_of(kind, entry), {field: entry[field] for field in entry if field in kind.settable}
    others = {other: record for other, record in model.items() if other != name}
    if entry.get("state") == "absent":
        return others
    record = dict(model.get(name) or meanings(kind, {**RECORDS[kind.collection].settable, **kind.create_body({})}))
    for field, value in rest.items():
        old, new = record[field], meaning(field, value)
        if new != old:
            new = meaning(field, keep(field, value, behaviour, {}))
        if field in LISTS:
            new = {"replace": new, "append": new | old, "remove": old - new}[list_mode]
        record[field] = new
    return {**others, name: record}


def without_ignored(model: Model, desired: Model, ignored: Iterable[str]) -> Model:
    """Return the desired model, with the fields that the server ignores in existing records as they were."""
    return {
        name: {**record, **{field: model[name][field] for field in ignored if name in model and field in record}}
        for name, record in desired.items()
    }


def not_applied(desired: Model, after: Model) -> set[str]:
    """Return the fields whose values are not in the desired state, free text aside."""
    return {
        field
        for name, record in desired.items()
        for field, value in record.items()
        if field not in TEXTS and after[name][field] != value
    }


def good_values(kind: Sample, name: str) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a field."""
    field_type = kind.resource.fields[name].type
    if isinstance(field_type, Boolean):
        return st.booleans()
    if isinstance(field_type, Integer):
        return st.integers(1, 20)
    values = st.sampled_from(kind.values[name])
    least = 1 if name in NEVER_EMPTY else 0
    return st.lists(values, min_size=least, max_size=3) if isinstance(field_type, ListOf) else values


#: Without the fields that decide how a key compares.
VALUES = {
    kind.collection: {name: good_values(kind, name) for name in kind.settable if name not in kind.resource.key.context}
    for kind in SAMPLES
}
KEY_FIELDS = {name for kind in SAMPLES for name in (*kind.resource.key.fields, *kind.resource.key.context)}
#: What a server can fail to store: never a key, by which records are found.
FIELDS = sorted({field for kind in SAMPLES for field in kind.settable} - KEY_FIELDS)
#: What it can fail to return: not what it has to confirm after a create.
CONFIRMED = {name for kind in SAMPLES for name, field in kind.resource.fields.items() if field.create_default is True}


def _usually(usual: Any, *others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw the usual value more often: with everything unusual at once, few tasks do anything."""
    return st.one_of(*[st.just(usual)] * 3, *others)


_SOME_FIELDS = _usually([], st.lists(st.sampled_from(FIELDS), max_size=2))
_SOME_RETURNED = _usually([], st.lists(st.sampled_from([name for name in FIELDS if name not in CONFIRMED]), max_size=2))
#: What is unknown about the real API.
BEHAVIOURS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        ("last_modified", "result_info", "total_count", "total_pages", "patch_result", "expires_at", "integer_ids"),
        st.booleans(),
    ),
    **dict.fromkeys(("ignored_fields", "unlisted_fields"), _SOME_FIELDS),
    "omitted_fields": _SOME_RETURNED,
    "batch": st.sampled_from(["present", "present", "404", "405", "501", "7003"]),
    "omitted_results": _usually([], st.lists(st.sampled_from(["deletes", "patches", "posts"]), max_size=2)),
    "duplicates": st.sampled_from(["accepted", "refused"]),
    "create_status": st.sampled_from([200, 201]),
    "aliases": st.sampled_from(["absent", "present", "only"]),
    "provenance": st.sampled_from(["A1S_INTERNAL", None]),
    "empty_text": st.sampled_from(["kept", "null"]),
    "list_order": st.sampled_from(["as_sent", "sorted", "reversed", "shuffled"]),
    "shuffle_seed": st.integers(0, 9),
    "empty_lists": st.sampled_from(["list", "null"]),
    "false_flags": st.sampled_from(["false", "null", "omitted", "unlisted"]),
    "status_case": st.sampled_from(["lower", "upper"]),
    "key_filter": st.sampled_from(["exact", "ignore_case", "substring"]),
    "name_form": st.sampled_from(["as_sent", "lower", "a_label"]),
    "network_form": st.sampled_from(["as_sent", "canonical"]),
    "text_form": st.sampled_from(["as_sent", "trimmed"]),
    "rename": _usually("honoured", st.sampled_from(["refused", "ignored"])),
    "page_size_cap": st.sampled_from([None, 1, 2]),
    "messages": st.sampled_from([[], [{"code": 1500, "message": "This endpoint will change"}]]),
}


@st.composite
def entries(draw: st.DrawFn, kind: Sample) -> Settings:
    """Draw the settings of one record."""
    entry: Settings = dict(draw(st.sampled_from(kind.keys)))
    if draw(st.integers(0, 4)) == 0:
        return {**entry, "state": "absent"}
    complete = draw(st.integers(0, 2)) > 0
    for field, values in VALUES[kind.collection].items():
        if draw(st.booleans()) or (complete and field in NEEDED[kind.collection]):
            entry[field] = draw(values)
    one_true = kind.resource.one_true_on_create
    if complete and one_true and not any(entry.get(field) for field in one_true):
        entry[draw(st.sampled_from(one_true))] = True
    return entry
