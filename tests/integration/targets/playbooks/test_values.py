# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value reaches the account through a variable of the role as it does through a task, whatever YAML makes of it."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from emulator.auth import Credential
from emulator.seeds import DEMO
from support.controller import Controller

BY_TASK = "b" * 32
#: What the server makes.
MADE = {"id", "created_at", "modified_at", "last_modified", "authorization", "emails_processed"}
RESTRICTIONS = r"""
- {domain: date.example, comments: 2026-11-01}
- {domain: zone.example, comments: 2026-11-01T12:30:45+02:00}
- {domain: utc.example, comments: 2026-11-01 12:30:45Z}
- {domain: no-zone.example, comments: 2026-11-01 12:30:45.5}
- {domain: time.example, comments: 12:30:45}
- {domain: octal.example, comments: 0755}
- {domain: hexadecimal.example, comments: 0x1F}
- {domain: float.example, comments: 1.10}
- {domain: large.example, comments: 123456789012345678901234567890}
- {domain: "null.example", comments: null, exclude: null}
- {domain: unsafe.example, comments: !unsafe "{{ 7 * 7 }} {% raw %}"}
- {domain: header.example, comments: "#jinja2: lstrip_blocks: True\n{{ 1 + 1 }}"}
- {domain: unsafe-header.example, comments: !unsafe "#jinja2: lstrip_blocks: True"}
- {domain: next-line.example, comments: "a\u0085b \u2028 'c' \"d\" \\n \\"}
- {domain: brackets.example, comments: "[1, 2]"}
- {domain: word.example, comments: "True"}
- {domain: template.example, comments: "{{ nothing_of_this_name | default('by default') }}"}
- {domain: omitted.example, comments: "{{ nothing_of_this_name | default(omit) }}", exclude: [a.omitted.example]}
"""
DEFAULTS = """
transport: 2026-11-01
require_tls_inbound: yes
drop_dispositions: []
"""
DOMAINS = """
- {domain: example.com, lookback_hops: 007, require_tls_outbound: on}
- {domain: example.org, lookback_hops: "3", ip_restrictions: ["192.0.2.0/25"], require_tls_inbound: null}
"""
#: What the defaults make of the entries.
COMBINED = """
- {domain: example.com, lookback_hops: 007, require_tls_outbound: on,
   transport: 2026-11-01, require_tls_inbound: yes, drop_dispositions: []}
- {domain: example.org, lookback_hops: "3", ip_restrictions: ["192.0.2.0/25"],
   transport: 2026-11-01, drop_dispositions: []}
"""
PLAYBOOK = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
    email_security_domain_defaults: {defaults}
    email_security_domains: {domains}
    email_security_sending_domain_restrictions: {restrictions}
  tasks:
    - mailsec.cloudflare.email_security_domains:
        account_id: {by_task}
        domains: {combined}
    - mailsec.cloudflare.sending_domain_restrictions:
        account_id: {by_task}
        restrictions: {restrictions}
    - ansible.builtin.include_role:
        name: mailsec.cloudflare.email_security
"""


def contents(controller: Controller, account: str) -> dict[str, Any]:
    """Return what an account holds, by kind and name."""
    return {
        kind: {
            record["domain"]: {name: value for name, value in record.items() if name not in MADE} for record in records
        }
        for kind, records in controller.emulator.state(account).items()
    }


def test_the_role_passes_values_on_as_a_task_does(controller: Controller) -> None:
    emulator = controller.emulator
    emulator.world.store.seed(BY_TASK, DEMO, replace=True)
    emulator.world.keyring.add(Credential(token="token-for-both", accounts=(emulator.account_id, BY_TASK)))
    (controller.folder / "password").write_text("open sesame", encoding="utf-8")
    vault = {"ANSIBLE_VAULT_PASSWORD_FILE": str(controller.folder / "password")}
    encrypted = controller.run("ansible-vault", "encrypt_string", "a [vaulted] 'text'", "--name", "comments", **vault)
    vaulted = indent(encrypted.output.replace("Encryption successful", "").strip(), "  ")
    restrictions = f"{RESTRICTIONS}- domain: vaulted.example\n{vaulted}\n"
    values = {"defaults": DEFAULTS, "domains": DOMAINS, "restrictions": restrictions, "combined": COMBINED}
    text = PLAYBOOK.format(by_task=BY_TASK, **{name: "\n" + indent(value, " " * 10) for name, value in values.items()})
    (controller.folder / "play.yml").write_text(text, encoding="utf-8")
    controller.play(controller.folder / "play.yml", CLOUDFLARE_API_TOKEN="token-for-both", **vault)
    by_role, by_task = (contents(controller, account) for account in (emulator.account_id, BY_TASK))
    assert by_role == by_task
    restrictions_of = by_role["sending_domain_restrictions"]
    assert restrictions_of["date.example"]["comments"] == "2026-11-01"
    assert restrictions_of["octal.example"]["comments"] == "493"
    assert restrictions_of["unsafe.example"]["comments"] == "{{ 7 * 7 }} {% raw %}"
    assert restrictions_of["vaulted.example"]["comments"] == "a [vaulted] 'text'"
    assert by_role["domains"]["example.com"]["transport"] == "2026-11-01"
    assert by_role["domains"]["example.com"]["lookback_hops"] == 7
