#!/usr/bin/python
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: email_security_domains
short_description: Manage many domains that Cloudflare Email Security protects
version_added: 0.1.0
description:
  - Brings any number of domains to the settings that are asked for, in one task.
  - Reads the account with one request for a thousand domains, compares, and sends what differs, again a thousand to a
    request where the account has the batch endpoint. A loop over M(mailsec.cloudflare.email_security_domain) needs a
    request for each domain and another one for each change.
  - A setting that an entry does not name is never changed, and neither is a domain that is not listed, unless
    O(purge=true).
  - Where a change fails, the task fails and tells for each domain whether it was changed, and if not, why.
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
extends_documentation_fragment:
  - mailsec.cloudflare.connection
  - mailsec.cloudflare.attributes
  - mailsec.cloudflare.attributes.common
  - mailsec.cloudflare.email_security_domain.entries
  - mailsec.cloudflare.list_mode
  - mailsec.cloudflare.bulk
seealso:
  - module: mailsec.cloudflare.email_security_domain
  - module: mailsec.cloudflare.email_security_domain_info
"""

EXAMPLES = r"""
- name: Settings for a whole account
  mailsec.cloudflare.email_security_domains:
    domains:
      - domain: example.com
        require_tls_inbound: true
        drop_dispositions: [MALICIOUS, SPAM]
      - domain: example.org
        regions: [DE]
      - domain: old.example.net
        state: absent

- name: One more gateway for two domains, whatever else is allowed
  mailsec.cloudflare.email_security_domains:
    list_mode: append
    domains:
      - domain: example.com
        ip_restrictions: [198.51.100.7]
      - domain: example.org
        ip_restrictions: [198.51.100.7]

- name: Protect these domains and no others
  mailsec.cloudflare.email_security_domains:
    domains: "{{ protected_domains }}"
    purge: true
    purge_limit: 2
"""

RETURN = r"""
account_id:
  description: The id of the account that the task worked on.
  returned: always, except where the task has no valid O(account_id)
  type: str
  sample: 023e105f4ecef8ad9ca31a8372d0c353
result:
  description:
    - The domains in the order of O(domains), each as the API returned it, after the change or as it was
      read when nothing differed. In check mode, each as it would be.
    - After a deletion, the id alone. Empty where there was nothing to delete, and where a change failed.
    - The API may leave out any of the fields.
  returned: success, and when some changes failed
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
summary:
  description: The names of the domains under what was done, and how many they are.
  returned: success, and when some changes failed
  type: dict
  contains:
    created:
      description: Those that were created.
      type: list
      elements: str
      sample: []
    updated:
      description: Those that were changed.
      type: list
      elements: str
      sample: [example.com]
    deleted:
      description: Those that were deleted.
      type: list
      elements: str
      sample: []
    unchanged:
      description: Those that were as they are asked for already.
      type: list
      elements: str
      sample: [example.org]
    counts:
      description: How many names each list has.
      type: dict
      sample: {"created": 0, "updated": 1, "deleted": 0, "unchanged": 1}
diff:
  description:
    - An entry for each domain that differs, with C(before), C(after), C(before_header) and C(after_header).
  returned: success, and when some changes failed
  type: list
  elements: dict
entry_errors:
  description: What is wrong with the entries. Nothing was sent that changes anything.
  returned: when entries cannot be carried out
  type: list
  elements: dict
  contains:
    index:
      description: The position of the entry, from 0.
      type: int
      sample: 3
    name:
      description: Its name, where it has one.
      type: str
      sample: example.com
    msg:
      description: What is wrong.
      type: str
      sample: "domain: must be a domain name such as example.com, not 'example'."
failed_records:
  description: The changes that were not made.
  returned: when some changes failed
  type: list
  elements: dict
  contains:
    name:
      description: The name of the record.
      type: str
      sample: example.com
    msg:
      description: Why its change was not made.
      type: str
      sample: "HTTP 400: The region is not available (code 1400)."
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
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN


def main():
    # type: () -> None
    run_module(BULK, DOMAIN)


if __name__ == "__main__":
    main()
