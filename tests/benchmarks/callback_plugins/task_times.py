# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes how long each task took, and each item of a loop, as the controller sees it, one JSON object to a line."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_times
type: notification
short_description: Write how long each task took
description:
  - One JSON object to a line, into the file that the environment variable C(TASK_TIMES) names.
  - For a loop, it also has when the result of each item came, in seconds since the start of the task.
author: The mailsec.cloudflare maintainers
"""


class CallbackModule(CallbackBase):
    """See the module."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "task_times"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._start = time.perf_counter()
        self._items: list[float] = []

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._items.append(time.perf_counter() - self._start)

    def v2_runner_on_ok(self, result: Any) -> None:
        seconds = time.perf_counter() - self._start
        times = {"task": result.task_name, "seconds": seconds, "items": self._items}
        with open(os.environ["TASK_TIMES"], "a", encoding="utf-8") as file:
            file.write(json.dumps(times) + "\n")
