# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The output of ``terraform show -json`` for records of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.sample import ACCOUNT

#: The types of the provider's resources, by the collection of their records.
TYPES = {
    "domains": "cloudflare_email_security_domain",
    "allow_policies": "cloudflare_email_security_allow_policy",
    "block_senders": "cloudflare_email_security_block_sender",
    "trusted_domains": "cloudflare_email_security_trusted_domains",
    "impersonation_registry": "cloudflare_email_security_impersonation_registry",
}


def resource(type_name: str, number: int, values: Mapping[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    """Return a resource of a state.

    Args:
        type_name: the type of the resource.
        number: the index of the instance.
        values: the values beside ``account_id``.
        attributes: what else the resource has, or has instead.
    """
    return {
        "address": f"{type_name}.this[{number}]",
        "mode": "managed",
        "type": type_name,
        "name": "this",
        "index": number,
        "provider_name": "registry.terraform.io/cloudflare/cloudflare",
        "schema_version": 500,
        "values": {"account_id": ACCOUNT, **(values or {})},
        "sensitive_values": {},
        **attributes,
    }


def state(*resources: Mapping[str, Any], **root_module: Any) -> dict[str, Any]:
    """Return a state with these resources, and with what else the root module has."""
    return {
        "format_version": "1.0",
        "terraform_version": "1.13.3",
        "values": {"root_module": {"resources": list(resources), **root_module}},
    }


def state_of(records: Mapping[str, list[dict[str, Any]]], account_id: str = ACCOUNT) -> dict[str, Any]:
    """Return the state of an account that holds records, by the collection of the emulator."""
    return state(
        *(
            resource(type_name, number, {**record, "account_id": account_id})
            for collection, type_name in TYPES.items()
            for number, record in enumerate(records.get(collection, []))
        )
    )
