# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a report: few or many records, and values of other types than the API documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ansible_collections.mailsec.cloudflare.plugins.filter.to_html_rows import to_html_rows
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import findings, rules

#: As Ansible reads a template.
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parents[3] / "roles/email_security/templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701  # like Ansible: the page escapes on its own
)
PAGES.filters["mailsec.cloudflare.to_html_rows"] = to_html_rows
ODD = [None, True, False, 0, 1.5, "", "text", [], [None], [["x"]], [{"a": 1}], {}, {"a": [1]}, float("nan"), "<b>\x1b"]
LISTS = ["allowed_delivery_modes", "drop_dispositions", "ip_restrictions", "regions"]
FLAGS = ["require_tls_inbound", "require_tls_outbound"]
Records = list[dict[str, Any]]


def page(**lists: Records) -> str:
    """Return the page for the records of some lists."""
    report = {**findings.findings(lists), "account_id": "", "host": "localhost", "read_at": "now"}
    template = PAGES.get_template("report.html.j2")
    return template.render(__email_security_report=report, __email_security_report_name="acme")


def cells(**lists: Records) -> list[str]:
    """Return the texts of the cells of the page."""
    return [re.sub("<[^>]*>", "", cell) for cell in re.findall("<t[dh].*?>(.*?)</t[dh]>", page(**lists))]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("list_name", BY_LIST_NAME)
def test_a_record_may_have_anything_in_any_field(list_name: str, value: Any) -> None:
    for field in (*findings.COLUMNS[list_name], "authorization"):
        known = dict.fromkeys(BY_LIST_NAME[list_name].key.fields, "known")
        other = {**known, "comments": "odd", "notes": "odd", "spf_status": "odd"}
        other[BY_LIST_NAME[list_name].key.fields[0]] = "odd"
        shown = cells(**{list_name: [{**known, field: value}, other]})
        assert any("odd" in cell for cell in shown)
        assert "<b>" not in "".join(shown)


@pytest.mark.parametrize("value", [5, "GLOBAL", {"a": 1}])
@pytest.mark.parametrize("field", LISTS)
def test_a_value_that_is_not_a_list_is_shown_unchanged(field: str, value: Any) -> None:
    assert str(value).replace("'", "&#x27;") in cells(domains=[{"domain": "a.example", field: value}])


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "required"), (False, "not required"), (None, "unknown"), ("perhaps", "perhaps"), ([], "none"), (5, "5")],
)
@pytest.mark.parametrize("field", FLAGS)
def test_a_value_that_is_not_a_boolean_is_not_shown_as_one(field: str, value: Any, shown: str) -> None:
    known = {"domain": "a.example", **dict.fromkeys(FLAGS, "known")}

    assert shown in cells(domains=[{**known, field: value}])


def test_findings_are_grouped_by_severity_and_rule() -> None:
    text = page(
        domains=[{"domain": f"d{number}.example", "spf_status": "none"} for number in range(12)],
        allow_policies=[{"pattern": "gmail.com", "pattern_type": "DOMAIN"}],
        trusted_domains=[{"pattern": "x.example"}] * 2,
    )
    assert re.findall('<h2 id="(.*?)">', text) == ["high", "medium", "low"]
    assert re.findall('<section class="rule (.*?)" id="(.*?)">', text) == [
        ("high", "allow_public_provider"),
        ("medium", "spf_status"),
        ("low", "duplicate"),
    ]
    (advice,) = (rule.advice for rule in rules.RULES if rule.id == "spf_status")
    section = text.partition('id="spf_status"')[2].partition("</section>")[0]
    assert section.count(advice) == 1
    assert section.count("<li>") == 12
    first, _summary, more = section.partition("<summary>2 more</summary>")
    assert (first.count("<li>"), more.count("<li>")) == (10, 2)


def test_long_lists_are_collapsed_and_empty_ones_are_left_out() -> None:
    text = page(
        domains=[{"domain": f"d{number}.example"} for number in range(51)],
        sending_domain_restrictions=[{"domain": "partner.example"}],
        block_senders=[],
        content_policies=[],
    )
    assert text.count('<details class="list">') == 1
    assert text.count('<details class="list" open>') == 1
    assert "51, acme-domains.csv" in text
    assert "1, acme-restrictions.csv" in text
    assert "Empty lists: blocked senders, content policies." in text
    assert re.findall('href="(.*?)"', text) == ["#domains", "#sending_domain_restrictions"]


def test_an_account_without_findings() -> None:
    text = page(sending_domain_restrictions=[{"domain": "partner.example"}])
    assert "All records passed all checks." in text
    assert text.count('<li class="fine"><b>0</b>') == 3


def test_the_page_names_every_list_and_every_column() -> None:
    headers = {name: re.findall('<th scope="col">(.*?)</th>', page(**{name: [{}]})) for name in BY_LIST_NAME}
    assert headers["allow_policies"] == [
        "Pattern",
        "Pattern type",
        "Regex",
        "Acceptable sender",
        "Exempt recipient",
        "Trusted sender",
        "Verify sender",
        "Comments",
    ]
    for name, columns in findings.COLUMNS.items():
        assert name in ("domains", "findings") or len(headers[name]) == len(columns) - 3


def test_a_page_with_thousands_of_records_is_small() -> None:
    policies = [
        {
            "pattern": f"news@p{number}.example",
            "pattern_type": "EMAIL",
            "is_trusted_sender": True,
            "verify_sender": False,
        }
        for number in range(3000)
    ]
    assert len(page(allow_policies=policies)) < 2_000_000
