# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter posture."""

from __future__ import annotations

DOCUMENTATION = r"""
name: posture
short_description: What is weak about the domains of an account
version_added: 0.1.0
description:
  - Tells for each domain what is weak about it, and counts that for the account.
  - Weak is a domain that is not active, that does not drop malicious mail, that takes mail or passes it on without
    TLS, whose SPF record is missing, invalid, open or neutral, whose DMARC record is missing or invalid, or whose
    mailboxes Cloudflare may not read.
  - A flag for TLS that is null is off. What the server did not tell is not counted.
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

- name: Fail where mail may come in clear
  ansible.builtin.assert:
    that: weak | length == 0
    fail_msg: "Without TLS: {{ weak | join(', ') }}"
  vars:
    found: "{{ domains.result | mailsec.cloudflare.posture }}"
    weak: "{{ found.summary.weaknesses.require_tls_inbound.domains }}"
"""

RETURN = r"""
_value:
  description: The posture.
  type: dict
  contains:
    summary:
      description:
        - How many domains there are and how many of them are weak, how many restrictions there are and how many of
          them have exceptions (C(domains), C(weak_domains), C(sending_domain_restrictions),
          C(restrictions_with_exceptions)).
        - Under C(weaknesses) an entry for each check, by the name of the field that tells, with a C(title), the
          C(count) and the names of the C(domains).
      type: dict
    domains:
      description:
        - The domains, those with the most weaknesses first, with their settings and states, and with C(weaknesses),
          which tells for the names of fields what is weak about them.
      type: list
      elements: dict
    sending_domain_restrictions:
      description: The restrictions by name.
      type: list
      elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import posture as found
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import records


def posture(domains: Any, restrictions: Any = ()) -> dict[str, Any]:
    """Return the posture of an account."""
    return found.posture(records("posture, the domains", domains), records("posture, the restrictions", restrictions))


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"posture": posture}
