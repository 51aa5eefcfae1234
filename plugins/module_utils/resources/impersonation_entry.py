# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People whose names are protected from impersonation."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from ..engine.addresses import EmailAddress
from ..engine.field_types import Boolean, Choice, ExactText, FormerIntegerId, Text, Title
from ..engine.resource import Field, Key, Record, Resource

#: Where an entry comes from: entered by a person, or read from a directory (Python SDK 5.9.0).
ENTERED = "A1S_INTERNAL"
#: What else the API returns of an entry that is read from a directory.
DIRECTORY_IDS = ("directory_id", "directory_node_id", "external_directory_node_id")
ADDRESS = EmailAddress()


class Provenance(Choice):
    """The source of an entry; null is an entry that a person made. A filter of the server may leave these out."""

    filtered_by_server = False

    def normalize(self, value: Any) -> Any:
        return ENTERED if value is None else value


PROVENANCE = Provenance(ENTERED, "SNOOPY-CASB_OFFICE_365", "SNOOPY-OFFICE_365", "SNOOPY-GOOGLE_DIRECTORY")


def addresses(email: str) -> list[str]:
    """Return the addresses of an entry, which the dashboard separates with commas."""
    return [address.strip() for address in email.split(",")]


def normalize(key: Record) -> Hashable:
    """Return the meaning of a key: literal addresses are a set, a regular expression compares by character."""
    email = key["email"]
    if key["is_email_regex"] is True or not isinstance(email, str):
        return str(email), key["name"]
    return frozenset(map(ADDRESS.normalize, addresses(email))), key["name"]


def check(settings: Record) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the addresses of an entry."""
    email = settings.get("email")
    if settings.get("is_email_regex") or not isinstance(email, str):
        return
    for address in addresses(email):
        try:
            ADDRESS.validate(address)
        except ValueError as error:
            yield "email", f"{error}. For a regular expression, set is_email_regex to true"


def protected(record: Record) -> str | None:
    """Return why an entry must not be changed: it belongs to a directory, and the API refuses to change it."""
    provenance = record.get("provenance")
    if provenance == ENTERED:
        return None
    # Null means that a person made it. The API may also leave out any field of any record, so where the record itself
    # leaves it out, only the id of a directory tells such an entry.
    if provenance is None and all(record.get(name) is None for name in DIRECTORY_IDS):
        return None
    source = f" ({provenance})" if provenance else ""
    return f"is synchronized from a directory{source}. It was not changed."


IMPERSONATION_ENTRY = Resource(
    module="email_security_impersonation_entry",
    bulk_module="email_security_impersonation_entries",
    entries_option="impersonation_entries",
    noun="impersonation entry",
    absence="the name is not protected from impersonation",
    path="email-security/settings/impersonation_registry",
    id_field=Field("impersonation_registry_id", FormerIntegerId()),
    key=Key("email", "name", normalize=normalize, context=("is_email_regex",)),
    check=check,
    protected=protected,
    protected_by="provenance",
    filters=(Field("provenance", PROVENANCE),),
    orders=("name", "email", "created_at"),
    fields=(
        Field("email", ExactText(1024)),
        Field("name", Title(max_length=1024)),
        Field("is_email_regex", Boolean(), create_default=False),
        Field("comments", Text(), nullable=True),
    ),
)
