# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters as Ansible loads them, and their documentation."""

from __future__ import annotations

import importlib
import inspect
from datetime import datetime, timedelta, timezone

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from jinja2 import StrictUndefined
from jinja2.exceptions import UndefinedError

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import UNMARKED_IS_TEMPLATE
from support.module_runner import COLLECTION
from support.sample import ID
from support.terraform import TYPES, resource, state

FILTERS = [
    "check_lists",
    "expire_entries",
    "findings",
    "format_summary",
    "from_csv",
    "from_terraform",
    "summarize",
    "to_csv",
    "to_html_rows",
    "to_role_vars",
    "to_utc",
]


def loaded(name):
    module = importlib.import_module(f"{COLLECTION}.filter.{name}")
    return module, module.FilterModule().filters()[name]


@pytest.mark.parametrize("name", FILTERS)
def test_the_parameters_of_a_filter_are_documented(name):
    module, function = loaded(name)
    documented = yaml.safe_load(module.DOCUMENTATION)
    parameters = list(inspect.signature(function).parameters.values())
    assert documented["name"] == name
    positional = [each.name for each in parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    assert documented["positional"].split(", ")[1:] == positional[1:]
    assert [each.name for each in parameters][1:] == list(documented["options"])[1:]
    required = [each.default is inspect.Parameter.empty for each in parameters]
    assert required == [option.get("required", False) for option in documented["options"].values()]


def test_an_account_becomes_a_file():
    _module, function = loaded("to_role_vars")
    text = function([{"domain": "example.com", "regions": ["DE"]}], [{"domain": "partner.example", "exclude": []}])
    assert yaml.safe_load(text) == {
        "email_security_domains": [{"domain": "example.com", "regions": ["DE"]}],
        "email_security_sending_domain_restrictions": [{"domain": "partner.example", "exclude": []}],
    }


def test_lists_become_variables_in_the_order_of_the_role():
    _module, function = loaded("to_role_vars")
    url = {"pattern": "a", "comments": None, "id": ID}
    person = {"name": "A", "email": "a@example.com", "provenance": "SNOOPY-OFFICE_365", "id": ID}
    blocked = {"pattern": "old", "pattern_type": "UNKNOWN", "is_regex": False, "id": 4711}
    text = function({"url_ignore_patterns": [url], "impersonation_entries": [person] * 2, "block_senders": [blocked]})
    assert text == (
        "# Left out: 1 blocked sender without a key or an id that a task can set.\n"
        "# Left out: 2 impersonation entries synchronized from a directory.\n"
        "email_security_block_senders: []\n"
        "email_security_impersonation_entries: []\n"
        "email_security_url_ignore_patterns:\n  - pattern: a\n    comments: ''\n"
    )


def test_an_unknown_list_is_an_error():
    _module, function = loaded("to_role_vars")
    with pytest.raises(AnsibleFilterError, match="to_role_vars: no such list: blocks"):
        function({"blocks": []})


def test_entries_that_have_expired_are_absent():
    _module, function = loaded("expire_entries")
    entries = [
        {"pattern": "a", "expires": "2026-01-01"},
        {"pattern": "b", "expires": "2999-01-01", "state": "present"},
        {"pattern": "c"},
    ]
    assert function(entries, {"comments": "x"}) == [
        {"pattern": "a", "comments": "x", "state": "absent"},
        {"pattern": "b", "comments": "x", "state": "present"},
        {"pattern": "c", "comments": "x"},
    ]


@pytest.mark.parametrize(
    ("time", "utc"),
    [
        ("2026-12-31", "2026-12-31T00:00:00Z"),
        ("2026-12-31 18:00 +01:00", "2026-12-31T17:00:00Z"),
        ("2026-12-31t18:00:01.5z", "2026-12-31T18:00:01Z"),
        ("0226-12-31", "0226-12-31T00:00:00Z"),
        (datetime(2026, 12, 31, 1, tzinfo=timezone(timedelta(hours=2))), "2026-12-30T23:00:00Z"),
    ],
)
def test_times_become_utc(time, utc):
    assert loaded("to_utc")[1](time) == utc


@pytest.mark.parametrize("time", ["soon", "2026-12-31T18:00", "0001-01-01T00:00+14:00"])
def test_what_is_no_time_is_an_error(time):
    with pytest.raises(AnsibleFilterError, match=r"^to_utc: the time "):
        loaded("to_utc")[1](time)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([{"expires": "soon"}], r"^expire_entries: \[0\].expires: must be a date"),
        ("text", "^expire_entries: entries must be a list of dictionaries."),
    ],
)
def test_entries_that_cannot_be_read_are_an_error(entries, message):
    _module, function = loaded("expire_entries")
    with pytest.raises(AnsibleFilterError, match=message):
        function(entries)


