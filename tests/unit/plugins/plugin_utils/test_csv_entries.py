# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CSV as entries: what was exported converges without a change, and every mistake is reported with its line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.bulk_plan import Purge, plan_all
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.index import Index
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.plan import UNCHANGED
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import RESOURCES
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.csv_entries import (
    READ_ONLY,
    READ_ONLY_OF,
    entries_of,
)
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.findings import COLUMNS, DOMAIN_COLUMNS
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.tables import FORMULA_PREFIXES, format_csv
from support.documented import part
from support.resources import CONTENT_POLICY, DOMAIN, SAMPLES, URL_IGNORE_PATTERN
from support.sample import Sample
from support.tasks import parse_entries

ID, OTHER_ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415", "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=str)


def read(text: str, kind: str = "block_senders", delimiter: Any = None) -> list[dict[str, Any]]:
    return entries_of(text, kind, delimiter)


def mistakes(text: str, kind: str = "block_senders") -> list[str]:
    """Return the lines of the message."""
    with pytest.raises(ValueError, match=f"^{kind}: the file has mistakes.\n") as failed:
        read(text, kind)
    return str(failed.value).split("\n")[1:]


def assert_no_change(sample: Sample, records: list[dict[str, Any]], columns: list[str]) -> None:
    entries = read(format_csv(records, columns), sample.resource.list_name)
    desired = parse_entries(sample, entries)
    plan = plan_all(sample.resource, desired, Index(sample.resource, records), "replace", Purge(True, 0))
    assert [change.action for change in plan.changes] == [UNCHANGED] * len(records)


@every_sample
def test_what_is_written_as_csv_is_what_there_is(sample: Sample) -> None:
    """Whichever columns there are, in any order."""
    records = [sample.record, sample.other]
    everything = list(dict.fromkeys([*sample.record, *sample.resource.fields]))
    for columns in (everything, everything[::-1], list(sample.resource.key.fields), ["id", *sample.resource.fields]):
        assert_no_change(sample, records, columns)
    assert_no_change(sample, records, list(COLUMNS[sample.resource.list_name]))


@every_sample
def test_records_that_share_a_key_are_distinguished_by_id(sample: Sample) -> None:
    twin = {**sample.other, **{name: sample.record.get(name) for name in sample.resource.key.fields}}
    assert_no_change(sample, [sample.record, twin], [*sample.resource.fields, "id"])


HOSTILE = (
    "=1+1", "'=1", "''-2", "-", "'", "'x", "@a,b;c", "\t=", "\r", 'He said "no",\r\nand left', "a\u2028b\x85c",
    "{{ 1 + 1 }}", "true", "0755", " kept ", "#, x", "\ufeffx",
)  # fmt: skip


def text_with(*examples: str) -> Any:
    """Return a decorator that calls a test with any text and with some."""

    def decorate(function: Any) -> Any:
        for text in examples:
            function = example(text)(function)
        return given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))(function)

    return decorate


@text_with(*HOSTILE)
def test_every_text_is_read_as_what_it_was(text: str) -> None:
    record = {**URL_IGNORE_PATTERN.record, "comments": text}
    (entry,) = read(format_csv([record], ["pattern", "comments"]), "url_ignore_patterns")
    assert entry.get("comments") == text or (not text.strip() and "comments" not in entry)


@text_with(*(text for text in HOSTILE if text.strip()))
def test_every_pattern_and_name_is_found_again(text: str) -> None:
    if text.strip() and len(text) < 256:
        assert_no_change(URL_IGNORE_PATTERN, [{**URL_IGNORE_PATTERN.record, "pattern": text}], ["pattern"])
        assert_no_change(CONTENT_POLICY, [{**CONTENT_POLICY.record, "name": text}], ["name", "notes"])


@pytest.mark.parametrize("prefix", FORMULA_PREFIXES)
def test_the_apostrophe_before_a_formula_is_removed(prefix: str) -> None:
    (entry,) = read(f'pattern,comments\na,"\'{prefix}1"\n', "url_ignore_patterns")
    assert entry["comments"] == f"{prefix}1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_that_of_the_header(delimiter: str) -> None:
    text = f"\ufeff Pattern {delimiter}pattern_TYPE{delimiter}comments\r\na@b.example{delimiter}EMAIL{delimiter}\r\n"
    assert read(text) == [{"pattern": "a@b.example", "pattern_type": "EMAIL"}]


