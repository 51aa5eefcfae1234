# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules that read and those for many records document, compared with the code and with each other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection, records, task_many
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.pagination import PAGE_SIZE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.entries import entries_from
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import Integer, Text
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import ACTIONS
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)
from support.bulk import BOTH, Many
from support.documented import options, part, spec, text
from support.module_runner import declared

RESOURCES = {"email_security_domains": DOMAIN, "sending_domain_restrictions": SENDING_DOMAIN_RESTRICTION}
every_resource = pytest.mark.parametrize("many", BOTH, ids=lambda many: many.module)
every_module = pytest.mark.parametrize("name", [name for many in BOTH for name in (many.module, many.info)])
#: What the documentation and the argument spec of an option have in common.
SHARED = ("type", "default", "choices", "elements", "aliases", "required")


def bounds_in(entries: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Return the bounds that the texts of options name."""
    return {
        option: (float(least), float(most))
        for option, entry in entries.items()
        for least, most in re.findall(r"V\(([0-9.]+)\)\s+to\s+V\(([0-9.]+)\)", text(entry))
    }


@every_module
def test_documented_options_are_those_of_the_argument_spec(name: str) -> None:
    documented, stated = options(name), spec(name)

    assert set(documented) == set(stated)
    for option, entry in stated.items():
        assert {key: documented[option].get(key) for key in SHARED} == {key: entry.get(key) for key in SHARED}, option


@every_resource
def test_documented_suboptions_are_those_of_the_argument_spec(many: Many) -> None:
    documented = options(many.module)[many.option]["suboptions"]
    stated = spec(many.module)[many.option]["options"]

    assert set(documented) == set(stated)
    for option, entry in stated.items():
        assert {key: documented[option].get(key) for key in SHARED} == {key: entry.get(key) for key in SHARED}, option


@every_resource
def test_an_entry_has_the_options_of_the_single_module_in_the_same_words(many: Many) -> None:
    entry = options(many.module)[many.option]["suboptions"]
    single = {option: options(many.one.module)[option] for option in entry}

    def with_paths(description: str) -> str:
        return re.sub(r"\bO\((\w+)\)", rf"O({many.option}[].\1)", description)

    for option, documented in single.items():
        assert text(entry[option]) == with_paths(text(documented)), option
    # What is left of the single module is of the task: the connection, and what the lists mean.
    assert set(options(many.one.module)) - set(entry) == set(connection.spec()) | {"list_mode"}


@every_module
def test_the_bounds_in_the_text_are_those_that_are_checked(name: str) -> None:
    of_the_task = task_many.BOUNDS if name in RESOURCES else {}

    assert bounds_in(options(name)) == {**connection.BOUNDS, **of_the_task}


@every_resource
def test_the_bounds_of_an_entry_in_the_text_are_those_that_are_checked(many: Many) -> None:
    entry = options(many.module)[many.option]["suboptions"]
    fields = RESOURCES[many.module].fields.values()

    assert bounds_in(entry) == {
        field.name: (field.kind.minimum, field.kind.maximum) for field in fields if isinstance(field.kind, Integer)
    }
    lengths = {
        option: re.findall(r"at most (\d+) characters", text(documented)) for option, documented in entry.items()
    }
    assert {option: int(found[0]) for option, found in lengths.items() if found} == {
        field.name: field.kind.max_length
        for field in fields
        if isinstance(field.kind, Text) and field.kind.max_length is not None
    }


@every_resource
def test_what_a_create_needs_is_named_in_the_text(many: Many) -> None:
    resource = RESOURCES[many.module]
    (said,) = (line for line in options(many.one.module)["state"]["description"] if line.startswith("With V(present)"))

    assert set(re.findall(r"O\((\w+)\)", said)) == {"domain", *resource.needed_to_create, *resource.created_with}


@every_resource
def test_that_a_deletion_cannot_be_undone_is_said_in_bold(many: Many) -> None:
    for entry in (options(many.one.module), options(many.module)[many.option]["suboptions"]):
        assert re.search(r"B\([^)]*cannot be undone\)", text(entry["state"]))


@every_module
def test_what_modules_return_in_common_is_worded_in_the_same_way(name: str) -> None:
    many = next(many for many in BOTH if name in (many.module, many.info))
    one, other = part(many.one.module, "RETURN"), part(name, "RETURN")

    assert other["result"]["contains"] == one["result"]["contains"]
    assert other["failure"] == one["failure"]
    assert (other["result"]["type"], other["result"]["elements"]) == ("list", "dict")


def test_both_modules_for_many_word_what_they_share_in_the_same_way() -> None:
    one, other = (part(many.module, "RETURN") for many in BOTH)

    assert set(one) == set(other)
    assert one["mistakes"] == other["mistakes"]
    assert one["failed_records"] == other["failed_records"]
    assert one["summary"]["contains"] == other["summary"]["contains"]


@every_resource
def test_the_summary_has_every_action_there_is(many: Many) -> None:
    contains = part(many.module, "RETURN")["summary"]["contains"]

    assert tuple(contains) == (*ACTIONS, "counts")
    assert tuple(contains["counts"]["sample"]) == ACTIONS


@every_resource
def test_the_size_of_a_page_is_told(many: Many) -> None:
    assert PAGE_SIZE == 1000
    for name in (many.module, many.info):
        assert re.search(r"(one request for|every page is read,) a thousand", text(part(name, "DOCUMENTATION")), re.I)


@every_resource
def test_filters_that_exclude_each_other_are_all_but_the_connection(many: Many) -> None:
    stated = declared(many.info)
    excluded = {pair[1] for pair in stated["mutually_exclusive"]}

    assert {pair[0] for pair in stated["mutually_exclusive"]} == {many.one.id_option}
    assert excluded == set(stated["argument_spec"]) - set(connection.spec()) - {many.one.id_option}
    assert "Not together with other filters" in text(options(many.info)[many.one.id_option])


@every_module
def test_every_module_can_be_run_in_check_mode_and_is_in_the_action_group(name: str) -> None:
    fragments = part(name, "DOCUMENTATION")["extends_documentation_fragment"]

    assert declared(name)["supports_check_mode"] is True
    own = "mailsec.cloudflare.attributes" if name in RESOURCES else "mailsec.cloudflare.attributes.info"
    assert {own, "mailsec.cloudflare.attributes.common"} < set(fragments)


def tasks_of(name: str) -> list[dict[str, Any]]:
    """Return the options of each task in the examples of a module."""
    found = (entry.get(f"mailsec.cloudflare.{name}", "other") for entry in part(name, "EXAMPLES"))
    return [params or {} for params in found if params != "other"]


@every_module
def test_every_example_is_taken(name: str) -> None:
    stated = declared(name)
    tasks = tasks_of(name)
    assert len(tasks) >= 2

    for params in tasks:
        (option,) = [key for key, entry in stated["argument_spec"].items() if entry.get("elements") == "dict"] or [None]
        entries = params.get(option)
        if isinstance(entries, list):
            assert len(entries_from(RESOURCES[name], entries)) == len(entries)
        # A template stands for entries.
        given = {key: value for key, value in params.items() if key != option}
        spec_of_the_rest = {key: entry for key, entry in stated["argument_spec"].items() if key != option}
        exclusive = stated.get("mutually_exclusive")
        checked = ArgumentSpecValidator(spec_of_the_rest, mutually_exclusive=exclusive).validate(given)
        assert not checked.error_messages, params


def test_the_modules_of_a_resource_refer_to_each_other() -> None:
    for many in BOTH:
        names = {many.module, many.info, many.one.module}
        for name in names:
            also = {f"mailsec.cloudflare.{other}" for other in names - {name}}
            assert also <= {entry.get("module") for entry in part(name, "DOCUMENTATION")["seealso"]}, name


def test_names_are_asked_for_in_addresses_that_every_server_takes() -> None:
    # 8,000 characters is what RFC 9110 asks a server to take.
    longest = f"&domain={'a' * 63}.example"

    assert len(longest) * records.MOST_NAMES < records.LONGEST_NAMES < 8000
