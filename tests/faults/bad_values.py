# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of a task where a value can be written, and values that someone may write there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from emulator.server import TOKEN
from support.module_runner import declared
from support.resources import SAMPLES
from support.sample import Sample, Settings

from .jobs import id_of

MEGABYTE = 2**20
UUID = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"


@dataclass(frozen=True)
class Place:
    """An option of a module, or of the entries of a bulk module."""

    kind: Sample
    module: str
    option: str
    #: Its argument spec.
    declared: Settings
    of_entry: bool

    @property
    def writes(self) -> bool:
        return self.module != self.kind.info_module

    @property
    def about_record(self) -> bool:
        """Return whether it is an option of the record itself."""
        return self.of_entry or (self.module == self.kind.module and self.option in _record(self.kind))

    @property
    def name(self) -> str:
        return f"{self.module}: {self.kind.entries_option + '[].' if self.of_entry else ''}{self.option}"

    def task(self, value: Any) -> Settings:
        """Return the options of a task with the value in this place, which would change nothing without it."""
        if self.module == self.kind.info_module:
            return {self.option: value}
        entry: Settings = self.kind.key_of(1)
        if self.about_record:
            # With what a create needs, in case the value is another name.
            entry = {**entry, **self.kind.settings, self.option: value}
            if self.option == self.kind.id_option:
                entry = self.kind.without_key(entry)
        if self.module == self.kind.bulk_module:
            return {self.kind.entries_option: [entry], **({} if self.of_entry else {self.option: value})}
        return {**entry, self.option: value}


def _record(kind: Sample) -> Settings:
    options: Settings = declared(kind.bulk_module)["argument_spec"][kind.entries_option]["options"]
    return options


def places() -> Iterator[Place]:
    """Yield every option of every module."""
    for kind in SAMPLES:
        for module in (kind.module, kind.bulk_module, kind.info_module):
            for option, spec in declared(module)["argument_spec"].items():
                yield Place(kind, module, option, spec, of_entry=False)
        for option, spec in _record(kind).items():
            yield Place(kind, kind.bulk_module, option, spec, of_entry=True)


TYPES: list[Any] = [
    *(None, True, False, [], {}, [None], [True], [[]], [["a.example"]], [{"a.example": 1}], ["a.example", 5, None]),
    *({"domain": "a.example"}, {"a": [{"b": None}]}, "", " ", "\t\n", "yes", "no", "None", "null", "[]", "{}"),
    *("['a.example']", "a.example,b.example", "a.example,,a.example"),
]
NUMBERS: list[Any] = [
    *(-1, 0, 1, 2, 20, 21, 32, 33, 100, 101, 3600, 3601, 86400, 86401, 100000, 100001, 10**30, 2**63, 10**400),
    *(0.1, 0.09, 1.5, 3.0, -0.0, 1e300, math.nan, math.inf, -math.inf),
    *("3", " 3 ", "+3", "3.0", "1.5", "0x3", "3_0", "1e3", "1e999999999", "nan", "inf", "-Infinity", "\u0663"),
]
#: Ids, names and addresses that would lead elsewhere.
PATHS = [
    *("..", ".", "../x", "../../batch", "/", "a/b", "%2e%2e%2f", "%2f", "a%00b", "\\", "..\\..", "batch"),
    *("?x=1", "a.example?x=1", "#", "a.example#b", ";", "a.example;b=1", "&per_page=1", "a b", "a+b", "*", "@"),
    *("http://198.51.100.1/", "https://user:pw@a.example/", "//a.example", "a.example:443", "[::1]"),
    *(f"{UUID}/..", f"../{UUID}", f"{UUID}?x=1", f"{UUID}#", f" {UUID}", f"{UUID}\n", f"{{{UUID}}}"),
    *(UUID.replace("-", ""), f"{id_of(1)}/../{id_of(2)}"),
]
#: Characters that end a line, a header or a string, that are invisible, or that are another script.
CHARACTERS = [
    *("a\r\nX-Evil: 1", "\r", "\n", "a\n", "\x00", "a\x00.example", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029"),
    *("a\u200b.example", "a\u00ad.example", "\ufeffa.example", "\u202egpj.elpmaxe", "a\u2066.example", "\u200d"),
    *("a\u0308.example", "\u0308a.example", "\u0627\u0644.example", "a\u0627.example", "\u05d0\u05d1.example"),
    *("\U0001f4a9.example", "\uff41.example", "a\u3002example", "\u2100.example", "1\u20444.example"),
    # Latin and Cyrillic letters of the same shape: another name, and a legal one.
    *("p\u0430ypal.example", "xn--pypal-4ve.example", "b\u00fccher.example", "stra\u00dfe.example", "xn--.example"),
    *("xn--a.example", "XN--BCHER-KVA.EXAMPLE", "a.example.", ".a.example", "a..example", "-a.example", "example"),
]
LARGE: list[Any] = ["x" * MEGABYTE, "\u00fc" * MEGABYTE, "a.example," * 10_000, ["y"] * 10_000, ["a.example"] * 10_000]
WORDS = ["present", "absent", "replace", "append", "DIRECT", "direct", "DE", "Inbox", "active", "ACTIVE", "asc"]
#: Good values of one option are bad ones of most others. No message may have the token.
GOOD = [
    *(*WORDS, id_of(1), UUID, "d1.example", "D1.EXAMPLE.", "192.0.2.0/24", "2001:db8::1", "0.0.0.0/33"),
    *("fe80::1%eth0", TOKEN),
]
VALUES: list[Any] = [*TYPES, *NUMBERS, *PATHS, *CHARACTERS, *LARGE, *GOOD]

_PARTS = st.sampled_from([each for each in [*PATHS, *CHARACTERS, *GOOD] if len(each) < 40])
TEXTS = st.text(max_size=20) | st.builds("".join, st.lists(_PARTS, max_size=3)) | _PARTS
SCALARS = st.none() | st.booleans() | st.integers() | st.integers(-1, 33) | st.floats() | TEXTS | st.sampled_from(WORDS)
#: Any value of JSON.
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=6,
)
