"""Figures of claims: drawn by matplotlib, with colours replaced by the site's own, so that they follow the theme."""

from __future__ import annotations

import csv
import math
import re
import statistics
import textwrap
import warnings
from collections.abc import Iterable
from html import escape
from io import StringIO
from itertools import chain

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from kb.base import TRUNK
from kb.cache import remembered
from kb.evidence import ClaimEvidence, Curve, Curves
from kb.folders import bundled_root
from kb.schema import DEFAULT_VARIANT, Figure
from kb.schema.claim import Axis
from kb.schema.frozen import Frozen

SERIES = ("#a10001", "#a10002", "#a10003", "#a10004", "#a10005", "#a10006")
INK, FAINT = "#a100f1", "#a100f2"
INK_NAME = "--md-default-fg-color"
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
"""Colour is never the only difference between two series."""
SHADES = 8
"""Steps of the shades of a map, from the lowest to the highest value of all its series."""
LEAST = 1e-17
"""How an error of exactly zero is drawn on a logarithmic axis."""
ROUNDING = 1e-9
"""Of the logarithm of a power of ten, which may be a little less than the whole number that it is."""
WIDEST = 72
"""Characters that fit beside each other below the horizontal axis."""
ROWS = 20
"""Rows of a table of numbers on a page; a file beside the page has all of them."""
MARGINS = {"left": 0.11, "right": 0.98, "bottom": 0.13, "top": 0.97}
"""Around figures that all have axes alike: to find the narrowest takes longer than to draw."""
FONT = "text { font-family: sans-serif; }"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@remembered("matplotlib")
def draw(figure: Figure, evidence: ClaimEvidence, name: str, *, usual: bool = False) -> str:
    """Return the figure of a claim as SVG.

    Args:
        figure: What to draw, from the entry.
        evidence: What was measured. Curves and bars show every seed and their median, a map the first seed.
        name: Prefix of the ids inside.
        usual: Whether `MARGINS` leave room enough for the words beside the axes.
    """
    settings = {
        "svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif", "font.size": 11,
        "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
        "axes.edgecolor": FAINT, "axes.spines.top": False, "axes.spines.right": False,
        "axes.grid": True, "grid.color": FAINT, "grid.linewidth": 0.5, "text.parse_math": False,
        "figure.facecolor": "none", "axes.facecolor": "none",
    }  # fmt: skip
    with rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of letters that no font here has: browsers draw the text, with fonts of theirs
        canvas = Canvas(figsize=(7, 4), layout=None if usual else "constrained")
        if usual:
            canvas.subplots_adjust(**MARGINS)
        if figure.form == "map":
            _maps(canvas, figure, evidence)
        else:
            _curves(canvas.add_subplot(), figure, evidence)
        stream = StringIO()
        FigureCanvasSVG(canvas).print_svg(stream, metadata={"Date": None})  # `savefig` draws twice
    return _themed(stream.getvalue(), figure.caption, name)


def alone(svg: str) -> str:
    """Return a figure as a file of its own, with the colours of the site's two themes."""
    names = sorted(set(re.findall(r"var\((--[a-z0-9-]+)\)", svg)))
    sheet = (bundled_root() / "docs/assets/style.css").read_text(encoding="utf-8")
    rules = {}
    for theme, block in re.findall(r'\[data-md-color-scheme="(\w+)"\] \{(.*?)\}', sheet, re.DOTALL):
        known = {INK_NAME: "#000000de", **dict(re.findall(r"(--[a-z0-9-]+): ([^;]+);", block))}  # the theme's own ink
        rules[theme] = f"svg {{ {' '.join(f'{name}: {known[name]};' for name in names)} }}"
    style = f"<style>{FONT} {rules['default']} @media (prefers-color-scheme: dark) {{ {rules['slate']} }}</style>"
    return re.sub(r"(<svg[^>]*>)", rf"\1{style}", svg, count=1)


def degree(curve: Curve, name: str) -> str:
    """Return a curve of how much a bias is broken, as SVG."""
    drawn = Figure(
        form="line",
        caption=f"Error against {curve.what}: 0 where the bias is exact, 1 where nothing of it is left.",
        x="sizes",
        series=Frozen(error="errors"),
        x_axis=Axis(label=curve.what),
        y_axis=Axis(label="error, relative to the variation of the output"),
    )
    series = {"sizes": curve.sizes, "errors": curve.errors}
    measured = ClaimEvidence(verdict="supported", seeds=1, measures={}, series=[series], conditions=[])
    return draw(drawn, measured, name, usual=True)


def degrees(measured: Iterable[Curves], bias: str, place: str) -> list[tuple[str, str, str]]:
    """Return the curves of a bias at a place and at the trunk: where, what is done to images, and SVG."""
    return [
        (found.variant, curve.what, degree(curve, f"degree-{bias}-{found.variant.replace('/', '-')}-{number}"))
        for found in measured
        if found.bias == bias and found.variant in (place, f"{DEFAULT_VARIANT}/{TRUNK}")
        for number, curve in enumerate(found.curves)
    ]


