# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command of ``make generate``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import yaml

from . import words
from .parts import action_group, replace, table
from .python_files import ROOT, python_files, shared_fragment_files
from .role import ROLE, Role
from .subject import KINDS, subjects


def generate() -> dict[str, str]:
    """Return every file that is generated, or has a generated part, by its path. Raises WordsError."""
    resources = subjects()
    role = Role(resources)
    files = shared_fragment_files(resources[0])
    for subject in resources:
        files.update(python_files(subject))
    modules = [subject.module(kind) for subject in resources for kind in KINDS]
    files["meta/runtime.yml"] = action_group(read("meta/runtime.yml"), modules)
    rows = [(f"C({name})", short_description(files[f"plugins/modules/{name}.py"])) for name in modules]
    files["README.md"] = replace(read("README.md"), "modules", table(["Module", "Description"], rows))
    files[f"{ROLE}/meta/argument_specs.yml"] = role.argument_specs()
    files.update(role.files())
    files[f"{ROLE}/defaults/main.yml"] = role.defaults()
    page = f"{ROLE}/README.md"
    files[page] = replace(read(page), "variables", table(["Variable", "Default", "Description"], role.rows()))
    return files


def read(path: str) -> str:
    """Return the text of a file, nothing where there is none."""
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else ""


def short_description(module: str) -> str:
    """Return the short description that a module is documented with."""
    text = module.partition('DOCUMENTATION = r"""')[2].partition('"""')[0]
    return str(yaml.safe_load(text)["short_description"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what is generated, or say what is stale."""
    options = argparse.ArgumentParser(prog="make generate", description=__doc__)
    options.add_argument("--check", action="store_true", help="write nothing; fail where a file is stale")
    check = options.parse_args(arguments).check
    try:
        stale = {path: text for path, text in generate().items() if read(path) != text}
    except words.WordsError as error:
        print(error, file=sys.stderr)
        return 1
    for path, text in stale.items():
        print(f"{path} {'is stale' if check else 'is written'}.")
        if not check:
            (ROOT / path).write_text(text, encoding="utf-8")
    if check and stale:
        print("Run: make generate")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
