# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries in the variables of the role: entries of a bulk task, perhaps with an expiry and with defaults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.entries import EntryErrors
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import parse_entries
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.expiry import EXPIRES, is_expired


class RoleEntry(NamedTuple):
    """An entry of a variable as an entry of a bulk task."""

    #: With the state absent if it has expired.
    entry: Any
    expired: bool
    #: What is wrong with its expiry, as the end of a sentence.
    error: str | None


class Check(NamedTuple):
    """What is known of a list before the first request."""

    #: A line for each entry that is invalid.
    errors: list[str]
    #: The names of the entries that have expired.
    expired: list[str]
    #: Whether an entry shall be present.
    has_present: bool


def convert(entries: Iterable[Any], defaults: Mapping[str, Any], now: datetime) -> Iterator[RoleEntry]:
    """Yield the entries of a variable as entries of a bulk task.

    Args:
        entries: should be dictionaries. Anything else is left as it is.
        defaults: settings for each entry.
        now: the present, with a time zone.
    """
    for given in entries:
        if not isinstance(given, Mapping):
            yield RoleEntry(given, False, None)
            continue
        entry = {**defaults, **given}
        expires = entry.pop(EXPIRES, None)
        try:
            expired = is_expired(expires, now)
        except ValueError as error:
            yield RoleEntry(entry, False, str(error))
            continue
        yield RoleEntry({**entry, "state": "absent"} if expired else entry, expired, None)


def check(resource: Resource, entries: Iterable[Any], defaults: Mapping[str, Any], now: datetime) -> Check:
    """Check the entries of a variable.

    Args:
        resource: the resource of the entries.
        entries: should be dictionaries.
        defaults: settings for each entry.
        now: the present, with a time zone.
    """
    errors = EntryErrors(f"email_security_{resource.list_name}")
    converted = list(convert(entries, defaults, now))
    for index, each in enumerate(converted):
        if each.error:
            errors.add(index, each.entry.get(resource.key.fields[0]), f"{EXPIRES}: {each.error}.")
    desired = parse_entries(resource, [each.entry for each in converted], errors)
    expired = [each.entry for each in converted if each.expired]
    return Check(
        errors.lines(),
        [resource.label(entry) or str(entry.get(resource.id_field.name)) for entry in expired],
        any(not entry.absent for entry in desired),
    )