GOOD, GONE = {"pattern": "a"}, {"pattern": "b", "expires": "2026-01-01"}
NOT_SET = {"set": False, "managed": False, "purge": False, "errors": [], "expired": [], "as_is": False}
URLS = "email_security_url_ignore_patterns"
NO_ENTRY = f"{URLS}[0]: must be a dictionary with the options of a record."


@pytest.mark.parametrize(
    ("entries", "purge", "expected"),
    [
        (None, False, {}),
        ("__omit_place_holder__0123", False, {}),
        (None, True, {"purge": True, "errors": [f"{URLS}: must be set, because the list is purged."]}),
        ([], False, {"set": True}),
        ("", False, {"set": True}),
        ([], True, {"set": True, "managed": True, "purge": True}),
        ([GOOD, GONE], True, {"set": True, "managed": True, "purge": True, "expired": ["b"]}),
        ([GONE], True, {"set": True, "managed": True, "purge": False, "expired": ["b"]}),
        ([{**GONE, "expires": None, "state": "absent"}], True, {"set": True, "managed": True, "purge": True}),
        ([GOOD], False, {"set": True, "managed": True, "as_is": not UNMARKED_IS_TEMPLATE}),
        ([None], False, {"set": True, "managed": True, "as_is": not UNMARKED_IS_TEMPLATE, "errors": [NO_ENTRY]}),
        (GOOD, False, {"set": True, "managed": True, "errors": [f"{URLS}: must be a list of dictionaries."]}),
    ],
)
def test_lists_are_checked(entries, purge, expected):
    _module, function = loaded("check_lists")
    checks = function({"url_ignore_patterns": entries}, {}, ["url_ignore_patterns"] if purge else [])
    assert checks == {**dict.fromkeys(BY_LIST_NAME, NOT_SET), "url_ignore_patterns": {**NOT_SET, **expected}}


def test_defaults_are_checked_with_the_entries():
    _module, function = loaded("check_lists")
    lists = {"domains": [{"domain": "a.example"}]}
    assert "lookback_hops" in function(lists, {"domains": {"lookback_hops": 0}})["domains"]["errors"][0]
    assert function(lists, {"domains": "text"})["domains"]["errors"] == [
        "email_security_domain_defaults: must be a dictionary of settings."
    ]
    for not_set in (None, "", "__omit_place_holder__0123"):
        assert function(lists, {"domains": not_set})["domains"]["errors"] == []
    defaults = {"state": "absent", "expires": "2026-01-01", "domain": "b.example", "folder": "Inbox"}
    assert function(lists, {"domains": defaults})["domains"]["errors"] == [
        "email_security_domain_defaults: state, expires, domain cannot have a default."
    ]


@pytest.mark.parametrize("arguments", [({"urls": []},), ({}, {"urls": {}}), ({}, {}, ["urls"])])
def test_a_list_that_does_not_exist_is_named(arguments):
    _module, function = loaded("check_lists")
    with pytest.raises(AnsibleFilterError, match=r"check_lists: (purge: )?no such list: urls"):
        function(*arguments)


def test_the_summary_of_a_task_is_shown_in_lines():
    result = {"changed": True, "summary": {"created": ["a", "b"], "updated": [], "deleted": [], "unchanged": ["c"]}}
    checks = loaded("check_lists")[1]({"block_senders": [{"pattern": "a"}]})
    summary = loaded("summarize")[1]({"block_senders": result}, checks)["summary"]
    show = loaded("format_summary")[1]
    assert show(summary) == ["Blocked senders created: 2 (a, b)", "Blocked senders unchanged: 1"]
    assert show(summary, 1, True) == ["Blocked senders created: 2 (a, ...)"]
    assert show(summary, 0, True) == ["Blocked senders created: 2 (a, b)"]


def test_an_empty_account_becomes_empty_lists():
    _module, function = loaded("to_role_vars")
    assert function([], []) == "email_security_domains: []\nemail_security_sending_domain_restrictions: []\n"


