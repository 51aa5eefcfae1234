# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packages of plugins/: who may import whom, and who may know what."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import RESOURCES

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = ROOT / "plugins"
COLLECTION = "ansible_collections.mailsec.cloudflare.plugins."
#: The packages that each package may import, besides itself.
ALLOWED = {
    "module_utils/api": set(),
    "module_utils/engine": {"module_utils/api"},
    "module_utils/resources": {"module_utils/engine"},
    "module_utils/modules": {"module_utils/api", "module_utils/engine"},
    "modules": {"module_utils/modules", "module_utils/resources"},
    "plugin_utils": {"module_utils/api", "module_utils/engine", "module_utils/resources", "module_utils/modules"},
    # ansible-lint validates the options of a task with the main function of the module.
    "action": {"plugin_utils", "modules", "module_utils/modules", "module_utils/resources"},
    "filter": {"plugin_utils", "module_utils/resources"},
    "doc_fragments": set(),
}
FILES = sorted(str(path.relative_to(PLUGINS)) for path in PLUGINS.rglob("*.py"))
every_file = pytest.mark.parametrize("file", FILES)


def package_of(file: str) -> str:
    return str(Path(file).parent)


def tree_of(file: str) -> ast.Module:
    return ast.parse((PLUGINS / file).read_text(encoding="utf-8"))


def imports_of(file: str) -> Iterator[tuple[str, str]]:
    """Yield the modules that a file imports, with absolute names, and the names that it takes from them."""
    package = COLLECTION + package_of(file).replace("/", ".")
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            yield from ((base + (node.module or ""), alias.name) for alias in node.names)


def own_packages_in(file: str) -> set[str]:
    """Return the packages of the collection that a file imports from."""
    modules = (module[len(COLLECTION) :] for module, _name in imports_of(file) if module.startswith(COLLECTION))
    packages = {module.replace(".", "/") for module in modules}
    # A module of a package, or the package itself.
    return {package if (PLUGINS / package).is_dir() else package_of(package) for package in packages}


def test_the_packages_are_those_of_the_design() -> None:
    assert {package_of(file) for file in FILES} == set(ALLOWED)


@every_file
def test_imports_go_down_only(file: str) -> None:
    package = package_of(file)
    others = own_packages_in(file) - {package}

    assert others <= ALLOWED[package], f"{file}: {package} must not import {others - ALLOWED[package]}"


@every_file
def test_only_the_top_knows_ansible(file: str) -> None:
    modules = {module for module, _name in imports_of(file) if module.split(".")[0] == "ansible"}
    package = package_of(file)

    if package in ("module_utils/api", "module_utils/engine", "module_utils/resources"):
        assert not modules, f"{file} must not know Ansible"
    if package == "module_utils/modules":
        assert all(module.startswith("ansible.module_utils") for module in modules)


@every_file
def test_nothing_private_is_imported(file: str) -> None:
    for module, name in imports_of(file):
        if module.split(".")[0] in ("ansible", "requests", "urllib3"):
            private = [part for part in (*module.split("."), name) if part.startswith("_")]
            assert not private, f"{file} imports {module}.{name}"


def strings_in(file: str) -> set[str]:
    """Return the texts in the code of a file. A docstring is never the name of a field."""
    constants = (node.value for node in ast.walk(tree_of(file)) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


@pytest.mark.parametrize("file", [file for file in FILES if re.match("module_utils/(api|engine|modules)/", file)])
def test_no_field_of_a_resource_is_named_outside_its_declaration(file: str) -> None:
    fields = {
        name
        for resource in RESOURCES
        for name in (*resource.fields, resource.id_field.name, *(field.name for field in resource.filters))
    }
    if package_of(file) == "module_utils/api":
        fields -= {"status"}  # that of HTTP

    fields -= {"name"}  # a key of what the modules return, too
    assert fields >= {"domain", "exclude", "folder"}
    assert not strings_in(file) & fields


def test_the_page_names_packages_and_files_that_exist() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`([a-z_]+/|plugins/[a-z_/.]+)`", page))
    places = (ROOT, PLUGINS, PLUGINS / "module_utils")

    assert names >= {"api/", "engine/", "modules/", "resources/"}
    missing = [name for name in names if not any((place / name).exists() for place in places)]
    assert not missing, f"docs/architecture.md names {missing}"
