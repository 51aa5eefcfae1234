# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of an account as variables of the role, in YAML that is easy to read and to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field, Resource

#: The start of a Jinja expression, statement or comment, or of a header that changes these delimiters. Ansible would
#: evaluate it.
TEMPLATE_MARKERS = ("{{", "{%", "{#", "#jinja2:")
#: Unicode line breaks, which YAML preserves only in double quotes.
UNICODE_BREAKS = ("\x85", "\u2028", "\u2029")


class Export(NamedTuple):
    """Records of a list as entries of a bulk task, and what is left out."""

    entries: list[dict[str, Any]]
    #: Each as a number of records and why no task manages them.
    left_out: list[str]


def export(resource: Resource, records: Iterable[Mapping[str, Any]]) -> Export:
    """Return records as entries of a bulk task: writable fields, normalized, ordered by key.

    Fields that the server does not return, or that no task can set to their value, are left out. Records that share a
    key, or that have a key which no task can set, are listed by their ids. Protected records are left out.
    """
    ordered = sorted(records, key=lambda record: sort_key(resource, record))
    count = Counter(resource.key_of(record) for record in ordered)
    found: list[dict[str, Any]] = []
    protected = without_id = 0
    for record in ordered:
        if resource.protected(record):
            protected += 1
            continue
        key = resource.key_of(record)
        exported = entry(resource, record, by_key=key is not None and count[key] == 1)
        if exported is None:
            without_id += 1
        else:
            found.append(exported)
    reasons = ((protected, "synchronized from a directory"), (without_id, "without a key or an id that a task can set"))
    return Export(found, [f"{resource.count(number)} {reason}" for number, reason in reasons if number])


def sort_key(resource: Resource, record: Mapping[str, Any]) -> tuple[str, str]:
    """Return what records are ordered by: what they are called, then their ids."""
    return str(resource.label(resource.display(record))), str(record.get("id"))


def entry(resource: Resource, record: Mapping[str, Any], by_key: bool) -> dict[str, Any] | None:
    """Return a record as an entry of a bulk task, by its key or else by its id; None if neither can be set."""
    record = resource.with_current_names(record)
    settings = dict(setting for field in resource.fields.values() for setting in _setting(field, record))
    key = {name: settings.pop(name, None) for name in resource.key.fields if name in record}
    # In the spelling of the account.
    key = {name: value if record[name] is None else record[name] for name, value in key.items() if value is not None}
    is_settable = len(key) == sum(name in record for name in resource.key.fields)
    if by_key and is_settable and not any(resource.check({**settings, **key})):
        return {**key, **settings}
    if not _is_settable(resource.id_field, record.get("id")):
        return None
    return {resource.id_field.name: record["id"], **settings}


def _setting(field: Field, record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the name and the value of a field, unless no task can set it to that value."""
    if field.name not in record:
        return
    shown = field.display_value(record[field.name])
    if field.nullable and shown is None:
        shown = ""
    if _is_settable(field, shown):
        yield field.name, shown


def _is_settable(field: Field, value: Any) -> bool:
    """Return whether a task can set a field to a value, which may be of any type that a server sends."""
    if value is None:
        return False
    try:
        field.validate(value)
    except (InputError, TypeError, AttributeError):
        return False
    return True


def dump(variables: Mapping[str, Any]) -> str:
    """Return variables as YAML that Ansible loads without evaluating templates in it."""
    return yaml.dump(
        dict(variables), Dumper=_Dumper, default_flow_style=False, sort_keys=False, allow_unicode=True, width=4096
    )


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Never write anchors and aliases."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if any(mark in value for mark in TEMPLATE_MARKERS):
        # Text from the dashboard must not be evaluated where the file is used.
        return dumper.represent_scalar("!unsafe", value, style='"')
    if any(each in value for each in UNICODE_BREAKS):
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"')
    return dumper.represent_str(value)


_Dumper.add_representer(str, _text)
