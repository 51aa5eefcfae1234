# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quick way: tests are collected once, and each mutant is a copy of that process which is then changed."""

from __future__ import annotations

import ast
import gc
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from .apart import Watch, apart
from .baseline import Baseline
from .mutants import MUTATED, UNCHANGED, Key, Mutant

#: Told for each mutant: its key, and whether a test noticed it.
Tell = Callable[[Key, bool], None]


class Loop:
    """A plugin of pytest that, instead of running the tests, runs some of them for each mutant.

    Args:
        mutants: what is tried.
        baseline: what is known of the tests.
        tell: takes what came of each mutant.
        unchanged: run all tests once without a change, too.
        near: run only the tests whose file is named after the changed one.
    """

    def __init__(self, mutants: list[Mutant], baseline: Baseline, tell: Tell, unchanged: bool, near: bool) -> None:
        self._unchanged = unchanged
        self._near = near
        self._mutants = mutants
        self._baseline = baseline
        self._tell = tell
        #: The tests that noticed something in a function.
        self._noticed: dict[tuple[str, str], list[str]] = defaultdict(list)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the mutants."""
        items = {item.nodeid: item for item in session.items}
        gc.freeze()
        new = [test for test in items if not self._baseline.knows(test)]
        if self._unchanged:
            self._tell(UNCHANGED, not apart(lambda: self._run(None, list(items.values())))[0])
        for mutant in self._mutants:
            where = mutant.key.file, mutant.key.function
            tests = [*new, *tests_of(mutant, self._baseline)]
            if self._near:
                tests = [test for test in tests if is_near(test, mutant)]
            if not tests:
                self._tell(mutant.key, False)
                continue
            # What noticed the last change of this function is likely to notice the next.
            tests.sort(key=lambda test: (test not in self._noticed[where], not is_near(test, mutant)))
            ended, noticed = apart(lambda: self._run(mutant, [items[test] for test in tests]))  # noqa: B023  # called at once
            if noticed:
                self._noticed[where] = [noticed, *(test for test in self._noticed[where] if test != noticed)][:8]
            self._tell(mutant.key, not ended)
        return True

    def _run(self, mutant: Mutant | None, items: list[pytest.Item]) -> None:
        if mutant and not change(mutant):
            return
        watch = Watch(self._baseline)
        items[0].config.pluginmanager.register(watch)
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def tests_of(mutant: Mutant, baseline: Baseline) -> list[str]:
    """Return the tests that may notice a mutant: those that run its lines, or lines that know its name."""
    if changes_a_function(mutant):
        return baseline.tests({mutant.key.file: mutant.lines})
    return baseline.tests(lines_that_know(made_of(mutant.names, MUTATED / mutant.key.file)))


def is_near(test: str, mutant: Mutant) -> bool:
    """Tell whether the file of a test is named after the file of a mutant."""
    return Path(mutant.key.file).stem in Path(test.partition("::")[0]).stem


@cache
def made_of(names: frozenset[str], path: Path) -> frozenset[str]:
    """Return some names of a module, and those that are made of them while it is loaded."""
    found = set(names)
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            mentioned = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
            if mentioned & found:
                found |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and is_target(node)}
    return frozenset(found)


def is_target(node: ast.Name) -> bool:
    """Tell whether a name is given something."""
    return isinstance(node.ctx, ast.Store)


@cache
def lines_that_know(names: frozenset[str]) -> dict[str, list[int]]:
    """Return the lines of each file that have one of some names in them."""
    word = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
    return {
        path.name: [number for number, line in enumerate(path.read_text().splitlines(), start=1) if word.search(line)]
        for path in sorted(MUTATED.glob("*.py"))
        if names
    }


def change(mutant: Mutant) -> bool:
    """Make of a module that is loaded what it is in a mutant. False: that cannot be done here."""
    module = sys.modules[mutant.module]
    # What a function remembers, it has from before the change.
    for value in vars(module).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()
    code = compile(mutant.source, str(module.__file__), "exec")
    if changes_a_function(mutant):
        function_of(module, mutant.key.function).__code__ = functions(code)[mutant.key.function]
        return True
    return change_values(module, code)


def change_values(module: ModuleType, code: CodeType) -> bool:
    """Give the constants and the attributes of classes the values that they have in another code of the module."""
    changed = False
    loaded = ModuleType(module.__name__)
    loaded.__file__ = module.__file__
    exec(code, vars(loaded))  # noqa: S102  # that is loading
    for name, value in list(vars(module).items()):
        other = vars(loaded).get(name)
        if isinstance(value, type) and isinstance(other, type):
            for attribute, held in list(vars(value).items()):
                if is_plain(held) and repr(held) != repr(vars(other).get(attribute)):
                    setattr(value, attribute, vars(other)[attribute])
                    changed = True
        elif is_plain(value) and repr(value) != repr(other):
            for holder in list(sys.modules.values()):
                if vars(holder).get(name) is value:
                    setattr(holder, name, other)
                    changed = True
    return changed


def is_plain(value: object) -> bool:
    """Tell whether a value is data, which looks the same each time that it is loaded."""
    return isinstance(value, (str, int, float, tuple, list, dict, frozenset, re.Pattern)) and " at 0x" not in repr(
        value
    )


def changes_a_function(mutant: Mutant) -> bool:
    """Tell whether a mutant is another code of a function, and not a default or something outside of functions."""
    path = MUTATED / mutant.key.file
    before = functions_of_file(path).get(mutant.key.function)
    after = functions(compile(mutant.source, str(path), "exec")).get(mutant.key.function)
    return before is not None and after is not None and bare(before) != bare(after)


@cache
def functions_of_file(path: Path) -> dict[str, CodeType]:
    """Return the codes of the functions of a file as it is."""
    return functions(compile(path.read_text(), str(path), "exec"))


def functions(code: CodeType, prefix: str = "") -> dict[str, CodeType]:
    """Return the codes of the functions of a module, and of those of its classes."""
    return dict(_functions(code, prefix))


def _functions(code: CodeType, prefix: str) -> Iterator[tuple[str, CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and not constant.co_name.startswith("<"):
            name = f"{prefix}{constant.co_name}"
            yield name, constant
            # The code of a class is run once, without locals of its own; a function's may hold other functions.
            if not constant.co_flags & 1:
                yield from _functions(constant, f"{name}.")


def function_of(module: Any, name: str) -> FunctionType:
    """Return a function, out of what its decorators have made of it."""
    *classes, last = name.split(".")
    holder = module
    for part in classes:
        holder = getattr(holder, part)
    found = vars(holder)[last]
    found = getattr(found, "fget", found)
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    assert isinstance(found, FunctionType)
    return found


def bare(code: CodeType) -> tuple[Any, ...]:
    """Return what a code does, without where it stands."""
    constants = tuple(
        bare(constant) if isinstance(constant, CodeType) else (type(constant), repr(constant))
        for constant in code.co_consts
    )
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return code.co_name, code.co_argcount, code.co_flags, code.co_code, code.co_exceptiontable, constants, names
