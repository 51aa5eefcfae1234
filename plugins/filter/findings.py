# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter findings."""

from __future__ import annotations

DOCUMENTATION = r"""
name: findings
short_description: Find what lets mail in or weakens the protection of an account
version_added: 0.1.0
description:
  - Checks the records of an account, and returns the findings and a summary. Each finding has a stable id, a severity
    (V(high), V(medium) or V(low)), the record, and a sentence that says what to do.
  - >-
    Domains - there is a finding for a domain that is not active, that does not drop malicious mail, that does not
    require TLS for inbound or outbound mail, whose SPF record is missing, invalid, open (C(+all)) or neutral
    (C(?all)), whose DMARC record is missing or invalid, or whose mailboxes Email Security is not authorized to access.
  - >-
    Allow policies - there is a finding for a policy that trusts a sender without C(verify_sender), that exempts a
    recipient, that allows a public mailbox provider, a top-level domain, a domain of the account, or a network wider
    than /16 (IPv4) or /32 (IPv6), or that contradicts a blocked sender.
  - >-
    Other lists - there is a finding for a trusted domain or a blocked sender that names a domain of the account, a
    blocked network that is wide, a disabled content policy, the pattern type C(UNKNOWN), an empty impersonation
    registry, and records of any list that have the same key.
  - >-
    Regular expressions - there is a finding for an expression that probably matches everything, or that probably
    matches addresses, domains or URLs of other domains because it is not anchored. Expressions are tried with a few
    sample texts. Expressions with syntax that Java and Python may read differently, such as lookarounds, possessive
    quantifiers and C(\p{...}), with nested quantifiers, or with more than 256 characters are not judged.
  - A flag that is null counts as false. A field that the API does not return and a list that is not passed are not
    checked.
positional: _input, restrictions
options:
  _input:
    description:
      - >-
        The C(result) of info modules by the name of the list in the role, without C(email_security_), such as
        C({'domains': domains.result, 'allow_policies': policies.result}). A list that is left out is not checked.
      - A list is the C(result) of M(mailsec.cloudflare.email_security_domain_info).
    type: raw
    required: true
  restrictions:
    description:
      - The C(result) of M(mailsec.cloudflare.sending_domain_restriction_info), if O(_input) is a list.
    type: list
    elements: dict
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Read the domains
  mailsec.cloudflare.email_security_domain_info:
  register: domains

- name: Fail if a domain does not require TLS for inbound mail
  ansible.builtin.assert:
    that: without_tls | length == 0
    fail_msg: "Inbound TLS is not required: {{ without_tls | join(', ') }}"
  vars:
    account: "{{ domains.result | mailsec.cloudflare.findings }}"
    without_tls: "{{ account.summary.findings.require_tls_inbound.records }}"

- name: Read the allow policies
  mailsec.cloudflare.email_security_allow_policy_info:
  register: allow_policies

- name: List the severe findings of the domains and the allow policies
  ansible.builtin.debug:
    msg: "{{ account.findings | selectattr('severity', 'eq', 'high') | list }}"
  vars:
    lists: {domains: "{{ domains.result }}", allow_policies: "{{ allow_policies.result }}"}
    account: "{{ lists | mailsec.cloudflare.findings }}"
"""

RETURN = r"""
_value:
  description: The findings, and the records of the account with their findings.
  type: dict
  contains:
    summary:
      description:
        - The number of records of each list, by the name of the list, such as C(domains),
          C(sending_domain_restrictions) and C(allow_policies). The number is null for a list that was not passed.
        - C(domains_with_findings) is the number of domains with findings, C(restrictions_with_exceptions) that of
          restrictions with exempt subdomains.
        - C(severities) has the number of findings of each severity.
        - C(findings) has an entry for each rule, by its id, with the C(title), the C(severity), the C(advice), the
          C(lists) that it checks, the C(count) of its findings, and the names of the C(records). The id of a rule for
          a field of a domain is the name of the field, such as C(require_tls_inbound).
      type: dict
    findings:
      description: The findings, the most severe first.
      type: list
      elements: dict
      contains:
        id:
          description: The stable id of the rule.
          type: str
          sample: allow_without_verification
        severity:
          description: V(high), V(medium) or V(low).
          type: str
          sample: high
        list:
          description: The name of the list that the record is in.
          type: str
          sample: allow_policies
        record:
          description: The name of the record. Null for a finding about the whole list.
          type: str
          sample: news@partner.example (EMAIL)
        record_id:
          description: The id of the record. Null for a finding about the whole list.
          type: str
          sample: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
        title:
          description: What is wrong, the same for all findings of the rule.
          type: str
          sample: Sender is trusted without verification
        message:
          description: What is wrong with this record.
          type: str
          sample: Sender is trusted without verification
        advice:
          description: What to do.
          type: str
          sample: Set verify_sender to true, so that mail with a forged sender is not exempt.
    domains:
      description:
        - The domains with their settings and states. C(findings) of a domain has its findings, by the id of the rule.
          Domains with the most severe findings come first.
        - The other lists are returned in the same way, as C(sending_domain_restrictions), C(block_senders),
          C(content_policies), C(impersonation_entries), C(allow_policies), C(trusted_domains) and
          C(url_ignore_patterns). A list that was not passed is null.
      type: list
      elements: dict
    columns:
      description:
        - The fields of the findings (C(findings)) and of the records of each list, in an order for tables.
      type: dict
"""

from collections.abc import Callable
from typing import Any


def findings(account: Any, restrictions: Any = None) -> dict[str, Any]:
    """Return the findings of an account."""
    # Ansible loads all filters of the collection, in every task that uses one of them.
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import findings as plugin_utils
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.lists import account_lists

    return plugin_utils.findings(account_lists("findings", account, restrictions))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"findings": findings}
