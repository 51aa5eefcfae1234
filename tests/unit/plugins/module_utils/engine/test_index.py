# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The index of records, by id and by key."""

from __future__ import annotations

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.index import Index, labels_of
from support.resources import RULE


def test_records_without_id_or_key_are_ignored() -> None:
    index = Index(RULE.resource, [{"id": None}, {"pattern": ["x"], "kind": 5}, RULE.numbered(0)])

    assert index.by_id(0) == RULE.numbered(0)
    assert index.by_id(None) is None
    assert len(index.records) == 3


def test_records_have_labels_or_else_ids() -> None:
    records = [RULE.numbered(2), RULE.numbered(1), {"id": 3}, {}]

    assert labels_of(RULE.resource, records) == ("3, None, user1@example.com (EMAIL), user2@example.com (EMAIL)")
