# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guides are followed word for word, with the collection as it is handed out and an empty home."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection

from .blocks import ROOT, RST, blocks, guides
from .story import Story, emulator, follow

#: Those with something to do in them.
GUIDES = [guide for guide in guides() if any(block.is_run for block in blocks(guide))]


@pytest.fixture(scope="session")
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Future[Story]]:
    """The guides being followed, those that were asked for, as many at a time as there are processors."""
    place = tmp_path_factory.mktemp("guides")
    run(["ansible-galaxy", "collection", "build", "--output-path", str(place), str(ROOT)])
    (tarball,) = place.glob("*.tar.gz")
    run(
        [
            "ansible-galaxy",
            "collection",
            "install",
            "--force",
            "--offline",
            "-p",
            str(place / "installed"),
            str(tarball),
        ]
    )

    def try_out(guide: Path) -> Story:
        home = place / guide.stem
        home.mkdir()
        with emulator() as api:
            story = follow(guide, tarball, place / "installed", home, api)
            assert api.violations == []
            assert [entry.broke_contract for entry in api.rejected if entry.broke_contract] == []
        return story

    chosen = {item.name for item in request.session.items}
    wanted = [guide for guide in GUIDES if f"{test_the_guide_tells_the_truth.__name__}[{guide.stem}]" in chosen]
    pool = ThreadPoolExecutor(max_workers=os.cpu_count())
    return {guide.stem: pool.submit(try_out, guide) for guide in wanted}


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_guide_tells_the_truth(guide: Path, stories: Mapping[str, Future[Story]]) -> None:
    problems = stories[guide.stem].result().problems()
    assert not problems, "\n\n".join(problems)


def test_every_guide_is_in_the_contents() -> None:
    sections = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in sections for name in section["toctree"]) == [guide.stem for guide in guides()]


def test_every_module_is_in_a_guide_as_something_to_do() -> None:
    """... and not only as something to read about."""
    done = "\n".join(block.body for guide in guides() for block in blocks(guide) if block.is_run)
    modules = [path.stem for path in (ROOT / "plugins/modules").glob("*.py")]
    assert modules
    assert [name for name in modules if not re.search(rf"\bmailsec\.cloudflare\.{name}\b", done)] == []


def test_the_guides_describe_the_variables_of_the_environment() -> None:
    described = re.findall(r"^\.\. envvar:: (\S+)$", (RST / "authentication.rst").read_text("utf-8"), re.MULTILINE)
    config = yaml.safe_load((ROOT / "docs/docsite/config.yml").read_text(encoding="utf-8"))
    assert sorted(described) == sorted(config["envvar_directives"]) == sorted(connection.ENVIRONMENT.values())
