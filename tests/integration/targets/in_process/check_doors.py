# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares the names of the tasks of doors.yml with what the tasks said at -vvv: check_doors.py LOG."""

from __future__ import annotations

import re
import sys
from pathlib import Path

TASK = re.compile(r"^TASK \[(.*)\] \*+$", re.MULTILINE)

parts = TASK.split(Path(sys.argv[1]).read_text(encoding="utf-8"))[1:]
tasks = list(zip(parts[::2], parts[1::2], strict=True))
for name, said in tasks:
    expected = name[0].lower() + name[1:]
    if expected.startswith("runs in this process"):
        expected = "runs in this process"
    if expected not in said:
        sys.exit(f"The task should say {expected!r}, but said:\n{said}")
if len(tasks) < 12:
    sys.exit("Some tasks did not run.")
print(f"All {len(tasks)} tasks ran as they should.")
