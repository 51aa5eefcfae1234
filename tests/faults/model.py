# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account holds by meaning, and what a task makes of it: told without the code that is tested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from emulator.behaviour import Behaviour
from emulator.normalise import canonical_name, canonical_network, keep
from emulator.records import KINDS

from .jobs import Kind, Settings

#: Records by name, each with the meaning of every setting.
Model = dict[str, Settings]
LISTS = {"allowed_delivery_modes", "drop_dispositions", "ip_restrictions", "regions", "exclude"}
FLAGS = {"require_tls_inbound", "require_tls_outbound"}
#: Free text, which a server may keep in other words.
TEXTS = {"comments", "transport"}


def meaning(field: str, value: Any) -> Any:
    """Return what a value means: a list is a set, nothing is nothing, and a name has one spelling."""
    if field in LISTS:
        return frozenset(meaning(f"item of {field}", item) for item in value or ())
    if field in ("domain", "item of exclude"):
        return canonical_name(value)
    if field == "item of ip_restrictions":
        return canonical_network(value)
    return value.lower() if field == "integration_id" and value else value or None


def meanings(record: Mapping[str, Any]) -> Settings:
    """Return what the settings of a record mean, without its name and without what the server makes."""
    known = {name for kind in KINDS.values() for name in kind.settable} - {"domain"}
    return {name: meaning(name, value) for name, value in record.items() if name in known}


def model_of(records: Iterable[Mapping[str, Any]]) -> Model:
    """Return the model of what a server holds."""
    return {canonical_name(record["domain"]): meanings(record) for record in records}


def asked(model: Model, kind: Kind, entry: Settings, list_mode: str, ways: Behaviour) -> Model:
    """Return the model after a task has asked a server of some ways for an entry."""
    name, rest = canonical_name(entry["domain"]), {key: entry[key] for key in entry if key not in ("domain", "state")}
    others = {other: record for other, record in model.items() if other != name}
    if entry.get("state") == "absent":
        return others
    record = dict(model.get(name) or meanings(KINDS[kind.collection].settable))
    for field, value in rest.items():
        old, new = record[field], meaning(field, value)
        if new != old:
            new = meaning(field, keep(field, value, ways))
        if field in LISTS:
            new = {"replace": new, "append": new | old, "remove": old - new}[list_mode]
        record[field] = new
    return {**others, name: record}


def made(model: Model, wished: Model, ignored: Iterable[str]) -> Model:
    """Return the model after a server has done what is wished, but ignored some fields of records that were there."""
    return {
        name: {**record, **{field: model[name][field] for field in ignored if name in model and field in record}}
        for name, record in wished.items()
    }


def unmade(wished: Model, after: Model) -> set[str]:
    """Return the fields whose values are not what was wished, free text aside."""
    return {
        field
        for name, record in wished.items()
        for field, value in record.items()
        if field not in TEXTS and after[name][field] != value
    }
