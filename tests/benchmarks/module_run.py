# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the bulk module for domains without Ansible's executor, and prints the cost as JSON.

A process of its own for each measurement. Usage: python -m benchmarks.module_run run FILE, where the file holds the
options of the task; or: python -m benchmarks.module_run import COLLECTIONS
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import time
from pathlib import Path

import requests  # noqa: F401  # pylint: disable=unused-import  # a play has loaded it: it is not measured
from ansible.plugins.action import normal  # noqa: F401  # pylint: disable=unused-import  # likewise
from ansible.plugins.loader import init_plugin_loader


def measure_import(collections: str) -> dict[str, float]:
    """Return the seconds of the import of an action plugin, with Ansible's loader, which keeps no bytecode."""
    init_plugin_loader([collections])
    importlib.import_module("ansible_collections.ansible.builtin")
    start = time.perf_counter()
    importlib.import_module("ansible_collections.mailsec.cloudflare.plugins.action.email_security_domains")
    return {"seconds": time.perf_counter() - start}


def measure_run(file: str) -> dict[str, float]:
    """Return the seconds of CPU of a task, and the peak memory of the process in bytes."""
    from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import base, bulk
    from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.domain import DOMAIN

    arguments = json.loads(Path(file).read_text(encoding="utf-8"))
    start = time.process_time()
    result = base.run(bulk.BULK, DOMAIN, arguments, os.environ, base.Mode(check=False, diff=False))
    seconds = time.process_time() - start
    if result.get("failed"):
        raise AssertionError(result["msg"])
    # Not that of getrusage, which begins with the memory of the parent process.
    (peak,) = re.findall(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"), re.MULTILINE)
    return {"cpu": seconds, "peak": int(peak) * 1024, "updated": result["summary"]["counts"]["updated"]}


if __name__ == "__main__":
    print(json.dumps({"import": measure_import, "run": measure_run}[sys.argv[1]](sys.argv[2])))
