# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both doors are measured as what they are. No test here looks at a clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.in_process import SWITCH
from benchmarks.api import Api
from benchmarks.certificates import make
from benchmarks.door_tables import door_tables
from benchmarks.doors import differences, measure_loops, measure_tasks
from benchmarks.plans import QUICK
from benchmarks.results import Results
from benchmarks.runs import AS_MODULE, Runner, read_times
from benchmarks.targets import of_doors
from benchmarks.task import CASE
from benchmarks.ways import DEBUG, GET, IN_PROCESS, MODULE, PING, ways


@pytest.fixture
def over_tls(tmp_path: Path) -> Iterator[Api]:
    """An emulator that serves TLS."""
    with Api(tmp_path, make(tmp_path)) as api:
        yield api


def test_the_switch_is_that_of_the_collection() -> None:
    assert AS_MODULE == {SWITCH: False}


def test_a_loop_in_process_is_one_connection_and_as_a_module_one_for_each_item(over_tls: Api, tmp_path: Path) -> None:
    assert over_tls.url.startswith("https://")
    loops = measure_loops(Runner(over_tls, tmp_path), 0.0, replace(QUICK, quick_items=3, slow_items=2))
    assert loops.items == {PING: 2, GET: 2, MODULE: 2, DEBUG: 3, IN_PROCESS: 3}
    assert loops.connections == {PING: 0, GET: 2, MODULE: 2, DEBUG: 0, IN_PROCESS: 1}
    # Then the GET of the module was sent as often again, over a connection of its own.
    assert over_tls.sent() == ["GET"] * 6
    assert over_tls.connections() == 2
    assert over_tls.last_address().startswith(f"{over_tls.settings_url}/domains?")


@pytest.mark.parametrize("title", [MODULE, IN_PROCESS])
def test_an_ad_hoc_command_takes_the_door_that_it_is_named_after(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, title: str
) -> None:
    runner = Runner(api, tmp_path)
    kept = {"ANSIBLE_KEEP_REMOTE_FILES": "1", "ANSIBLE_REMOTE_TMP": str(tmp_path / "kept")}
    monkeypatch.setattr(runner, "run", partial(runner.run, **kept))
    (way,) = (way for way in ways(api, CASE.kind.name(0)) if way.title == title)
    run = runner.ad_hoc(CASE, 0.0, way.action, way.options, way.variables)
    assert run.sent == ["GET"]
    assert [file.name for file in tmp_path.rglob("AnsiballZ_*")] == (
        ["AnsiballZ_email_security_domain.py"] if way.starts_process else []
    )


def test_tasks_take_turns_and_the_first_turn_does_not_count(api: Api, tmp_path: Path) -> None:
    measured = measure_tasks(Runner(api, tmp_path), 0.0, replace(QUICK, turns=1))
    assert {way: times.count for way, times in measured.items()} == dict.fromkeys(
        [PING, GET, MODULE, DEBUG, IN_PROCESS], 1
    )
    assert api.sent() == ["GET"] * 6


def test_an_item_takes_what_lies_between_two_results(tmp_path: Path) -> None:
    file = tmp_path / "times"
    lines = [{"task": "a", "seconds": 9, "items": [4, 5, 8]}, {"task": "b", "seconds": 1, "items": []}]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert read_times(file) == ({"a": [9], "b": [1]}, {"a": [1, 3], "b": []})


def test_differences_are_taken_turn_by_turn() -> None:
    assert differences([5.0, 9.0], [1.0, 2.0]) == [4.0, 7.0]


def test_the_targets_of_both_doors(results: Results) -> None:
    assert [target.reached for target in of_doors(results)] == [False, True, True]


def test_the_tables_of_both_doors(results: Results) -> None:
    loops, tasks, ad_hoc = door_tables(results.doors)
    assert [IN_PROCESS, "20.0"] in loops.rows
    assert [MODULE, "500 (400-600)"] in loops.rows
    assert ["in-process, less this GET and debug", "6.0"] in loops.rows
    assert [f"connections: {IN_PROCESS}", "1 for 50 items"] in loops.rows
    assert tasks.head == ["one task, ms", "TLS"]
    assert ["in-process, quicker than as a module by", "0.60"] in ad_hoc.rows
