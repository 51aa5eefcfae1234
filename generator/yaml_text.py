# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML as people write it: wrapped text, choices and samples on one line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

WIDTH = 120
#: The values of these keys are on one line where they fit.
ONE_LINE = ("aliases", "choices", "default", "sample")


def dump(value: Mapping[str, Any], indent: int = 0) -> str:
    """Return a mapping as YAML that ends with a line break."""
    text = "".join(f"{line}\n" for line in _mapping(value, " " * indent))
    if yaml.safe_load(text) != value:
        raise ValueError(f"This is not the YAML that it should be:\n{text}")
    return text


def _mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, item in value.items():
        head = f"{indent}{key}:"
        line = f"{head} {_flow(item)}"
        if isinstance(item, str):
            yield from _text(head, item, f"{indent}  ")
        elif not item or not isinstance(item, (dict, list)) or (key in ONE_LINE and len(line) <= WIDTH):
            yield line
        else:
            yield head
            yield from _mapping(item, f"{indent}  ") if isinstance(item, dict) else _list(item, f"{indent}  ")


def _list(items: list[Any], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, dict):
            first, *rest = _mapping(item, f"{indent}  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        elif isinstance(item, str):
            yield from _text(f"{indent}-", item, f"{indent}  ")
        else:
            yield f"{indent}- {_flow(item)}"


def _text(head: str, text: str, indent: str) -> Iterator[str]:
    """Yield a text after a key or a dash: as it is, or folded where it would need quotes and does not fit."""
    scalar = yaml.safe_dump(text, width=float("inf"), allow_unicode=True).removesuffix("...\n").rstrip("\n")
    if len(head) + 1 + len(scalar) <= WIDTH or " " not in text:
        yield f"{head} {scalar}"
    elif scalar == text:
        yield from _wrap(text, f"{head} ", indent)
    else:
        yield f"{head} >-"
        yield from _wrap(text, indent, indent)


def _wrap(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _flow(value: Any) -> str:
    """Return a value on one line."""
    text = yaml.safe_dump([value], default_flow_style=True, width=float("inf"), sort_keys=False, allow_unicode=True)
    return text.strip()[1:-1]
