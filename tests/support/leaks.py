# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches text and files for secrets, also where they are written in URLs, in JSON or in base64."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Ansible prints JSON in JSON.
ROUNDS = 3
ESCAPED = re.compile(r"%([0-9a-fA-F]{2})|\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
#: What remains where Ansible folds a long line.
FOLDED = re.compile(r"\s*\n\s*")
#: What a secret has beside characters that cannot be sent.
WORDS = re.compile(r"[!-~]{8,}")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")


def leaks(text: str, secrets: Iterable[str]) -> list[str]:
    """Return the secrets, or the words of secrets, that a text has."""
    words = {word for secret in secrets for word in WORDS.findall(secret) or [secret]}
    return sorted({word for reading in readings(text) for word in words if word in reading})


def readings(text: str) -> Iterator[str]:
    """Yield a text as it is, without its escapes, and what its words are as base64."""
    # What Ansible prints is much the same again and again.
    lines = "\n".join(dict.fromkeys(text.splitlines()))
    words: set[str] = set()
    for reading in (lines, FOLDED.sub("", text)):
        for _round in range(ROUNDS):
            yield reading
            words.update(BASE64.findall(reading))
            reading = ESCAPED.sub(_unescape, reading)
    yield "\n".join(decoded for word in words for decoded in _decode(word))


def _unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    return chr(int(code, 16)) if code else {"n": "\n", "r": "\r", "t": "\t"}.get(found[4], found[4])


def _decode(word: str) -> Iterator[str]:
    standard = word.replace("-", "+").replace("_", "/")
    for begin in range(4):
        # One character alone is no byte.
        end = len(word) - ((len(word) - begin) % 4 == 1)
        yield binascii.a2b_base64(standard[begin:end] + "==").decode("latin-1")


def files_with(secrets: Iterable[str], folder: Path) -> set[str]:
    """Return the names, below a folder, of the files that have one of the secrets."""
    secrets = list(secrets)
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and leaks(path.read_bytes().decode("utf-8", "surrogateescape"), secrets)
    }
