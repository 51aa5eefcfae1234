# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table, and how measurements are written in it."""

from __future__ import annotations

from dataclasses import dataclass

from .runs import Spread

#: From so many seconds on, tenths of a millisecond mean nothing.
LONG = 0.1


@dataclass(frozen=True)
class Table:
    """A table with a title."""

    title: str
    head: list[str]
    rows: list[list[str]]

    def markdown(self) -> str:
        """Return it without its title."""
        rule = ["---", *["---:"] * (len(self.head) - 1)]
        return "\n".join(f"| {' | '.join(line)} |" for line in [self.head, rule, *self.rows])


def spread(values: Spread, decimals: int, scale: float = 1.0) -> str:
    """Return the median, with the least and the most."""
    median, least, most = (f"{scale * value:.{decimals}f}" for value in (values.median, values.least, values.most))
    return f"{median} ({least}-{most})" if values.count > 1 else median


def digits(seconds: float) -> int:
    """Return how many decimals are worth a look."""
    return 2 if seconds < 10 else 1 if seconds < 100 else 0


def seconds(values: Spread) -> str:
    """Return seconds, with more digits where they are few."""
    return spread(values, 4 if values.median < LONG else digits(values.median))
