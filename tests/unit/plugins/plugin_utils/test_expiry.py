# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries expire at their time, to the second, whatever its time zone."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.expiry import is_expired, parse_time

NOON = datetime(2026, 12, 31, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("value", "expired"),
    [
        (None, False),
        ("", False),
        ("2026-12-31", True),
        ("2027-01-01", False),
        (" 2026-12-31 ", True),
        ("2026-12-31T12:00:00Z", True),
        ("2026-12-31T12:00:01Z", False),
        ("2026-12-31t11:59z", True),
        ("2026-12-31 13:00 +01:00", True),
        ("2026-12-31 13:00:01+0100", False),
        ("2026-12-31T07:00:00-05", True),
        ("2026-12-31T07:00:01.5-05:00", False),
        ("0001-01-01T00:00:00+14:00", True),
        ("9999-12-31T23:59:59-12:00", False),
    ],
)
def test_a_time_has_come_or_not(value, expired):
    assert is_expired(value, NOON) is expired


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "soon",
            "must be a date, .* such as 2026-12-31 or 2026-12-31T18:00:00Z, not 'soon'",
        ),
        ("31.12.2026", "must be a date"),
        ("1798718400", "must be a date"),
        ("2026-12-31T18:00", "needs a time zone, such as 2026-12-31T18:00Z for UTC"),
        ("2026-12-31 18:00:00", "needs a time zone, such as 2026-12-31T18:00:00Z for UTC"),
        ("2026-02-30", "there is no such time: '2026-02-30'"),
        ("2026-12-31T25:00Z", "there is no such time"),
    ],
)
def test_what_is_no_time_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_time(text)
