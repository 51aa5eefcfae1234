# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options as a user wrote them: read as Ansible reads them, and refused where it would make something else of them.

Ansible turns what it gets into what it wants: a list in the place of a text becomes "['a']", and true becomes "True" or
1. In the settings of an account that would be something that nobody wrote. Some numbers end in a traceback there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import SURROGATE, of_each, quoted, unquoted

WHOLE = re.compile(r"\s*[+-]?[0-9]{1,30}\s*", re.ASCII)
#: More is beyond every bound, and at some point too much for a float.
LARGEST = 10**30
#: Ansible's other form of options, C(name=value), leaves such a value a text.
AS_JSON = """. In an ad-hoc command, write all the options as JSON: -a '{"option": [...]}'"""


def read(spec: Mapping[str, Mapping[str, Any]], params: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the options that can be used, as the types that they are declared to have, and what is wrong with others.

    Null is the same as an option that was left out: Ansible refuses it for some types, and makes text of it for others.
    A required option that is left out is wrong too.

    Args:
        spec: how the options are declared.
        params: the options as they were written. Those that are not declared are left as they are.
    """
    taken: dict[str, Any] = {}
    refused = {
        option: f"{option}: is required."
        for option, declared in spec.items()
        if declared.get("required") and params.get(option) is None
    }
    for option, value in params.items():
        declared = spec.get(option)
        if declared is None:
            taken[option] = value
        elif value is not None:
            try:
                taken[option] = read_one(declared, value)
            except ValueError as error:
                refused[option] = f"{option}: {error}."
    return taken, refused


def read_one(declared: Mapping[str, Any], value: Any) -> Any:
    """Return the value of an option. Raises ValueError with the end of a sentence."""
    kind = declared["type"]
    if kind == "list":
        return read_list(declared, value)
    if kind == "bool":
        try:
            return boolean(value)
        except TypeError:
            raise ValueError(f"must be true or false, not {called(value)}") from None
    if kind in ("int", "float"):
        return read_number(kind, value)
    return read_text(declared.get("choices"), value)


def read_list(declared: Mapping[str, Any], value: Any) -> list[Any]:
    """Return a list, also one that was written as text. Dictionaries in it are looked at elsewhere."""
    of_texts = declared["elements"] == "str"
    if isinstance(value, str) and (of_texts or not value.strip()):
        value = split_text(value)
    if not isinstance(value, list):
        looks_like_one = isinstance(value, str) and value.lstrip().startswith(("[", "{"))
        raise ValueError(f"must be a list, not {called(value)}{AS_JSON if looks_like_one else ''}")
    return of_each(value, partial(read_text, declared.get("choices"))) if of_texts else value


def read_number(kind: str, value: Any) -> int | float:
    """Return a number, also one that was written as text."""
    if isinstance(value, str):
        try:
            if kind == "float":
                return float(value)
            if WHOLE.fullmatch(value):
                return int(value)
        except ValueError:
            pass
    # True is a number for Python, and for Ansible.
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if kind == "float" and abs(value) <= LARGEST:
            return float(value)
        if kind == "int" and (isinstance(value, int) or value.is_integer()):
            return int(value)
    raise ValueError(f"must be a {'whole number' if kind == 'int' else 'number'}, not {called(value)}")


def read_text(choices: Sequence[str] | None, value: Any) -> str:
    """Return a text, also of a number."""
    if (
        value is None
        or isinstance(value, (bool, list, dict))
        or (isinstance(value, float) and not math.isfinite(value))
    ):
        quotes = ". A text of that word needs quotes" if isinstance(value, bool) else ""
        raise ValueError(f"must be a text, not {called(value)}{quotes}")
    text = str(value)
    if SURROGATE.search(text):
        raise ValueError("has a character that is none: half of a surrogate pair")
    if choices and text not in choices:
        raise ValueError(
            f"must be one of {', '.join(choice or repr(choice) for choice in choices)}, not {called(value)}"
        )
    return text


def called(value: Any) -> str:
    """Return what a value is called in a sentence."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a dictionary"
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return unquoted(value)


def split_text(value: str) -> list[str]:
    """Return the entries of a list that was written as text, as ad-hoc commands do. Empty text is an empty list."""
    return [part.strip() for part in value.split(",")] if value.strip() else []
