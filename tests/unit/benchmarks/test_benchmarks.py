# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark counts correctly, and the counts are as promised. No test here depends on a clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import counting, growth, page, targets
from benchmarks.api import Api
from benchmarks.cases import MEASURED, Case
from benchmarks.certificates import make
from benchmarks.execution import (
    CASE,
    DEBUG,
    GET,
    IN_PROCESS,
    MODULE,
    PING,
    compared,
    measure_loops,
)
from benchmarks.places import COLLECTIONS
from benchmarks.plans import FULL, QUICK
from benchmarks.results import Results
from benchmarks.runs import Run, Runner, read_times
from support.module_runner import run_module
from support.resources import DOMAIN, RESTRICTION, SAMPLES
from support.sample import Sample

MANY = 20


@pytest.fixture
def over_tls(tmp_path: Path) -> Iterator[Api]:
    """Return an emulator with TLS."""
    with Api(tmp_path, make(tmp_path)) as api:
        yield api


def test_the_requests_of_every_case(api: Api) -> None:
    def converge(case: Case) -> Run:
        api.reset(case.seed())
        connection = {"api_url": api.url, "api_token": api.token, "account_id": api.account_id}
        module = case.sample.module if case.single else case.sample.bulk_module
        options = case.entries()[0] if case.single else {case.sample.entries_option: case.entries()}
        assert not run_module(module, {**connection, **options}).failed
        assert not case.unfinished(api.records(case.sample.collection))
        return Run(0.0, api.sent(), {})

    sent = counting.measure(converge, MANY)

    assert {str(each.case): dict(each.methods) for each in sent} == {
        f"{sample.entries_option}: {case}": requests
        for sample in SAMPLES
        for case, requests in {
            "one converged record": {"GET": 1},
            "one changed record": {"GET": 1, "PATCH": 1},
            "20 converged": {"GET": 1},
            "20, 1 differ": {"GET": 1, "PATCH": 1},
            "20, all differ": {"GET": 1, **({"POST": 1} if "patches" in sample.resource.batch else {"PATCH": 20})},
        }.items()
    }
    assert [counting.one_by_one(each.case) for each in sent[:5]] == [1, 2, 20, 21, 40]
    assert all(target.reached for target in targets.of_requests(Results("", requests=sent)))


def test_more_requests_than_promised_miss_the_target() -> None:
    sent = counting.measure(lambda _case: Run(0.0, ["GET"] * 2, {}), MANY)
    (target,) = [each for each in targets.of_requests(Results("", requests=sent)) if "converged" in each.title]
    assert not target.reached
    assert target.figure == "2 at most, in 8 lists"


def test_a_playbook_is_counted_and_timed(api: Api, tmp_path: Path) -> None:
    run = Runner(api, tmp_path).collection(Case(RESTRICTION, MANY, MANY, 2))
    assert sorted(run.sent) == ["GET", "PATCH", "PATCH"]
    assert [len(times) for times in run.tasks.values()] == [1]


def test_the_other_solutions_do_the_same_work(api: Api, tmp_path: Path) -> None:
    runner = Runner(api, tmp_path)
    assert sorted(runner.sdk(Case(RESTRICTION, 3, 3, 2)).sent) == ["GET"] * 3 + ["PATCH"] * 2
    assert runner.uri(Case(DOMAIN, 2, 2, 1)).sent == ["GET", "GET", "PATCH"]


def test_a_run_that_does_not_finish_is_an_error(api: Api, tmp_path: Path) -> None:
    runner = Runner(api, tmp_path)
    with pytest.raises(RuntimeError, match="1 records are not in the desired state"):
        runner._converge(Case(DOMAIN, 2, 2, 1), 0.0, ["true"])
    with pytest.raises(RuntimeError, match="failed"):
        runner.run(Case(DOMAIN, 1, 1, 0), 0.0, ["false"])


@pytest.mark.parametrize("kind", MEASURED, ids=lambda kind: kind.entries_option)
def test_one_planning_in_a_process_of_its_own(kind: Sample) -> None:
    assert growth.planning(COLLECTIONS, "memory", kind.entries_option, 10)["peak"] > 0
    assert growth.planning(COLLECTIONS, "cpu", kind.entries_option, 10)["seconds"] > 0


def test_a_loop_in_process_is_one_connection_and_as_a_module_one_for_each_item(over_tls: Api, tmp_path: Path) -> None:
    loops = measure_loops(Runner(over_tls, tmp_path), 0.0, replace(QUICK, quick_items=3, slow_items=2))
    assert loops.items == {PING: 2, GET: 2, MODULE: 2, DEBUG: 3, IN_PROCESS: 3}
    assert loops.connections == {PING: 0, GET: 2, MODULE: 2, DEBUG: 0, IN_PROCESS: 1}
    # Then the GET of the module was sent as often again, over a connection of its own.
    assert over_tls.sent() == ["GET"] * 6
    assert over_tls.last_url().startswith(f"{over_tls.settings_url}/domains?")


def test_an_ad_hoc_command_is_timed(api: Api, tmp_path: Path) -> None:
    *_others, in_process = compared(api, CASE.sample.label_of(0))
    run = Runner(api, tmp_path).ad_hoc(CASE, 0.0, in_process.action, in_process.options, in_process.variables)
    assert run.sent == ["GET"]


def test_an_item_takes_the_time_between_two_results(tmp_path: Path) -> None:
    file = tmp_path / "times"
    lines = [{"task": "a", "seconds": 9, "items": [4, 5, 8]}, {"task": "b", "seconds": 1, "items": []}]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert read_times(file) == ({"a": [9], "b": [1]}, {"a": [1, 3], "b": []})


def test_the_page_has_every_target(results: Results) -> None:
    text = page.written(results, FULL)
    assert "| 6.00 s (6.00 to 6.00) | **not reached** |" in text
    assert "| 40 times | **not reached** |" in text
    assert "| 2.0 s and 1.5 s | **not reached** |" in text
    assert "| 1 at most, in 8 lists | reached |" in text
    assert "| 16.0 ms: 20.0 ms, the GET 4.0 ms (debug: 10.0 ms) | **not reached** |" in text
    assert "| 0.60 s: 0.90 s and 1.50 s | reached |" in text
    assert "| domains: 1,000, all differ | 2.00 (1.00-3.00) | ~80.0 |" in text
