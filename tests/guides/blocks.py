# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code blocks of a guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
RST = ROOT / "docs/docsite/rst"
BLOCK = re.compile(
    r"^(?P<indent> *)\.\. code-block:: (?P<language>\S+)\n"
    r"(?P<options>(?:(?P=indent) +:\S+:.*\n)*)\n"
    r"(?P<body>(?:(?P=indent) +\S.*\n|\n)+)",
    re.MULTILINE,
)
OPTION = re.compile(r":(\S+): *(.*)")


@dataclass
class Block:
    """A code block.

    `caption` is the name of a file that the reader creates. The class `fails` means that the last command fails, and
    `not-run` that the block is not executed.
    """

    language: str
    body: str
    line: int
    caption: str
    classes: frozenset[str]

    @property
    def is_run(self) -> bool:
        """Whether the reader executes it."""
        return "not-run" not in self.classes


@dataclass
class Command:
    """A command and its output."""

    text: str
    output: str


def guides() -> list[Path]:
    """Every guide."""
    return sorted(RST.glob("*.rst"))


def blocks(guide: Path) -> list[Block]:
    """The code blocks of a guide."""
    text = guide.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        options = dict(OPTION.findall(match["options"]))
        found.append(
            Block(
                language=match["language"],
                body=dedent(match["body"]).strip("\n") + "\n",
                line=text.count("\n", 0, match.start()) + 1,
                caption=options.get("caption", ""),
                classes=frozenset(options.get("class", "").split()),
            )
        )
    # A block in another form would be ignored.
    all_blocks = re.findall(r"^(?! *\.\. ).*::$|\.\. code\S*::", text, re.MULTILINE)
    assert len(found) == len(all_blocks), f"{guide.name}: unknown form of a code block"
    return found


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block, each with the output below it."""
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        # A backslash at its end continues a line.
        match = re.match(r"((?:[^\n]*\\\n)*[^\n]*\n)(.*)", part, re.DOTALL)
        assert match
        yield Command(match[1].rstrip("\n"), match[2])
