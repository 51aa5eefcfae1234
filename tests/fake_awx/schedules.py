# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWX's rules for the times of a schedule."""

from __future__ import annotations

import re

from dateutil.parser import parserinfo
from dateutil.rrule import rrulestr
from dateutil.tz import tzutc

from .refused import Refused

BEGINNING = re.compile(r"DTSTART(?:;TZID=[^:\s]+)?:[0-9]+T[0-9]+Z?")
NAIVE = re.compile(r"DTSTART:[0-9]+T[0-9]+(?![0-9Z])")
RULE = re.compile(r"R?RULE:(\S+)")


def check_times(rrule: str) -> None:
    """Raise Refused where AWX does not take this as the times of a schedule."""
    beginnings = BEGINNING.findall(rrule)
    problems = []
    if not beginnings:
        problems.append("Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ")
    if len(beginnings) > 1:
        problems.append("Multiple DTSTART is not supported.")
    if NAIVE.search(rrule):
        problems.append("DTSTART cannot be a naive datetime.")
    if "RRULE:" not in rrule:
        problems.append("One or more rule required in rrule.")
    problems += [f"{word} not allowed in rrule." for word in ("EXDATE", "RDATE") if f"{word}:" in rrule]
    for rule in RULE.findall(rrule):
        problems += _rule_problems(rule)
    problems = problems or _reading_problems(rrule)
    if problems:
        raise Refused(rrule=problems)


def _rule_problems(rule: str) -> list[str]:
    count = re.search(r"COUNT=([0-9]+)", rule)
    wrong = {
        "INTERVAL required in rrule": "INTERVAL" not in rule,
        "SECONDLY is not supported": "SECONDLY" in rule,
        "BYDAY with numeric prefix not supported": re.search(r"BYDAY[:=][0-9]+[A-Z]{2}", rule) is not None,
        "RRULE may not contain both COUNT and UNTIL": "COUNT" in rule and "UNTIL" in rule,
        "COUNT > 999 is unsupported": count is not None and int(count[1]) > 999,
    }
    return [f"{sentence}: {rule}" for sentence, found in wrong.items() if found]


def _reading_problems(rrule: str) -> list[str]:
    try:
        times = rrulestr(rrule, forceset=True, tzinfos={name: tzutc() for name in parserinfo().UTCZONE})
    except (ValueError, AttributeError) as error:
        return [f"rrule parsing failed validation: {error}"]
    if any(rule._dtstart.tzinfo is None for rule in times._rrule):
        return ["rrule parsing failed validation: A valid TZID must be provided (e.g., America/New_York)"]
    return []
