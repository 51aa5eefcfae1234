# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a regular expression matches, judged by probes.

The API reads expressions as Java does. Only those that Python reads in the same way and that it searches quickly are
judged: literals, classes, groups, alternatives, anchors and quantifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.public_domains import PUBLIC_SUFFIXES

MAX_LENGTH = 256
MAX_REPEATS = 64
#: The number of ways to divide a text among the quantifiers of an expression, which bounds the time of a search.
MAX_COST = 2_000_000
MAX_DEPTH = 20
MAX_SAMPLES = 32
QUANTIFIER = re.compile(r"\*|\+|\?|\{(\d{1,4})(,(\d{0,4}))?\}")
#: A class without nested classes and intersections, which Python does not know.
CLASS = re.compile(r"\[\^?(?:[^\[\]\\^&]|\\[^a-zA-Z0-9]|\\[dDwWsS])(?:[^\[\]\\&]|\\[^a-zA-Z0-9]|\\[dDwWsS])*\]")
#: Candidates for a character of a class, besides those that it names.
CHARACTERS = "a1-._@+%:/ ~"

#: Texts that have nothing in common but what all texts of their kind have.
PROBES = {
    "address": ("bcd@kvz.fr", "oui37@ea-11.io", "9_4@6x6.st"),
    "host": ("kvz.fr", "ea-11.io", "6x6.st"),
    "url": ("https://kvz.fr/bcd", "http://ea-11.io", "https://6x6.st:8443/?g=1"),
    "text": ("bcd kvz", "oui", "937-6"),
}
HOST = r"(?P<dot>\.)?(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})"
#: How a text that an expression matches names a host.
SAMPLES = {
    "address": re.compile(rf"(?:(?P<before>[^@]*)@)?{HOST}(?P<after>)", re.IGNORECASE),
    "host": re.compile(rf"(?P<before>){HOST}(?P<after>)", re.IGNORECASE),
    "url": re.compile(rf"(?P<before>https?://)?{HOST}(?P<after>[/:?].*)?", re.IGNORECASE),
}


class UnjudgedError(ValueError):
    """Python may read the expression in another way than Java, or take too long for it."""


class Part(NamedTuple):
    """A part of an expression."""

    #: Texts that it may match.
    samples: tuple[str, ...] = ("",)
    #: It has no alternatives and no variable number of repeats.
    fixed: bool = True
    cost: int = 1


class Expression(NamedTuple):
    """An expression that can be judged."""

    compiled: re.Pattern[str]
    #: Texts that it may match.
    samples: tuple[str, ...]

    def matches(self, *texts: str) -> bool:
        """Return whether it matches somewhere in every text."""
        return all(self.compiled.search(text) for text in texts)


@lru_cache(maxsize=10_000)
def judge(pattern: str) -> Expression | None:
    """Return an expression, None if it cannot be judged."""
    # Case is ignored anyway: whether the API does is not documented.
    pattern = pattern[4:] if pattern.startswith("(?i)") else pattern
    if len(pattern) > MAX_LENGTH or not pattern.isprintable():
        return None
    try:
        part = _Parser(pattern).parse()
        return Expression(re.compile(pattern, re.ASCII | re.IGNORECASE), part.samples)
    except (UnjudgedError, re.error):
        return None


def matches_everything(pattern: str, kind: str) -> bool:
    """Return whether an expression probably matches every text of a kind, one of PROBES."""
    expression = judge(pattern)
    return expression is not None and expression.matches(*PROBES[kind])


def matches_host(pattern: str, host: str) -> bool:
    """Return whether an expression probably matches every address of a host."""
    expression = judge(pattern)
    return expression is not None and expression.matches(
        *(f"{probe.partition('@')[0]}@{host}" for probe in PROBES["address"])
    )


def foreign_match(pattern: str, kind: str) -> str:
    """Return a text of another domain that an expression for a domain matches too, or an empty text."""
    expression = judge(pattern)
    if expression is None or (kind == "url" and _is_literal_url(pattern)):
        return ""
    return next((foreign for foreign in _foreign_texts(expression, kind) if expression.matches(foreign)), "")


