# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of a template as plain Python types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ansible import template
from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

try:
    from ansible.parsing import vault

    Vaulted: type = vault.EncryptedString
except AttributeError:  # until ansible-core 2.18
    from ansible.parsing.yaml import objects

    Vaulted = objects.AnsibleVaultEncryptedUnicode

#: Since ansible-core 2.19, only texts that are marked as trusted are templates. Before, all that are not marked are.
UNMARKED_IS_TEMPLATE = not hasattr(template, "trust_as_template")
#: Begins the text that a template has in place of a value that is omitted.
OMITTED = "__omit_place_holder__"


def is_omitted(value: Any) -> bool:
    """Return whether a template omits a value. A filter has to leave it out."""
    # A text until ansible-core 2.18, then an object of a private type.
    return value.startswith(OMITTED) if isinstance(value, str) else type(value).__name__ == "_OmitType"


def plain(value: Any) -> Any:
    """Return a value without the tags of Ansible (unsafe, origin, vault) and without what is omitted, as in JSON.

    Containers are copied by iteration, because those of ansible-core 2.19 and newer evaluate their items lazily.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items() if not is_omitted(item)}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value if not is_omitted(item)]
    if isinstance(value, date):
        # Like Ansible's JSON encoder, for a datetime too.
        return value.isoformat()
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, Vaulted):
        # Decrypting adds tags again.
        return str.__str__(str(value))
    return value


def untrusted(value: Any) -> Any:
    """Return a value so that Ansible does not evaluate the template markers in its texts."""
    return wrap_var(value) if UNMARKED_IS_TEMPLATE else value


def records(what: str, value: Any, such_as: str = ", such as the result of an info module") -> list[dict[str, Any]]:
    """Return the records that a template passes. Raises AnsibleFilterError for anything else.

    Args:
        what: the filter and its parameter, for the message.
        value: should be a list of dictionaries.
        such_as: an example, as the end of the message.
    """
    found: list[Any] = [None]
    if hasattr(value, "__iter__") and not isinstance(value, (str, Mapping)):
        # An undefined variable raises an error with its name here.
        found = [plain(each) for each in value]
    if not all(isinstance(each, dict) for each in found):
        raise AnsibleFilterError(f"{what} must be a list of dictionaries{such_as}.")
    return found
