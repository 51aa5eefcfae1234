# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares the results of two runs of a playbook: same_results.py FILE FILE. See callback_plugins/recorded_results.py.

`invocation` is not compared: in-process execution returns the options as they were written, without the entries of a
bulk task. Neither has a secret. `exception` is not compared either: newer versions of ansible-core add it to each
failure of a module.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: What differs in every run.
VARIABLE = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"), "TIME"),
    (re.compile(r"[0-9a-f]{16}-[A-Z]{3}"), "RAY"),
)


def read(path: str) -> list[str]:
    """Return the results as lines, with the same word for what differs in every run."""
    text = Path(path).read_text(encoding="utf-8")
    for pattern, word in VARIABLE:
        text = pattern.sub(word, text)
    # Ids are numbered in the order of their first use, so records stay distinct.
    numbers: dict[str, str] = {}
    text = UUID.sub(lambda found: numbers.setdefault(found[0], f"UUID-{len(numbers) + 1}"), text)
    events = [json.loads(line) for line in text.splitlines()]
    for event in events:
        for result in (event["result"], *event["result"].get("results", [])):
            check_invocation(event["task"], result.pop("invocation", None))
            result.pop("exception", None)
    return [line for event in events for line in json.dumps(event, indent=1).splitlines()]


def check_invocation(task: str, invocation: Any) -> None:
    if os.environ["CLOUDFLARE_API_TOKEN"] in json.dumps(invocation):
        sys.exit(f"{task}: invocation has the token: {invocation}")


def main(one: str, other: str) -> None:
    first, second = read(one), read(other)
    if not first:
        sys.exit(f"{one}: no task of the collection has run.")
    differences = list(difflib.unified_diff(first, second, one, other, lineterm=""))
    if differences:
        sys.exit("\n".join(["The results differ:", *differences[:200]]))
    print(f"{len(first)} lines of results are the same.")


if __name__ == "__main__":
    main(*sys.argv[1:])
