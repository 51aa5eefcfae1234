# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of an account as variables of the role, in a file that people read and keep in version control."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.fields import Field, Flag, SetOf
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import NAME, Resource

#: What begins a Jinja expression, statement or comment, or tells Ansible of other marks for these: Ansible would read
#: it when the file is loaded.
TEMPLATE_MARKS = ("{{", "{%", "{#", "#jinja2:")
#: Line breaks of Unicode: only in double quotes are they loaded as what they are.
ODD_BREAKS = ("\x85", "\u2028", "\u2029")


def entries(resource: Resource, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return records as entries of a bulk task: what can be set, one spelling for each meaning, ordered by name.

    Fields that the server left out stay unmanaged. A name that several records have would be refused, so those are
    told apart by their ids.
    """
    name_field = resource.fields[NAME]
    ordered = sorted(records, key=lambda record: (str(name_field.shown(record.get(NAME))), str(record.get("id"))))
    times = Counter(str(name_field.shown(record.get(NAME))) for record in ordered)
    return [
        entry(resource, record, by_name=bool(record.get(NAME)) and times[str(name_field.shown(record[NAME]))] == 1)
        for record in ordered
    ]


def entry(resource: Resource, record: Mapping[str, Any], by_name: bool) -> dict[str, Any]:
    """Return a record as an entry of a bulk task, found by its name or else by its id."""
    found_by = {NAME: record[NAME]} if by_name else {resource.id_field.name: record.get("id")}
    settings = (field for field in resource.fields.values() if field.name != NAME and field.name in record)
    return {**found_by, **dict(setting for field in settings for setting in _setting(field, record[field.name]))}


def _setting(field: Field, value: Any) -> Iterator[tuple[str, Any]]:
    if value is None and not field.nullable and not isinstance(field.kind, (Flag, SetOf)):
        return  # no value that a task could ask for
    shown = field.shown(value)
    yield field.name, "" if shown is None else shown


def dumped(variables: Mapping[str, Any]) -> str:
    """Return variables as YAML that Ansible loads as what they are: texts that look like templates too."""
    return yaml.dump(
        dict(variables), Dumper=_Dumper, default_flow_style=False, sort_keys=False, allow_unicode=True, width=4096
    )


class _Dumper(yaml.SafeDumper):
    """Indents lists under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal lists out each time."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if any(mark in value for mark in TEMPLATE_MARKS):
        # Whoever may write a comment in the dashboard must not be able to run something where the file is used.
        return dumper.represent_scalar("!unsafe", value, style='"')
    if any(each in value for each in ODD_BREAKS):
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"')
    return dumper.represent_str(value)


_Dumper.add_representer(str, _text)
