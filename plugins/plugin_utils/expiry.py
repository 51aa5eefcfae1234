# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Temporary entries: those whose time has passed describe a record that shall be absent."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

EXPIRES = "expires"
#: A date, perhaps with a time, perhaps with a time zone.
FORMAT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?([Zz]|[+-]\d\d(?::?\d\d)?)?)?")
SAMPLES = "2026-12-31 or 2026-12-31T18:00:00Z"


def is_expired(value: Any, now: datetime) -> bool:
    """Return whether a time has come. A value that is not set never expires.

    Args:
        value: a time, see C(parse_time); None or empty where it is not set.
        now: the present, with a time zone.

    Raises:
        ValueError: the value is not a time.
    """
    return value not in (None, "") and parse_time(str(value)) <= now


def parse_time(text: str) -> datetime:
    """Return a time. A date is its beginning in UTC.

    Raises:
        ValueError: the text is not a time, or has no time zone. The message is the end of a sentence.
    """
    found = FORMAT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"must be a date, or a date and time with a time zone, such as {SAMPLES}, not {text!r}")
    date, time, zone = found.groups()
    if time and not zone:
        raise ValueError(f"needs a time zone, such as {date}T{time}Z for UTC")
    zone = "+00:00" if not zone or zone in "Zz" else f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
    try:
        return datetime.fromisoformat(f"{date}T{time or '00:00'}{zone}")
    except ValueError:
        raise ValueError(f"there is no such time: {text!r}") from None
