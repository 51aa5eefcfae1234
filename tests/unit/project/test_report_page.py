# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a report shows a value of another type than the API documents as it is, and does not fail for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import findings

#: As Ansible reads a template.
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parents[3] / "roles/email_security/templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701  # like Ansible: the page escapes on its own
)
ODD = [None, True, False, 0, 1.5, "", "text", [], [None], [["x"]], [{"a": 1}], {}, {"a": [1]}, float("nan"), "<b>\x1b"]
LISTS = ["allowed_delivery_modes", "drop_dispositions", "ip_restrictions", "regions"]
FLAGS = ["require_tls_inbound", "require_tls_outbound"]


def cells(domains: list[dict[str, Any]], restrictions: list[dict[str, Any]]) -> list[str]:
    """Return the texts of the cells of the page."""
    found = findings.findings(domains, restrictions)
    report = {**found, "account_id": "", "host": "localhost", "read_at": "now"}
    page = PAGES.get_template("report.html.j2").render(__email_security_report=report)
    return [re.sub("<[^>]*>", "", cell) for cell in re.findall("<td.*?>(.*?)</td>", page)]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("field", [*findings.DOMAIN_FIELDS, "authorization"])
def test_a_domain_may_have_anything_in_any_field(field: str, value: Any) -> None:
    assert "odd" in cells([{"domain": "a.example", "regions": ["odd"], "spf_status": "odd", field: value}], [])


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("field", findings.RESTRICTION_FIELDS)
def test_a_restriction_may_have_anything_in_any_field(field: str, value: Any) -> None:
    assert "odd" in cells([], [{"domain": "a.example", "exclude": ["odd"], "comments": "odd", field: value}])


@pytest.mark.parametrize("value", [True, 5, "GLOBAL", {"a": 1}])
@pytest.mark.parametrize("field", LISTS)
def test_a_value_that_is_not_a_list_is_shown_unchanged(field: str, value: Any) -> None:
    assert str(value).replace("'", "&#39;") in cells([{"domain": "a.example", field: value}], [])


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "required"), (False, "not required"), (None, "unknown"), ("perhaps", "perhaps"), ([], "[]"), (5, "5")],
)
@pytest.mark.parametrize("field", FLAGS)
def test_a_value_that_is_not_a_boolean_is_not_shown_as_one(field: str, value: Any, shown: str) -> None:
    known = {"domain": "a.example", **dict.fromkeys(FLAGS, "known")}

    assert shown in cells([{**known, field: value}], [])
