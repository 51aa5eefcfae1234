# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report has every record and finding, escapes text from the account, and fails for findings."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

from support.controller import Controller

REPORT = "mailsec.cloudflare.report"
HOSTILE = "<script>alert('1')</script> {{ 7 * 7 }} & \"q\""
#: The CSV file of each list.
TABLES = {
    "findings": "findings",
    "domains": "domains",
    "sending_domain_restrictions": "restrictions",
    "block_senders": "block-senders",
    "content_policies": "content-policies",
    "impersonation_entries": "impersonation-entries",
    "allow_policies": "allow-policies",
    "trusted_domains": "trusted-domains",
    "url_ignore_patterns": "url-ignore-patterns",
}
POLICY = {
    "pattern_type": "EMAIL",
    "is_regex": False,
    "is_acceptable_sender": False,
    "is_exempt_recipient": False,
    "is_trusted_sender": True,
    "verify_sender": False,
}


class Page(HTMLParser):
    """What a browser makes of the page: its tables, and whatever it would fetch or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.finding_cells = 0
        #: The entries of its lists: the tiles, the links to the tables, the records with findings.
        self.entries: list[str] = []
        self.tags: set[str] = set()
        self.fetched: list[str] = []
        self.open: list[str] = []
        self._cell: list[str] | None = None
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        links = (str(value) for name, value in attrs if name in ("src", "href", "srcset", "action"))
        self.fetched += [link for link in links if not link.startswith("#")]
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
            (self.entries if tag == "li" else self.tables[-1][-1]).append(text)
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
        block_senders=[{"pattern": HOSTILE, "pattern_type": "EMAIL", "is_regex": True, "comments": HOSTILE}],
        content_policies=[
            {"name": HOSTILE, "pattern": HOSTILE, "targets": ["BODY"], "enabled": False, "notes": HOSTILE}
        ],
        impersonation_registry=[{"name": HOSTILE, "email": HOSTILE, "is_email_regex": True, "comments": HOSTILE}],
        allow_policies=[{**POLICY, "pattern": HOSTILE, "is_regex": True, "comments": HOSTILE}],
        trusted_domains=[{"pattern": HOSTILE, "is_regex": True, "is_recent": True, "comments": HOSTILE}],
        url_ignore_patterns=[{"pattern": HOSTILE, "comments": HOSTILE}],
    )
    folder = controller.folder / "new/report"
    (controller.folder / "new").mkdir()
    variables = {"email_security_report_dir": str(folder)}
    controller.play(REPORT, "--check", variables=variables)
    assert not folder.exists()

    ran = controller.play(REPORT, variables=variables)
    files = {name: folder / f"email-security-{file}.csv" for name, file in TABLES.items()}
    assert sorted(folder.iterdir()) == sorted(
        [*files.values(), folder / "email-security.html", folder / "email-security.json"]
    )
    data = json.loads((folder / "email-security.json").read_text(encoding="utf-8"))
    assert data["account_id"] == controller.emulator.account_id
    assert {"account_id": data["account_id"], **data["summary"]} == ran.stats["email_security_report"]["localhost"]
    assert (data["summary"]["domains"], data["summary"]["domains_with_findings"]) == (4, 4)
    weak = next(each for each in data["domains"] if each["domain"] == "weak.example")
    assert set(weak["findings"]) == {
        "drop_dispositions",
        "require_tls_inbound",
        "require_tls_outbound",
        "spf_status",
        "dmarc_status",
        "authorized",
    }
    unverified = next(each for each in data["findings"] if each["list"] == "allow_policies")
    assert (unverified["id"], unverified["severity"]) == ("allow_without_verification", "high")
    assert unverified["record"] == f"{HOSTILE} (EMAIL, is_regex)"

    severities = data["summary"]["severities"]
    page = Page((folder / "email-security.html").read_text(encoding="utf-8"))
    assert page.fetched == []
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert page.entries[:3] == [f"{severities[name]} {name} severity" for name in ("high", "medium", "low")]
    assert page.entries[3:5] == ["4 protected domains", "1 allow policy"]
    assert f"{HOSTILE} (EMAIL, is_regex)" in page.entries
    domains, allowed, *others = page.tables
    assert [row[0] for row in domains[1:]] == [each["domain"] for each in data["domains"]]
    assert page.finding_cells == sum(len(each["findings"]) for each in data["domains"])
    assert f"weak.example Mailbox access is not authorized: {HOSTILE}" in page.entries
    assert allowed[1][0] == f"{HOSTILE}Sender is trusted without verificationIt is also blocked"
    assert len(others) == 6
    assert all(HOSTILE in table[1] or f"{HOSTILE}Content policy is disabled" in table[1] for table in others[:-1])
    assert ["odd.example", "none", f"={HOSTILE}"] in others[-1]

    for name, file in files.items():
        rows = read(file)
        assert len(rows) == len(data[name])
        assert list(rows[0]) == data["columns"][name] == list(data[name][0])
    assert [row["domain"] for row in read(files["domains"])] == [each["domain"] for each in data["domains"]]
    assert HOSTILE in [row["authorization_message"] for row in read(files["domains"])]
    assert [row["record"] for row in read(files["findings"])] == [each["record"] for each in data["findings"]]
    comments = {row["domain"]: row["comments"] for row in read(files["sending_domain_restrictions"])}
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
    assert page.entries == ["0 high severity", "1 medium severity", "0 low severity", "Impersonation registry"]
    header, *rows = (controller.folder / "acme-domains.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("domain,status,")
    assert rows == []
    assert not (controller.folder / "acme-allow-policies.csv").exists()


def test_a_list_whose_records_are_gone_has_no_rows_in_the_next_report(controller: Controller) -> None:
    variables = {"email_security_report_dir": str(controller.folder)}
    controller.emulator.seed(replace=True, allow_policies=[{**POLICY, "pattern": "a@a.example"}])
    controller.play(REPORT, variables=variables)
    file = controller.folder / "email-security-allow-policies.csv"
    assert [row["pattern"] for row in read(file)] == ["a@a.example"]
    controller.emulator.seed(replace=True, allow_policies=[])
    controller.play(REPORT, variables=variables)
    assert read(file) == []
    assert file.read_text(encoding="utf-8").startswith("pattern,")


def test_a_report_fails_for_findings_of_a_severity_after_it_is_written(controller: Controller) -> None:
    policies = [{**POLICY, "pattern": f"{number}{HOSTILE}@a.example"} for number in range(25)]
    controller.emulator.seed(replace=True, domains=[], allow_policies=policies)
    variables = {"email_security_report_dir": str(controller.folder), "email_security_report_fail_on": "high"}
    ran = controller.play(REPORT, variables=variables, fails=True)
    message = json.loads(ran.output.rpartition("FAILED! => ")[2].partition("\n")[0])["msg"]
    assert message.startswith(f"Findings of the severity high: 25. 0{HOSTILE}@a.example (EMAIL): Sender is trusted ")
    assert message.count("(allow_without_verification)") == 20
    assert message.endswith(f"; .... Report: {controller.folder}/email-security.html")
    assert len(read(controller.folder / "email-security-findings.csv")) == 26
    assert ran.stats["email_security_report"]["localhost"]["severities"] == {"high": 25, "medium": 1, "low": 0}


def test_a_report_fails_for_more_severe_findings_too(controller: Controller) -> None:
    controller.emulator.seed(replace=True, domains=[], sending_domain_restrictions=[])
    variables = {"email_security_report_dir": str(controller.folder)}
    controller.play(REPORT, variables={**variables, "email_security_report_fail_on": "high"})
    ran = controller.play(REPORT, variables={**variables, "email_security_report_fail_on": "low"}, fails=True)
    assert (
        "Findings of the severity high or medium or low: 1. impersonation_entries: Impersonation registry is empty "
        "(impersonation_registry_empty). Report: "
    ) in ran.output
    ran = controller.play(REPORT, variables={**variables, "email_security_report_fail_on": "severe"}, fails=True)
    assert "value of email_security_report_fail_on must be one of: high, medium, low" in ran.output
