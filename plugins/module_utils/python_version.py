# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python that a module needs. Modules import this file first; like them, it is read by any Python from 2.7 on."""

import json
import sys

#: The oldest Python that reads the rest of the collection.
OLDEST = (3, 8)


def require_python():
    # type: () -> None
    """End the module with a message where its Python is too old."""
    if sys.version_info[:2] < OLDEST:
        oldest = ".".join(str(number) for number in OLDEST)
        version = ".".join(str(number) for number in sys.version_info[:3])
        msg = "mailsec.cloudflare needs Python " + oldest + " or newer on the target; "
        msg += str(sys.executable) + " is Python " + version + "."
        msg += " Name another Python with ansible_python_interpreter."
        print(json.dumps({"failed": True, "changed": False, "msg": msg}))
        sys.exit(1)
