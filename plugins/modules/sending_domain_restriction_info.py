#!/usr/bin/python
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: sending_domain_restriction_info
short_description: Read domains that have to send their mail over TLS
version_added: 0.1.0
description:
  - Reads the restrictions of an account, all of them or those that match. Every page is read, a thousand
    records to a page.
  - Without any filter, all of them are read. What matches nothing is no error, the result is empty then.
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
extends_documentation_fragment:
  - mailsec.cloudflare.connection
  - mailsec.cloudflare.attributes.info
  - mailsec.cloudflare.attributes.common
options:
  sending_domain_restriction_id:
    description:
      - The id of the restriction to read, a UUID. Not together with other filters.
      - Case does not matter. Where the API returns a number as the id, that number is accepted too.
    type: str
  domain:
    description:
      - The domains whose restrictions are read. Case and a trailing dot do not matter, and an internationalized name
        can be written either way.
    type: list
    elements: str
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
  - module: mailsec.cloudflare.sending_domain_restriction
  - module: mailsec.cloudflare.sending_domain_restrictions
"""

EXAMPLES = r"""
- name: Read all restrictions
  mailsec.cloudflare.sending_domain_restriction_info:
  register: restrictions

- name: Tell which subdomains may send without TLS
  ansible.builtin.debug:
    msg: "{{ restrictions.result | map(attribute='exclude') | flatten }}"

- name: Read the restriction of one domain
  mailsec.cloudflare.sending_domain_restriction_info:
    domain: partner.example
"""

RETURN = r"""
account_id:
  description: The id of the account that the task worked on.
  returned: always, except where the task has no valid O(account_id)
  type: str
  sample: 023e105f4ecef8ad9ca31a8372d0c353
result:
  description:
    - The restrictions that match, in the order of the server.
    - The API may leave out any of the fields.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the restriction.
      type: str
      sample: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
    domain:
      description: The domain that has to use TLS.
      type: str
      sample: partner.example
    exclude:
      description: The subdomains that may send without TLS.
      type: list
      elements: str
      sample: [legacy.partner.example]
    comments:
      description: What people should know about the restriction. Can be null.
      type: str
      sample: Agreed on 2026-11-01
    created_at:
      description: When the restriction was made.
      type: str
      sample: "2025-04-10T18:27:34.872907Z"
    modified_at:
      description: When the restriction was last changed.
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
      sample: https://api.cloudflare.com/client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/email-security/settings/sending_domain_restrictions
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
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)


def main():
    # type: () -> None
    run_module(INFO, SENDING_DOMAIN_RESTRICTION)


if __name__ == "__main__":
    main()
