# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter findings."""

from __future__ import annotations

DOCUMENTATION = r"""
name: findings
short_description: Find weak settings of the domains of an account
version_added: 0.1.0
description:
  - Checks each domain and returns its findings, and a summary for the account.
  - There is a finding for a domain that is not active, that does not drop malicious mail, that does not require TLS for
    inbound or outbound mail, whose SPF record is missing, invalid, open (C(+all)) or neutral (C(?all)), whose DMARC
    record is missing or invalid, or whose mailboxes Email Security is not authorized to access.
  - A TLS flag that is null is off. A field that the API does not return is not checked.
positional: _input, restrictions
options:
  _input:
    description:
      - The C(result) of M(mailsec.cloudflare.email_security_domain_info).
    type: list
    elements: dict
    required: true
  restrictions:
    description:
      - The C(result) of M(mailsec.cloudflare.sending_domain_restriction_info).
    type: list
    elements: dict
    default: []
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
    without_tls: "{{ account.summary.findings.require_tls_inbound.domains }}"
"""

RETURN = r"""
_value:
  description: The domains and restrictions of the account, with the findings.
  type: dict
  contains:
    summary:
      description:
        - The number of domains (C(domains)), of domains with findings (C(domains_with_findings)), of restrictions
          (C(sending_domain_restrictions)) and of restrictions with exempt subdomains (C(restrictions_with_exceptions)).
        - C(findings) has an entry for each check, by the name of the checked field, with a C(title), the C(count) and
          the names of the C(domains).
      type: dict
    domains:
      description:
        - The domains with their settings and states. C(findings) of a domain has its findings, by the name of the
          field. Domains with the most findings come first.
      type: list
      elements: dict
    sending_domain_restrictions:
      description: The restrictions, ordered by name.
      type: list
      elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import findings as plugin_utils
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import records


def findings(domains: Any, restrictions: Any = ()) -> dict[str, Any]:
    """Return the findings of an account."""
    return plugin_utils.findings(records("findings: domains", domains), records("findings: restrictions", restrictions))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"findings": findings}