def numbers(figure: Figure, evidence: ClaimEvidence) -> tuple[list[str], list[list[str]]]:
    """Return what the figure shows as a table: the names of its columns, and its rows."""
    down = {figure.y_axis.label: figure.y} if figure.y else {}
    shown = (lambda measure: [evidence.values(measure)]) if figure.form == "map" else evidence.spread
    columns = [_column(shown(measure)) for measure in (*down.values(), *figure.series.values())]
    across = figure.x
    first = _column(shown(across)) if isinstance(across, str) else across
    rows = [[x, *row] for x, *row in zip(first, *columns, strict=False)]
    return [figure.x_axis.label, *down, *figure.series], rows


def sampled(rows: list[list[str]]) -> list[list[str]]:
    """Return so many rows of a table, evenly spaced, as a page has room for: the first and the last among them."""
    if len(rows) <= ROWS:
        return rows
    return [rows[round(number * (len(rows) - 1) / (ROWS - 1))] for number in range(ROWS)]


def table(figure: Figure, evidence: ClaimEvidence) -> str:
    """Return all that a figure shows as comma-separated values."""
    head, rows = numbers(figure, evidence)
    stream = StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows([head, *rows])
    return stream.getvalue()


def _column(seeds: list[list[float]]) -> list[str]:
    """Return the values of all seeds at every place; once where they are the same."""
    listed = zip(*seeds, strict=True) if _alike(seeds) else ([value] for value in seeds[0])
    return [", ".join(dict.fromkeys(f"{value:.4g}" for value in values)) for values in listed]


def _curves(axes: Axes, figure: Figure, evidence: ClaimEvidence) -> None:
    """Draw all series over one horizontal axis."""
    _plot(axes, figure, evidence)
    axes.set(xlabel=figure.x_axis.label, ylabel=figure.y_axis.label)
    if figure.form != "bars":
        axes.set_xscale(figure.x_axis.scale)
    axes.set_yscale(figure.y_axis.scale)
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "log":
            _label_logarithmic(axis)
    if len(figure.series) > 1:
        axes.legend(frameon=False)


def _maps(canvas: Canvas, figure: Figure, evidence: ClaimEvidence) -> None:
    """Draw every series as shades over a plane, side by side, the same shade for the same value."""
    if not (isinstance(figure.x, str) and figure.y and figure.height):
        raise ValueError("a map needs measures as `x` and `y`, and `height`")
    panels = canvas.subplots(1, len(figure.series), sharex=True, sharey=True, squeeze=False)[0]
    xs, ys = evidence.values(figure.x), evidence.values(figure.y)
    series = [evidence.values(measure) for measure in figure.series.values()]
    logarithmic = figure.height.scale == "log"
    if logarithmic:
        series = [[math.log10(max(value, LEAST)) for value in values] for values in series]
    low, high = min(map(min, series)), max(map(max, series))
    high = high if high > low else low + 1  # where nothing differs
    levels = [low + (high - low) * step / SHADES for step in range(SHADES + 1)]
    # One colour, more of it the higher: it follows the theme, and no colour has to be distinguished from another.
    colours = [to_rgba(SERIES[0], (step + 0.3) / SHADES) for step in range(SHADES)]
    for axes, label, values in zip(panels, figure.series, series, strict=True):
        shades = axes.tricontourf(xs, ys, values, levels=levels, colors=colours)
        axes.set(title=label, xlabel=figure.x_axis.label, aspect="equal")
        axes.grid(visible=False)
    panels[0].set_ylabel(figure.y_axis.label)
    bar = canvas.colorbar(shades, ax=list(panels), label=figure.height.label)
    shown = [f"{10**level if logarithmic else level:.2g}" for level in levels[::2]]
    bar.set_ticks(levels[::2], labels=shown)


def _label_logarithmic(axis: XAxis | YAxis) -> None:
    """Label powers of ten; where fewer than two are in sight, 2 and 5 times these too, or numbers at equal steps."""
    axis.set_major_formatter(FuncFormatter(_in_powers_of_ten))
    axis.set_minor_formatter(NullFormatter())
    low, high = axis.get_view_interval()
    for locator in (LogLocator(), LogLocator(subs=(1, 2, 5)), MaxNLocator(4)):
        axis.set_major_locator(locator)
        if sum(low <= place <= high for place in axis.get_majorticklocs()) >= 2:
            break


