# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a record looks in an answer."""

from __future__ import annotations

import random
from typing import Any

from .behaviour import Behaviour
from .kinds import Kind, Record


def shown(record: Record, kind: Kind, behaviour: Behaviour, listed: bool = False) -> Record:
    """The record as the switches want it shown; it shares nothing that changes with the stored one."""
    hidden = {*behaviour.omitted_fields, *(behaviour.unlisted_fields if listed else ())}
    false = behaviour.false_flags
    if false == "omitted" or (false == "unlisted" and listed):
        hidden |= {name for name in kind.flags if not record[name]}
    if not behaviour.last_modified:
        hidden.add("last_modified")
    answer: dict[str, Any] = {name: value for name, value in record.items() if name not in hidden}
    for name in kind.lists & set(answer):
        answer[name] = _ordered(answer[name] or [], behaviour) or (None if behaviour.empty_lists == "null" else [])
    for name in kind.flags & set(answer):
        answer[name] = answer[name] or (None if false == "null" else False)
    for name, successor in kind.aliases.items() if behaviour.aliases != "absent" else ():
        if successor in answer:
            answer[name] = answer.pop(successor) if behaviour.aliases == "only" else answer[successor]
    if answer.get("status"):
        answer["status"] = answer["status"].upper() if behaviour.status_case == "upper" else answer["status"].lower()
    return answer


def _ordered(values: list[str], behaviour: Behaviour) -> list[str]:
    if behaviour.list_order == "sorted":
        return sorted(values)
    if behaviour.list_order == "reversed":
        return values[::-1]
    mixed = list(values)
    if behaviour.list_order == "shuffled":
        random.Random(behaviour.shuffle_seed).shuffle(mixed)
    return mixed
