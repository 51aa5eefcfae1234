# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of an HTML table."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.html_rows import format_html, format_html_rows


@pytest.mark.parametrize(
    ("value", "html"),
    [
        (None, "<i>unknown</i>"),
        (True, "on"),
        (False, '<span class="dim">off</span>'),
        ([], "<i>none</i>"),
        (["<a>", 1], "<kbd>&lt;a&gt;</kbd> <kbd>1</kbd>"),
        ({"a": 1}, "{&#x27;a&#x27;: 1}"),
        ('"<&', "&quot;&lt;&amp;"),
        ("", ""),
        (5, "5"),
    ],
)
def test_values_become_html(value, html):
    assert format_html(value, "on", "off") == html


def test_rows_of_an_html_table():
    rows = [
        {"name": "<a>", "enabled": False, "findings": {"enabled": "It is off", "duplicate": "<twin>", "other": "x"}},
        {"name": "b", "enabled": True},
    ]
    assert format_html_rows(rows, ["name", "enabled"], {"enabled": ["on", "off"]}) == (
        '<tr><th scope="row">&lt;a&gt;<span class="found">&lt;twin&gt;<br>x</span></th>'
        '<td class="finding"><span class="dim">off</span></td></tr>\n'
        '<tr><th scope="row">b</th><td>on</td></tr>\n'
    )
