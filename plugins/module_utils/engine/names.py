# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Internationalized domain names."""

from __future__ import annotations

from functools import lru_cache

#: Longer than any name. Some versions of idna take minutes to find that out.
MAX_UNICODE_NAME = 1000
#: The names of a large account, so that each is parsed once.
CACHE_SIZE = 100_000


@lru_cache(maxsize=CACHE_SIZE)
def to_a_labels(name: str) -> str:
    """Return a name in lower case, without a trailing dot, with A-labels. Raises ValueError."""
    if name.isascii():
        ascii_name = name
    elif len(name) > MAX_UNICODE_NAME:
        raise ValueError("it is too long")
    else:
        # A dependency of requests, imported late: few names need it.
        try:
            import idna
        except ImportError:
            raise ValueError("such names require the Python package idna, which is not installed") from None
        labels = idna.uts46_remap(name, std3_rules=False).split(".")
        ascii_name = ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in labels)
    ascii_name = ascii_name.lower()
    # Not removesuffix: that needs Python 3.9.
    return ascii_name[:-1] if ascii_name.endswith(".") else ascii_name


def refuse_invisible(name: str) -> None:
    """Raise ValueError where a name has an invisible character, which IDNA drops."""
    if name.isascii():
        return
    import idna

    for character in name:
        if not character.isascii() and not idna.uts46_remap(character, std3_rules=False):
            raise ValueError(f"it contains the invisible character U+{ord(character):04X}")
