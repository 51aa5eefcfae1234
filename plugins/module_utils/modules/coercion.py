# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A guard for values that Ansible would turn into something that the user did not write.

Ansible turns a list in place of a string into "['a']", and true into "True" or 1. In the settings of an account that
would be a value that no one wrote.
"""

from __future__ import annotations

import math
from typing import Any, Mapping

from ..api.text import quote, shorten, validate_each

#: Beyond every bound, and too large for a float at some point.
MAX_NUMBER = 10**30
DESCRIPTIONS = {list: "a list", dict: "a dictionary", bytes: "bytes", type(None): "null"}
#: In Ansible's other form of options, ``name=value``, such a value stays a string.
AS_JSON = """. In an ad-hoc command, write all options as JSON: -a '{"option": [...]}'"""

Spec = Mapping[str, Mapping[str, Any]]


def with_aliases(spec: Spec) -> Spec:
    """Return an argument spec that has each option by its aliases too."""
    return {name: declared for option, declared in spec.items() for name in (option, *declared.get("aliases", ()))}


def coerce(spec: Spec, arguments: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the arguments that Ansible may convert and validate, and the errors of the others, by option.

    Null is the same as an option that is left out.

    Args:
        spec: the argument spec, see ``with_aliases``.
        arguments: the options as the user wrote them. Unknown ones are left as they are.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for option, value in arguments.items():
        if option not in spec:
            values[shorten(option)] = value
            continue
        if value is None:
            continue
        try:
            values[option] = coerce_value(spec[option], value)
        except ValueError as error:
            errors[option] = f"{option}: {error}."
    return values, errors


def coerce_value(declared: Mapping[str, Any], value: Any) -> Any:
    """Return the value of an option. Raises ValueError with the end of a sentence."""
    option_type = declared["type"]
    if option_type == "list":
        return coerce_list(declared["elements"], value)
    if option_type in ("int", "float"):
        return check_number(option_type, value)
    if option_type == "bool":
        if not isinstance(value, (bool, int, float, str)):
            raise ValueError(f"must be true or false, not {describe_value(value)}")
        return value
    return check_text(value)


def coerce_list(elements: str, value: Any) -> list[Any]:
    """Return a list, also one that was written as text, as ad-hoc commands do; an empty text is an empty list."""
    if isinstance(value, str) and not value.strip():
        return []
    if isinstance(value, str) and elements == "str":
        value = [part.strip() for part in value.split(",")]
    if not isinstance(value, list):
        hint = AS_JSON if isinstance(value, str) and value.lstrip().startswith(("[", "{")) else ""
        raise ValueError(f"must be a list, not {describe_value(value)}{hint}")
    if elements != "str":
        return value
    return validate_each(value, check_text)


def check_text(value: Any) -> str:
    """Return a string, also for a number. Raises ValueError for a value that Ansible would convert to a string."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(value, str) or (is_number and abs(value) <= MAX_NUMBER):
        return str(value)
    quotes = ". Quote it to make it a string" if isinstance(value, bool) else ""
    raise ValueError(f"must be a string, not {describe_value(value)}{quotes}")


def check_number(option_type: str, value: Any) -> Any:
    """Return a value that Ansible can convert to a number. Raises ValueError."""
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not abs(number) <= MAX_NUMBER or (option_type == "int" and not number.is_integer()):
        raise ValueError(f"must be a{'n integer' if option_type == 'int' else ' number'}, not {describe_value(value)}")
    return int(number) if option_type == "int" and not isinstance(value, int) else value


def describe_value(value: Any) -> str:
    """Return what a value is called in a sentence."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quote(value)
    return DESCRIPTIONS.get(type(value)) or shorten(value)
