# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mutation testing: which mutants there are, what they are known by, and when ``make test-mutation`` fails."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from mutation import __main__ as command
from mutation import page, quick
from mutation.mutants import MUTATED, OUTSIDE, Key, Mutant, mutants_of

SOURCE = '''
"""Words are no code."""
from functools import lru_cache

LIMIT: int = 3


class Thing:
    size = 1

    @property
    def big(self) -> bool:
        return self.size > LIMIT

    def grown(self, by: int = 2) -> int:
        return sum((
            self.size,
            by,
        ))


@lru_cache(maxsize=None)
def same(one: str) -> str:
    one = one.strip()
    one = one.strip()
    return one
'''


@pytest.fixture
def mutants(tmp_path: Path) -> dict[Key, Mutant]:
    """Return the mutants of a small file."""
    path = tmp_path / "errors.py"
    path.write_text(SOURCE)
    return {mutant.key: mutant for mutant in mutants_of(path)}


def texts(mutants: dict[Key, Mutant], function: str) -> set[str]:
    return {key.text for key in mutants if key.function == function}


def test_what_stands_outside_of_functions_and_in_decorated_ones_is_changed_too(mutants: dict[Key, Mutant]) -> None:
    assert texts(mutants, OUTSIDE) == {"LIMIT: int = 4", "LIMIT: int = None"}
    assert "size = 2" in texts(mutants, "Thing")
    assert texts(mutants, "Thing.big") == {"return self.size >= LIMIT"}


def test_a_mutant_is_known_by_its_line_and_where_that_stands_twice_by_a_number(mutants: dict[Key, Mutant]) -> None:
    assert texts(mutants, "same") == {"one = None", "one = None #2"}
    for mutant in mutants.values():
        compile(mutant.source, "x", "exec")
        assert mutant.source != SOURCE
    assert len({mutant.source for mutant in mutants.values()}) == len(mutants)


def test_the_tests_of_a_statement_of_several_lines_are_those_of_all_of_them(mutants: dict[Key, Mutant]) -> None:
    lines = {mutant.lines for key, mutant in mutants.items() if key.text.startswith("return sum")}

    assert lines == {range(16, 20)}


def test_a_default_is_no_part_of_what_a_function_does(mutants: dict[Key, Mutant]) -> None:
    (default,) = (mutant for key, mutant in mutants.items() if "by: int = 3" in key.text)

    assert quick.functions(compile(default.source, "x", "exec")).keys() >= {"Thing.big", "Thing.grown", "same"}
    assert quick.bare(quick.functions(compile(default.source, "x", "exec"))["Thing.grown"]) == quick.bare(
        quick.functions(compile(SOURCE, "x", "exec"))["Thing.grown"]
    )


def test_what_is_loaded_is_changed_where_it_is(
    mutants: dict[Key, Mutant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "MUTATED", tmp_path)
    module = ModuleType("changed")
    module.__file__ = "changed.py"
    exec(compile(SOURCE, "changed.py", "exec"), vars(module))  # noqa: S102  # the source above
    module.Thing.size = 3
    imported = module.same
    monkeypatch.setitem(sys.modules, f"{Mutant(Key('errors.py', '', ''), '', range(0), '').module}", module)
    assert (module.Thing().big, imported(" x ")) == (False, "x")

    for key in (
        Key("errors.py", "Thing.big", "return self.size >= LIMIT"),
        Key("errors.py", "same", "one = None #2"),
    ):
        assert quick.change(mutants[key])

    assert (module.Thing().big, imported(" x ")) == (True, None)

    assert quick.change(mutants[Key("errors.py", OUTSIDE, "LIMIT: int = 4")])

    assert not module.Thing().big


@pytest.mark.parametrize(
    ("test", "near"),
    [
        ("tests/unit/plugins/module_utils/test_errors.py::test_x[plan]", True),
        ("tests/unit/plugins/modules/test_truth_of_errors.py::test_x", True),
        ("tests/unit/plugins/module_utils/test_plan.py::test_errors", False),
    ],
)
def test_a_test_is_near_where_its_file_is_named_after_the_changed_one(
    mutants: dict[Key, Mutant], test: str, near: bool
) -> None:
    assert {quick.is_near(test, mutant) for mutant in mutants.values()} == {near}


def row(text: str) -> str:
    return f"{page.HEADER}\n|---|---|---|\n| `plan.py`, `Thing.big` | `{text}` | It is so. |\n\nMore | words.\n"


def test_the_page_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(row("a = None`<br>`b = c \\| d"))

    assert page.listed(path) == dict.fromkeys(
        [Key("plan.py", "Thing.big", "a = None"), Key("plan.py", "Thing.big", "b = c | d")], "It is so."
    )


@pytest.mark.parametrize("text", ["a`<br>`a", "a` | `b"])
def test_a_row_that_cannot_be_read_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.md"
    path.write_text(row(text).replace("| It is so. |", "|" if " | " in text else "| It is so. |"))

    with pytest.raises(ValueError, match=r"docs/reliability\.md"):
        page.listed(path)


def test_every_file_and_function_of_the_page_is_there() -> None:
    found = page.listed()

    assert found
    for key in found:
        functions = quick.functions_of_file(MUTATED / key.file)
        assert key.function == OUTSIDE or key.function in functions, key


@pytest.mark.parametrize(
    ("survivors", "known", "status", "said"),
    [
        ("", "", 0, "mutants: 2 in 1 files: 2 noticed, 0 left; 0 of them are not listed\n"),
        ("a", "a", 0, "mutants: 2 in 1 files: 1 noticed, 1 left; 0 of them are not listed\n"),
        ("a", "", 1, "Survived: plan.py, f\n  - before\n  + a\n"),
        ("", "a", 1, "Listed in docs/reliability.md, but noticed by a test: plan.py, f: a\n"),
        ("", "x", 1, "Listed in docs/reliability.md, but not a mutant, or no longer: plan.py, f: x\n"),
    ],
)
def test_it_fails_where_the_page_and_the_survivors_differ(
    capsys: pytest.CaptureFixture[str], survivors: str, known: str, status: int, said: str
) -> None:
    mutants = {key: Mutant(key, "before", range(0), "") for key in (Key("plan.py", "f", text) for text in "ab")}

    found = command.judge(
        mutants, [Key("plan.py", "f", text) for text in survivors], {Key("plan.py", "f", text) for text in known}
    )

    assert found == status
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "left", "recorded"),
    [
        ([], "a", ["mutants: 2 in 1 files: 1 noticed, 1 left"]),
        ([], "", []),
        (["plan.py"], "a", []),
        (["--only", ""], "a", ["mutants: 2 in 1 files: 1 noticed, 1 left"]),
        (["--only", "a"], "a", []),
        (["--near"], "a", []),
    ],
)
def test_the_figure_is_for_the_page_after_a_run_with_all_mutants_that_passed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], left: str, recorded: list[str]
) -> None:
    keys = {text: Key("plan.py", "f", text) for text in "ab"}
    found: list[str] = []
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(command, "SURVIVORS", tmp_path / "survivors.json")
    monkeypatch.setattr(command, "measure", lambda again: again)
    monkeypatch.setattr(
        command,
        "mutants_of",
        lambda path: [Mutant(key, "", range(0), "") for key in keys.values() if path.name == key.file],
    )
    monkeypatch.setattr(command, "survivors_of", lambda *_args: [keys[text] for text in left])
    monkeypatch.setattr(command, "listed", lambda: {keys["a"]: "why"})
    monkeypatch.setattr(command, "record", found.extend)

    assert command.main(arguments) == int(left != "a")
    assert found == recorded
