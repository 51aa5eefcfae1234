# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters as Ansible loads them, and what they document."""

from __future__ import annotations

import importlib
import inspect

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from jinja2 import StrictUndefined
from jinja2.exceptions import UndefinedError

from support.module_runner import COLLECTION

FILTERS = ["account_variables", "csv", "posture"]


def loaded(name):
    module = importlib.import_module(f"{COLLECTION}.filter.{name}")
    return module, module.FilterModule().filters()[name]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_takes_what_it_documents(name):
    module, function = loaded(name)
    documented = yaml.safe_load(module.DOCUMENTATION)
    parameters = list(inspect.signature(function).parameters.values())
    assert documented["name"] == name
    assert documented["positional"].split(", ") == list(documented["options"])
    assert [each.name for each in parameters][1:] == list(documented["options"])[1:]
    required = [each.default is inspect.Parameter.empty for each in parameters]
    assert required == [option.get("required", False) for option in documented["options"].values()]


def test_an_account_becomes_a_file():
    _module, function = loaded("account_variables")
    text = function([{"domain": "example.com", "regions": ["DE"]}], [{"domain": "partner.example", "exclude": []}])
    assert yaml.safe_load(text) == {
        "email_security_domains": [{"domain": "example.com", "regions": ["DE"]}],
        "email_security_sending_domain_restrictions": [{"domain": "partner.example", "exclude": []}],
    }


def test_an_empty_account_becomes_empty_lists():
    _module, function = loaded("account_variables")
    assert function([], []) == "email_security_domains: []\nemail_security_sending_domain_restrictions: []\n"


def test_restrictions_can_be_left_out_of_the_posture():
    _module, function = loaded("posture")
    assert function([{"domain": "example.com", "require_tls_inbound": False}])["summary"]["weak_domains"] == 1


def test_records_become_rows():
    _module, function = loaded("csv")
    assert function([{"a": 1, "b": [True, "x"]}], ["b", "a"]) == "b,a\r\nTrue x,1\r\n"


@pytest.mark.parametrize("value", [5, "text", {"a": 1}, [1], [[]], None, True])
@pytest.mark.parametrize(
    ("name", "others", "which"),
    [
        ("account_variables", [[]], "domains"),
        ("posture", [], "domains"),
        ("csv", [["a"]], "rows"),
    ],
)
def test_what_are_no_records_is_refused_with_a_sentence(name, others, which, value):
    _module, function = loaded(name)
    with pytest.raises(AnsibleFilterError, match=f"^{name}, the {which}: must be a list of dictionaries, such as"):
        function(value, *others)


@pytest.mark.parametrize("columns", ["domain", 5, None, {"a": 1}, [1], [["a"]]])
def test_columns_that_are_no_list_of_keys_are_refused(columns):
    _module, function = loaded("csv")
    with pytest.raises(AnsibleFilterError, match=r"^csv, the columns: must be a list of keys, such as \['domain'"):
        function([], columns)


def test_records_may_come_one_by_one_and_what_is_not_defined_says_so():
    _module, function = loaded("csv")
    assert function(({"a": number} for number in (1, 2)), ["a"]) == "a\r\n1\r\n2\r\n"
    with pytest.raises(UndefinedError, match="'rows' is undefined"):
        function(StrictUndefined(name="rows"), ["a"])
