# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loading a file of the collection anew, as on a machine that has other packages."""

from __future__ import annotations

import builtins
import importlib.util
from types import ModuleType
from typing import Any

import pytest


def fresh_copy(module: ModuleType) -> ModuleType:
    """Return a module as it is when it is loaded now; the module that others have imported stays as it is."""
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


def hide_package(patch: pytest.MonkeyPatch, package: str) -> None:
    """Let imports of a package fail as if it were not installed."""
    real_import = builtins.__import__

    def import_other(name: str, *rest: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real_import(name, *rest)

    patch.setattr(builtins, "__import__", import_other)
