# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CSV for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.tables import (
    FORMULA_PREFIXES,
    escape_formula,
    format_csv,
    unescape_formula,
)


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
        (
            {"spf_status": "There is no SPF record", "status": "The status is pending"},
            "There is no SPF record; The status is pending",
        ),
        ('He said "no", and\nleft', 'He said "no", and\nleft'),
        ("bücher", "bücher"),
    ],
)
def test_values_become_the_text_of_a_cell(value, cell):
    assert read(format_csv([{"a": value}], ["a", "b"])) == [["a", "b"], [cell, ""]]


@pytest.mark.parametrize("prefix", FORMULA_PREFIXES)
def test_no_cell_is_a_formula(prefix):
    for value in (f"{prefix}1", [f"{prefix}1", "x"], {"a": f"{prefix}1"}):
        cell = read(format_csv([{"a": value}], ["a"]))[1][0]
        assert cell.startswith(f"'{prefix}")


@pytest.mark.parametrize("text", ["'=1", "''@x"])
def test_an_apostrophe_before_a_formula_is_kept_apart_from_one_that_was_added(text):
    assert escape_formula(text) == f"'{text}"
    assert unescape_formula(f"'{text}") == text


@pytest.mark.parametrize("text", ["", "'", "'x", "=1", "x'=1"])
def test_other_texts_have_no_apostrophe_to_remove(text):
    assert unescape_formula(text) == text


def test_without_rows_only_the_header_is_written():
    assert format_csv([], ["a", "b"]) == "a,b\r\n"
