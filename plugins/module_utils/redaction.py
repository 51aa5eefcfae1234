# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redaction: credentials are taken out of whatever leaves the client, in every spelling a server may echo."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

MASK = "********"
#: The characters that HTML has names for.
ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


def redactor(secrets: Iterable[str]) -> Callable[[Any], Any]:
    """Return a function that masks the secrets in text, and in lists and dictionaries of any depth."""
    # The longest first: one secret can be a part of another. Without any, nothing matches.
    alternatives = [spellings(secret) for secret in sorted(secrets, key=len, reverse=True)]
    pattern = re.compile("|".join(alternatives) or "(?!)")

    def redact(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(MASK, value)
        if isinstance(value, list):
            return [redact(item) for item in value]
        if isinstance(value, dict):
            return {redact(key): redact(item) for key, item in value.items()}
        return value

    return redact


def spellings(secret: str) -> str:
    """Return a regular expression for a secret, each of its characters as it is, or as URLs, JSON or HTML write it."""
    return "".join(re.escape(character) if character.isalnum() else spelled(character) for character in secret)


def spelled(character: str) -> str:
    """Return a regular expression for the spellings of a character that is no letter and no digit."""
    code = ord(character)
    entity = ENTITIES.get(character, "#")
    # The long ones first: they may begin with the character itself.
    return rf"(?:(?i:%{code:02x}|\\u{code:04x}|&(?:{entity}|#0*{code}|#x0*{code:x});)|\\?{re.escape(character)})"
