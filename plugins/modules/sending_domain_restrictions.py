#!/usr/bin/python
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: sending_domain_restrictions
short_description: Manage many domains that have to send their mail over TLS
version_added: 0.1.0
description:
  - Brings any number of restrictions to the settings that are asked for, in one task.
  - Reads the account with one request for a thousand restrictions, compares, and sends what differs, several requests
    at a time. A loop over M(mailsec.cloudflare.sending_domain_restriction) reads the whole account for each of them.
  - A setting that an entry does not name is never changed, and neither is a restriction that is not listed, unless
    O(purge=true).
  - Where a change fails, the task fails and tells for each restriction whether it was changed, and if not, why.
author:
  - The mailsec.cloudflare maintainers (!UNKNOWN)
extends_documentation_fragment:
  - mailsec.cloudflare.connection
  - mailsec.cloudflare.attributes
  - mailsec.cloudflare.attributes.common
  - mailsec.cloudflare.sending_domain_restriction.entries
  - mailsec.cloudflare.list_mode
  - mailsec.cloudflare.bulk
seealso:
  - module: mailsec.cloudflare.sending_domain_restriction
  - module: mailsec.cloudflare.sending_domain_restriction_info
"""

EXAMPLES = r"""
- name: Partners that have to use TLS
  mailsec.cloudflare.sending_domain_restrictions:
    restrictions:
      - domain: partner.example
        exclude: [legacy.partner.example]
        comments: Agreed on 2026-11-01
      - domain: bank.example
      - domain: former-partner.example
        state: absent

- name: These partners and no others
  mailsec.cloudflare.sending_domain_restrictions:
    restrictions: "{{ tls_partners }}"
    purge: true
"""

RETURN = r"""
account_id:
  description: The id of the account that the task worked on.
  returned: always, except where the task has no valid O(account_id)
  type: str
  sample: 023e105f4ecef8ad9ca31a8372d0c353
result:
  description:
    - The restrictions in the order of O(restrictions), each as the API returned it, after the change or as it was
      read when nothing differed. In check mode, each as it would be.
    - After a deletion, the id alone. Empty where there was nothing to delete, and where a change failed.
    - The API may leave out any of the fields.
  returned: success, and when some changes failed
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
summary:
  description: The names of the restrictions under what was done, and how many they are.
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
    - An entry for each restriction that differs, with C(before), C(after), C(before_header) and C(after_header).
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
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)


def main():
    # type: () -> None
    run_module(BULK, SENDING_DOMAIN_RESTRICTION)


if __name__ == "__main__":
    main()
