#!/usr/bin/python
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: email_security_domain_info
short_description: Read domains that Cloudflare Email Security protects
version_added: 0.1.0
description:
  - Reads the domains of an account, all of them or those that match. Every page is read, a thousand records
    to a page.
  - Without any filter, all of them are read. What matches nothing is no error, the result is empty then.
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
extends_documentation_fragment:
  - mailsec.cloudflare.connection
  - mailsec.cloudflare.attributes.info
  - mailsec.cloudflare.attributes.common
options:
  domain_id:
    description:
      - The id of the domain to read, a UUID. Not together with other filters.
      - Case does not matter. Where the API returns a number as the id, that number is accepted too.
    type: str
  domain:
    description:
      - The names of the domains to read. Case and a trailing dot do not matter, and an internationalized name can be
        written either way.
    type: list
    elements: str
  status:
    description:
      - Read the domains of this status, V(pending), V(active), V(failed) or V(timeout), in any case.
    type: str
  allowed_delivery_mode:
    description:
      - Read the domains whose mail may come in this way.
    type: str
    choices: [DIRECT, BCC, JOURNAL, API, RETRO_SCAN]
  active_delivery_mode:
    description:
      - Read the domains whose mail does come in this way.
    type: str
    choices: [DIRECT, BCC, JOURNAL, API, RETRO_SCAN]
  integration_id:
    description:
      - Read the domains of this integration, a UUID.
    type: str
  search:
    description:
      - A text that Cloudflare looks for in several properties. Which ones is not documented and may change, so this is
        for people; use O(domain) to find a record surely.
    type: str
  order:
    description:
      - What the records are ordered by.
    type: str
    choices: [domain, created_at]
  direction:
    description:
      - The direction of the order.
    type: str
    choices: [asc, desc]
seealso:
  - module: mailsec.cloudflare.email_security_domain
  - module: mailsec.cloudflare.email_security_domains
"""

EXAMPLES = r"""
- name: Read all domains
  mailsec.cloudflare.email_security_domain_info:
  register: domains

- name: Tell which of them take mail without TLS
  ansible.builtin.debug:
    msg: "{{ domains.result | rejectattr('require_tls_inbound') | map(attribute='domain') }}"

- name: Read two domains by name
  mailsec.cloudflare.email_security_domain_info:
    domain: [example.com, example.org]

- name: Read what is not active yet, the newest first
  mailsec.cloudflare.email_security_domain_info:
    status: pending
    order: created_at
    direction: desc
"""

RETURN = r"""
account_id:
  description: The id of the account that the task worked on.
  returned: always, except where the task has no valid O(account_id)
  type: str
  sample: 023e105f4ecef8ad9ca31a8372d0c353
result:
  description:
    - The domains that match, in the order of the server.
    - The API may leave out any of the fields.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the domain in Email Security.
      type: str
      sample: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
    domain:
      description: The name of the domain.
      type: str
      sample: example.com
    allowed_delivery_modes:
      description: The ways in which mail may come to Email Security.
      type: list
      elements: str
      sample: [DIRECT]
    drop_dispositions:
      description: The verdicts for which a message is dropped.
      type: list
      elements: str
      sample: [MALICIOUS, SPAM]
    folder:
      description: The folder that is scanned.
      type: str
      sample: Inbox
    integration_id:
      description: The id of the integration.
      type: str
      sample: 182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e
    ip_restrictions:
      description: The addresses and networks that mail is limited to.
      type: list
      elements: str
      sample: ["192.0.2.0/24", "2001:db8::/32"]
    lookback_hops:
      description: How many hops are looked back.
      type: int
      sample: 2
    regions:
      description: Where messages are processed.
      type: list
      elements: str
      sample: [GLOBAL]
    require_tls_inbound:
      description: Whether TLS is required to hand over mail. Null means false.
      type: bool
      sample: true
    require_tls_outbound:
      description: Whether TLS is required to pass mail on. Null means false.
      type: bool
      sample: true
    transport:
      description: The mail server that messages are passed on to.
      type: str
      sample: mx.example.com
    authorization:
      description: Whether Cloudflare may read the mailboxes. Can be null.
      type: dict
      contains:
        authorized:
          description: Whether it may.
          type: bool
          sample: true
        timestamp:
          description: When that was found out.
          type: str
          sample: "2026-10-27T18:11:19.117Z"
        status_message:
          description: Why it may not.
          type: str
          sample: The consent of an administrator is missing
    dmarc_status:
      description: The state of the DMARC record, C(none), C(good) or C(invalid).
      type: str
      sample: good
    spf_status:
      description: The state of the SPF record, C(none), C(good), C(neutral), C(open) or C(invalid).
      type: str
      sample: good
    emails_processed:
      description: How much mail was processed. Can be null.
      type: dict
      contains:
        timestamp:
          description: When it was counted.
          type: str
          sample: "2026-10-27T18:11:19.117Z"
        total_emails_processed:
          description: The messages of this period.
          type: int
          sample: 1024
        total_emails_processed_previous:
          description: The messages of the period before.
          type: int
          sample: 998
    inbox_provider:
      description: Who runs the mailboxes, C(Microsoft) or C(Google).
      type: str
      sample: Microsoft
    o365_tenant_id:
      description: The id of the Microsoft 365 tenant.
      type: str
      sample: 5b4c2d1e-1f0a-4f6a-9a53-6a1b0f2d7c11
    status:
      description: The state of the domain, C(pending), C(active), C(failed) or C(timeout), in lower or upper case.
      type: str
      sample: active
    created_at:
      description: When the domain was added.
      type: str
      sample: "2025-04-10T18:27:34.872907Z"
    modified_at:
      description: When the domain was last changed.
      type: str
      sample: "2026-10-27T18:11:19.117000Z"
    last_modified:
      description: The former name of modified_at, which Cloudflare has announced to remove.
      type: str
      sample: "2026-10-27T18:11:19.117000Z"
failure:
  description: The request that failed, for a playbook to branch on.
  returned: when a request failed
  type: dict
  contains:
    method:
      description: The HTTP method.
      type: str
      sample: PATCH
    url:
      description: The address.
      type: str
      sample: https://api.cloudflare.com/client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/email-security/settings/domains
    status:
      description: The HTTP status, null where no answer came.
      type: int
      sample: 403
    errors:
      description: The errors as the API sent them.
      type: list
      elements: dict
      sample: [{"code": 10000, "message": "Authentication error"}]
    ray_id:
      description: The identifier that Cloudflare support asks for, null where no answer came.
      type: str
      sample: 8f2b7c1d3e4a5b6c-FRA
"""

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.python_version import require_python

require_python()

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import run_module
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN


def main():
    # type: () -> None
    run_module(INFO, DOMAIN)


if __name__ == "__main__":
    main()
