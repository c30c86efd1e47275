"""Experiment: into how many regions do m lines, the boundaries of m rectified linear units, cut the plane?

Source: the lecture, S4, r = C(m, 2) + m + 1; the theorem for all arrangements is Zaslavsky's (zaslavsky1975facing).

Method: lines a x + b y = c with random integers are in general position (checked). Every region of an arrangement
whose lines are not all parallel has a corner, so it contains one of the four points near some crossing of two lines.
They are reached by a tiny step along one line and one along the other, each in both directions. The regions are the
distinct sign vectors of all lines at these points. Rational arithmetic is used throughout, so that the counts are
exact. The same points give the pieces of the one-hidden-layer network sum_i v_i ReLU(a_i x + b_i y - c_i): its distinct
affine maps.

Measures:
    largest_error: max over m = 2..12 of |regions counted - formula|, lines in general position.
    largest_network_error: max over m of |affine pieces of the network - formula|.
    fewest_missing_if_parallel: min over m = 3..12 of formula - count, when half of the lines (at least two) are
        parallel.
    fewest_missing_if_concurrent: the same when all lines pass through one point.
    lines, formula, counted, counted_parallel, counted_concurrent: series over m.
"""

import random
from fractions import Fraction
from itertools import combinations, product

Line = tuple[int, int, int]
SIZE = 1000
STEP = Fraction(1, 10**18)  # too short to reach another line from a crossing of lines with integers up to SIZE


def run(seed: int) -> dict[str, float | list[float]]:
    """Count regions for m = 2..12 lines in general position, partly parallel, and all concurrent.

    Args:
        seed: Seed of the random lines.

    Returns:
        The measures that the module lists.
    """
    draw = random.Random(seed)
    sizes = range(2, 13)
    general = [_general(m, draw) for m in sizes]
    parallel = [_with_parallels(lines, draw) for lines in general]
    concurrent = [_through_one_point(lines, draw) for lines in general]
    formula = [m * (m - 1) // 2 + m + 1 for m in sizes]
    counted, counted_parallel, counted_concurrent = (
        [len(_regions(lines)) for lines in kind] for kind in (general, parallel, concurrent)
    )
    pieces = [_pieces(lines, draw) for lines in general]
    return {
        "largest_error": _largest_gap(counted, formula),
        "largest_network_error": _largest_gap(pieces, formula),
        # Two lines meet in one point at most, so that general position can be violated from m = 3 on only.
        "fewest_missing_if_parallel": _fewest_missing(counted_parallel[1:], formula[1:]),
        "fewest_missing_if_concurrent": _fewest_missing(counted_concurrent[1:], formula[1:]),
        "lines": [float(m) for m in sizes],
        "formula": [float(f) for f in formula],
        "counted": [float(c) for c in counted],
        "counted_parallel": [float(c) for c in counted_parallel],
        "counted_concurrent": [float(c) for c in counted_concurrent],
    }


def _largest_gap(counts: list[int], formula: list[int]) -> float:
    return float(max(abs(c - f) for c, f in zip(counts, formula, strict=True)))


def _fewest_missing(counts: list[int], formula: list[int]) -> float:
    return float(min(f - c for c, f in zip(counts, formula, strict=True)))


def _general(m: int, draw: random.Random) -> list[Line]:
    """Return m lines, no two of them parallel and no three through one point."""
    while True:
        lines = [(_integer(draw), _integer(draw), _integer(draw)) for _ in range(m)]
        crossings = [_crossing(one, other) for one, other in combinations(lines, 2)]
        if None not in crossings and len(set(crossings)) == len(crossings):
            return lines


def _integer(draw: random.Random) -> int:
    return draw.choice((-1, 1)) * draw.randint(1, SIZE)


def _with_parallels(lines: list[Line], draw: random.Random) -> list[Line]:
    """Turn the first half of the lines (rounded up) into the direction of the first."""
    turned = (len(lines) + 1) // 2
    a, b, _ = lines[0]
    offsets = draw.sample(range(-SIZE, SIZE), turned)
    return [(a, b, offset) for offset in offsets] + lines[turned:]


def _through_one_point(lines: list[Line], draw: random.Random) -> list[Line]:
    """Shift every line so that it passes through the same point."""
    x, y = _integer(draw), _integer(draw)
    return [(a, b, a * x + b * y) for a, b, _ in lines]


def _crossing(one: Line, other: Line) -> tuple[Fraction, Fraction] | None:
    """Return the point where two lines meet, by Cramer's rule; None if they are parallel."""
    (a, b, c), (d, e, f) = one, other
    determinant = a * e - b * d
    if determinant == 0:
        return None
    return Fraction(c * e - b * f, determinant), Fraction(a * f - c * d, determinant)


def _regions(lines: list[Line]) -> set[tuple[bool, ...]]:
    """Return the sign vectors of the regions: on which side of every line they lie."""
    found = set()
    for one, other in combinations(lines, 2):
        crossing = _crossing(one, other)
        if crossing is None:
            continue
        for s, t in product((-STEP, STEP), repeat=2):
            x = crossing[0] + s * one[1] + t * other[1]  # (b, -a) is the direction of the line a x + b y = c
            y = crossing[1] - s * one[0] - t * other[0]
            found.add(tuple(a * x + b * y > c for a, b, c in lines))
    return found


def _pieces(lines: list[Line], draw: random.Random) -> int:
    """Return the number of affine maps of a one-hidden-layer network with random output weights."""
    weights = [_integer(draw) for _ in lines]
    maps = set()
    for signs in _regions(lines):
        active = [(v, line) for v, line, on in zip(weights, lines, signs, strict=True) if on]
        maps.add(tuple(sum(v * line[k] for v, line in active) for k in range(3)))
    return len(maps)
