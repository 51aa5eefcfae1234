# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task: all errors are found, and what AnsibleModule gets is read as the validator does."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.connection import BOUNDS
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.credentials import SECRET_OPTIONS
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.arguments import CONNECTION_SPEC, Validator
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from support.resources import DOMAIN, FULL_RULE, RULE

KEY = {"pattern": "a", "kind": "EMAIL"}


def test_all_errors_are_found() -> None:
    arguments = Validator(SINGLE.spec(RULE.resource)).validate(
        {"pattern": ["x"], "state": "gone", "colour": 1, "is_regex": "perhaps", "retries": "x", "tags": [["y"]]}
    )
    messages = " ".join(arguments.errors.messages)

    for part in (
        "pattern: must be a string",
        "value of state must be one of",
        "colour",
        "is_regex",
        "retries",
        "tags",
        "kind",
    ):
        assert part in messages
    assert all(message.endswith(".") for message in arguments.errors.messages)


def test_every_option_has_a_value_of_its_type_or_its_default() -> None:
    spec = SINGLE.spec(RULE.resource)["argument_spec"]
    arguments = Validator(SINGLE.spec(RULE.resource)).validate(
        {**KEY, "is_regex": "yes", "timeout": "soon", "retries": "3"}
    )

    assert set(arguments.values) == set(spec)
    assert (arguments.values["is_regex"], arguments.values["timeout"], arguments.values["retries"]) == (True, 30, 3)
    assert arguments.values["comments"] is None


def test_a_value_that_cannot_be_converted_is_not_used() -> None:
    arguments = Validator(SINGLE.spec(RULE.resource)).validate({**KEY, "is_regex": "perhaps", "verify_sender": "no"})

    assert (arguments.values["is_regex"], arguments.values["verify_sender"]) == (None, False)
    assert len(arguments.errors.messages) == 1
    assert "is_regex" in arguments.errors.messages[0]


def test_an_option_that_is_refused_gets_no_second_error() -> None:
    arguments = Validator(SINGLE.spec(RULE.resource)).validate({**KEY, "comments": ["x"]})
    with arguments.errors.collect("comments"):
        raise InputError("comments: a second error.")

    assert arguments.errors.messages == ["comments: must be a string, not a list."]


def test_an_unknown_option_is_named() -> None:
    arguments = Validator(SINGLE.spec(RULE.resource)).validate({**KEY, "colour": 1, 5: 6})

    assert len(arguments.errors.messages) == 1
    assert arguments.errors.messages[0].startswith("Unsupported parameters: 5, colour. Supported parameters include: ")


def test_the_entries_of_a_list_are_left_to_their_own_validator() -> None:
    arguments = Validator(BULK.spec(RULE.resource)).validate({"rules": [{"colour": 1}, 5]})

    assert (arguments.errors.messages, arguments.values["rules"]) == ([], [{"colour": 1}, 5])
    assert Validator(BULK.spec(RULE.resource)).validate({}).errors.messages == ["missing required arguments: rules."]


@pytest.mark.parametrize(
    ("given", "passed_on"),
    [
        ({"comments": None, "state": None}, {}),
        ({"tags": ""}, {"tags": []}),
        ({"tags": "a, b"}, {"tags": ["a", "b"]}),
        ({"pattern": 5}, {"pattern": "5"}),
    ],
)
def test_what_ansible_module_gets(given: dict[str, Any], passed_on: dict[str, Any]) -> None:
    assert Validator(SINGLE.spec(RULE.resource)).coerce({**KEY, **given}) == {**KEY, **passed_on}
    assert Validator(BULK.spec(RULE.resource)).coerce({"purge": None, "rules": [{**KEY, **given}]}) == {
        "rules": [{**KEY, **passed_on}]
    }


def test_ansible_module_accepts_what_is_valid() -> None:
    for kind, arguments in (
        (SINGLE, {**KEY, "comments": None, "tags": ""}),
        (BULK, {"rules": [{**KEY, "comments": None, "tags": ""}]}),
        (INFO, {"pattern": "", "is_regex": None}),
    ):
        spec = kind.spec(RULE.resource)
        assert not Validator(spec).validate(arguments).errors.messages
        rules = {name: spec[name] for name in ("required_one_of", "mutually_exclusive") if name in spec}
        result = ArgumentSpecValidator(spec["argument_spec"], **rules).validate(Validator(spec).coerce(arguments))
        assert not result.error_messages


def test_the_options_of_the_modules_that_read() -> None:
    spec = INFO.spec(FULL_RULE.resource)["argument_spec"]

    assert {option: spec[option]["type"] for option in set(spec) - set(CONNECTION_SPEC)} == {
        "rule_id": "int",
        "pattern": "list",
        "kind": "list",
        "is_regex": "bool",
        "search": "str",
        "order": "str",
        "direction": "str",
    }
    assert not {"order", "direction"} & set(INFO.spec(RULE.resource)["argument_spec"])


def test_only_secrets_are_hidden_from_logs() -> None:
    hidden = {
        name
        for option, declared in CONNECTION_SPEC.items()
        if declared.get("no_log")
        for name in (option, *declared.get("aliases", ()))
    }

    assert hidden == set(SECRET_OPTIONS)


def test_the_defaults_are_within_their_bounds() -> None:
    for option, (least, most) in BOUNDS.items():
        assert least <= CONNECTION_SPEC[option]["default"] <= most


@pytest.mark.parametrize(
    "options",
    [{"lookback_hops": 3}, {"lookback_hops": "3"}, {"ip_restrictions": "192.0.2.1,192.0.2.2"}, {"transport": 4}, {}],
    ids=str,
)
def test_ansible_does_not_validate_what_is_valid(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]) -> None:
    validator = Validator({"argument_spec": DOMAIN.resource.argument_spec()})
    monkeypatch.setattr(validator, "_validator", None)

    arguments = validator.validate({"domain": "example.com", **options})

    assert arguments.errors.messages == []
    assert arguments.values["state"] == "present"


@pytest.mark.parametrize("value", [10**30, -(10**30), 10**400])
def test_a_huge_integer_is_refused(value: int) -> None:
    arguments = Validator({"argument_spec": DOMAIN.resource.argument_spec()}).validate({"lookback_hops": value})

    assert arguments.values["lookback_hops"] is None
    assert "lookback_hops: must be an integer" in arguments.errors.messages[0]
