# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of returned values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import Boolean
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field

from .subject import Subject
from .words import paragraphs

#: What the modules of a kind return, in this order.
RETURNED = {
    "single": ("account_id", "result", "diff", "failure"),
    "bulk": ("account_id", "result", "summary", "diff", "entry_errors", "failed_records", "failure"),
    "info": ("account_id", "result", "failure"),
}


def returned(subject: Subject, kind: str) -> dict[str, Any]:
    """Return what a module returns."""
    found = {}
    for name in RETURNED[kind]:
        entry = subject.common["returned"][name]
        entry = entry.get(kind, entry)
        found[name] = subject.say(entry, method="GET" if kind == "info" else "PATCH")
    found["result"]["contains"] = record_fields(subject)
    if kind == "info":
        for name, entry in subject.words.get("details", {}).items():
            detail = {key: value for key, value in entry.items() if key != "option"}
            found["result"]["contains"][name] = read_only_field(subject, detail)
    return found


def record_fields(subject: Subject) -> dict[str, Any]:
    """Return the fields of a record."""
    resource, common = subject.resource, subject.common
    id_type = resource.id_field.argument_spec()["type"]
    id_sample = 1 if id_type == "int" else "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
    found = {"id": {"description": subject.say(common["returned"]["id"]), "type": id_type, "sample": id_sample}}
    for name in [*resource.key.fields, *(name for name in resource.fields if name not in resource.key.fields)]:
        found[name] = record_field(subject, resource.fields[name])
    read_only = {**subject.words["read_only"], **subject.say(common["read_only"])}
    read_only.update((name, entry) for name, entry in subject.words["read_only"].items() if entry is None)
    found.update((name, read_only_field(subject, entry)) for name, entry in read_only.items() if entry is not None)
    return found


def record_field(subject: Subject, field: Field) -> dict[str, Any]:
    """Return a field that can be set."""
    words = subject.words["fields"][field.name]
    sentences = [paragraphs(words.get("returned", words["description"]))[0]]
    if field.nullable:
        sentences.append(subject.common["returned"]["nullable"])
    if isinstance(field.type, Boolean):
        sentences.append(subject.common["returned"]["boolean"])
    spec = field.argument_spec()
    facts: dict[str, Any] = {key: spec[key] for key in ("type", "elements") if key in spec}
    # The options that a description mentions are fields here.
    names = "|".join(subject.resource.fields)
    description = re.sub(rf"\bO\(({names})(=[^)]*)?\)", r"C(\1\2)", " ".join(sentences))
    return {"description": description, **facts, "sample": words["sample"]}


def read_only_field(subject: Subject, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field that cannot be set."""
    sentences = paragraphs(entry["description"])
    if entry.get("nullable"):
        sentences = [*sentences, subject.common["returned"]["nullable"]]
    found = {**entry, "description": " ".join(sentences)}
    found.pop("nullable", None)
    if "contains" in entry:
        found["contains"] = {name: read_only_field(subject, each) for name, each in entry["contains"].items()}
    return found
