# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares what two runs of a playbook returned: same_results.py FILE FILE. See recorded_results.py."""

from __future__ import annotations

import difflib
import json
import re
import sys
from pathlib import Path

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: What is another one in every run: times, identifiers of answers, and where the files of a traceback are.
MADE_ANEW = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"), "TIME"),
    (re.compile(r"[0-9a-f]{16}-[A-Z]{3}"), "RAY"),
    (re.compile(r'File \\"[^"]*/ansible_collections/'), 'File \\"'),
)


def results(path: str) -> list[str]:
    """Return the results, each over several lines, with one spelling for what is made anew."""
    text = Path(path).read_text(encoding="utf-8")
    for pattern, word in MADE_ANEW:
        text = pattern.sub(word, text)
    # Which record is meant stays comparable: the first that is named is number 1.
    numbers: dict[str, str] = {}
    text = UUID.sub(lambda found: numbers.setdefault(found[0], f"UUID-{len(numbers) + 1}"), text)
    return [line for result in text.splitlines() for line in json.dumps(json.loads(result), indent=1).splitlines()]


def main(one: str, other: str) -> None:
    first, second = results(one), results(other)
    count = len(Path(one).read_text(encoding="utf-8").splitlines())
    if not count:
        sys.exit(f"{one}: no task of the collection has run.")
    differences = list(difflib.unified_diff(first, second, one, other, lineterm=""))
    if differences:
        sys.exit("\n".join(["The two doors returned different results:", *differences[:200]]))
    print(f"Both doors returned the same {count} results.")


if __name__ == "__main__":
    main(*sys.argv[1:])
