# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that each task of execution.yml prints its own name at -vvv: check_execution.py LOG."""

from __future__ import annotations

import re
import sys
from pathlib import Path

TASK = re.compile(r"^TASK \[(.*)\] \*+$", re.MULTILINE)

parts = TASK.split(Path(sys.argv[1]).read_text(encoding="utf-8"))[1:]
tasks = list(zip(parts[::2], parts[1::2], strict=True))
for name, output in tasks:
    # What comes after a comma explains why it runs in-process.
    expected = "runs in this process" if name.startswith("Runs in this process") else name
    if expected.lower() not in output.lower():
        sys.exit(f"The task should print {expected!r}, but printed:\n{output}")
if len(tasks) < 13:
    sys.exit("Some tasks did not run.")
print(f"All {len(tasks)} tasks ran as expected.")
