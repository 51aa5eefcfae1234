# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interrupts ansible-playbook as Ctrl-C does, during a loop: it ends, and nothing is sent afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request

#: Seconds.
TIMEOUT = 60


def requests_so_far() -> int:
    with urllib.request.urlopen(f"{os.environ['EMULATOR_CONTROL_URL']}/log") as response:
        return len(json.load(response)["requests"])


def wait_until(condition, what: str) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what} did not happen within {TIMEOUT} seconds.")
        time.sleep(0.05)


# A shell starts what runs in the background with SIGINT ignored, and so would be the playbook.
signal.signal(signal.SIGINT, signal.default_int_handler)
before = requests_so_far()
with subprocess.Popen(["ansible-playbook", "endless.yml"], start_new_session=True) as playbook:
    try:
        wait_until(lambda: requests_so_far() > before + 3, "The loop")
        # To the whole process group, as a terminal does.
        os.killpg(playbook.pid, signal.SIGINT)
        wait_until(lambda: playbook.poll() is not None, "The end of ansible-playbook")
    finally:
        if playbook.poll() is None:
            os.killpg(playbook.pid, signal.SIGKILL)
if playbook.returncode == 0:
    sys.exit("The playbook ended before it was interrupted.")
sent = requests_so_far()
time.sleep(2)
if requests_so_far() != sent:
    sys.exit("Something is still sending.")
print(f"Interrupted: ansible-playbook ended with {playbook.returncode}, and nothing was sent afterwards.")
