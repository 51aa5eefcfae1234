# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/reliability.md says of the campaign is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from . import figures

HERE = Path(__file__).parent
TOLD = re.compile(r'tell\(\s*f?"([a-z ]+):')
SOURCES = {path.name: path.read_text() for path in HERE.glob("test_*.py") if path.name != Path(__file__).name}


def test_every_figure_has_its_row_beside_the_file_that_tells_it() -> None:
    told = {name: file for file, source in SOURCES.items() for name in TOLD.findall(source)}
    listed = {
        figures.name_of(row.figure): re.findall(r"`tests/faults/(\w+\.py)`", row.held_by)
        for row in figures.rows(figures.PAGE.read_text())
        if ": " in row.figure
    }

    # Mutants are counted by a command of their own, which tests the tests.
    assert listed == {**{name: [file] for name, file in told.items()}, "mutants": []}
    assert set(told.values()) == set(SOURCES)


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", figures.PAGE.read_text()))

    assert named
    assert named <= {name for source in SOURCES.values() for name in re.findall(r"def (test_\w+)\(", source)}


def test_a_figure_is_written_over_the_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text(figures.PAGE.read_text())
    monkeypatch.setattr(figures, "PAGE", page)
    before = figures.recorded()

    figures.record(["model test: 7 tasks"])

    assert figures.recorded() == {**before, "model test": "model test: 7 tasks"}
    with pytest.raises(KeyError):
        figures.record(["a new figure: 1"])
