# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The index of records, by id and by key."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.index import Index, labels_of
from support.cases import Case, desired
from support.rule import RULE, record


def test_a_record_is_found_by_id_and_by_key_in_any_spelling(case: Case) -> None:
    index = Index(case.resource, [case.other, case.record])

    assert index.find(desired(case.resource, **case.respelled)) is case.record
    assert index.find(desired(case.resource, **{case.id_option: case.record["id"]})) is case.record
    assert index.by_id(str(case.record["id"]).upper()) is case.record
    assert Index(case.resource, [case.other]).find(desired(case.resource, **case.respelled)) is None


def test_several_records_of_a_key_are_an_error_with_their_ids(case: Case) -> None:
    again = {**case.record, **case.respelled, "id": case.other["id"]}
    wanted = desired(case.resource, **case.respelled)

    with pytest.raises(CollectionError) as error:
        Index(case.resource, [case.record, again]).find(wanted)
    ids = ", ".join(sorted(str(each["id"]) for each in (case.record, again)))
    assert str(error.value) == (
        f"{next(iter(case.respelled))}: {wanted.label} matches 2 {case.resource.noun}s. "
        f"Select one with {case.id_option}: {ids}."
    )


def test_records_without_id_or_key_are_in_no_way() -> None:
    index = Index(RULE, [{"id": None}, {"pattern": ["x"], "kind": 5}, record(0)])

    assert index.by_id(0) == record(0)
    assert index.by_id(None) is None
    assert len(index.records) == 3


def test_records_have_labels_or_else_ids() -> None:
    records = [record(2), record(1), {"id": 3}, {}]

    assert labels_of(RULE, records) == (
        "3, None, user1@example.com (EMAIL, not is_regex), user2@example.com (EMAIL, not is_regex)"
    )
