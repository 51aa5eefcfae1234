# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redaction: secrets are masked in everything that leaves a task."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "********"
#: What may have a secret in it.
NESTED = (str, dict, list)
#: Records have many equal values.
CACHE_SIZE = 1000
#: Of a shorter secret, base64 is not masked: it would match unrelated text.
MIN_ENCODED_LENGTH = 6


@lru_cache(maxsize=8)
def redactor(secrets: tuple[str, ...]) -> Callable[[Any], Any]:
    """Return a function that masks the secrets in text, and in lists and dictionaries of any depth.

    It is kept, because the tasks of a loop have the same secrets.
    """
    forms = {form for secret in secrets for form in encoded_forms(secret)}
    # The longest form first, so that none is masked in part.
    pattern = re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))

    @lru_cache(maxsize=CACHE_SIZE)
    def mask(text: str) -> str:
        return pattern.sub(MASK, text)

    def redact(value: Any) -> Any:
        if isinstance(value, str):
            return mask(value)
        # Without a call for each of the many numbers and flags.
        if isinstance(value, dict):
            return {
                mask(key) if isinstance(key, str) else key: redact(item) if isinstance(item, NESTED) else item
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [redact(item) if isinstance(item, NESTED) else item for item in value]
        return value

    return redact if forms else lambda value: value


def encoded_forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is written in text, in URLs, in JSON and in base64."""
    if not secret:
        return
    yield secret
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
    for quoted in (
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
    ):
        yield quoted
        yield re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), quoted)
    if len(secret) < MIN_ENCODED_LENGTH:
        return
    data = secret.encode("utf-8", "replace")
    for shift in range(3):
        # The characters at both ends depend on what stands before and after the secret.
        encoded = base64.b64encode(b"\0" * shift + data)
        inner = encoded[(0, 2, 3)[shift] : (shift + len(data)) * 8 // 6]
        yield inner.decode()
        yield inner.translate(bytes.maketrans(b"+/", b"-_")).decode()