def test_a_delimiter_can_be_set() -> None:
    text = "pattern|comments\na,b;c|x\n"
    assert read(text, "url_ignore_patterns", "|") == [{"pattern": "a,b;c", "comments": "x"}]


def test_values_have_the_types_of_the_options() -> None:
    text = (
        "domain;state;ip_restrictions;regions;lookback_hops;require_tls_inbound;require_tls_outbound;transport;folder\n"
        'a.example;present;"192.0.2.1;192.0.2.2\n2001:db8::/32";DE, AU;2;yes;0; mx ;Inbox\n'
        "B.example ;absent;;;;;;;\n"
    )
    assert read(text, "domains") == [
        {
            "domain": "a.example",
            "state": "present",
            "ip_restrictions": ["192.0.2.1", "192.0.2.2", "2001:db8::/32"],
            "regions": ["DE", "AU"],
            "lookback_hops": 2,
            "require_tls_inbound": True,
            "require_tls_outbound": False,
            "transport": " mx ",
            "folder": "Inbox",
        },
        {"domain": "B.example", "state": "absent"},
    ]


def test_a_temporary_entry_keeps_its_end_as_text() -> None:
    assert read("pattern,expires\na, 2026-12-24 \nb,\n", "url_ignore_patterns") == [
        {"pattern": "a", "expires": "2026-12-24"},
        {"pattern": "b"},
    ]


def test_an_end_that_is_no_time_is_a_mistake_of_its_line() -> None:
    with pytest.raises(ValueError, match=r"line 2 \(a\): expires: must be a date"):
        read("pattern,expires\na,soon\n", "url_ignore_patterns")


def test_a_record_is_identified_by_its_id_if_its_key_is_incomplete() -> None:
    text = f"id,pattern,pattern_type,comments\n{ID},,,x\n{OTHER_ID},a@b.example,EMAIL,y\n"
    assert read(text) == [
        {"pattern_id": ID, "comments": "x"},
        {"pattern": "a@b.example", "pattern_type": "EMAIL", "comments": "y"},
    ]


def test_the_option_with_the_id_changes_a_key() -> None:
    text = f"id,pattern_id,pattern,pattern_type\n{OTHER_ID},{ID},a@b.example,EMAIL\n"
    assert read(text) == [{"pattern_id": ID, "pattern": "a@b.example", "pattern_type": "EMAIL"}]


@pytest.mark.parametrize("text", ["pattern,pattern_type", "pattern,pattern_type\n\n , \n"])
def test_without_rows_there_are_no_entries(text: str) -> None:
    assert read(text) == []


def test_tabs_may_be_missing_at_the_end_of_the_file() -> None:
    """The lookup plugin for files removes them."""
    text = "pattern\tpattern_type\tcomments\na@b.example\tEMAIL\t\t\nc@b.example\tEMAIL"
    assert [entry["pattern"] for entry in read(text)] == ["a@b.example", "c@b.example"]


def test_every_mistake_is_reported_with_its_line() -> None:
    text = (
        "pattern,pattern_type,is_regex,comments,remark,comments\n"  # 1
        'a@b.example,EMAIL,,"several\r\nlines\n"",",,\n'  # 2 to 4
        "\n"  # 5
        "A@B.example,EMAIL,no,,,\n"  # 6
        "a@,EMAIL,,,,\n"  # 7
        "10.0.0.0/8,IP,maybe,,,\n"  # 8
        "b.example,DOMAINS,,,,\n"  # 9
        "c.example,,,,,\n"  # 10
        "d.example,DOMAIN\n"  # 11
        "e.example,DOMAIN,,one, two, three, four,\n"  # 12
        "f.example,DOMAIN,,,,\n"  # 13
        'g.example,"DOMAIN"",,,,\n'  # 14
        "h.example,DOMAIN,,,,\n"  # 15
    )
    lines = mistakes(text)
    assert [line.split(":")[0] for line in lines] == [
        "line 1",
        "line 6 (A@B.example (EMAIL))",
        "line 7 (a@)",
        "line 8 (10.0.0.0/8)",
        "line 9 (b.example)",
        "line 10 (c.example)",
        "line 11",
        "line 12",
        "line 14",
    ]
    assert lines[0] == (
        "line 1: remark: unknown column. The columns are state, pattern_id, pattern, pattern_type, is_regex, comments, "
        "expires, id. comments: there are several such columns."
    )
    assert lines[1] == "line 6 (A@B.example (EMAIL)): pattern A@B.example (EMAIL) is already in line 2."
    assert "is_regex" in lines[3]
    assert "pattern_type must be one of: EMAIL, DOMAIN, IP, got: DOMAINS" in lines[4]
    assert lines[5].endswith("one of the following is required: pattern_id, pattern_type.")
    assert lines[6] == "line 11: has 2 cells, but the header has 6. Text with a delimiter must be quoted."
    assert lines[8] == "line 14: is not CSV (unexpected end of data). What follows was not read."


