# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries in the variables of the role: entries of a bulk task, perhaps with an expiry and with defaults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.expiry import EXPIRES, is_expired


class RoleEntry(NamedTuple):
    """An entry of a variable as an entry of a bulk task."""

    #: With the state absent if it has expired.
    entry: Any
    expired: bool
    #: What is wrong with its expiry, as the end of a sentence.
    error: str | None


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