def _in_powers_of_ten(value: float, _: int) -> str:
    """Label a tick of a logarithmic axis as plain text: matplotlib's own labels are LaTeX."""
    exponent = math.floor(math.log10(value) + ROUNDING) if value > 0 else 0
    if -2 <= exponent <= 3:
        return f"{value:g}"
    factor, power = f"{value / 10**exponent:.2g}", "10" + str(exponent).translate(SUPERSCRIPTS)
    return power if factor == "1" else f"{factor}\N{MIDDLE DOT}{power}"


def _plot(axes: Axes, figure: Figure, evidence: ClaimEvidence) -> None:
    for number, (label, measure) in enumerate(figure.series.items()):
        if figure.form == "bars":
            _bars(axes, figure, evidence.spread(measure), number, label)
        else:
            _lines(axes, figure, evidence, number, label)
    if not isinstance(figure.x, str):
        axes.set_xticks(range(len(figure.x)), [textwrap.fill(name, WIDEST // len(figure.x)) for name in figure.x])


def _bars(axes: Axes, figure: Figure, seeds: list[list[float]], number: int, label: str) -> None:
    """Draw a bar as high as the median for every place, and a dot for every seed."""
    width = 0.8 / len(figure.series)
    least = LEAST if figure.y_axis.scale == "log" else -math.inf
    seeds = [[max(value, least) for value in values] for values in seeds]
    places = [place + (number - (len(figure.series) - 1) / 2) * width for place in range(len(seeds[0]))]
    axes.bar(places, median(seeds), width * 0.92, color=SERIES[number % len(SERIES)], label=label)
    for values in seeds if len(seeds) > 1 else ():
        axes.plot(places, values, color=INK, linestyle="none", marker=".", markersize=4)


def _lines(axes: Axes, figure: Figure, evidence: ClaimEvidence, number: int, label: str) -> None:
    """Draw a faint curve for every seed, and over them their median; points at different places all alike."""
    measure = figure.series[label]
    seeds, colour = evidence.spread(measure), SERIES[number % len(SERIES)]
    xs = evidence.spread(figure.x) if isinstance(figure.x, str) else [list(map(float, range(len(seeds[0]))))]
    xs = xs * len(seeds) if len(xs) == 1 else xs
    together = all(places == xs[0] for places in xs)
    line = figure.form == "line"
    for places, values in zip(xs, seeds, strict=False) if len(seeds) > 1 else ():
        axes.plot(places, values, color=colour, alpha=0.35, linewidth=0.8, linestyle="-" if line else "none",
                  marker=None if line else MARKERS[number % len(MARKERS)], markersize=3)  # fmt: skip
    style = DASHES[number % len(DASHES)] if line else "none"
    marker = MARKERS[number % len(MARKERS)] if not line or len(seeds[0]) <= 25 else None
    middle = (xs[0], median(seeds)) if together else (xs[0], seeds[0]) if line else ([*chain(*xs)], [*chain(*seeds)])
    axes.plot(*middle, color=colour, linestyle=style, marker=marker, markersize=5, label=label)


def median(seeds: list[list[float]]) -> list[float]:
    """Return the median over seeds at every place; the first seed where they have different lengths."""
    return [statistics.median(values) for values in zip(*seeds, strict=True)] if _alike(seeds) else seeds[0]


def _alike(seeds: list[list[float]]) -> bool:
    return len({len(values) for values in seeds}) == 1


def _themed(svg: str, caption: str, name: str) -> str:
    """Keep the drawing only, give ids a prefix of their own, and turn the stand-in colours into the theme's."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", body, flags=re.DOTALL)  # ours has the same rule
    # Texts have the font of the page, and lines the ends and corners of the style sheet.
    body = re.sub(r" font-family: [^;\"]*;|; stroke-line(?:cap: square|join: (?:miter|round))", "", body)
    body = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", body)  # which turns nothing
    body = re.sub(r' (?:d|x|y)="[^"]*"', lambda place: _shorter(place[0]), body)
    body = re.sub(r"\s*\n\s*", " ", body)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    body = re.sub(r' id="([^"]+)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", body)
    body = re.sub(r'(xlink:href="#|href="#|url\(#)', rf"\g<1>{name}-", body)
    for number, colour in enumerate(SERIES, start=1):
        body = body.replace(colour, f"var(--kb-series-{number})")
    body = body.replace(INK, f"var({INK_NAME})").replace(FAINT, "var(--kb-line)")
    # Sizes come from the style sheet; the picture says what it is to those who cannot see it.
    body = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", body, count=1)
    return body.replace("<svg", f'<svg class="figure" role="img" aria-label="{escape(caption)}"', 1)


def _shorter(places: str) -> str:
    """Write places as SVG lets us: a tenth of a point is finer than anyone sees, and lines go on without a word."""
    short = re.sub(r"\s+", " ", re.sub(r"(\.\d)\d+", r"\1", places))
    return short if re.search("[CQ]|z L", short) else short.replace(" L ", " ")
