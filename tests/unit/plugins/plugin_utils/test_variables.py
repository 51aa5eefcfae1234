# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account as variables: what is written is what the role takes, and Ansible loads it as what it is."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.bulk_plan import Purge, plan_all
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.index import Index
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import UNCHANGED
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.variables import TEMPLATE_MARKERS, dump, export
from support.resources import ALL_SAMPLES, DOMAIN, RESTRICTION, RULE
from support.tasks import parse_entries

ID, OTHER_ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415", "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
RECORD: dict[str, Any] = {
    "id": ID,
    "domain": "Example.com",
    "allowed_delivery_modes": ["DIRECT", "API"],
    "drop_dispositions": None,
    "folder": None,
    "ip_restrictions": ["2001:DB8::/32", "192.0.2.7/32"],
    "lookback_hops": 2,
    "require_tls_inbound": False,
    "require_tls_outbound": None,
    "transport": "mx.example.com",
    "status": "active",
    "authorization": {"authorized": True},
    "modified_at": "2026-10-27T18:11:19.117000Z",
}


class Loader(yaml.SafeLoader):
    """Loads the file as Ansible does: a string is tagged or it is a template."""


class FastLoader(yaml.CSafeLoader):
    """The same with the parser that Ansible takes where it is there. It has its own idea of line breaks."""


for each in (Loader, FastLoader):
    each.add_constructor("!unsafe", lambda loader, node: ("unsafe", node.value))


def test_a_record_becomes_what_can_be_set_in_one_spelling():
    assert export(DOMAIN.resource, [RECORD]).entries == [
        {
            "domain": "Example.com",
            "allowed_delivery_modes": ["API", "DIRECT"],
            "drop_dispositions": [],
            "folder": "",
            "ip_restrictions": ["192.0.2.7/32", "2001:db8::/32"],
            "lookback_hops": 2,
            "require_tls_inbound": False,
            "require_tls_outbound": False,
            "transport": "mx.example.com",
        }
    ]


def test_a_null_that_no_task_can_set_is_left_out():
    assert export(DOMAIN.resource, [{"domain": "a.example", "lookback_hops": None}]).entries == [
        {"domain": "a.example"}
    ]


def test_a_value_that_no_task_can_set_is_left_out():
    record = {**RECORD, "lookback_hops": 99, "transport": 7, "regions": ["MARS"]}
    (entry,) = export(DOMAIN.resource, [record]).entries
    assert entry["require_tls_inbound"] is False
    assert entry.keys().isdisjoint({"lookback_hops", "regions"})


def test_records_are_in_the_order_of_their_names_however_the_server_orders_them():
    records = [{"domain": name, "exclude": []} for name in ("b.example", "C.example", "a.example", "Bücher.example")]
    names = [entry["domain"] for entry in export(RESTRICTION.resource, records).entries]
    assert names == ["a.example", "b.example", "C.example", "Bücher.example"]
    assert export(RESTRICTION.resource, records).entries == export(RESTRICTION.resource, records[::-1]).entries


def test_records_with_the_same_name_are_distinguished_by_id():
    records = [
        {"id": ID, "domain": "twice.example", "exclude": []},
        {"id": OTHER_ID, "domain": "Twice.example.", "exclude": ["a.twice.example"]},
    ]
    assert export(RESTRICTION.resource, records).entries == [
        {"sending_domain_restriction_id": OTHER_ID, "exclude": ["a.twice.example"]},
        {"sending_domain_restriction_id": ID, "exclude": []},
    ]


def test_a_record_without_a_name_is_found_by_its_id():
    assert export(RESTRICTION.resource, [{"id": ID, "comments": "x"}]).entries == [
        {"sending_domain_restriction_id": ID, "comments": "x"}
    ]


@pytest.mark.parametrize(
    ("sample", "records"),
    [
        (DOMAIN, [RECORD, {"id": OTHER_ID, "domain": "example.org", "folder": "Inbox", "regions": ["DE", "AU"]}]),
        (RESTRICTION, [{"id": ID, "domain": "a.example", "exclude": None, "comments": None}]),
        (
            RESTRICTION,
            [{"id": ID, "domain": "a.example"}, {"id": OTHER_ID, "domain": "A.example", "exclude": ["b.a.example"]}],
        ),
        (
            RULE,
            [
                RULE.numbered(1, is_regex=None),
                RULE.numbered(2, is_regex=True),
                RULE.numbered(3),
                RULE.numbered(4, pattern="USER3@example.com"),
            ],
        ),
        *((sample, [sample.record, sample.other]) for sample in ALL_SAMPLES),
    ],
    ids=["domains", "restriction", "two of one name", "rules", *map(str, ALL_SAMPLES)],
)
def test_what_is_exported_is_what_there_is(sample, records):
    resource = sample.resource
    written = export(resource, records).entries
    for entry in written:
        assert not ArgumentSpecValidator(resource.argument_spec()).validate(entry).error_messages
    plan = plan_all(resource, parse_entries(sample, written), Index(resource, records), "replace", Purge(True, 0))
    assert [change.action for change in plan.changes] == [UNCHANGED] * len(records)


@pytest.mark.parametrize(
    "text",
    ["{{ 1 + 1 }}", "a {% if b %}", "{# c #}", "x{{", "#jinja2: variable_start_string:'[['\n[[ 1 + 1 ]]"],
)
def test_a_text_that_looks_like_a_template_is_marked(text):
    assert yaml.load(dump({"comments": text}), Loader) == {"comments": ("unsafe", text)}  # noqa: S506  # a safe one


@pytest.mark.parametrize("loader", [Loader, FastLoader])
@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("a\x85b")
@example("a\u2028\x85 \u2029 b\x07\x00\r\n")
def test_every_text_is_loaded_as_what_it_was(loader, text):
    loaded = yaml.load(dump({"comments": text}), loader)["comments"]  # noqa: S506  # a safe loader
    assert loaded == (("unsafe", text) if any(mark in text for mark in TEMPLATE_MARKERS) else text)


def test_the_file_is_readable():
    entry = {"domain": "bücher.example", "regions": ["DE"], "exclude": [], "comments": "yes " * 60}
    assert dump({"domains": [entry]}).splitlines() == [
        "domains:",
        "  - domain: bücher.example",
        "    regions:",
        "      - DE",
        "    exclude: []",
        f"    comments: '{'yes ' * 60}'",
    ]


def test_equal_lists_are_written_out_each_time():
    shared = ["DE"]
    assert "&" not in dump({"a": shared, "b": shared})
