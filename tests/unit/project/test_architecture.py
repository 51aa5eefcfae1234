# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/architecture.md: its table of rooms, its picture, and the imports that the code really has."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = ROOT / "plugins"
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"
#: Each room with its files, from the top to the bottom.
ROOMS = {
    room: re.findall(r"`(\w+_utils/\w+\.py)`", files)
    for room, files in re.findall(r"^\| (\w+) \| (`\w+_utils/.*?) \| ", PAGE, re.MULTILINE)
}
ROOM_OF = {file: room for room, files in ROOMS.items() for file in files}
FLOOR = {room: number for number, room in enumerate(ROOMS)}
FILES = sorted(
    str(path.relative_to(PLUGINS))
    for folder in ("module_utils", "plugin_utils")
    for path in (PLUGINS / folder).rglob("*.py")
)
#: A tenant does not look into the flat beside.
NEIGHBOURS = {("Resources", "Client"), ("Client", "Resources"), ("Filters", "Doors"), ("Doors", "Filters")}


def imports(file: str) -> Iterator[str]:
    """Yield the files of module_utils and plugin_utils that a file imports."""
    for node in ast.walk(ast.parse((PLUGINS / file).read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        match = re.fullmatch(r"ansible_collections\.mailsec\.cloudflare\.plugins\.(\w+_utils)(?:\.(\w+))?", node.module)
        if match:
            names = [match[2]] if match[2] else [alias.name for alias in node.names]
            yield from (f"{match[1]}/{name}.py" for name in names)


def test_every_file_is_in_one_room_and_no_other_is() -> None:
    named = [file for files in ROOMS.values() for file in files]
    assert sorted(named) == FILES, "name each file of plugins/module_utils and plugins/plugin_utils once in the table"


@pytest.mark.parametrize("file", FILES)
def test_imports_go_downwards_only(file: str) -> None:
    room = ROOM_OF[file]
    upwards = [other for other in imports(file) if FLOOR[ROOM_OF[other]] < FLOOR[room]]
    across = [other for other in imports(file) if (room, ROOM_OF[other]) in NEIGHBOURS]
    assert not upwards, f"{file} is in {room}, below {upwards}"
    assert not across, f"{file} is in {room}, which knows nothing of the room of {across}"


def test_the_picture_shows_the_rooms_of_the_table_with_their_files() -> None:
    shown: dict[str, list[str]] = {}
    room = ""
    for text in ET.parse(ROOT / "docs/architecture.svg").getroot().iter(f"{SVG}text"):  # noqa: S314  # our own file
        words = text.text or ""
        if text.get("class") == "name":
            room = words
        elif text.get("class") == "file":
            shown.setdefault(room, []).extend(words.split())
    # The picture has the doors in the box of the action plugins, which open them.
    titles = {"Doors": "Action plugins, one for each module: which door?"}
    assert shown == {titles.get(room, room): [Path(file).stem for file in files] for room, files in ROOMS.items()}


def test_the_picture_needs_nothing_from_elsewhere_and_suits_light_and_dark() -> None:
    text = (ROOT / "docs/architecture.svg").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in text
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)\S+", text) == []
    assert "](architecture.svg)" in PAGE
