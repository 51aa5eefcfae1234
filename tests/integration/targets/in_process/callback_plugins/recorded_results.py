# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the result of each task of the collection, one JSON object per line, in the order of the events."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorded_results
type: notification
short_description: Write the result of each task of the collection
description:
  - One JSON object per line, into the file in the environment variable E(RECORDED_RESULTS).
author: The mailsec.cloudflare maintainers
"""


class CallbackModule(CallbackBase):
    """See the module."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorded_results"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record("failed", result)

    def v2_runner_retry(self, result: Any) -> None:
        self._record("retry", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._record("item ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._record("item failed", result)

    def _record(self, event: str, result: Any) -> None:
        # Newer versions of ansible-core have the names without the underscore.
        task = getattr(result, "task", None) or result._task
        returned = getattr(result, "result", None) or result._result
        if task.action.startswith("mailsec.cloudflare."):
            line = {"event": event, "task": task.get_name(), "result": returned}
            with open(os.environ["RECORDED_RESULTS"], "a", encoding="utf-8") as file:
                file.write(json.dumps(line, default=str, sort_keys=True) + "\n")
