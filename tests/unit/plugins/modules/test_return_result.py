# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``return_result`` of the bulk modules: without it, all else is returned, and the same is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.module_runner import Run
from support.resources import RESTRICTION, SAMPLES
from support.sample import Sample
from support.script import Script, refusal


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.module)
@pytest.mark.parametrize("check_mode", [False, True])
def test_only_the_result_is_left_out(run: Callable[..., Run], sample: Sample, check_mode: bool) -> None:
    def ran(**options: bool) -> Run:
        script = Script(sample.listing(sample.record), *([] if check_mode else [sample.patching()]))
        return run(
            sample.bulk_module,
            script,
            check_mode,
            **{sample.entries_option: [{**sample.key, **sample.change}]},
            **options,
        )

    without, default = ran(return_result=False), ran()

    assert default.result == ran(return_result=True).result == [{**sample.record, **sample.change}]
    assert without.output == {name: value for name, value in default.output.items() if name != "result"}


def test_a_failure_has_no_result_either(run: Callable[..., Run]) -> None:
    # The first write is applied, and what became of it is unknown: an error with a result of its own.
    records = RESTRICTION.records(1)
    script = Script(
        RESTRICTION.listing(*records),
        RESTRICTION.patching(records[0], RESTRICTION.change, answer={"success": True, "result": None}),
        RESTRICTION.reading(records[0], status=403, answer=refusal({"code": 10000, "message": "Authentication error"})),
    )

    result = run(
        RESTRICTION.bulk_module, script, restrictions=RESTRICTION.changes(1), concurrency=1, return_result=False
    )

    assert result.failed
    assert "could not be read again" in result.msg
    assert "result" not in result.output
    assert result.output.keys() >= {"changed", "summary", "failed_records", "failure"}
