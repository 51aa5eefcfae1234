#!/usr/bin/python
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: email_security_domain
short_description: Manage the settings of a domain that Cloudflare Email Security protects
version_added: 0.1.0
description:
  - Changes how Cloudflare Email Security treats the mail of a domain. How mail is delivered, what is dropped, where it
    is processed, whether TLS is required.
  - Compares the options with the settings the domain has and sends only what differs. A setting that the task does not
    name is never changed.
  - A domain that Email Security does not protect yet can be added, and one that it protects can be deleted.
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
extends_documentation_fragment:
  - mailsec.cloudflare.connection
  - mailsec.cloudflare.attributes
  - mailsec.cloudflare.attributes.common
  - mailsec.cloudflare.email_security_domain
  - mailsec.cloudflare.list_mode
seealso:
  - module: mailsec.cloudflare.email_security_domains
  - module: mailsec.cloudflare.email_security_domain_info
  - module: mailsec.cloudflare.sending_domain_restriction
  - name: Cloudflare API, update an email domain
    description: The request that this module sends.
    link: https://developers.cloudflare.com/api/resources/email_security/subresources/settings/subresources/domains/methods/edit/
"""

EXAMPLES = r"""
- name: Require TLS and drop the worst for example.com
  mailsec.cloudflare.email_security_domain:
    domain: example.com
    require_tls_inbound: true
    drop_dispositions: [MALICIOUS, SPAM]

- name: Accept mail from the own gateways only
  mailsec.cloudflare.email_security_domain:
    domain: example.com
    ip_restrictions:
      - 192.0.2.0/24
      - 2001:db8::/32

- name: Stop dropping mail, whatever the verdict
  mailsec.cloudflare.email_security_domain:
    domain: example.com
    drop_dispositions: []

- name: Scan only the inbox, through an integration
  mailsec.cloudflare.email_security_domain:
    domain_id: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
    allowed_delivery_modes: [API]
    integration_id: 182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e
    folder: Inbox

- name: Let mail in from one more gateway, whatever else is allowed
  mailsec.cloudflare.email_security_domain:
    domain: example.com
    ip_restrictions: [198.51.100.7]
    list_mode: append

- name: Protect one more domain
  mailsec.cloudflare.email_security_domain:
    domain: example.net
    allowed_delivery_modes: [DIRECT]
    drop_dispositions: [MALICIOUS]
    ip_restrictions: []
    regions: [GLOBAL]

- name: End the protection of a domain, for good
  mailsec.cloudflare.email_security_domain:
    domain: old.example.net
    state: absent

- name: Carry the credentials once for all modules of the collection
  module_defaults:
    group/mailsec.cloudflare.all:
      account_id: 023e105f4ecef8ad9ca31a8372d0c353
      api_token: "{{ vaulted_cloudflare_token }}"
  block:
    - name: Process mail in Germany
      mailsec.cloudflare.email_security_domain:
        domain: example.com
        regions: [DE]

    - name: Look through two mail servers of our own
      mailsec.cloudflare.email_security_domain:
        domain: example.org
        lookback_hops: 2

# In an ad-hoc command:
# ansible localhost -m mailsec.cloudflare.email_security_domain \
#   -a "domain=example.com ip_restrictions=192.0.2.0/24,2001:db8::/32"
"""

RETURN = r"""
account_id:
  description: The id of the account that the task worked on.
  returned: always, except where the task has no valid O(account_id)
  type: str
  sample: 023e105f4ecef8ad9ca31a8372d0c353
result:
  description:
    - The domain as the API returned it, after the change or as it was read when nothing differed. In check mode, the
      domain as it would be.
    - After a deletion, the id alone. Empty where there was nothing to delete.
    - The API may leave out any of the fields.
  returned: success, and when the API took a change without making it
  type: dict
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
diff:
  description:
    - The settings that can be changed, before and after, each meaning in one spelling and each list in one order.
  returned: success
  type: dict
  contains:
    before:
      description: The settings as they were.
      type: dict
    after:
      description: The settings as they are, in check mode as they would be.
      type: dict
    before_header:
      description: What the settings belong to.
      type: str
      sample: email security domain example.com
    after_header:
      description: What the settings belong to.
      type: str
      sample: email security domain example.com
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
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN


def main():
    # type: () -> None
    run_module(SINGLE, DOMAIN)


if __name__ == "__main__":
    main()
