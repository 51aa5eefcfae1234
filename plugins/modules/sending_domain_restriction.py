#!/usr/bin/python
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: sending_domain_restriction
short_description: Manage a domain that has to send its mail over TLS
version_added: 0.1.0
description:
  - Changes a sending domain restriction of Cloudflare Email Security. Mail from the domain that arrives without TLS is
    dropped, unless it comes from one of the subdomains in O(exclude).
  - Compares the options with the restriction as it is and sends only what differs. A setting that the task does not
    name is never changed.
  - A restriction that does not exist is created, and one that does can be deleted.
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
extends_documentation_fragment:
  - mailsec.cloudflare.connection
  - mailsec.cloudflare.attributes
  - mailsec.cloudflare.attributes.common
  - mailsec.cloudflare.sending_domain_restriction
  - mailsec.cloudflare.list_mode
seealso:
  - module: mailsec.cloudflare.sending_domain_restrictions
  - module: mailsec.cloudflare.sending_domain_restriction_info
  - module: mailsec.cloudflare.email_security_domain
  - name: Cloudflare API, update a sending domain restriction
    description: The request that this module sends.
    link: https://developers.cloudflare.com/api/resources/email_security/subresources/settings/subresources/sending_domain_restrictions/methods/edit/
"""

EXAMPLES = r"""
- name: Mail from this partner must use TLS, except from its legacy host
  mailsec.cloudflare.sending_domain_restriction:
    domain: partner.example
    exclude: [legacy.partner.example]
    comments: Agreed on 2026-11-01

- name: One more legacy host, and all that were there before
  mailsec.cloudflare.sending_domain_restriction:
    domain: partner.example
    exclude: [printer.partner.example]
    list_mode: append

- name: All of its hosts can use TLS now
  mailsec.cloudflare.sending_domain_restriction:
    domain: partner.example
    exclude: []

- name: Mail from this partner may come without TLS again
  mailsec.cloudflare.sending_domain_restriction:
    domain: former-partner.example
    state: absent

- name: The partner has a new name
  mailsec.cloudflare.sending_domain_restriction:
    sending_domain_restriction_id: f174e90a-fafe-4643-bbbc-4a0ed4fc8415
    domain: new-name.example

- name: See what would change, and change nothing
  mailsec.cloudflare.sending_domain_restriction:
    domain: partner.example
    comments: ""
  check_mode: true
  diff: true

# In an ad-hoc command, with an empty list:
# ansible localhost -m mailsec.cloudflare.sending_domain_restriction -a "domain=partner.example exclude="
"""

RETURN = r"""
account_id:
  description: The id of the account that the task worked on.
  returned: always, except where the task has no valid O(account_id)
  type: str
  sample: 023e105f4ecef8ad9ca31a8372d0c353
result:
  description:
    - The restriction as the API returned it, after the change or as it was read when nothing differed. In check mode,
      the restriction as it would be.
    - After a deletion, the id alone. Empty where there was nothing to delete.
    - The API may leave out any of the fields.
  returned: success, and when the API took a change without making it
  type: dict
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
      sample: sending domain restriction partner.example
    after_header:
      description: What the settings belong to.
      type: str
      sample: sending domain restriction partner.example
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
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)


def main():
    # type: () -> None
    run_module(SINGLE, SENDING_DOMAIN_RESTRICTION)


if __name__ == "__main__":
    main()
