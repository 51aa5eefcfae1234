# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking for secrets where they must not be, in every form that something on the way may have written them in."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

#: So many characters of a secret in a row are a leak, in any case. A shorter secret is looked for as a whole.
PART = 12
#: How often a text is read once more, its escapes resolved.
ROUNDS = 4


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


#: The ways in which a secret is written by what it passes on its way, by name.
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "URL": lambda secret: quote(secret, safe="", errors="surrogateescape"),
    "URL, slashes as they are": lambda secret: quote(secret, errors="surrogateescape"),
    "URL in lower case": lambda secret: re.sub(
        "%[0-9A-F]{2}", lambda code: code[0].lower(), quote(secret, safe="", errors="surrogateescape")
    ),
    "URL, every character": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode(errors="surrogateescape")),
    "URL in a URL": lambda secret: quote(quote(secret, safe="", errors="surrogateescape"), safe=""),
    "form": lambda secret: quote_plus(secret, errors="surrogateescape"),
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON, slashes escaped": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "JSON safe in HTML": lambda secret: re.sub(
        "[<>&']", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(secret)[1:-1]
    ),
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret))[1:-1],
    "repr": repr,
    "repr of bytes": lambda secret: repr(secret.encode(errors="surrogateescape")),
    "octal": lambda secret: "".join(f"\\{byte:03o}" for byte in secret.encode(errors="surrogateescape")),
    "HTML": html.escape,
    "HTML, quotes as they are": lambda secret: html.escape(secret, quote=False),
    "HTML numbers": lambda secret: "".join(f"&#{ord(character)};" for character in secret),
    "HTML hexadecimal": lambda secret: "".join(f"&#x{ord(character):X};" for character in secret),
    "HTML in HTML": lambda secret: html.escape(html.escape(secret)),
    "URL in HTML": lambda secret: html.escape(f"?a=b&token={quote_plus(secret, errors='surrogateescape')}"),
    "shell": shlex.quote,
    "shell, other quotes": lambda secret: "'" + secret.replace("'", "'\\''") + "'",
    "YAML": lambda secret: "'" + secret.replace("'", "''") + "'",
    "upper case": str.upper,
    "lower case": str.lower,
    "base64": _encoded,
    "base64 of the header": lambda secret: _encoded(f"Bearer {secret}"),
    "base64 of address and key": lambda secret: _encoded(f"someone@example.com:{secret}"),
    "base64 for URLs": lambda secret: _encoded(secret).replace("+", "-").replace("/", "_").rstrip("="),
    "base64 in a URL": lambda secret: quote(_encoded(f"x{secret}"), safe=""),
    "hexadecimal": lambda secret: secret.encode(errors="surrogateescape").hex(),
    "the first half": lambda secret: secret[: max(PART, len(secret) // 2)],
    "the second half": lambda secret: secret[-max(PART, len(secret) // 2) :],
    "cut while escaped": lambda secret: quote(secret, safe="", errors="surrogateescape")[:-8],
}

ESCAPED = re.compile(
    r"""%([0-9a-fA-F]{2}) | \\x([0-9a-fA-F]{2}) | \\u([0-9a-fA-F]{4}) | \\([0-3][0-7]{2}) | \\(.)
    | (&\#?[0-9A-Za-z]{1,12};) | '"'"' | '\\'' | ''""",
    re.VERBOSE | re.DOTALL,
)
#: What is left where Ansible has folded a long line.
FOLDED = re.compile(r"\s*\n\s*")
IN_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}")
IN_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")


def leaks(text: str, secrets: Iterable[str]) -> list[str]:
    """Return what there is of these secrets in a text, in any form: an empty list where there is nothing."""
    wanted = [secret.strip().lower() for secret in secrets]
    # Every part has a whole piece in it, and of pieces there are few: a text can be long.
    pieces = {piece for secret in wanted for piece in _cut(secret, PART // 2, PART // 2)}
    parts = {part for secret in wanted for part in _cut(secret, PART, 1)}
    found: set[str] = set()
    for reading in readings(text):
        folded = reading.lower()
        if any(piece in folded for piece in pieces):
            found.update(part for part in parts if part in folded)
    return sorted(found)


def _cut(secret: str, length: int, step: int) -> Iterator[str]:
    if len(secret) < PART:
        yield secret
        return
    yield from (secret[at : at + length] for at in range(0, len(secret) - length + 1, step))


def readings(text: str) -> Iterator[str]:
    """Yield a text, what it says once its escapes are taken for what they mean, and what is encoded in it."""
    # What Ansible prints says much the same again and again.
    lines = "\n".join(dict.fromkeys(text.splitlines()))
    runs: set[str] = set()
    for reading in (lines, FOLDED.sub("", text)):
        for _round in range(ROUNDS):
            yield reading
            runs.update(IN_BASE64.findall(reading))
            read = ESCAPED.sub(_meant, reading)
            if read == reading:
                break
            reading = read
    yield "\n".join(decoded for run in runs for decoded in _decoded(run))


def _meant(found: re.Match[str]) -> str:
    of_url, of_python, of_json, octal, after_backslash, of_html = found.groups()
    code = of_url or of_python or of_json
    if code:
        return chr(int(code, 16))
    if octal:
        return chr(int(octal, 8))
    if after_backslash:
        return {"n": "\n", "r": "\r", "t": "\t"}.get(after_backslash, after_backslash)
    return html.unescape(of_html) if of_html else "'"


def _decoded(run: str) -> Iterator[str]:
    """Yield what the base64 and the hexadecimal digits of a word say, wherever they begin."""
    standard = run.replace("-", "+").replace("_", "/")
    for begin in range(4):
        cut = standard[begin : begin + (len(run) - begin) // 4 * 4]
        yield binascii.a2b_base64(cut).decode("latin-1")
    for digits in IN_HEXADECIMAL.findall(run):
        yield bytes.fromhex(digits).decode("latin-1")


def files_with(secrets: Iterable[str], folder: Path) -> set[str]:
    """Return the names, below this folder, of the files that hold something of these secrets."""
    wanted = list(secrets)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder))
        for path in files
        if leaks(path.read_bytes().decode("utf-8", "surrogateescape"), wanted)
    }
