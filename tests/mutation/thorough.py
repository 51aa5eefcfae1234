# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The thorough way: each mutant is loaded, and tests are collected, in a process that knows nothing of them yet."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType

import pytest

from emulator.server import shared_contract

from .apart import OPTIONS, Watch, start
from .baseline import TESTS, Baseline
from .mutants import MUTATED, Mutant

#: Loaded once, because it takes a while. Nothing of them knows plugins.
BEFOREHAND = (
    "ansible.module_utils.basic",
    "ansible.module_utils.common.arg_spec",
    "flask",
    "openapi_core",
    "requests",
    "responses",
    "yaml",
)
#: Tests that notice most changes of a declaration, and are collected quickly.
FIRST = tuple(
    f"{TESTS}/test_{name}.py" for name in ("contract", "contract_of_bulk", "documentation", "documentation_of_bulk")
)


class Mutated(MetaPathFinder, InspectLoader):
    """Finds one module, which is then a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._path = str(MUTATED / mutant.key.file)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return how the module is loaded."""
        return spec_from_loader(name, self, origin=self._path) if name == self._mutant.module else None

    def get_source(self, fullname: str) -> str:
        """Return the source of the mutant."""
        return self._mutant.source

    def exec_module(self, module: ModuleType) -> None:
        """Load it, under the name of the file, where messages and tests look for it."""
        module.__file__ = self._path
        exec(compile(self._mutant.source, self._path, "exec"), vars(module))  # noqa: S102  # that is loading


def load_beforehand() -> None:
    """Load what every mutant needs and nobody changes."""
    for name in BEFOREHAND:
        importlib.import_module(name)
    shared_contract()
    # What is there already is neither looked through nor copied in any of the processes to come.
    gc.freeze()


def begin(mutant: Mutant, baseline: Baseline, first: bool) -> tuple[int, int]:
    """Start a process that runs the tests with a mutant, see ``apart.start``.

    Args:
        mutant: the mutant.
        baseline: what is known of the tests.
        first: run those tests only that notice most mutants.
    """

    def run() -> None:
        sys.meta_path.insert(0, Mutated(mutant))
        status = pytest.main([*OPTIONS, "-x", *(FIRST if first else [TESTS])], plugins=[Watch(baseline)])
        if status != pytest.ExitCode.OK:
            raise SystemExit

    return start(run)
