# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redaction: credentials are taken out of whatever leaves a task, in every spelling a server or a library may write.

A text is searched as it is, and as it reads when its escapes (those of URLs, JSON, Python, HTML and shells) are taken
for what they stand for, time and again. It is searched for the secret, its base64 and its hexadecimal digits.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

MASK = "********"
#: How many texts are remembered with what came of them.
REMEMBERED = 1000
#: So long a part of a secret is no accident, and enough to be of use to somebody: it is masked too, in any case.
LONG = 12
#: Wherever a text is cut into pieces of this length, a part of that length has a whole one in it.
PIECE = LONG // 2
#: What looks like a secret of this API: a word without a slash, longer than others.
LIKE_A_SECRET = re.compile(r"[!-.0-~]{20,}")
#: How often escapes are escaped again at most: an address in JSON in HTML is three times.
DEPTH = 5

ESCAPE = re.compile(
    r"""%[0-9a-fA-F]{2} | \\(?:u[0-9a-fA-F]{4} | x[0-9a-fA-F]{2} | [0-3][0-7]{2} | [nrt] | [^0-9A-Za-z])
    | '"'"' | '\\'' | '' | &(?:\#[0-9]{1,7} | \#[xX][0-9a-fA-F]{1,6} | [A-Za-z][A-Za-z0-9]{1,30});""",
    re.VERBOSE,
)
IN_PIECES = re.compile("." * PIECE, re.DOTALL)
ESCAPE_BEGINS = re.compile(r"[%&'\\]")
CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
IN_LOWER_CASE = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def redactor(secrets: Iterable[str]) -> Callable[[Any], Any]:
    """Return a function that masks the secrets in text, and in lists and dictionaries of any depth."""
    # Records have the same keys, and many the same values.
    masked = lru_cache(maxsize=REMEMBERED)(Search(secrets).masked)

    def redact(value: Any) -> Any:
        if isinstance(value, str):
            return masked(value)
        if isinstance(value, list):
            return [redact(item) for item in value]
        if isinstance(value, dict):
            return {redact(key): redact(item) for key, item in value.items()}
        return value

    return redact


class Search:
    """Finds secrets in texts.

    Args:
        secrets: what nobody may see.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        written = {form for secret in secrets for form in forms(secret)}
        long = [form.translate(IN_LOWER_CASE) for form in written if len(form) >= LONG]
        self._short = [form for form in written if len(form) < LONG]
        #: No escape is shorter than what it stands for.
        self._shortest = min([len(form) for form in self._short], default=LONG)
        self._parts = {form[at : at + LONG] for form in long for at in range(len(form) - LONG + 1)}
        self._pieces = {form[at : at + PIECE] for form in long for at in range(len(form) - PIECE + 1)}

    def masked(self, text: str) -> str:
        """Return a text without the secrets."""
        # Nearly every text ends here, and there are many.
        if len(text) < self._shortest or not (ESCAPE_BEGINS.search(text) or self._suspects(text)):
            return text
        spans = sorted(
            (starts[begin], starts[end]) for reading, starts in readings(text) for begin, end in self._found(reading)
        )
        kept, at = [], 0
        for begin, end in spans:
            if begin >= at:
                kept += [text[at:begin], MASK]
            at = max(at, end)
        return "".join([*kept, text[at:]])

    def _suspects(self, text: str) -> bool:
        """Tell whether there may be something of a secret in a text, as it is."""
        if any(form in text for form in self._short):
            return True
        return not self._pieces.isdisjoint(IN_PIECES.findall(text.lower()))

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where something of a secret is, some of it more than once."""
        if not self._suspects(text):
            return
        for form in self._short:
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = text.find(form, at + len(form))
        yield from runs(text.translate(IN_LOWER_CASE), self._parts)


def runs(text: str, parts: Container[str]) -> Iterator[tuple[int, int]]:
    """Yield where a text consists of parts, each of them LONG; parts that overlap are one run."""
    begin = end = 0
    for at in range(len(text)):
        if text[at : at + LONG] in parts:
            if at >= end:
                if end:
                    yield begin, end
                begin = at
            end = at + LONG
    if end:
        yield begin, end


def forms(secret: str) -> Iterator[str]:
    """Yield how a secret can be written as a whole, beside the escapes of its characters."""
    # A secret may look as if it had escapes in it.
    yield from (reading for reading, _starts in readings(secret))
    data = secret.encode("utf-8", "surrogatepass")
    # What takes UTF-8 for something else makes this of it.
    yield data.decode("latin-1")
    if len(secret) < PIECE:
        # What is left of so little would be found everywhere.
        return
    yield data.hex()
    for shift in range(3):
        # What stands before it decides on the first characters, and what comes after it on the last one.
        encoded = base64.b64encode(b"\0" * shift + data)
        begin, end = (0, 2, 3)[shift], (shift + len(data)) * 8 // 6
        yield encoded[begin:end].decode()
        yield encoded[begin:end].translate(bytes.maketrans(b"+/", b"-_")).decode()


def readings(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield a text as it is, and with its escapes resolved: once, twice and so on.

    With each comes where its characters begin in the text itself, and where the last one ends.
    """
    starts: Sequence[int] = range(len(text) + 1)
    for _level in range(DEPTH):
        yield text, starts
        read: list[str] = []
        begins: list[int] = []
        at = 0
        for escape in ESCAPE.finditer(text):
            character = meant(escape.group())
            # Some names of HTML stand for two characters, which no secret is written with.
            if len(character) == 1:
                read += [text[at : escape.start()], character]
                begins += [*starts[at : escape.start()], starts[escape.start()]]
                at = escape.end()
        if not read:
            return
        text, starts = "".join([*read, text[at:]]), [*begins, *starts[at:]]


def meant(escape: str) -> str:
    """Return what an escape stands for."""
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[0] == "'":
        return "'"
    if escape[0] == "%" or escape[1] in "ux":
        return chr(int(escape.lstrip("%\\ux"), 16))
    if len(escape) == 4:
        return chr(int(escape[1:], 8))
    return CONTROL.get(escape[1], escape[1])