def test_further_lists_are_optional_for_findings():
    _module, function = loaded("findings")
    summary = function([{"domain": "example.com", "require_tls_inbound": False}])["summary"]
    assert (summary["domains_with_findings"], summary["sending_domain_restrictions"]) == (1, None)


def test_findings_takes_every_list():
    _module, function = loaded("findings")
    summary = function({name: [] for name in BY_LIST_NAME})["summary"]
    assert [summary[name] for name in BY_LIST_NAME] == [0] * len(BY_LIST_NAME)
    assert function({"allow_policies": []})["summary"]["domains"] is None
    with pytest.raises(AnsibleFilterError, match=r"^findings: allow_policies must be a list of dictionaries"):
        function({"allow_policies": "text"})


def test_records_become_rows():
    _module, function = loaded("to_csv")
    assert function([{"a": 1, "b": [True, "x"]}], ["b", "a"]) == "b,a\r\nTrue x,1\r\n"


@pytest.mark.parametrize("value", [5, "text", [1], [[]], None, True])
@pytest.mark.parametrize(
    ("name", "others", "which"),
    [
        ("to_role_vars", [[]], "domains"),
        ("findings", [], "domains"),
        ("to_csv", [["a"]], "rows"),
        ("to_html_rows", [["a"]], "rows"),
    ],
)
def test_a_value_that_is_not_a_list_of_records_is_refused(name, others, which, value):
    _module, function = loaded(name)
    with pytest.raises(AnsibleFilterError, match=f"^{name}: {which} must be a list of dictionaries, such as"):
        function(value, *others)


@pytest.mark.parametrize("columns", ["domain", 5, None, {"a": 1}, [1], [["a"]]])
@pytest.mark.parametrize("name", ["to_csv", "to_html_rows"])
def test_columns_must_be_a_list_of_keys(name, columns):
    _module, function = loaded(name)
    with pytest.raises(AnsibleFilterError, match=rf"^{name}: columns must be a list of keys, such as \['domain'"):
        function([], columns)


@pytest.mark.parametrize("words", ["text", 5, ["a"], {"a": "on"}, {"a": ["on"]}])
def test_words_are_two_by_column(words):
    _module, function = loaded("to_html_rows")
    assert function([{"a": True}], ["a"], {"a": ["on", "off"]}) == '<tr><th scope="row">on</th></tr>\n'
    with pytest.raises(AnsibleFilterError, match=r"^to_html_rows: words must have two words by column"):
        function([], ["a"], words)


def test_records_may_be_a_generator_and_undefined_variables_are_named():
    _module, function = loaded("to_csv")
    assert function(({"a": number} for number in (1, 2)), ["a"]) == "a\r\n1\r\n2\r\n"
    with pytest.raises(UndefinedError, match="'rows' is undefined"):
        function(StrictUndefined(name="rows"), ["a"])


def test_csv_becomes_entries():
    module, function = loaded("from_csv")
    assert function("pattern\n{{ 1 + 1 }}\n", "url_ignore_patterns") == [{"pattern": "{{ 1 + 1 }}"}]
    assert yaml.safe_load(module.DOCUMENTATION)["options"]["kind"]["choices"] == list(BY_LIST_NAME)


def test_mistakes_in_csv_are_named():
    _module, function = loaded("from_csv")
    with pytest.raises(
        AnsibleFilterError, match=r"^from_csv: domains: the file has mistakes.\nline 2 \(a\): domain: must be"
    ):
        function("domain\na\n", "domains")


def test_a_state_becomes_variables():
    _module, function = loaded("from_terraform")
    found = function(state(resource(TYPES["domains"], 0, {"domain": "a.example"})))
    assert found["variables"] == {"email_security_domains": [{"domain": "a.example"}]}


def test_a_plan_is_refused():
    _module, function = loaded("from_terraform")
    with pytest.raises(AnsibleFilterError, match=r"^from_terraform: the input is a plan. Use the output of"):
        function({"planned_values": {}})


@pytest.mark.parametrize(
    ("name", "arguments"), [("from_csv", ["pattern\na\n", "url_ignore_patterns"]), ("from_terraform", [state()])]
)
def test_what_is_read_is_not_evaluated(monkeypatch, name, arguments):
    module, function = loaded(name)
    monkeypatch.setattr(module, "untrusted", lambda value: ("untrusted", value))
    assert function(*arguments)[0] == "untrusted"
