# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redaction: credentials are taken out of whatever leaves the client, in every spelling a server may echo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "********"


def redactor(secrets: Iterable[str]) -> Callable[[Any], Any]:
    """Return a function that masks the secrets in text, and in lists and dictionaries of any depth."""
    spellings = {
        spelling
        for secret in secrets
        for spelling in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1])
    }
    # The longest first: one spelling can be a part of another.
    ordered = sorted(spellings, key=len, reverse=True)

    def redact(value: Any) -> Any:
        if isinstance(value, str):
            for spelling in ordered:
                value = value.replace(spelling, MASK)
            return value
        if isinstance(value, list):
            return [redact(item) for item in value]
        if isinstance(value, dict):
            return {redact(key): redact(item) for key, item in value.items()}
        return value

    return redact
