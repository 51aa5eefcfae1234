# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CSV for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.tables import FORMULA_MARKS, as_csv


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (2, "2"),
        ([], ""),
        (["a", "b"], "a b"),
        ({"spf_status": "has no SPF record", "status": "is pending"}, "has no SPF record; is pending"),
        ('He said "no", and\nleft', 'He said "no", and\nleft'),
        ("bücher", "bücher"),
    ],
)
def test_a_cell_is_what_a_person_reads(value, cell):
    assert read(as_csv([{"a": value}], ["a", "b"])) == [["a", "b"], [cell, ""]]


@pytest.mark.parametrize("mark", FORMULA_MARKS)
def test_no_cell_is_a_formula(mark):
    for value in (f"{mark}1", [f"{mark}1", "x"], {"a": f"{mark}1"}):
        cell = read(as_csv([{"a": value}], ["a"]))[1][0]
        assert cell.startswith(f"'{mark}")


def test_without_rows_there_is_a_header():
    assert as_csv([], ["a", "b"]) == "a,b\r\n"
