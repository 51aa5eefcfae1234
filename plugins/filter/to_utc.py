# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter to_utc."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_utc
short_description: Convert a date or a time to UTC
version_added: 0.1.0
description:
  - Converts a date or a time to UTC, so that times can be compared as text. It accepts the same values as C(expires) of
    an entry of the role P(mailsec.cloudflare.email_security#role).
positional: _input
options:
  _input:
    description:
      - A date such as C(2026-12-31), which means 00:00 UTC of that day, or a date and time with a time zone, such as
        C(2026-12-31T18:00:00Z) or C(2026-12-31 18:00 +01:00).
    type: str
    required: true
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Verify that a time is in the future
  ansible.builtin.assert:
    that: expires | mailsec.cloudflare.to_utc > now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ')
"""

RETURN = r"""
_value:
  description: The time.
  type: str
  sample: '2026-12-31T17:00:00Z'
"""

from collections.abc import Callable
from datetime import timezone
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.expiry import parse_time
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain


def to_utc(time: Any) -> str:
    """Return a time in UTC."""
    try:
        moment = parse_time(str(plain(time))).astimezone(timezone.utc)
        # strftime writes the year 999 with three digits.
        return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    except (ValueError, OverflowError) as error:
        raise AnsibleFilterError(f"to_utc: the time {error}.") from None


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"to_utc": to_utc}
