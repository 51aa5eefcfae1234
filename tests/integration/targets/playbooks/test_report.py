# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report has every domain and finding, and escapes text from the account."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser

from support.controller import Controller

REPORT = "mailsec.cloudflare.report"
HOSTILE = "<script>alert('1')</script> {{ 7 * 7 }} & \"q\""


class Page(HTMLParser):
    """What a browser makes of the page: its tables, and whatever it would fetch or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.finding_cells = 0
        self.tiles: list[str] = []
        self.tags: set[str] = set()
        self.fetched: list[str] = []
        self.open: list[str] = []
        self._cell: list[str] | None = None
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "action")]
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th", "li"):
            self._cell = []
            self.finding_cells += ("class", "finding") in attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"
        if tag in ("td", "th", "li") and self._cell is not None:
            text = " ".join("".join(self._cell).split())
            (self.tiles if tag == "li" else self.tables[-1][-1]).append(text)
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def test_the_report_as_html_json_and_csv(controller: Controller) -> None:
    controller.emulator.seed(
        domains=[
            {
                "domain": "weak.example",
                "drop_dispositions": [],
                "spf_status": "open",
                "dmarc_status": "none",
                "authorization": {
                    "authorized": False,
                    "timestamp": "2026-10-27T18:11:19.117Z",
                    "status_message": HOSTILE,
                },
            }
        ],
        sending_domain_restrictions=[{"domain": "odd.example", "comments": f"={HOSTILE}"}],
    )
    folder = controller.folder / "new/report"
    (controller.folder / "new").mkdir()
    variables = {"email_security_report_dir": str(folder)}
    controller.play(REPORT, "--check", variables=variables)
    assert not folder.exists()

    ran = controller.play(REPORT, variables=variables)
    assert sorted(path.name for path in folder.iterdir()) == [
        "email-security-domains.csv",
        "email-security-restrictions.csv",
        "email-security.html",
        "email-security.json",
    ]
    data = json.loads((folder / "email-security.json").read_text(encoding="utf-8"))
    assert data["account_id"] == controller.emulator.account_id
    assert {"account_id": data["account_id"], **data["summary"]} == ran.stats["email_security_report"]["localhost"]
    assert (data["summary"]["domains"], data["summary"]["domains_with_findings"]) == (4, 4)
    first = data["domains"][0]
    assert first["domain"] == "weak.example"
    assert set(first["findings"]) == {
        "drop_dispositions",
        "require_tls_inbound",
        "require_tls_outbound",
        "spf_status",
        "dmarc_status",
        "authorized",
    }

    page = Page((folder / "email-security.html").read_text(encoding="utf-8"))
    assert page.fetched == []
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert page.tiles[:2] == ["4 domains with findings", "4 protected domains"]
    findings, domains, restrictions = page.tables
    assert ["4", "Outbound TLS is not required"] in [row[:2] for row in findings]
    assert [row[0] for row in domains[1:]] == [
        f"{each['domain']} {len(each['findings'])} {'finding' if len(each['findings']) == 1 else 'findings'}"
        for each in data["domains"]
    ]
    assert page.finding_cells == sum(len(each["findings"]) for each in data["domains"])
    assert f"not authorized: {HOSTILE}" in domains[1]
    assert ["odd.example", "none", f"={HOSTILE}"] in restrictions

    with open(folder / "email-security-domains.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["domain"] for row in rows] == [each["domain"] for each in data["domains"]]
    assert rows[0]["authorization_message"] == HOSTILE
    with open(folder / "email-security-restrictions.csv", encoding="utf-8", newline="") as file:
        comments = {row["domain"]: row["comments"] for row in csv.DictReader(file)}
    assert comments["odd.example"] == f"'={HOSTILE}", "a spreadsheet calculates nothing"
    assert controller.emulator.token not in "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())


def test_a_report_for_an_empty_account(controller: Controller) -> None:
    controller.emulator.seed(replace=True, domains=[], sending_domain_restrictions=[])
    controller.folder.chmod(0o1777)
    controller.play(
        REPORT, variables={"email_security_report_dir": str(controller.folder), "email_security_report_name": "acme"}
    )
    assert controller.folder.stat().st_mode & 0o7777 == 0o1777, "an existing directory keeps its mode"
    page = Page((controller.folder / "acme.html").read_text(encoding="utf-8"))
    assert page.tables == []
    assert page.tiles[0] == "0 domains with findings"
    header, *rows = (controller.folder / "acme-domains.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("domain,status,")
    assert rows == []
