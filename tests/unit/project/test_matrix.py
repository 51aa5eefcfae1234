# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What make test-matrix runs, and that it says what it did not run and why."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import matrix  # the path comes first
from supported import CORES, Core  # as above

NOWHERE = Core("9.9", "9.9.1", ["3.98", "3.99"])


def test_versions_without_an_installed_python_are_reported(monkeypatch):
    monkeypatch.setitem(matrix.CORES, "9.9", NOWHERE)
    rows = list(matrix.rows_of(NOWHERE, matrix.read(["9.9", "--only", "units,integration"])))
    assert list(matrix.summary(rows)) == [
        "not run, for no Python 3.99 or 3.98 is installed: 9.9 units, integration",
        "not run, for it was not chosen: 9.9 sanity",
    ]


def test_skipped_parts_are_reported_and_each_part_that_ran_has_its_own_line():
    rows = [matrix.Row("2.16", "units", "ok", "  12 s")]
    for version in ("2.17", "2.18"):
        rows += matrix.rows_of(CORES[version], matrix.read(["2.16"]))
    assert list(matrix.summary(rows)) == [
        "2.16  units        ok         12 s",
        "not run, for it was not chosen: 2.17 units, sanity, integration; 2.18 units, sanity, integration",
    ]


def test_no_run_is_not_a_success(monkeypatch):
    monkeypatch.setattr(matrix, "CORES", {"9.9": NOWHERE})
    assert matrix.main([]) == 1


@pytest.mark.parametrize("wrong", ["2.15", "--only=docs"])
def test_unknown_values_are_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        matrix.read([wrong])
    assert "unknown: " in capsys.readouterr().err
