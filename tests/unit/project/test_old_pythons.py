# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A target whose Python is too old gets a message instead of a traceback.

Run with every old Python of this machine, and with one that only reports an old version.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from pythons import path_without_shims, pyenv_root  # in tests/tools, which is not on the path of the tests
from supported import OLDEST_TARGET_PYTHON, numbers  # as above

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = "ansible_collections/mailsec/cloudflare/plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
CHECK = ROOT / "plugins/module_utils/modules/python_version.py"
REPORTED = ["2.7.18", "3.6.15", "3.7.16"]


def old_pythons() -> dict[str, str]:
    """Return the path of each Python of this machine that is too old, by its version."""
    root = pyenv_root()
    versions = root / "versions" if root else Path("/does/not/exist")
    folders = [str(path) for path in sorted(versions.glob("*/bin"))] + path_without_shims()
    found: dict[str, str] = {}
    for version in ("2.7", "3.5", "3.6", "3.7"):
        path = shutil.which(f"python{version}", path=os.pathsep.join(folders))
        if path:
            code = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
            said = subprocess.run([path, "-c", code], capture_output=True, text=True, check=True)
            found[said.stdout.strip()] = path
    return found


@pytest.fixture(scope="module")
def payload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the collection as Ansible packs it for a target: every folder is a package."""
    folder = tmp_path_factory.mktemp("payload")
    for part in ("modules", "module_utils"):
        shutil.copytree(ROOT / "plugins" / part, folder / PLUGINS / part, ignore=shutil.ignore_patterns("__pycache__"))
    for package in [folder / PLUGINS, *(folder / PLUGINS).parents, *(folder / PLUGINS).rglob("*/")]:
        if package.is_relative_to(folder) and package != folder:
            (package / "__init__.py").touch()
    return folder


def check_message(done: subprocess.CompletedProcess[str], python: str, version: str) -> None:
    assert done.stderr == ""
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "failed": True,
        "changed": False,
        "msg": f"mailsec.cloudflare needs Python {OLDEST_TARGET_PYTHON} or newer on the target; {python} is Python "
        f"{version}. Set ansible_python_interpreter to another Python.",
    }


@pytest.mark.parametrize("name", MODULES)
def test_each_old_python_of_this_machine(payload: Path, name: str) -> None:
    for version, python in old_pythons().items():
        command = [python, "-m", f"{PLUGINS.replace('/', '.')}.modules.{name}"]
        done = subprocess.run(command, cwd=payload, capture_output=True, text=True, check=False)

        check_message(done, python, version)


@pytest.mark.parametrize("version", REPORTED)
@pytest.mark.parametrize("name", MODULES)
def test_a_python_that_reports_an_old_version(payload: Path, name: str, version: str) -> None:
    code = (
        f"import json, runpy, sys; sys.version_info = {(*numbers(version), 'final', 0)}; "
        # Nothing else of the collection, and nothing of Ansible, is imported before the check.
        "sys.modules['ansible'] = None; sys.modules['requests'] = None; "
        f"runpy.run_module('{PLUGINS.replace('/', '.')}.modules.{name}', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=payload, capture_output=True, text=True, check=False)

    check_message(done, sys.executable, version)


def test_the_oldest_version_is_that_of_the_facts() -> None:
    assert re.findall(r"^OLDEST_PYTHON = \((\d+), (\d+)\)$", CHECK.read_text(encoding="utf-8"), re.MULTILINE) == [
        tuple(OLDEST_TARGET_PYTHON.split("."))
    ]


FILES_BEFORE_CHECK = [*(f"modules/{name}.py" for name in MODULES), "module_utils/modules/python_version.py"]


@pytest.mark.parametrize("file", FILES_BEFORE_CHECK)
def test_what_runs_before_the_check_has_no_new_syntax(file: str) -> None:
    source = (ROOT / "plugins" / file).read_bytes()
    new = (ast.AnnAssign, ast.AsyncFunctionDef, ast.JoinedStr, ast.NamedExpr, ast.Nonlocal, ast.Starred, ast.YieldFrom)

    # Without a line that names another encoding, Python 2 reads ASCII.
    tree = ast.parse(source.decode("ascii"), feature_version=(3, 4))

    assert [node for node in ast.walk(tree) if isinstance(node, new)] == []
    assert [node for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation] == []
    assert [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.returns] == []
    assert [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"] == []
    if file.startswith("modules/"):
        imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        first = imports[0]
        assert isinstance(first, ast.ImportFrom)
        assert str(first.module).endswith(".module_utils.modules.python_version")
        assert ast.unparse(tree.body[tree.body.index(first) + 1]) == "require_python()"
