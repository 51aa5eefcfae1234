# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of one record's options, for the module that takes one and for the module that takes many."""

from __future__ import annotations

import re
from textwrap import indent


class ModuleDocFragment:
    """What can be asked of one record."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - Whether the restriction shall exist.
      - With V(present), a restriction that is not there is created for O(domain), without exceptions where O(exclude)
        is not set.
      - With V(absent), the restriction is deleted. B(Mail from the domain is then accepted without TLS, and this cannot
        be undone). No restriction for that domain or id is fine. Other settings are not looked at.
    type: str
    choices: [present, absent]
    default: present
  sending_domain_restriction_id:
    description:
      - The id of the restriction, a UUID. At least one of O(sending_domain_restriction_id) and O(domain) is required.
      - Case does not matter. Where the API returns a number as the id, that number is accepted too.
    type: str
  domain:
    description:
      - The domain that has to use TLS. Case and a trailing dot do not matter, and an internationalized name can be
        written either way.
      - Without O(sending_domain_restriction_id), the restriction is found by this name. It is an error
        if the account has more than one of that name.
      - With O(sending_domain_restriction_id), this is the domain that the restriction shall be for. The domain it was
        for before may then send without TLS.
    type: str
  exclude:
    description:
      - The subdomains that may send without TLS. The order of the list does not matter. An empty list exempts
        none, and an empty text is an empty list.
    type: list
    elements: str
  comments:
    description:
      - What people should know about the restriction, at most 1024 characters.
      - An empty string removes it.
    type: str
"""

    # The same for each entry of a list, where an option has another path.
    ENTRIES: str = r"""
options:
  restrictions:
    description:
      - The restrictions, each with the options of M(mailsec.cloudflare.sending_domain_restriction).
      - All entries are checked before the first request is sent, and every mistake is reported with the index and the
        name of its entry. A name or an id that appears twice is a mistake.
    type: list
    elements: dict
    required: true
    suboptions:
""" + indent(re.sub(r"\bO\((\w+)\)", r"O(restrictions[].\1)", DOCUMENTATION.partition("options:\n")[2]), "    ")