def _foreign_texts(expression: Expression, kind: str) -> Iterator[str]:
    for sample in expression.samples:
        match = SAMPLES[kind].fullmatch(sample)
        if match is None or match["host"] in PUBLIC_SUFFIXES:
            continue
        before, after = match["before"] or "", match["after"] or ""
        if kind == "address":
            before = f"{before or 'user'}@"
        elif kind == "url":
            before, after = before or "https://", after or "/"
        host = f"mail.{match['host']}" if match["dot"] else match["host"]
        if expression.matches(f"{before}{host}{after}"):
            yield f"{before}{host}.attacker.example{after}"
            yield f"{before}attacker{registrable(host)}{after}"
            if kind == "url":
                yield f"{before}attacker.example/x.{host}{after}"


def registrable(host: str) -> str:
    """Return the part of a host name that someone registered."""
    labels = host.split(".")
    return ".".join(labels[-3 if ".".join(labels[-2:]) in PUBLIC_SUFFIXES else -2 :])


def _is_literal_url(pattern: str) -> bool:
    return not re.search(r"[\\*+\[\](){}|^$]", pattern)


class _Parser:
    """Reads the expressions that Java and Python read alike. Raises UnjudgedError for all others."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._depth = 0

    def parse(self) -> Part:
        part = self._alternatives()
        if self._position < len(self._pattern) or part.cost > MAX_COST:
            raise UnjudgedError
        return part

    @property
    def _next(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _take(self, text: str) -> bool:
        taken = self._pattern.startswith(text, self._position)
        self._position += len(text) if taken else 0
        return taken

    def _alternatives(self) -> Part:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        samples = tuple(sample for branch in branches for sample in branch.samples)[:MAX_SAMPLES]
        return Part(samples, fixed=False, cost=sum(branch.cost for branch in branches))

    def _sequence(self) -> Part:
        whole = Part()
        while self._next not in ("", "|", ")"):
            part = self._repeated()
            samples = tuple(start + end for start in whole.samples for end in part.samples)[:MAX_SAMPLES]
            whole = Part(samples, whole.fixed and part.fixed, whole.cost * part.cost)
        return whole

    def _repeated(self) -> Part:
        anchor = self._next in ("^", "$")
        part = self._atom()
        quantifier = QUANTIFIER.match(self._pattern, self._position)
        if quantifier is None:
            return part
        if anchor:
            raise UnjudgedError
        self._position = quantifier.end()
        self._take("?")
        low, high = _bounds(quantifier)
        longest = max(map(len, part.samples), default=0)
        # A quantifier of a quantifier may take exponential time.
        if longest * low > MAX_LENGTH or (high > 1 and not part.fixed):
            raise UnjudgedError
        counts = {low, min(max(low, 1), high)}
        samples = tuple(sample * count for sample in part.samples for count in sorted(counts))
        return Part(samples, low == high, part.cost * (max(min(high, MAX_REPEATS) - low, 0) + 1))

    def _atom(self) -> Part:
        if self._take("("):
            if self._next == "?" and not self._take("?:"):
                raise UnjudgedError
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise UnjudgedError
            part = self._alternatives()
            if not self._take(")"):
                raise UnjudgedError
            self._depth -= 1
            return part
        character = self._next
        if character == "[":
            found = CLASS.match(self._pattern, self._position)
            if found is None:
                raise UnjudgedError
            self._position = found.end()
            return _character_of(found[0])
        self._position += 1
        if character in "*+?{":
            raise UnjudgedError
        if character == "\\":
            return self._escape()
        return Part(("",)) if character in "^$" else Part((character,))

    def _escape(self) -> Part:
        character = self._next
        self._position += 1
        if character in ("b", "B"):
            return Part()
        if character and character in "dDwWsS":
            return _character_of(f"\\{character}")
        if not character or character.isalnum():
            raise UnjudgedError
        return Part((character,))


def _bounds(quantifier: re.Match[str]) -> tuple[int, int]:
    """Return how often a quantifier repeats, at least and at most."""
    if quantifier[0] in ("*", "+", "?"):
        return int(quantifier[0] == "+"), 1 if quantifier[0] == "?" else MAX_REPEATS
    low = int(quantifier[1])
    if quantifier[2] is None:
        return low, low
    return low, int(quantifier[3]) if quantifier[3] else max(low, MAX_REPEATS)


def _character_of(characters: str) -> Part:
    """Return a class of characters. Raises UnjudgedError if none of the candidates is in it."""
    try:
        compiled = re.compile(characters, re.ASCII | re.IGNORECASE)
        return Part((next(filter(compiled.fullmatch, CHARACTERS + characters)),))
    except (StopIteration, re.error):
        raise UnjudgedError from None
