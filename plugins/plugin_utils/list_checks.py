# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of the lists of the role before its first request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.entries import EntryErrors
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import paused_garbage_collection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import parse_entries
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.expiry import EXPIRES
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.lists import refuse_unknown_lists
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import UNMARKED_IS_TEMPLATE, is_omitted, plain
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.role_entries import convert

#: Begins the list of options in a message of Ansible about an unknown one.
SUPPORTED = "Supported parameters include: "


class Check(NamedTuple):
    """What is known of a list before the first request."""

    #: A line for each entry that is invalid.
    errors: list[str]
    #: The names of the entries that have expired.
    expired: list[str]
    #: Whether an entry shall be present.
    has_present: bool


def check_lists(
    lists: Mapping[str, Any], defaults: Mapping[str, Any], purge: Collection[Any]
) -> dict[str, dict[str, Any]]:
    """Return what is known of each list, see RETURN of the filter. Raises AnsibleFilterError for an unknown list.

    Args:
        lists: the variables of the role by the name of their list.
        defaults: settings for each entry, by the name of the list.
        purge: the names of the lists that are purged.
    """
    refuse_unknown_lists("check_lists", *lists, *defaults)
    refuse_unknown_lists("check_lists: purge", *purge)
    now = datetime.now(timezone.utc)
    with paused_garbage_collection():
        return {
            name: check_list(name, lists.get(name), defaults.get(name), name in purge, now) for name in BY_LIST_NAME
        }


def check_list(name: str, entries: Any, defaults: Any, purge: bool, now: datetime) -> dict[str, Any]:
    """Return what is known of a list."""
    # An undefined variable raises an error with its name here.
    given, settings = plain(entries), {} if not defaults or is_omitted(defaults) else plain(defaults)
    is_set = given is not None and not is_omitted(given)
    result = {
        "set": is_set,
        "managed": is_set and (bool(given) or purge),
        "purge": purge,
        "errors": [],
        "expired": [],
        "as_is": False,
    }
    resource = BY_LIST_NAME[name]
    # The variable of the role, such as email_security_domain_defaults.
    variable = f"email_security_{resource.module.removeprefix('email_security_')}_defaults"
    if not isinstance(settings, Mapping):
        result["errors"] = [f"{variable}: must be a dictionary of settings."]
    elif not settings.keys() <= resource.fields.keys() - {*resource.key.fields}:
        # A state or an expiry would delete every record of the list.
        others = [str(each) for each in settings if each not in resource.fields or each in resource.key.fields]
        result["errors"] = [f"{variable}: {', '.join(others)} cannot have a default."]
    elif purge and not is_set:
        result["errors"] = [f"email_security_{name}: must be set, because the list is purged."]
    elif is_set and given and not isinstance(given, list):
        result["errors"] = [f"email_security_{name}: must be a list of dictionaries."]
    elif is_set and given:
        checked = check(resource, given, settings, now)
        result.update(errors=checked.errors, expired=checked.expired)
        # Until ansible-core 2.18, a template with nothing but the name of a list returns the text of the list.
        may_expire = any(isinstance(entry, Mapping) and EXPIRES in entry for entry in given)
        result["as_is"] = not (UNMARKED_IS_TEMPLATE or settings or may_expire)
        # The entries that have expired are deleted. The module would refuse this together with a purge.
        result["purge"] = purge and (checked.has_present or not checked.expired)
    return result


def check(resource: Resource, entries: Iterable[Any], defaults: Mapping[str, Any], now: datetime) -> Check:
    """Check the entries of a variable.

    Args:
        resource: the resource of the entries.
        entries: should be dictionaries.
        defaults: settings for each entry.
        now: the present, with a time zone.
    """
    errors = EntryErrors(f"email_security_{resource.list_name}")
    converted = list(convert(entries, defaults, now))
    for index, each in enumerate(converted):
        if each.error:
            errors.add(index, each.entry.get(resource.key.fields[0]), f"{EXPIRES}: {each.error}.")
    desired = parse_entries(resource, [each.entry for each in converted], errors)
    expired = [each.entry for each in converted if each.expired]
    return Check(
        [line.replace(SUPPORTED, f"{SUPPORTED}{EXPIRES}, ") for line in errors.lines()],
        [resource.label(entry) or str(entry.get(resource.id_field.name)) for entry in expired],
        any(not entry.absent for entry in desired),
    )
