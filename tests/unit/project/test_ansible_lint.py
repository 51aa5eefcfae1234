# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-lint validates the options of our modules as it does for any other module (rule args[module])."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PLAYBOOK = """\
---
- name: Valid and invalid options
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Templates in place of values of every type
      mailsec.cloudflare.email_security_domains:
        domains: "{{ domains }}"
        purge: "{{ purge }}"
    - name: Templates in place of lists, numbers and choices
      mailsec.cloudflare.email_security_domain:
        domain: "{{ domain }}"
        lookback_hops: "{{ hops }}"
        regions: "{{ regions }}"
        folder: "{{ folder }}"
        require_tls_inbound: "{{ tls }}"
    - name: An empty text for an empty list
      mailsec.cloudflare.sending_domain_restriction:
        domain: partner.example
        exclude: ""
    - name: A number that is none
      mailsec.cloudflare.email_security_domain:
        domain: example.com
        lookback_hops: many
    - name: A choice that does not exist
      mailsec.cloudflare.email_security_domain:
        domain: example.com
        regions: [EU]
    - name: An option that does not exist
      mailsec.cloudflare.sending_domain_restriction_info:
        domains: example.com
"""


def test_wrong_options_are_found_and_templates_are_not(tmp_path: Path) -> None:
    (tmp_path / "playbook.yml").write_text(PLAYBOOK, encoding="utf-8")
    collections = Path(__file__).resolve().parents[3] / ".cache/collections"
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
    }

    ran = subprocess.run(
        ["ansible-lint", "--offline", "--nocolor", "--format", "pep8", "playbook.yml"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    found = re.findall(r"^playbook\.yml:(\d+): args\[module\]\S*: (.*)", ran.stdout, re.MULTILINE)
    lines = PLAYBOOK.splitlines()
    assert [(lines[int(line) - 1].strip(), message.split(" (")[0][:60]) for line, message in found] == [
        ("- name: A number that is none", "argument 'lookback_hops' is of type str and we were unable t"),
        ("- name: A choice that does not exist", "value of regions must be one or more of: GLOBAL, AU, DE, IN,"),
        ("- name: An option that does not exist", "Unsupported parameters for"),
    ], ran.stdout
