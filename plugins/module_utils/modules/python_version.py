# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the Python of the target. A module imports this file first; like the module, Python 2.7 can parse it."""

import json
import sys

#: The oldest Python that can parse the rest of the collection.
OLDEST_PYTHON = (3, 8)


def require_python():
    # type: () -> None
    """End the module with a message where its Python is too old."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        oldest, version = (".".join(map(str, numbers)) for numbers in (OLDEST_PYTHON, sys.version_info[:3]))
        msg = "mailsec.cloudflare needs Python " + oldest + " or newer on the target; " + sys.executable
        msg += " is Python " + version + ". Set ansible_python_interpreter to another Python."
        sys.stdout.write(json.dumps({"failed": True, "changed": False, "msg": msg}))
        raise SystemExit(1)