def test_no_mistake_is_left_out_of_a_long_message() -> None:
    lines = mistakes("pattern,pattern_type\n" + "".join(f"a{number}@,EMAIL\n" for number in range(500)))
    assert len(lines) == 500
    assert lines[-1].startswith("line 501 (a499@): pattern: must be an e-mail address")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file is empty. It must have a header with the names of options."),
        (" \n", "line 1: the file is empty. It must have a header with the names of options."),
        ('"', "line 1: is not CSV (unexpected end of data). What follows was not read."),
        ("\n\nPattern\na\n", "line 3: pattern_type: the column is missing."),
        (
            "pattern,pattern type\n",
            "line 1: pattern type: unknown column. Did you mean pattern_type? pattern_type: the",
        ),
        ("pattern,pattern_type,\na@b.example,EMAIL,x\n", "line 2: has a value in column 3, which has no name."),
        ("id,comments\n2402,x\n", "line 2: pattern_id: must be a UUID, not the number 2402"),
        (f"id,comments\n{ID},x\n{ID.upper()},y\n", f"line 3 ({ID}): pattern_id {ID} is already in line 2."),
        (
            f"id,pattern,pattern_type\n,a@b.example,EMAIL\n{ID},a@b.example,EMAIL\n",
            "line 3 (a@b.example (EMAIL)): pattern a@b.example (EMAIL) is already in line 2.",
        ),
    ],
)
def test_a_mistake(text: str, message: str) -> None:
    (line,) = mistakes(text)
    assert line.startswith(message)


def test_former_names_are_refused_unless_the_current_ones_are_there() -> None:
    text = "pattern,pattern_type,is_sender\na@b.example,EMAIL,yes\n"
    (line,) = mistakes(text, "allow_policies")
    assert line == "line 1: is_sender: is now called is_trusted_sender."
    text = "pattern,pattern_type,is_sender,is_trusted_sender\na@b.example,EMAIL,no,yes\n"
    (entry,) = read(text, "allow_policies")
    assert entry == {"pattern": "a@b.example", "pattern_type": "EMAIL", "is_trusted_sender": True}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5, "domains", None), "the input must be CSV text, such as .*, not 5."),
        ((["a"], "domains", None), "the input must be CSV text, such as .*, not a list."),
        (("", "block_sender", None), "kind must be one of domains, .*url_ignore_patterns, not 'block_sender'."),
        (("", [], None), "kind must be one of .*, not a list."),
        *(
            (("", "domains", value), "delimiter must be a character such as ; or |, not ")
            for value in ("", ";;", '"', 5)
        ),
    ],
)
def test_arguments_of_other_types_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("|", r"\|")):
        entries_of(*arguments)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.list_name)
def test_the_fields_of_a_record_that_are_no_options_are_ignored(resource: Any) -> None:
    returned = part(resource.module, "RETURN")["result"]["contains"].keys()
    former_names = {field.former_name for field in resource.fields.values()}
    ignored = READ_ONLY | READ_ONLY_OF.get(resource.list_name, frozenset())
    of_report = set(DOMAIN_COLUMNS) if resource is DOMAIN.resource else set()
    assert returned - resource.fields.keys() - former_names - {"id"} <= ignored
    assert ignored <= returned | of_report | READ_ONLY
    assert ignored.isdisjoint(resource.argument_spec())
