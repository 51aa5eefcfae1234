# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark counts right, and what it counts is what was promised. No test here looks at a clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.mailsec.cloudflare.plugins.module_utils import task_many, task_one
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import new_sessions
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.task import Context
from benchmarks import chart, counting, growth, page, targets
from benchmarks.api import Api
from benchmarks.cases import DOMAINS, KINDS, RESTRICTIONS, Case, Kind
from benchmarks.imports import blame
from benchmarks.places import COLLECTIONS, snapshot
from benchmarks.plans import FULL, QUICK
from benchmarks.results import Results
from benchmarks.runs import Run, Runner
from benchmarks.task import interval
from benchmarks.wall import LoopCost

MANY = 20


def converge_with(api: Api) -> Any:
    """Return what converges a case as the modules do, in this process."""

    def converge(case: Case) -> Run:
        api.reset(case.seed())
        resource = DOMAIN if case.kind is DOMAINS else SENDING_DOMAIN_RESTRICTION
        task = task_one if case.single else task_many
        spec = task.spec(resource)["argument_spec"]
        # As in the modules, Ansible does not check the entries of a list.
        spec.pop(case.kind.bulk_option, None)
        connection = {"api_url": api.url, "api_token": api.token, "account_id": api.account_id}
        checked = ArgumentSpecValidator(spec).validate({**connection, **(case.entries()[0] if case.single else {})})
        assert not checked.error_messages
        params = {**checked.validated_parameters, case.kind.bulk_option: case.entries()}
        task.perform(resource, params, Context(False, {}, new_sessions))
        assert not case.unfinished(api.records(case.kind.collection))
        return Run(0.0, api.sent(), {})

    return converge


def test_the_requests_of_every_case(api: Api) -> None:
    sent = counting.measure(converge_with(api), MANY)
    assert {(each.case.kind.title, each.case.title): dict(each.methods) for each in sent} == {
        ("domains", "one converged record"): {"GET": 1},
        ("domains", "one changed record"): {"GET": 1, "PATCH": 1},
        ("domains", "20 converged"): {"GET": 1},
        ("domains", "20, 1 differ"): {"GET": 1, "PATCH": 1},
        ("domains", "20, all differ"): {"GET": 1, "POST": 1},
        ("restrictions", "one converged record"): {"GET": 1},
        ("restrictions", "one changed record"): {"GET": 1, "PATCH": 1},
        ("restrictions", "20 converged"): {"GET": 1},
        ("restrictions", "20, 1 differ"): {"GET": 1, "PATCH": 1},
        ("restrictions", "20, all differ"): {"GET": 1, "PATCH": 20},
    }
    assert [counting.one_by_one(each.case) for each in sent[:5]] == [1, 2, 20, 21, 40]
    assert all(target.reached for target in targets.of_requests(Results("", requests=sent)))


def test_more_requests_than_promised_are_told() -> None:
    case = Case(DOMAINS, MANY, MANY, 0)
    sent = counting.measure(lambda _case: Run(0.0, ["GET"] * 2, {}), MANY)
    (target,) = [each for each in targets.of_requests(Results("", requests=sent)) if case.title in each.title]
    assert not target.reached
    assert target.figure == "2 GET"


def test_a_snapshot_holds_what_ansible_needs(tmp_path: Path) -> None:
    collection = snapshot(tmp_path) / "ansible_collections/mailsec/cloudflare"
    for kind in KINDS:
        assert (collection / f"plugins/modules/{kind.bulk_module}.py").exists()
    assert (collection / "meta/runtime.yml").exists()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
def test_a_real_playbook_is_counted_and_timed(api: Api, tmp_path: Path, kind: Kind) -> None:
    run = Runner(api, tmp_path).collection(Case(kind, MANY, MANY, 2))
    assert sorted(run.sent) == (["GET", "POST"] if kind is DOMAINS else ["GET", "PATCH", "PATCH"])
    assert list(run.tasks) == ["Converge all records"]
    assert len(run.tasks["Converge all records"]) == 1


def test_the_other_ways_do_the_same_work(api: Api, tmp_path: Path) -> None:
    runner = Runner(api, tmp_path)
    assert sorted(runner.sdk(Case(RESTRICTIONS, 3, 3, 2)).sent) == ["GET"] * 3 + ["PATCH"] * 2
    assert runner.uri(Case(DOMAINS, 2, 2, 1)).sent == ["GET", "GET", "PATCH"]


def test_a_run_that_leaves_a_record_as_it_was_is_an_error(api: Api, tmp_path: Path) -> None:
    runner = Runner(api, tmp_path)
    with pytest.raises(RuntimeError, match="1 records are not as wanted"):
        runner._converge(Case(DOMAINS, 2, 2, 1), 0.0, ["true"])
    with pytest.raises(RuntimeError, match="failed"):
        runner.run(Case(DOMAINS, 1, 1, 0), 0.0, ["false"])


def test_one_planning_in_a_process_of_its_own() -> None:
    for title in ("domains", "restrictions"):
        assert growth.planning(COLLECTIONS, "memory", title, 10)["peak"] > 0
        assert growth.planning(COLLECTIONS, "cpu", title, 10)["seconds"] > 0


def test_imports_count_for_the_first_that_asked() -> None:
    text = """\
import time: self [us] | cumulative | imported package
import time:       100 |        100 | site
import time:        20 |         20 |       ssl
import time:        30 |         50 |     urllib3
import time:        10 |         60 |   requests
import time:         5 |          5 |   json
import time:         7 |         72 | ansible_collections.mailsec.cloudflare.plugins.modules.one
import time:         3 |          3 | json.tool
something else
"""
    spent = {part: round(seconds * 1e6) for part, seconds in blame(text).items()}
    assert spent == {
        "interpreter and standard library": 103,
        "requests and what it needs": 60,
        "this collection's own code": 12,
    }


def test_the_interval_of_a_median() -> None:
    assert interval(range(1, 31)) == (10, 21)
    assert interval([1, 2, 3]) == (1, 3)


def test_a_loop_is_reckoned_from_its_items() -> None:
    assert LoopCost(2.0, 0.5, 0.25).of(Case(DOMAINS, 1000, 1000, 10)) == 504.5


def test_the_page_says_what_was_not_reached(results: Results) -> None:
    text = page.written(results, FULL)
    assert "| 6.00 s (6.00 to 6.00) | **not reached** |" in text
    assert "+100 ms from pair to pair (95 %: +50 to +200) | **not reached** |" in text
    assert "| 40 times | **not reached** |" in text
    assert "| 2.0 s and 1.5 s | **not reached** |" in text
    assert "| 1 GET | reached |" in text
    assert "| 16.0 ms: 20.0 ms, the GET 4.0 ms (debug: 10.0 ms) | **not reached** |" in text
    assert "| 0.60 s: 0.90 s and 1.50 s | reached |" in text


def test_the_chart_shows_every_way(results: Results) -> None:
    picture = chart.draw(results.wall[-1:])
    for text in ("<circle", "rotate(45", "domains: 1,000, all differ", "~80.0", "prefers-color-scheme: dark"):
        assert text in picture


def test_the_quick_form_is_smaller() -> None:
    assert QUICK.many < FULL.many
    assert QUICK.pairs < FULL.pairs
    assert QUICK.quick_items < FULL.quick_items
