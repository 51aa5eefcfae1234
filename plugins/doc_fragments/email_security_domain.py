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
      - Whether Email Security shall protect the domain.
      - With V(present), a domain that is not there is added. For that, O(domain), O(allowed_delivery_modes),
        O(drop_dispositions), O(ip_restrictions) and O(regions) are needed. Where some of them are missing, the task
        fails and names the existing domains with the closest names, because most often it is a typing error.
      - With V(absent), the domain is deleted from Email Security. B(Its mail is not protected any more, and this
        cannot be undone); adding the domain again does not bring its settings back. No domain of that name or id is
        fine. Other settings are not looked at.
    type: str
    choices: [present, absent]
    default: present
  domain_id:
    description:
      - The id of the domain in Email Security, a UUID. At least one of O(domain_id) and O(domain) is required.
      - Case does not matter. Where the API returns a number as the id, that number is accepted too.
    type: str
  domain:
    description:
      - The name of the domain. Case and a trailing dot do not matter, and an internationalized name can be written
        either way.
      - Without O(domain_id), the domain is found by this name. It is an error if the account has
        more than one of that name.
      - With O(domain_id), this is the name that the domain shall have. Cloudflare may refuse to rename a domain.
    type: str
  allowed_delivery_modes:
    description:
      - The ways in which mail may come to Email Security. The order of the list does not matter.
      - V(DIRECT) is mail that is delivered through Cloudflare, which the MX records of the domain point to.
      - V(BCC) and V(JOURNAL) are copies that the mail system sends.
      - V(API) is access to the mailboxes, V(RETRO_SCAN) is a scan of mail that has been delivered before.
    type: list
    elements: str
    choices: [DIRECT, BCC, JOURNAL, API, RETRO_SCAN]
  drop_dispositions:
    description:
      - The verdicts for which a message is dropped, so that nobody receives it. The order of the list does
        not matter. An empty list drops nothing, and an empty text is an empty list.
    type: list
    elements: str
    choices: [MALICIOUS, MALICIOUS-BEC, SUSPICIOUS, SPOOF, SPAM, BULK, ENCRYPTED, EXTERNAL, UNKNOWN, NONE]
  folder:
    description:
      - The folder of the mailboxes that is scanned where Email Security reads them through an API.
      - An empty string removes the setting.
    type: str
    choices: [AllItems, Inbox, ""]
  integration_id:
    description:
      - The id of the integration through which Email Security reaches the mailboxes, a UUID.
      - An empty string removes the setting.
    type: str
  ip_restrictions:
    description:
      - The addresses and networks, IPv4 and IPv6, that mail for the domain is limited to. The order of the list
        does not matter. An empty list removes the limit, and an empty text is an empty list.
      - Two spellings of one network are the same, such as V(192.0.2.7) and V(192.0.2.7/32).
    type: list
    elements: str
  lookback_hops:
    description:
      - How many mail servers before Cloudflare belong to the domain, V(1) to V(20). Email Security looks that many hops
        back to find the server that a message really came from.
    type: int
  regions:
    description:
      - Where messages are processed. The order of the list does not matter.
    type: list
    elements: str
    choices: [GLOBAL, AU, DE, IN, US]
  require_tls_inbound:
    description:
      - Whether a server has to use TLS to hand over mail for the domain. Mail without TLS is not accepted then.
    type: bool
  require_tls_outbound:
    description:
      - Whether Cloudflare has to use TLS to pass mail on to the mail server of the domain. Mail is not delivered in
        clear then.
    type: bool
  transport:
    description:
      - The mail server that messages are passed on to after they were checked.
    type: str
"""

    # The same for each entry of a list, where an option has another path.
    ENTRIES: str = r"""
options:
  domains:
    description:
      - The domains, each with the options of M(mailsec.cloudflare.email_security_domain).
      - All entries are checked before the first request is sent, and every mistake is reported with the index and the
        name of its entry. A name or an id that appears twice is a mistake.
    type: list
    elements: dict
    required: true
    suboptions:
""" + indent(re.sub(r"\bO\((\w+)\)", r"O(domains[].\1)", DOCUMENTATION.partition("options:\n")[2]), "    ")
