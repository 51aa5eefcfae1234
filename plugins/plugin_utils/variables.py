# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of an account as variables of the role, in YAML that is easy to read and to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field, Resource

#: The start of a Jinja expression, statement or comment, or of a header that changes these delimiters. Ansible would
#: evaluate it.
TEMPLATE_MARKERS = ("{{", "{%", "{#", "#jinja2:")
#: Unicode line breaks, which YAML preserves only in double quotes.
UNICODE_BREAKS = ("\x85", "\u2028", "\u2029")


def entries(resource: Resource, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return records as entries of a bulk task: writable fields, normalized, ordered by key.

    Fields that the server does not return are left out. Records that share a key are listed by their ids, because a
    bulk task refuses duplicate keys.
    """
    ordered = sorted(records, key=lambda record: sort_key(resource, record))
    count = Counter(resource.key_of(record) for record in ordered)
    return [
        entry(resource, record, by_key=key is not None and count[key] == 1)
        for record, key in ((record, resource.key_of(record)) for record in ordered)
    ]


def sort_key(resource: Resource, record: Mapping[str, Any]) -> tuple[str, str]:
    """Return what records are ordered by: what they are called, then their ids."""
    return str(resource.label(resource.display(record))), str(record.get("id"))


def entry(resource: Resource, record: Mapping[str, Any], by_key: bool) -> dict[str, Any]:
    """Return a record as an entry of a bulk task, identified by its key or by its id."""
    key = {name: record[name] for name in resource.key.fields if name in record}
    identity = key if by_key else {resource.id_field.name: record.get("id")}
    settings = (field for field in resource.fields.values() if field.name not in key and field.name in record)
    return {**identity, **dict(setting for field in settings for setting in _setting(field, record[field.name]))}


def _setting(field: Field, value: Any) -> Iterator[tuple[str, Any]]:
    shown = field.display_value(value)
    if shown is None and not field.nullable:
        return  # a task cannot set it to null
    yield field.name, "" if shown is None else shown


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
