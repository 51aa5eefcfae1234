# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What comes from Terraform or from a spreadsheet can be applied, and no text of it is evaluated."""

from __future__ import annotations

import json

from support.controller import Controller
from support.terraform import state_of

APPLY, DRIFT = (f"mailsec.cloudflare.{name}" for name in ("apply", "drift"))
CONVERT = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    converted: "{{ lookup('ansible.builtin.file', 'state.json') | mailsec.cloudflare.from_terraform }}"
    variables: "{{ converted.variables }}"
  tasks:
    - ansible.builtin.copy:
        content: "{{ converted.yaml }}"
        dest: account.yml
        mode: "0644"
    - ansible.builtin.copy:
        content: "{{ converted | to_json }}"
        dest: converted.json
        mode: "0644"
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    # A fact is a template that is evaluated later.
    - ansible.builtin.set_fact:
        variables: "{{ (lookup('ansible.builtin.file', 'state.json') | mailsec.cloudflare.from_terraform).variables }}"
    - mailsec.cloudflare.email_security_domains:
        domains: "{{ variables.email_security_domains }}"
    - mailsec.cloudflare.email_security_block_senders:
        block_senders: "{{ variables.email_security_block_senders }}"
        purge: true
    - mailsec.cloudflare.email_security_allow_policies:
        allow_policies: "{{ variables.email_security_allow_policies }}"
        purge: true
    - mailsec.cloudflare.email_security_trusted_domains:
        trusted_domains: "{{ variables.email_security_trusted_domains }}"
        purge: true
    - mailsec.cloudflare.email_security_impersonation_entries:
        impersonation_entries: "{{ variables.email_security_impersonation_entries }}"
"""
SPREADSHEET = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    rows: "{{ lookup('ansible.builtin.file', 'domains.csv') }}"
    email_security_domains: "{{ rows | mailsec.cloudflare.from_csv('domains') }}"
  tasks:
    - ansible.builtin.include_role:
        name: mailsec.cloudflare.email_security
    - ansible.builtin.set_fact:
        blocks: "{{ lookup('ansible.builtin.file', 'blocks.csv') | mailsec.cloudflare.from_csv('block_senders') }}"
    - mailsec.cloudflare.email_security_block_senders:
        block_senders: "{{ blocks }}"
    - mailsec.cloudflare.email_security_block_sender_info:
      register: read
    - mailsec.cloudflare.email_security_block_senders:
        block_senders: "{{ text | mailsec.cloudflare.from_csv('block_senders') }}"
        purge: true
      vars:
        text: "{{ read.result | mailsec.cloudflare.to_csv(['pattern', 'pattern_type', 'is_regex', 'comments', 'id']) }}"
      register: again
      failed_when: again is changed
"""


def evil(controller: Controller) -> str:
    """Return a text that leaves a file where it is evaluated."""
    return f"{{{{ lookup('ansible.builtin.pipe', 'touch {controller.folder / 'evil'}') }}}}"


def test_a_terraform_state_becomes_variables_that_change_nothing(controller: Controller) -> None:
    controller.emulator.seed(
        domains=[{"domain": "bücher.example", "transport": "mx.{{ 1 + 1 }}.example", "folder": "AllItems"}],
        block_senders=[
            {"pattern": "scam@bad.example", "pattern_type": "EMAIL", "comments": evil(controller)},
            {"pattern": "203.0.113.0/24", "pattern_type": "IP"},
            {"pattern": "twice.example", "pattern_type": "DOMAIN", "comments": "=1"},
            {"pattern": "Twice.example", "pattern_type": "DOMAIN", "comments": "{% raw %}"},
        ],
        allow_policies=[{"pattern": "news@partner.example", "pattern_type": "EMAIL", "is_trusted_sender": True}],
        trusted_domains=[{"pattern": "partner.example", "is_recent": True}],
        impersonation_registry=[
            {"email": "jane@example.com", "name": "Jane Roe"},
            {"email": "john@example.com", "name": "John Roe", "provenance": "SNOOPY-OFFICE_365"},
        ],
    )
    before = controller.emulator.state()
    (controller.folder / "state.json").write_text(json.dumps(state_of(before, controller.emulator.account_id)))
    (controller.folder / "convert.yml").write_text(CONVERT)
    assert controller.play("convert.yml").recap()["changed"] == 2, "only the files"
    converted = json.loads((controller.folder / "converted.json").read_text(encoding="utf-8"))
    assert converted["account_id"] == controller.emulator.account_id
    assert [each["reason"] for each in converted["skipped"]] == [
        "is synchronized from a directory and cannot be changed."
    ]
    assert converted["warnings"] == []
    assert "evil" in (controller.folder / "account.yml").read_text(encoding="utf-8")

    for command in (DRIFT, APPLY):
        ran = controller.play(command, "-e", "@account.yml", "-e", "email_security_purge_domains=true")
        assert ran.recap()["changed"] == 0
    assert controller.emulator.state() == before
    assert not (controller.folder / "evil").exists(), "a comment of the state was run"


def test_a_spreadsheet_becomes_entries(controller: Controller) -> None:
    comment = f'{evil(controller)} ""quoted"";\r\nsecond line'
    (controller.folder / "blocks.csv").write_bytes(
        f"\ufeffpattern;pattern_type;is_regex;comments\r\n"
        f'scam@bad.example;EMAIL;;"{comment}"\r\n'
        f"203.0.113.0/24;IP;no;'=1+1\r\n".encode()
    )
    (controller.folder / "domains.csv").write_text("Domain,lookback_hops,drop_dispositions\nexample.com,7,SPAM BULK\n")
    (controller.folder / "spreadsheet.yml").write_text(SPREADSHEET)
    controller.play("spreadsheet.yml")
    state = controller.emulator.state()
    comments = {record["pattern"]: record["comments"] for record in state["block_senders"]}
    assert comments == {"scam@bad.example": comment.replace('""', '"'), "203.0.113.0/24": "=1+1"}
    assert controller.state("domains")["example.com"]["lookback_hops"] == 7
    assert controller.state("domains")["example.com"]["drop_dispositions"] == ["SPAM", "BULK"]
    assert not (controller.folder / "evil").exists(), "a cell was run"


def test_mistakes_in_a_spreadsheet_are_refused_before_the_first_request(controller: Controller) -> None:
    (controller.folder / "domains.csv").write_text("domain\nexample.com\nexample..org\nExample.com.\n")
    (controller.folder / "spreadsheet.yml").write_text(SPREADSHEET)
    ran = controller.play("spreadsheet.yml", fails=True)
    assert "line 3 (example..org): domain: must be a domain name" in ran.output
    assert "line 4 (Example.com.): domain Example.com. is already in line 2." in ran.output
    assert controller.sent() == []
