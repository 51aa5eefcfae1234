# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired state of a record, as a task describes it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from ..api.errors import ErrorCollector, InputError
from .resource import Resource


class Desired(NamedTuple):
    """The desired state of a record."""

    absent: bool
    record_id: Any
    #: The fields that the task sets, as they are sent.
    settings: dict[str, Any]
    #: The meaning of the key that the record has, or with an id shall have; None where the task does not set all of it.
    key: Hashable | None
    #: What the record is called in a sentence.
    label: str


def parse_desired(resource: Resource, params: Mapping[str, Any], errors: ErrorCollector) -> Desired:
    """Return the desired state of a record, without the options that are invalid.

    Args:
        resource: the resource.
        params: the options of the task. None: the option was left out, and its field is not managed.
        errors: collects the errors.
    """
    valid: dict[str, Any] = {}
    for field in (resource.id_field, *resource.fields.values()):
        value = params[field.name]
        if value is not None:
            try:
                valid[field.name] = field.validate(value)
            except InputError as error:
                errors.add_error(error, field.name)
    for name in resource.key.required:
        if name in valid and valid[name] in (None, ""):
            errors.add(f"{name}: must not be empty.")
    record_id = valid.pop(resource.id_field.name, None)
    if record_id is None:
        # Without an id, a default is part of the key.
        defaults = {name: value for name, value in resource.key.defaults.items() if name not in valid}
        valid.update(defaults)
    has_key = all(name in valid for name in resource.key.fields)
    absent = params["state"] == "absent"
    # A record that the API would refuse today may exist and be deleted. With an id, the record decides too.
    if has_key and not absent and record_id is None:
        for name, problem in resource.check(valid):
            errors.add(f"{name}: {problem}.")
    return Desired(
        absent=absent,
        record_id=record_id,
        settings=valid,
        key=resource.key_of(valid) if has_key else None,
        label=(resource.label(valid) if has_key else None) or str(record_id),
    )
