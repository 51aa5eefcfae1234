# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The versions that are supported stand in tests/tools/supported.toml: whatever else names some has to agree."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import matrix  # the path comes first
from supported import CORES, OLDEST_TARGET_PYTHON, numbers  # as above

ROOT = Path(__file__).resolve().parents[3]
OLDEST = min(CORES, key=numbers)
NEWEST = max(CORES, key=numbers)
FROM_OLDEST = re.compile(r"ansible-core\W+(\d+\.\d+)[\d.]*(?:\*\*|`)?,?(?: and newer| or newer| or later| on\b|\+)")
RANGE = re.compile(r"ansible-core\W+(\d+\.\d+) to (\d+\.\d+)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pages() -> list[Path]:
    """What users read."""
    found = [
        path for pattern in ("*.md", "docs/**/*.md", "docs/**/*.rst", "roles/*/*.md") for path in ROOT.glob(pattern)
    ]
    return sorted(path for path in found if not path.name.startswith("CHANGELOG"))


def test_the_collection_asks_for_the_oldest_ansible_core():
    stated = yaml.safe_load(read("meta/runtime.yml"))["requires_ansible"]
    assert stated == f">={OLDEST}.0", f"meta/runtime.yml should have requires_ansible: '>={OLDEST}.0'"


def test_every_role_asks_for_the_oldest_ansible_core():
    for meta in ROOT.glob("roles/*/meta/main.yml"):
        stated = yaml.safe_load(meta.read_text(encoding="utf-8"))["galaxy_info"]["min_ansible_version"]
        assert str(stated) == OLDEST, f"{meta.relative_to(ROOT)} should have min_ansible_version: '{OLDEST}'"


def test_the_readme_names_the_range_and_the_oldest():
    assert RANGE.findall(read("README.md")) == [(OLDEST, NEWEST)], (
        f"README.md should say once 'ansible-core {OLDEST} to {NEWEST}'"
    )
    assert f"| ansible-core | {OLDEST} and newer |" in read("README.md"), f"the README's table: {OLDEST} and newer"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_page_names_another_range(page):
    text = page.read_text(encoding="utf-8")
    others = {f"from {version}" for version in FROM_OLDEST.findall(text) if version not in CORES}
    others |= {f"{first} to {last}" for first, last in RANGE.findall(text) if (first, last) != (OLDEST, NEWEST)}
    assert not others, f"{page.relative_to(ROOT)} names {others}; supported is {OLDEST} to {NEWEST}"


def pinned() -> str:
    return re.search(r"^ansible-core==(\S+)$", read("requirements-dev.txt"), re.MULTILINE)[1]


def test_the_pinned_ansible_core_is_one_of_them():
    assert pinned() in {core.release for core in CORES.values()}, f"requirements-dev.txt pins ansible-core {pinned()}"


def test_make_takes_the_pythons_of_the_pinned_ansible_core():
    pythons = next(core.pythons for core in CORES.values() if core.release == pinned())
    first, last = ([int(part) for part in version.split(".")] for version in (pythons[0], pythons[-1]))
    bounds = f"({first[0]}, {first[1]}) <= sys.version_info < ({last[0]}, {last[1] + 1})"
    assert bounds in read("Makefile"), f"PYTHON in the Makefile should be looked for with {bounds}"


def test_the_tests_have_one_oldest_python():
    stated = tomllib.loads(read("pyproject.toml"))["tool"]["ruff"]["target-version"]
    assert stated == "py" + matrix.OLDEST_PYTHON_OF_TESTS.replace(".", ""), "pyproject.toml, tests/tools/matrix.py"


def test_modules_are_checked_for_the_oldest_python_of_targets():
    checked = yaml.safe_load(read("tests/config.yml"))["modules"]["python_requires"]
    assert checked == f">={OLDEST_TARGET_PYTHON}", "tests/config.yml"
    ruff = tomllib.loads(read("pyproject.toml"))["tool"]["ruff"]["per-file-target-version"]["plugins/**"]
    assert ruff == "py" + OLDEST_TARGET_PYTHON.replace(".", ""), "per-file-target-version in pyproject.toml"
    assert f"Python {OLDEST_TARGET_PYTHON} and newer" in read("README.md"), "the table in README.md"


def test_the_readme_names_the_oldest_requests():
    oldest = re.search(r"^requests>=(\S+)$", read("requirements.txt"), re.MULTILINE)[1]
    assert f"| requests | {oldest} and newer |" in read("README.md"), "the table in README.md"


def test_sanity_ignores_nothing_for_versions_that_are_not_supported():
    ignored = {path.stem.removeprefix("ignore-") for path in (ROOT / "tests/sanity").glob("ignore-*.txt")}
    assert ignored <= set(CORES), f"these in tests/sanity are for others: {sorted(ignored - set(CORES))}"


def test_the_execution_environment_has_an_ansible_core_and_a_python_that_go_together():
    page = read("docs/execution-environment.md")
    release = re.search(r"package_pip: ansible-core[=~]=(\S+)$", page, re.MULTILINE)[1]
    python = re.search(r"package_system: python(\S+)$", page, re.MULTILINE)[1]
    cores = {core.release: core for core in CORES.values()}
    assert release in cores, f"docs/execution-environment.md installs ansible-core {release}, tested are {list(cores)}"
    assert python in cores[release].pythons, f"ansible-core {release} runs on {cores[release].pythons}"
