# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task: how they are declared, and how they are validated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ..api.errors import ErrorCollector
from ..api.text import printable
from .coercion import MAX_NUMBER, Spec, coerce, with_aliases

CONNECTION_SPEC: Mapping[str, dict[str, Any]] = {
    "account_id": {"type": "str"},
    "api_token": {"type": "str", "no_log": True},
    "api_email": {"type": "str", "aliases": ["account_email"]},
    "api_key": {"type": "str", "no_log": True, "aliases": ["account_api_key"]},
    "api_url": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "float", "default": 30},
    "retries": {"type": "int", "default": 5},
    "retry_max_wait": {"type": "float", "default": 300},
}
REPLACE = "replace"
LIST_MODE_SPEC = {"list_mode": {"type": "str", "choices": [REPLACE, "append", "remove"], "default": REPLACE}}
#: What a value of an option is once it is valid.
PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "str": str,
    "path": str,
    "bool": bool,
    "int": int,
    "float": (int, float),
    "list": list,
}
#: The types in the entries of a list.
ENTRY_TYPES: Mapping[str, type] = {"str": str, "bool": bool, "int": int, "list": list}


class Arguments(NamedTuple):
    """The options of a task."""

    #: Every declared option: None, or its default, where it is left out or invalid.
    values: dict[str, Any]
    errors: ErrorCollector


class Validator:
    """Validates the options of tasks. It finds all errors.

    Args:
        spec: keyword arguments of AnsibleModule: ``argument_spec`` and rules such as ``required_one_of``. The entries
            of a list are left to another validator.
        with_commas: the options with a list of which a text is one entry.
    """

    def __init__(self, spec: Mapping[str, Any], with_commas: Collection[str] = ()) -> None:
        self._with_commas = with_commas
        self._declared = spec["argument_spec"]
        self._spec: Spec = {
            option: {"type": "list", "elements": "raw"} if "options" in declared else declared
            for option, declared in self._declared.items()
        }
        #: The options by name and by alias.
        self.options = with_aliases(self._spec)
        self._required_one_of = [
            *spec.get("required_one_of", ()),
            *([option] for option, declared in self._declared.items() if declared.get("required")),
        ]
        self._has_rules = "mutually_exclusive" in spec
        self._validator = ArgumentSpecValidator(self._spec, mutually_exclusive=spec.get("mutually_exclusive"))

    def validate(self, arguments: Mapping[Any, Any]) -> Arguments:
        """Return the options and their errors.

        Args:
            arguments: the options as the user wrote them.
        """
        # Ansible copies what it validates. For thousands of entries, that would cost more than everything else.
        may_skip = not self._has_rules and arguments.keys() <= self._spec.keys()
        validated = {option: value for option, value in arguments.items() if may_skip and self._is_valid(option, value)}
        given, errors = self._coerce({option: value for option, value in arguments.items() if option not in validated})
        named = {*validated, *given, *errors}
        # Such as a number that was written as text.
        coerced = {option: value for option, value in given.items() if may_skip and self._is_valid(option, value)}
        validated.update(coerced)
        others = {option: value for option, value in given.items() if option not in coerced}
        found: Iterable[Exception] = ()
        if others:
            result = self._validator.validate(others)
            validated = {**result.validated_parameters, **validated}
            found = result.errors
        messages = [
            *errors.values(),
            *map(format_error, found),
            # Here, because an option with an invalid value is not missing.
            *(
                f"one of the following is required: {', '.join(options)}."
                if len(options) > 1
                else f"missing required arguments: {options[0]}."
                for options in self._required_one_of
                if named.isdisjoint(options)
            ),
        ]
        values: dict[str, Any] = {}
        invalid = set(errors)
        for option, declared in self._spec.items():
            value = validated.get(option)
            if value is not None and not isinstance(value, PYTHON_TYPES[declared["type"]]):
                invalid.add(option)
                value = None
            values[option] = declared.get("default") if value is None else value
        return Arguments(values, ErrorCollector(messages, invalid))

    def _is_valid(self, option: str, value: Any) -> bool:
        """Return whether a value is one that both ``coerce`` and Ansible would leave as it is."""
        declared = self._spec[option]
        # Not isinstance: true is an int, too.
        if ENTRY_TYPES.get(declared["type"]) is not type(value):
            return False
        if isinstance(value, int) and abs(value) >= MAX_NUMBER:
            return False
        choices = declared.get("choices")
        if not isinstance(value, list):
            return choices is None or value in choices
        if declared["elements"] == "raw":
            return True
        return declared["elements"] == "str" and all(
            isinstance(item, str) and (choices is None or item in choices) for item in value
        )

    def coerce(self, arguments: Mapping[Any, Any]) -> dict[str, Any]:
        """Return valid options so that AnsibleModule reads them as ``validate`` does.

        It would refuse null for an option with choices, and take an empty text for a list with an empty text.
        """
        values, _errors = self._coerce(arguments)
        for option, declared in self._declared.items():
            if "options" in declared and option in values:
                values[option] = [coerce(declared["options"], entry)[0] for entry in values[option]]
        return values

    def _coerce(self, arguments: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        one_entry = {
            name: [arguments[name]]
            for name in self._with_commas
            if isinstance(arguments.get(name), str) and arguments[name].strip()
        }
        return coerce(self.options, {**arguments, **one_entry})


def format_error(error: Exception) -> str:
    """Return an error of Ansible as a sentence."""
    # Ansible quotes a value as it is, with its line breaks.
    message = printable(str(error)).rstrip(".")
    return f"Unsupported parameters: {message}." if isinstance(error, UnsupportedError) else f"{message}."
