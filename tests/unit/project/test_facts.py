# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts that stand in more than one place, compared. Every failure says what to mend."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.public_domains import PUBLIC_PROVIDERS
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.rules import RULES

ROOT = Path(__file__).resolve().parents[3]
HEADER = """\
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""


def read(name: str) -> str:
    path = ROOT / name
    assert path.exists(), f"{name} is missing"
    return path.read_text()


def find(pattern: str, name: str) -> str:
    match = re.search(pattern, read(name), re.MULTILINE)
    assert match, f"{name} does not say it any more: nothing matches {pattern!r}"
    return match[1]


def modules() -> list[Path]:
    return sorted(path for path in (ROOT / "plugins/modules").glob("*.py") if path.name != "__init__.py")


def pins() -> list[str]:
    lines = (line.partition("#")[0].strip() for line in read("requirements-dev.txt").splitlines())
    return [line for line in lines if line]


def test_the_version_is_the_same_in_galaxy_yml_and_in_the_user_agent():
    galaxy = yaml.safe_load(read("galaxy.yml"))["version"]
    client = find(r'^VERSION(?:: \w+)? = "([^"]+)"', "plugins/module_utils/api/sessions.py")
    assert client == galaxy, f"galaxy.yml says {galaxy}: set VERSION in plugins/module_utils/api/sessions.py to it"


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.stem)
def test_every_module_has_an_integration_target(module):
    target = ROOT / "tests/integration/targets" / module.stem / "runme.sh"
    assert target.exists(), f"{module.stem} needs an integration target of its name, like its neighbours"


def test_what_is_written_for_users_names_the_tarball_of_this_version():
    version = yaml.safe_load(read("galaxy.yml"))["version"]
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/**/*.rst")]
    for page in (page for page in pages if not page.name.startswith("CHANGELOG")):
        named = set(re.findall(r"mailsec-cloudflare-(\d[\w.-]*?)\.tar\.gz", page.read_text(encoding="utf-8")))
        assert named <= {version}, f"{page.relative_to(ROOT)} names tarballs of {named}, galaxy.yml says {version}"


def tracked(*patterns: str) -> list[str]:
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    return [name for name in subprocess.check_output(command, text=True).splitlines() if (ROOT / name).exists()]


def test_every_python_file_has_the_licence_header():
    without = [name for name in tracked("*.py") if (text := read(name)) and HEADER not in text[:400]]
    assert not without, f"put the three lines of tests/unit/project/test_facts.py (HEADER) at the top of: {without}"


def test_every_development_tool_is_pinned_exactly():
    loose = [pin for pin in pins() if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", pin)]
    assert not loose, f"pin with == in requirements-dev.txt: {loose}"


def test_the_demo_installs_pinned_packages_only():
    names = re.findall(r'"([a-z-]+)"', find(r'"demo": \[(.*)\]', "tests/tools/setup.py"))
    loose = set(names) - {pin.partition("==")[0] for pin in pins()}
    assert not loose, f"pin in requirements-dev.txt what tests/tools/setup.py installs for the demo: {sorted(loose)}"


def test_the_runtime_requirements_are_in_the_readme():
    for line in read("requirements.txt").splitlines():
        name = re.match(r"[A-Za-z0-9_-]+", line)
        if name:
            assert name[0] in read("README.md"), f"README.md should name {name[0]}, which the modules need"


def test_the_guide_lists_the_rules_of_the_report():
    guide = read("docs/docsite/rst/report.rst")
    rows = "".join(
        f"   * - ``{rule.id}``\n     - {rule.severity}\n     - {rule.title}\n     - {list_names(rule.lists)}\n"
        for rule in RULES
    )
    assert rows in guide, f"replace the rows of the table in docs/docsite/rst/report.rst by:\n{rows}"
    providers = ", ".join(f"``{name}``" for name in sorted(PUBLIC_PROVIDERS))
    assert providers in " ".join(guide.split()), f"replace the providers in docs/docsite/rst/report.rst by: {providers}"


def list_names(names: tuple[str, ...]) -> str:
    return "all" if len(names) == len(BY_LIST_NAME) else ", ".join(f"``{name}``" for name in names)
