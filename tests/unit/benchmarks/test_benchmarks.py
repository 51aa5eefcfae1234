# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark counts correctly, and the counts are as promised. No test here depends on a clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import counting, growth, module_cost, page, partners, targets
from benchmarks.api import Api
from benchmarks.cases import MEASURED, Case, Seeded
from benchmarks.certificates import make
from benchmarks.execution import CASE, DEBUG, GET, IN_PROCESS, MODULE, compared, measure_loops
from benchmarks.lean import LeanApi
from benchmarks.places import COLLECTIONS
from benchmarks.plans import FULL, QUICK
from benchmarks.results import Results
from benchmarks.runs import Run, Runner, read_times
from support.module_runner import run_module
from support.resources import DOMAIN, IMPERSONATION_ENTRY, RESTRICTION, SAMPLES
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
    assert sorted(runner.sdk(Case(DOMAIN, 3, 3, 2), batch=True).sent) == ["GET", "POST"]
    assert sorted(runner.sdk(Case(IMPERSONATION_ENTRY, 3, 3, 2), batch=True).sent) == ["GET", "PATCH", "PATCH"]
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


class ConnectionCounter(Runner[Api]):
    """Counts the connections of each task."""

    def __init__(self, api: Api, folder: Path) -> None:
        super().__init__(api, folder)
        self.connections: dict[str, int] = {}

    def tasks(self, case: Seeded, delay: float, tasks: list[dict[str, Any]], **variables: Any) -> Run:
        """Run a play of one task."""
        run = super().tasks(case, delay, tasks, **variables)
        self.connections[tasks[0]["name"]] = self.api.connections()
        return run


def test_a_loop_in_process_is_one_connection_and_as_a_module_one_for_each_item(over_tls: Api, tmp_path: Path) -> None:
    runner = ConnectionCounter(over_tls, tmp_path)
    loops = measure_loops(runner, 0.0, replace(QUICK, quick_items=3, slow_items=2))
    assert runner.connections == {DEBUG: 0, IN_PROCESS: 1, MODULE: 2, GET: 2}
    assert list(loops.item) == [DEBUG, IN_PROCESS, MODULE, GET]
    assert loops.round_trip.median > 0


def test_an_ad_hoc_command_is_timed(api: Api, tmp_path: Path) -> None:
    _debug, in_process, *_others = compared(api, CASE.sample.label_of(0))
    run = Runner(api, tmp_path).ad_hoc(CASE, 0.0, in_process.action, in_process.options, in_process.variables)
    assert run.sent == ["GET"]


def test_an_item_takes_the_time_between_two_results(tmp_path: Path) -> None:
    file = tmp_path / "times"
    lines = [{"task": "a", "seconds": 9, "items": [4, 5, 8]}, {"task": "b", "seconds": 1, "items": []}]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert read_times(file) == ({"a": [9], "b": [1]}, {"a": [1, 3], "b": []})


@pytest.mark.parametrize(("good", "mark"), [(True, "reached"), (False, "**not reached**")])
def test_the_page_has_every_target(made_up: Callable[[bool], Results], good: bool, mark: str) -> None:
    results = made_up(good)
    text = page.written(results, FULL)
    every = list(targets.targets(results))
    assert [target.title for target in every if target.reached != good] == []
    assert [target.title for target in every if f"| {target.title} | {target.figure} | {mark} |" not in text] == []
    assert f"{16 if good else 0} of 16 are reached" in text


def test_a_target_is_missed_where_one_setting_misses_it(made_up: Callable[[bool], Results]) -> None:
    assert [target.figure for target in targets.of_execution(made_up(False))] == [
        "HTTP: 6.0 ms; HTTPS: 9.0 ms (missed)",
        "HTTP: 500 and 500 ms; HTTPS: 500 and 400 ms (missed)",
        "HTTP: 0.60 s; HTTPS: 0.40 s (missed)",
    ]


@pytest.mark.parametrize("case", [Case(DOMAIN, 1200, 1200, 0), Case(DOMAIN, 1200, 1200, 1100)], ids=str)
def test_the_bare_action_does_the_same_work(tmp_path: Path, case: Case) -> None:
    with LeanApi(tmp_path) as api:
        runner = Runner(api, tmp_path)
        # Raises where a record is not in the desired state.
        runner.collection(case)
        runner.converge(case, 0.0, {"bare": {"domains": "{{ desired }}"}}, desired=case.entries())


def test_both_ways_of_a_ratio_run(tmp_path: Path) -> None:
    with LeanApi(tmp_path) as api:
        compared = partners.pairs(Runner(api, tmp_path), replace(QUICK, many=3, quick_items=3))
        by_title = {f"{pair.this}, {pair.other}": pair for pair in compared}
        assert list(by_title) == [
            "email_security_domains, a bare action",
            "email_security_domain, a bare action",
            "the role, email_security_domains",
            "the role with Ansible's validation, email_security_domains",
            "the role, 8 tasks",
            "the report, the export",
        ]
        for title in (
            "email_security_domain, a bare action",
            "the role, 8 tasks",
            "the report, the export",
        ):
            assert by_title[title].run() > 0
            assert by_title[title].run_other() > 0


def test_the_cost_of_the_module_without_the_executor(tmp_path: Path) -> None:
    plan = replace(QUICK, sizes=(1, 1100))
    cost = module_cost.measure(tmp_path, COLLECTIONS, plan, lambda _text: None)
    assert [str(each.case) for each in cost.costs] == [
        "domains: 1 converged",
        "domains: 1, all differ",
        "domains: 1,100 converged",
        "domains: 1,100, all differ",
    ]
    assert all(each.peak > 10_000_000 and each.cpu.median > 0 for each in cost.costs)
    assert 0 < cost.imported.median < 60


def test_the_lean_server_has_no_delay(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="responds at once"):
        LeanApi(tmp_path).reset({}, 0.05)
