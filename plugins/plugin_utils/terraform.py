# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources of a Terraform state as variables of the role."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import shorten
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.desired import parse_desired
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import UUID
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import entry_validator
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.coercion import describe_value
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.allow_policy import ALLOW_POLICY
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.block_sender import BLOCK_SENDER
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.impersonation_entry import (
    IMPERSONATION_ENTRY,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import RESOURCES
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.trusted_domain import TRUSTED_DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.variables import dump, entry, sort_key

#: What the types of the provider's resources begin with.
PREFIX = "cloudflare_email_security_"
#: The types of version 5 of the provider.
TYPES: Mapping[str, Resource] = {
    f"{PREFIX}domain": DOMAIN,
    f"{PREFIX}allow_policy": ALLOW_POLICY,
    f"{PREFIX}block_sender": BLOCK_SENDER,
    f"{PREFIX}trusted_domains": TRUSTED_DOMAIN,
    f"{PREFIX}impersonation_registry": IMPERSONATION_ENTRY,
}
#: What the input should be.
EXPECTED = "Use the output of: terraform show -json"


class Found(NamedTuple):
    """A resource of the state."""

    address: str
    resource: Resource
    account_id: str
    #: Its values without those that are null.
    record: dict[str, Any]


class Conversion:
    """Converts a state. Raises ValueError where there is no state, or where it is not clear of which account.

    Args:
        state: the output of ``terraform show -json``, as text or parsed.
        account_id: should be the account of which the resources are converted, or None for the only one.
    """

    def __init__(self, state: Any, account_id: Any) -> None:
        self.warnings: list[str] = []
        self.skipped: list[dict[str, str]] = []
        found = list(self._find(state))
        self.account_id = select_account(found, account_id)
        selected: list[Found] = []
        for each in found:
            if each.account_id == self.account_id:
                selected.append(each)
            else:
                self._skip(each.address, f"belongs to account {each.account_id}")
        self.addresses: list[str] = []
        self.variables: dict[str, list[dict[str, Any]]] = {}
        for resource in RESOURCES:
            entries = list(self._entries(resource, [each for each in selected if each.resource is resource]))
            if entries:
                self.variables[f"email_security_{resource.list_name}"] = entries
        if not found:
            self.warnings.append("The state has no resource of Email Security that can be converted.")

    def result(self) -> dict[str, Any]:
        """Return the result of the filter."""
        return {
            "account_id": self.account_id,
            "addresses": self.addresses,
            "skipped": self.skipped,
            "variables": self.variables,
            "warnings": self.warnings,
            "yaml": dump(self.variables),
        }

    def _skip(self, address: str, reason: str) -> None:
        self.skipped.append({"address": address, "reason": f"{reason}."})

    def _find(self, state: Any) -> Iterator[Found]:
        """Yield the resources of Email Security."""
        for each in resources_of(root_module(state)):
            resource_type = each.get("type")
            is_managed = each.get("mode", "managed") == "managed"
            if not is_managed or not isinstance(resource_type, str) or not resource_type.startswith(PREFIX):
                continue
            address = str(each.get("address"))
            values = each.get("values")
            if each.get("deposed_key"):
                self._skip(address, "is deposed: Terraform has replaced it and will delete it")
            elif each.get("tainted"):
                self._skip(address, "is tainted: Terraform will replace it")
            elif resource_type not in TYPES:
                self._skip(address, f"has the type {resource_type}, which is not supported")
            elif not isinstance(values, dict) or not isinstance(values.get("account_id"), str):
                self._skip(address, "has no account_id")
            elif len(list_in(values, "body")) > 1:
                self._skip(address, "has several records in body")
            else:
                resource = TYPES[resource_type]
                yield Found(address, resource, values["account_id"].lower(), record_of(resource, values))

    def _entries(self, resource: Resource, found: list[Found]) -> Iterator[dict[str, Any]]:
        """Yield the entries of a list."""
        usable = list(self._usable(found))
        keys = Counter(resource.key_of(each.record) for each in usable)
        for each in usable:
            key = resource.key_of(each.record)
            if key is not None and keys[key] > 1 and "id" not in each.record:
                self._skip(each.address, "has no valid id, and other resources are identified by the same values")
                continue
            converted = entry(resource, each.record, by_key=key is not None and keys[key] == 1)
            valid = entry_validator(resource).validate(converted)
            parse_desired(resource, valid.values, valid.errors)
            if valid.errors.messages:
                self._skip(each.address, " ".join(valid.errors.messages).rstrip("."))
            else:
                self.addresses.append(each.address)
                yield converted

    def _usable(self, found: list[Found]) -> Iterator[Found]:
        """Yield each record that can be changed once, in the order of an export."""
        addresses: dict[str, str] = {}
        for each in sorted(found, key=lambda each: sort_key(each.resource, each.record)):
            if each.resource.protected(each.record):
                self._skip(each.address, "is synchronized from a directory and cannot be changed")
                continue
            self._drop_former_id(each)
            record_id = each.record.get("id")
            first = addresses.setdefault(record_id, each.address) if record_id else each.address
            if first == each.address:
                yield each
            else:
                self._skip(each.address, f"has the same id as {first}")

    def _drop_former_id(self, found: Found) -> None:
        """Remove an id that Cloudflare does not know any more. Until June 2026, ids were integers."""
        record_id = found.record.pop("id", None)
        if isinstance(record_id, str) and UUID.fullmatch(record_id):
            found.record["id"] = record_id.lower()
        elif record_id is not None:
            self.warnings.append(
                f"{found.address}: the id {shorten(record_id)} is ignored, because it is not a UUID. "
                "Cloudflare replaced integer ids in 2026."
            )


def root_module(state: Any) -> Any:
    """Return the root module of a state. Raises ValueError."""
    if isinstance(state, str):
        try:
            state = json.loads(state.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the text is not JSON ({error}). {EXPECTED}") from None
    if not isinstance(state, dict):
        raise ValueError(f"the input is {describe_value(state)}. {EXPECTED}")
    if "planned_values" in state or "resource_changes" in state:
        raise ValueError(f"the input is a plan. {EXPECTED}")
    version = state.get("format_version")
    if version is None:
        raise ValueError(f"the input has no format_version. {EXPECTED}")
    if str(version).partition(".")[0] != "1":
        raise ValueError(f"format_version {shorten(version)} is not supported, only 1. Use Terraform 1.1 or newer.")
    # An empty state has no values.
    values = state.get("values")
    return values.get("root_module") if isinstance(values, dict) else None


def resources_of(module: Any) -> Iterator[dict[str, Any]]:
    """Yield the resources of a module and of its child modules."""
    modules = [module]
    while modules:
        module = modules.pop(0)
        if isinstance(module, dict):
            yield from (each for each in list_in(module, "resources") if isinstance(each, dict))
            modules[:0] = list_in(module, "child_modules")


def list_in(container: Mapping[str, Any], name: str) -> list[Any]:
    """Return a list in a container, empty where there is none."""
    value = container.get(name)
    return value if isinstance(value, list) else []


def record_of(resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a resource that are not null, with their current names.

    Before version 5.20 of the provider, they could be in ``body``, and took precedence.
    """
    merged = dict(values)
    for body in list_in(values, "body"):
        if isinstance(body, dict):
            merged.update((name, value) for name, value in body.items() if value is not None)
    return {**resource.with_current_names({name: value for name, value in merged.items() if value is not None})}


def select_account(found: list[Found], account_id: Any) -> str | None:
    """Return the account to convert, None where the state has none. Raises ValueError."""
    if account_id is not None and not isinstance(account_id, str):
        raise ValueError(f"account_id must be a string, not {describe_value(account_id)}.")
    accounts = sorted({each.account_id for each in found})
    if account_id is None:
        if len(accounts) > 1:
            raise ValueError(f"the state has resources of several accounts: {', '.join(accounts)}. Set account_id.")
        return accounts[0] if accounts else None
    if accounts and account_id.lower() not in accounts:
        raise ValueError(f"account_id: the state has no resource of {account_id}, only of {', '.join(accounts)}.")
    return account_id.lower()
