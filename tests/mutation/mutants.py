# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mutants: the files of plugins/module_utils, each with one small change, made by the operators of mutmut."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).parents[2]
PACKAGE = "ansible_collections.mailsec.cloudflare.plugins.module_utils"
MUTATED = ROOT / "plugins/module_utils"
#: What stands for the function of a change outside of functions.
OUTSIDE = "(module)"


class Key(NamedTuple):
    """What a mutant is known by, also after other lines of its file have changed."""

    file: str
    function: str
    #: The changed lines as they are in the mutant.
    text: str


#: No change at all: the tests have to pass with it, else every mutant would count as noticed.
UNCHANGED = Key("errors.py", OUTSIDE, "no change")


class Mutant(NamedTuple):
    """A file with one small change."""

    key: Key
    #: The changed lines as they are in the file.
    before: str
    #: The lines that run when the changed place runs.
    lines: range
    source: str
    #: The names that the changed statement gives something to, where it stands outside of functions.
    names: frozenset[str] = frozenset()

    @property
    def module(self) -> str:
        """Return the name of the module that is changed."""
        return f"{PACKAGE}.{Path(self.key.file).stem}"


class Finder(MutationVisitor):
    """Finds what can be changed. Unlike mutmut, which copies functions, it need not leave out decorated ones."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, cst.FunctionDef) and super()._skip_node_and_children(node)


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield the mutants of a file, each once."""
    source = path.read_text()
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = Finder(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(finder)
    places = Places(wrapper)
    seen = {source}
    keys: Counter[Key] = Counter()
    for mutation in finder.mutations:
        mutated = places.replaced(mutation.original_node, mutation.mutated_node)
        if mutated in seen:
            continue
        seen.add(mutated)
        before, after = changed_lines(source, mutated)
        key = Key(path.name, places.function(mutation.original_node), after)
        keys[key] += 1
        if keys[key] > 1:
            # The same line stands twice in the function.
            key = key._replace(text=f"{after} #{keys[key]}")
        node = mutation.original_node
        yield Mutant(key, before, places.lines(node), mutated, places.names(node))


class Places:
    """Where the nodes of a file are."""

    def __init__(self, wrapper: MetadataWrapper) -> None:
        self._module = wrapper.module
        self._parents: Mapping[cst.CSTNode, cst.CSTNode] = wrapper.resolve(ParentNodeProvider)
        self._positions: Mapping[cst.CSTNode, Any] = wrapper.resolve(PositionProvider)
        self._statements = [self._module.code_for_node(statement) for statement in self._module.body]
        whole = self._module.code
        first = self._statements[0]
        self._before = whole[: whole.index(first)]
        self._after = whole[len(self._before) + sum(map(len, self._statements)) :]

    def replaced(self, original: cst.CSTNode, mutated: cst.CSTNode) -> str:
        """Return the source with another node in the place of one."""
        child, changed = original, mutated
        for parent in self._lineage(original)[1:]:
            child, changed = parent, with_another(parent, child, changed)
        number = next(number for number, other in enumerate(self._module.body) if other is child)
        code = self._module.code_for_node(changed)
        return "".join([self._before, *self._statements[:number], code, *self._statements[number + 1 :], self._after])

    def function(self, node: cst.CSTNode) -> str:
        """Return the outermost function that a node is in, with its class."""
        names: list[str] = []
        for parent in reversed(self._lineage(node)):
            if isinstance(parent, (cst.ClassDef, cst.FunctionDef)):
                names.append(parent.name.value)
            if isinstance(parent, cst.FunctionDef):
                break
        return ".".join(names) or OUTSIDE

    def lines(self, node: cst.CSTNode) -> range:
        """Return the lines that run when a node runs: its statement's, without the block below that."""
        lineage = self._lineage(node)
        own = next(self._positions[parent] for parent in lineage if parent in self._positions)
        statement = next(
            parent for parent in lineage if isinstance(parent, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
        )
        position = self._positions[statement]
        last = position.end if isinstance(statement, (cst.SimpleStatementLine, cst.FunctionDef)) else own.end
        return range(position.start.line, last.line + 1)

    def names(self, node: cst.CSTNode) -> frozenset[str]:
        """Return the names that a statement outside of functions gives something to; of a function, its own."""
        names: set[str] = set()
        for parent in self._lineage(node):
            if isinstance(parent, cst.FunctionDef):
                names = {parent.name.value}
            if isinstance(parent, cst.Assign):
                names |= {self._module.code_for_node(target.target) for target in parent.targets}
            if isinstance(parent, cst.AnnAssign):
                names.add(self._module.code_for_node(parent.target))
        return frozenset(name for name in names if name.isidentifier())

    def _lineage(self, node: cst.CSTNode) -> list[cst.CSTNode]:
        """Return a node and what it is in, without the module."""
        lineage = [node]
        while not isinstance(self._parents[lineage[-1]], cst.Module):
            lineage.append(self._parents[lineage[-1]])
        return lineage


def with_another(parent: cst.CSTNode, child: cst.CSTNode, other: cst.CSTNode) -> cst.CSTNode:
    """Return a node with another child in the place of one. libcst's own way looks through all that is below it."""
    for field in dataclasses.fields(parent):
        value = getattr(parent, field.name)
        if value is child:
            return parent.with_changes(**{field.name: other})
        if isinstance(value, (list, tuple)) and any(item is child for item in value):
            return parent.with_changes(**{field.name: [other if item is child else item for item in value]})
    raise LookupError(child)


def changed_lines(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, before and after, each on one line."""
    old, new = before.splitlines(), after.splitlines()
    first = same_at_the_start(old, new)
    last = same_at_the_start(old[first:][::-1], new[first:][::-1])
    one, other = (
        " ".join(line.strip() for line in lines[first : len(lines) - last] if line.strip()) for lines in (old, new)
    )
    return one, other or f"without {one}"


def same_at_the_start(one: list[str], other: list[str]) -> int:
    """Return how many lines are the same until the first that differs."""
    most = min(len(one), len(other))
    return next((number for number in range(most) if one[number] != other[number]), most)
