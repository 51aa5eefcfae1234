# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of which a list leaves out a part of the key: they are read by id before anything is decided."""

from __future__ import annotations

from collections.abc import Callable

from support.module_runner import Run
from support.resources import BLOCK_SENDER, TRUSTED_DOMAIN
from support.script import Script

PATTERN = {"pattern": "a.example"}


def test_a_regular_expression_is_not_taken_for_a_domain(run: Callable[..., Run]) -> None:
    sample = TRUSTED_DOMAIN
    record = sample.numbered(1, **PATTERN, is_regex=True)
    listed = {name: value for name, value in record.items() if name != "is_regex"}
    entry = {**PATTERN, "state": "absent"}
    for module, params in ((sample.module, entry), (sample.bulk_module, {sample.entries_option: [entry]})):
        result = run(module, Script(sample.listing(listed), sample.reading(record)), **params)
        assert not result.failed
        assert not result.changed


def test_a_sender_is_not_created_twice(run: Callable[..., Run]) -> None:
    sample = BLOCK_SENDER
    record = sample.numbered(1)
    listed = {name: value for name, value in record.items() if name != "pattern_type"}
    entry = sample.key_of(1)
    for module, params in ((sample.module, entry), (sample.bulk_module, {sample.entries_option: [entry]})):
        result = run(module, Script(sample.listing(listed), sample.reading(record)), **params)
        assert not result.failed
        assert not result.changed
        # Not even the record itself has it.
        stopped = run(module, Script(sample.listing(listed), sample.reading(listed)), **params)
        assert stopped.failed
        assert f"the API does not return pattern_type. Select it with pattern_id: {record['id']}." in stopped.msg
