# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Differences between a guide and the results are detected."""

from __future__ import annotations

from pathlib import Path

import pytest

from .blocks import Command, blocks, commands
from .story import KEY, TOKEN, Step, Story, follow, matches
from .story import emulator as new_emulator

RECAP = "PLAY RECAP *********************\nlocalhost   : ok=1    changed=1    failed=0   \n"


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        (RECAP, RECAP),
        ("PLAY RECAP ***\nlocalhost   : ok=1    changed=1    ...\n", RECAP),
        ("...\nlocalhost   : ok=1    changed=1    ...\n", RECAP),
        ("...\n", RECAP),
        ("PLAY RECAP ***\n\nlocalhost   : ok=1    changed=1    failed=0\n", RECAP),
        ("a\n...\nb\n", "a\nb\n"),
        ("a (b) [c] $\n", "a (b) [c] $\n"),
    ],
)
def test_matching_output(expected: str, output: str) -> None:
    assert matches(expected, output)


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        ("...\nlocalhost   : ok=1    changed=0    ...\n", RECAP),
        ("localhost   : ok=1    changed=1    ...\n", RECAP),
        ("PLAY RECAP ***\n", RECAP),
        ("...\nb\n", "a\nbc\n"),
        ("a.b\n", "axb\n"),
    ],
)
def test_other_output(expected: str, output: str) -> None:
    assert not matches(expected, output)


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (Step(7, "true", expected="a\n", output="b\n"), "should print"),
        (Step(7, "false", status=1), "ended with 1"),
        (Step(7, "true", fails=True, status=0), "ended with 0"),
        (Step(7, "true", output=f"token: {TOKEN}\n"), "showed a secret"),
        (Step(7, "true", output=f"key: {KEY}\n"), "showed a secret"),
        (
            Step(
                7,
                "play",
                repeats=True,
                output="\nPLAY [Do line 5] ***\nchanged: [x]\n\nPLAY [Repeat line 5] ***\nchanged: [x]\n",
            ),
            "changed something the second time",
        ),
    ],
)
def test_problems_of_steps_are_reported(step: Step, complaint: str) -> None:
    (problem,) = Story([step]).problems()
    assert problem.startswith("line 7")
    assert complaint in problem


def test_successful_steps_have_no_problems() -> None:
    repeated = "\nPLAY [Do line 5] ***\nchanged: [x]\n\nPLAY [Repeat line 5] ***\nok: [x]\n"
    steps = [
        Step(1, "true", expected="a\n", output="a\n"),
        Step(2, "false", fails=True, status=1),
        Step(3, f"export CLOUDFLARE_API_KEY={KEY}"),
        Step(4, "play", repeats=True, output=repeated),
    ]
    assert Story(steps).problems() == []


GUIDE = """\
.. code-block:: yaml
    :caption: folder/file.txt

    one
      two

.. code-block:: console

    $ export A=1
    $ cat \\
        folder/file.txt
    one
      two

1. In a list:

   .. code-block:: console
      :class: fails

      $ echo $A; exit_code() { return 3; }
      2
      $ exit_code
"""


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    """A guide that shows a wrong output in its last block."""
    guide = tmp_path / "guide.rst"
    guide.write_text(GUIDE, encoding="utf-8")
    return guide


def test_blocks_are_found_with_their_options(guide: Path) -> None:
    file, shown = blocks(guide)[:2]
    assert (file.language, file.caption, file.body) == ("yaml", "folder/file.txt", "one\n  two\n")
    assert list(commands(shown)) == [
        Command("export A=1", ""),
        Command("cat \\\n    folder/file.txt", "one\n  two\n"),
    ]


def test_a_guide_is_followed_in_one_shell(guide: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with new_emulator() as api:
        story = follow(guide, tmp_path / "collection.tar.gz", tmp_path, tmp_path / "home", api)
    assert [(step.output, step.status) for step in story.steps] == [("", 0), ("one\n  two\n", 0), ("1\n", 0), ("", 3)]
    (complaint,) = story.problems()
    assert "should print:\n2\n\nbut printed:\n1\n" in complaint


@pytest.mark.parametrize("odd", ["Like this::\n\n    $ false\n", ".. code:: console\n\n    $ false\n"])
def test_a_block_of_another_form_is_an_error(odd: str, guide: Path) -> None:
    guide.write_text(GUIDE + odd, encoding="utf-8")
    with pytest.raises(AssertionError, match="unknown form"):
        blocks(guide)
