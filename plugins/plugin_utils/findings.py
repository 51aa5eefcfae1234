# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings of an account: the rules, applied to its lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional, Tuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.account import Account, Item
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.rules import RULES, SEVERITIES, Rule

#: The columns of a domain. Most of its states are not settings.
DOMAIN_COLUMNS = (
    "domain",
    "status",
    "allowed_delivery_modes",
    "require_tls_inbound",
    "require_tls_outbound",
    "spf_status",
    "dmarc_status",
    "authorized",
    "authorization_message",
    "drop_dispositions",
    "ip_restrictions",
    "regions",
    "lookback_hops",
    "transport",
    "folder",
    "integration_id",
    "inbox_provider",
    "modified_at",
    "id",
)
#: Fields that are not settings, but shown.
READ_ONLY = {"impersonation_entries": ("provenance",)}
#: The columns of the list of findings.
FINDING_COLUMNS = ("severity", "id", "list", "record", "record_id", "title", "message", "advice")


def _columns(list_name: str) -> tuple[str, ...]:
    """Return the fields of the records of a list in the report: the key, settings, comments."""
    if list_name == "domains":
        return (*DOMAIN_COLUMNS, "findings")
    resource = BY_LIST_NAME[list_name]
    settings = [name for name in resource.fields if name not in resource.key.fields]
    settings.sort(key=lambda name: name in ("comments", "notes"))
    return (*resource.key.fields, *settings, *READ_ONLY.get(list_name, ()), "modified_at", "id", "findings")


#: The columns of each table of the report, by the name of the list.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "findings": FINDING_COLUMNS,
    **{name: _columns(name) for name in BY_LIST_NAME},
}
#: A rule, the name of the list, the record or None, and what is wrong.
Finding = Tuple[Rule, str, Optional[Item], str]


def findings(lists: Mapping[str, Iterable[Mapping[str, Any]] | None]) -> dict[str, Any]:
    """Return the findings of an account, see RETURN of the filter.

    Args:
        lists: the records by the name of their list. A list that was not read is missing or None.
    """
    account = Account({name: _items(name, lists.get(name)) for name in BY_LIST_NAME})
    # RULES begins with the most severe rules.
    found = [finding for rule in RULES for finding in _find(rule, account)]
    records = {name: _records(name, items, found) for name, items in account.lists.items()}
    return {
        "summary": _summarize(records, found),
        "findings": [_describe(*finding) for finding in found],
        **records,
        "columns": {name: list(columns) for name, columns in COLUMNS.items()},
    }


def _items(list_name: str, records: Iterable[Mapping[str, Any]] | None) -> list[Item] | None:
    if records is None:
        return None
    return sorted((Item(list_name, record) for record in records), key=lambda item: item.label)


def _records(list_name: str, items: list[Item] | None, found: Iterable[Finding]) -> list[dict[str, Any]] | None:
    """Return the records of a list with their findings, those with the most severe findings first."""
    if items is None:
        return None
    of_item: dict[Item, dict[str, str]] = {item: {} for item in items}
    counts: dict[Item, list[int]] = {item: [0] * len(SEVERITIES) for item in items}
    for rule, _list_name, item, message in found:
        if item in of_item:
            of_item[item][rule.id] = message
            counts[item][SEVERITIES.index(rule.severity)] -= 1
    return [
        {**{column: item.value(column) for column in COLUMNS[list_name][:-1]}, "findings": of_item[item]}
        # Items are sorted by their label.
        for item in sorted(items, key=counts.__getitem__)
    ]


def _find(rule: Rule, account: Account) -> Iterable[Finding]:
    for name in rule.lists:
        items = account.lists[name]
        if items is not None:
            yield from ((rule, name, item, message or rule.title) for item, message in rule.find(items, account))


def _describe(rule: Rule, list_name: str, item: Item | None, message: str) -> dict[str, Any]:
    return {
        "severity": rule.severity,
        "id": rule.id,
        "list": list_name,
        "record": item and item.label,
        "record_id": item and item.record.get("id"),
        "title": rule.title,
        "message": message,
        "advice": rule.advice,
    }


def _summarize(records: Mapping[str, Any], found: Iterable[Finding]) -> dict[str, Any]:
    labels: dict[str, list[str]] = {rule.id: [] for rule in RULES}
    severities = dict.fromkeys(SEVERITIES, 0)
    for rule, list_name, item, _message in found:
        labels[rule.id].append(item.label if item else list_name)
        severities[rule.severity] += 1
    return {
        **{name: None if listed is None else len(listed) for name, listed in records.items()},
        "domains_with_findings": sum(bool(each["findings"]) for each in records["domains"] or ()),
        "restrictions_with_exceptions": sum(
            bool(each["exclude"]) for each in records["sending_domain_restrictions"] or ()
        ),
        "severities": severities,
        "findings": {
            rule.id: {
                "title": rule.title,
                "severity": rule.severity,
                "advice": rule.advice,
                "lists": list(rule.lists),
                "count": len(labels[rule.id]),
                "records": labels[rule.id],
            }
            for rule in RULES
        },
    }
