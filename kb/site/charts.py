"""Curves of growth as small pictures: two logarithmic axes, a line for each architecture.

`docs/assets/explore/chart.js` draws the same; a test compares them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from kb.query.growth import FACTORS

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400, 250, 52, 12, 12, 40
MOST_TICKS = 6
DASHES = ("", "7 3", "2 3", "9 3 2 3")
"""Colour is never the only difference between two lines."""
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def chart(curves: Sequence[Sequence[float]], label: str, words: str, name: str) -> str:
    """Return curves as SVG.

    Args:
        curves: A value for every factor of growth, all above zero; an empty curve is left out, but keeps its colour.
        label: What the vertical axis shows.
        words: What the picture shows, for those who cannot see it.
        name: What grows, below the horizontal axis.
    """
    drawn = [value for curve in curves for value in curve]
    low, high = math.floor(math.log10(min(drawn))), math.ceil(math.log10(max(drawn)))
    high += low == high

    def across(place: int) -> str:
        return f"{LEFT + place / (len(FACTORS) - 1) * (WIDTH - LEFT - RIGHT):.1f}"

    def up(value: float) -> str:
        return f"{HEIGHT - BOTTOM - (math.log10(value) - low) / (high - low) * (HEIGHT - TOP - BOTTOM):.1f}"

    step = math.ceil((high - low) / MOST_TICKS)
    parts = [_tick(power, up(10.0**power)) for power in range(low, high + 1, step)]
    bottom = HEIGHT - BOTTOM
    parts += [
        f'<text class="x" x="{across(place)}" y="{bottom + 15}">×{factor}</text>'
        for place, factor in enumerate(FACTORS)
    ]
    parts.append(f'<text class="x" x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 6}">{escape(name)}</text>')
    middle = (TOP + bottom) / 2
    parts.append(
        f'<text class="x" x="10" y="{middle:.1f}" transform="rotate(-90 10 {middle:.1f})">{escape(label)}</text>'
    )
    for number, curve in enumerate(curves):
        points = " ".join(f"{across(place)},{up(value)}" for place, value in enumerate(curve))
        if curve:
            dashes = f' stroke-dasharray="{DASHES[number]}"' if DASHES[number] else ""
            parts.append(f'<polyline class="line colour-{number + 1}" points="{points}"{dashes}></polyline>')
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words)}">'
        f"{''.join(parts)}</svg>"
    )


def _tick(power: int, y: str) -> str:
    written = f"{10**power:g}" if -1 <= power <= 3 else f"10{str(power).translate(SUPERSCRIPTS)}"
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"></line>'
        f'<text class="y" x="{LEFT - 6}" y="{y}">{written}</text>'
    )
