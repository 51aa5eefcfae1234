# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the bulk module for domains without Ansible's executor, and prints the cost as JSON.

A process of its own for each measurement. Usage: python -m benchmarks.module_run run FILE, where the file holds the
options of the task; or: python -m benchmarks.module_run import
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

# What both ways of execution have loaded before. Imported for that alone, so that it is not measured.
import requests  # noqa: F401  # pylint: disable=unused-import
from ansible.module_utils import basic  # noqa: F401  # pylint: disable=unused-import


def measure_import() -> dict[str, float]:
    """Return the seconds of the import of the collection."""
    start = time.perf_counter()
    from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import registry

    return {"seconds": time.perf_counter() - start, "modules": len(registry.MODULES)}


def measure_run(file: str) -> dict[str, float]:
    """Return the seconds of CPU of a task, and the peak memory of the process in bytes."""
    from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base, registry

    kind, of = registry.MODULES["email_security_domains"]
    arguments = json.loads(Path(file).read_text(encoding="utf-8"))
    start = time.process_time()
    result = base.run(kind, of, arguments, os.environ, check_mode=False)
    seconds = time.process_time() - start
    if result.get("failed"):
        raise AssertionError(result["msg"])
    # Not that of getrusage, which begins with the memory of the parent process.
    (peak,) = re.findall(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"), re.MULTILINE)
    return {"cpu": seconds, "peak": int(peak) * 1024, "updated": result["summary"]["counts"]["updated"]}


if __name__ == "__main__":
    print(json.dumps(measure_import() if sys.argv[1] == "import" else measure_run(sys.argv[2])))
