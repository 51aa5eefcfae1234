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
        key = resource.key_of(record)
        usable = settable(resource, record)
        # A key that no task can set, such as a network that the API refuses today, identifies nothing.
        by_key = (
            count[key] == 1 and key is not None and resource.key_of(usable) == key and not any(resource.check(usable))
        )
        if resource.protected(record):
            protected += 1
        elif by_key or resource.id_field.accepts(record.get("id")):
            found.append(entry(resource, usable, by_key))
        else:
            without_id += 1
    reasons = ((protected, "synchronized from a directory"), (without_id, "without a key or an id that a task can set"))
    return Export(found, [f"{resource.count(number)} {reason}" for number, reason in reasons if number])


def sort_key(resource: Resource, record: Mapping[str, Any]) -> tuple[str, str]:
    """Return what records are ordered by: what they are called, then their ids."""
    return str(resource.label(resource.display(record))), str(record.get("id"))


def entry(resource: Resource, record: Mapping[str, Any], by_key: bool) -> dict[str, Any]:
    """Return a record as an entry of a bulk task, identified by its key or by its id."""
    key = {name: record[name] for name in resource.key.fields if record.get(name) is not None}
    identity = key if by_key else {resource.id_field.name: record.get("id")}
    settings = (field for field in resource.fields.values() if field.name not in key and field.name in record)
    return {**identity, **dict(setting for field in settings for setting in _setting(field, record[field.name]))}


def _setting(field: Field, value: Any) -> Iterator[tuple[str, Any]]:
    shown = field.display_value(value)
    if shown is None and not field.nullable:
        return  # a task cannot set it to null
    yield field.name, "" if shown is None else shown


def settable(resource: Resource, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without the values that no task can set."""
    return {
        name: value
        for name, value in resource.with_current_names(record).items()
        if name not in resource.fields or value is None or _is_settable(resource.fields[name], value)
    }


def _is_settable(field: Field, value: Any) -> bool:
    """Return whether a task can set a field to a value, which may be of any type that a server sends."""
    try:
        field.validate(value)
    except (InputError, TypeError, AttributeError):
        return False
    # Ansible checks the choices of an option.
    choices = field.argument_spec().get("choices")
    return choices is None or all(each in choices for each in (value if isinstance(value, list) else [value]))


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
