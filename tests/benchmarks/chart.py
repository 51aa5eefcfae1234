# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chart: wall time of each case as points on a logarithmic axis, readable in light and in dark."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from .table import digits
from .wall import COLLECTION, SDK, URI, Row

WIDTH, LEFT, RIGHT, TOP, STEP = 860, 230, 40, 92, 34
#: A label needs this much room beside another one.
LABEL = 36
#: Each way has a shape of its own, so that it is known without colour.
WAYS = {COLLECTION: "this", SDK: "sdk", URI: "uri"}
STYLE = """\
text { font: 13px sans-serif; fill: #1f2328 } .small { font-size: 11px; fill: #59636e } .title { font-size: 16px }
.back { fill: #ffffff } .line { stroke: #d1d9e0 } .this { fill: #0969da } .sdk { fill: #bc4c00 } .uri { fill: #6e7781 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 } .back { fill: #0d1117 } .line { stroke: #3d444d }
.this { fill: #58a6ff } .sdk { fill: #f0883e } .uri { fill: #9198a1 } }"""


def draw(rows: list[Row]) -> str:
    """Return the chart of the cases with one delay, as SVG."""
    seconds = [taken.seconds.median for row in rows for way, taken in row.taken.items() if way in WAYS]
    first, last = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    height = TOP + STEP * len(rows) + 40

    def across(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(value) - first) / (last - first)

    title = f"Wall time, {1000 * rows[0].delay:.0f} ms for each answer"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">',
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="16" y="28">{title}</text>',
        *legend(),
    ]
    for power in range(first, last + 1):
        x = across(10.0**power)
        parts.append(f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 14}" y2="{height - 30}"/>')
        parts.append(f'<text class="small" x="{x:.1f}" y="{height - 12}" text-anchor="middle">{10.0**power:g} s</text>')
    for number, row in enumerate(rows):
        y = TOP + STEP * number + STEP / 2
        parts.append(f'<text x="16" y="{y + 4:.1f}">{escape(f"{row.case.kind.title}: {row.case.title}")}</text>')
        places = {way: across(row.taken[way].seconds.median) for way in WAYS}
        for way, name in WAYS.items():
            taken = row.taken[way]
            x = places[way]
            parts.append(shape(name, x, y))
            if not row.case.single:
                about = "~" if taken.reckoned_from else ""
                value = f"{about}{taken.seconds.median:,.{digits(taken.seconds.median)}f}"
                side = anchor(x, [place for other, place in places.items() if other != way])
                parts.append(f'<text class="small" x="{x:.1f}" y="{y - 9:.1f}" text-anchor="{side}">{value}</text>')
    return "\n".join([*parts, "</svg>", ""])


def anchor(x: float, others: list[float]) -> str:
    """Return on which side of its place a label stands: away from a label that it would run into."""
    near = [other for other in others if abs(other - x) < LABEL]
    if not near:
        return "middle"
    return "end" if near[0] > x else "start"


def legend() -> Iterator[str]:
    """Yield what the shapes mean."""
    for number, (way, name) in enumerate(WAYS.items()):
        x = 24 + 150 * number
        yield shape(name, x, 52)
        yield f'<text x="{x + 14}" y="56">{way}</text>'
    yield f'<text class="small" x="{WIDTH - RIGHT}" y="56" text-anchor="end">logarithmic; ~ reckoned from fewer</text>'


def shape(name: str, x: float, y: float) -> str:
    """Return a point: a circle, a square or a diamond."""
    if name == "this":
        return f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if name == "uri" else ""
    return f'<rect class="{name}" x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"{turn}/>'
