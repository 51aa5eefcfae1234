# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lists of records that a template passes to a filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import records


def account_lists(name: str, account: Any, restrictions: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the records by the name of their list. Raises AnsibleFilterError.

    Args:
        name: the filter, for the message.
        account: should be the records by the name of their list, or those of the domains.
        restrictions: should be the records of the restrictions, or None.
    """
    if not isinstance(account, Mapping):
        domains = records(f"{name}: domains", account)
        account = {"domains": domains, "sending_domain_restrictions": restrictions}
    refuse_unknown_lists(name, *account)
    return {each: records(f"{name}: {each}", account[each]) for each in BY_LIST_NAME if account.get(each) is not None}


def refuse_unknown_lists(name: str, *list_names: Any) -> None:
    """Raise AnsibleFilterError for names that no list has.

    Args:
        name: the filter, for the message.
        list_names: should be the names of lists.
    """
    unknown = sorted({str(each) for each in list_names} - BY_LIST_NAME.keys())
    if unknown:
        raise AnsibleFilterError(f"{name}: no such list: {', '.join(unknown)}. Lists: {', '.join(BY_LIST_NAME)}.")
