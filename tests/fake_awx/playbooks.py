# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of a project AWX offers as playbooks."""

from __future__ import annotations

import re
from pathlib import Path

#: A line that makes a file a playbook. With its full name, ansible.builtin.import_playbook, AWX does not see an import.
LINE = re.compile(r"^\s*?-?\s*?(?:hosts|include|import_playbook):\s*?.*?$", re.MULTILINE)
PASSED_OVER = {"roles", "tasks", "group_vars", "host_vars"}


def playbooks(project: Path) -> list[str]:
    """Return the names of the playbooks, as a job template has them."""
    names = []
    for path in sorted([*project.rglob("*.yml"), *project.rglob("*.yaml")]):
        folders = path.relative_to(project).parts[:-1]
        if PASSED_OVER & set(folders) or any(folder.startswith(".") for folder in folders):
            continue
        if LINE.search(path.read_text(encoding="utf-8")):
            names.append(str(path.relative_to(project)))
    return names
