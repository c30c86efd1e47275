"""Finding the polynomial that a function of several sizes is, from exact values at few points.

The degree in each size is found along a series in which it alone grows, and that in all of them along one in which all
grow together. Sizes that never change the value together share no term, which is seen from one more point a pair. What
terms are left is interpolated in the basis of Newton, with exact fractions, and confirmed where all sizes have grown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product

Powers = tuple[int, ...]
"""Of each size, in order: of a monomial, or which point of its series a size has."""
Polynomial = dict[Powers, Fraction]

POINTS = 10
"""How many values a size can be tried with: enough for a degree of 8 in all sizes together."""


def polynomial(series: Mapping[str, Sequence[int]], function: Callable[[Mapping[str, int]], int]) -> Polynomial:
    """Return the polynomial that a function is.

    Args:
        series: For each size the `POINTS` values that it is tried with, at equal distances; the first is the one that
            it has while others grow.
        function: Takes a value for every size.

    Raises:
        ValueError: It is no polynomial, or of too high a degree.

    Examples:
        >>> found = polynomial({"x": range(1, 11), "y": range(2, 12)}, lambda v: 3 * v["x"] * v["y"] ** 2 + v["y"])
        >>> {powers: int(factor) for powers, factor in found.items()}
        {(0, 1): 1, (1, 2): 3}
    """
    names, nodes = list(series), list(series.values())
    count = len(names)

    @cache
    def value(at: Powers) -> int:
        return function({name: series[name][place] for name, place in zip(names, at, strict=True)})

    def point(*grown: int, to: int = 1) -> Powers:
        return tuple(to if index in grown else 0 for index in range(count))

    degrees = [_degree(names[index], (value(point(index, to=to)) for to in range(POINTS))) for index in range(count)]
    together = _degree(", ".join(names), (value((to,) * count) for to in range(POINTS)))
    apart = {
        (one, two)
        for one, two in combinations(range(count), 2)
        if value(point(one, two)) + value(point()) == value(point(one)) + value(point(two))
    }
    exponents = [
        powers
        for powers in product(*(range(degree + 1) for degree in degrees))
        if sum(powers) <= together and not any(powers[one] and powers[two] for one, two in apart)
    ]
    found = _interpolated(exponents, nodes, value)
    for grown in range(1, together + 2):
        if _evaluated(found, [node[grown] for node in nodes]) != value((grown,) * count):
            raise ValueError(f"where {', '.join(names)} grow together, it is no polynomial of them")
    return found


def _degree(name: str, values: Iterable[int]) -> int:
    """The degree of values at equal distances, of which no more are asked for than are needed, and at least three.

    It is the number of differences after which all are the same; two must be, to rule out chance.
    """
    seen: list[int] = []
    for value in values:
        seen.append(value)
        rest, degree = seen, 0
        while len(set(rest)) > 1:
            rest, degree = [later - earlier for earlier, later in pairwise(rest)], degree + 1
        if len(rest) > 1 and len(seen) > 2:
            return degree
    raise ValueError(f"where {name} grows, it is no polynomial of a degree below {POINTS - 1}")


def _interpolated(exponents: list[Powers], nodes: list[Sequence[int]], value: Callable[[Powers], int]) -> Polynomial:
    """Interpolate on a set of points that holds, with each, all that are smaller."""
    newton: Polynomial = {}
    for at in sorted(exponents, key=sum):
        rest = Fraction(value(at))
        for powers, factor in newton.items():
            if all(power <= place for power, place in zip(powers, at, strict=True)):
                rest -= factor * _basis(powers, at, nodes)
        if rest:
            newton[at] = rest / _basis(at, at, nodes)
    found: Polynomial = {}
    for powers, factor in newton.items():
        for monomial, share in _multiplied_out(powers, nodes):
            found[monomial] = found.get(monomial, Fraction(0)) + factor * share
    return {powers: found[powers] for powers in sorted(found) if found[powers]}


def _basis(powers: Powers, at: Powers, nodes: list[Sequence[int]]) -> int:
    """The value at a point of the product of all `(x - node)` over the first nodes of every variable."""
    result = 1
    for power, place, node in zip(powers, at, nodes, strict=True):
        for earlier in range(power):
            result *= node[place] - node[earlier]
    return result


def _multiplied_out(powers: Powers, nodes: list[Sequence[int]]) -> Iterator[tuple[Powers, int]]:
    """The monomials of such a product, each with its factor."""
    each = []
    for power, node in zip(powers, nodes, strict=True):
        factors = [1]  # from the constant on
        for earlier in range(power):
            shifted, kept = [0, *factors], [-node[earlier] * factor for factor in factors] + [0]
            factors = [a + b for a, b in zip(shifted, kept, strict=True)]
        each.append(list(enumerate(factors)))
    for chosen in product(*each):
        factor = 1
        for _, share in chosen:
            factor *= share
        if factor:
            yield tuple(power for power, _ in chosen), factor


def _evaluated(found: Polynomial, values: list[int]) -> Fraction:
    total = Fraction(0)
    for powers, factor in found.items():
        for power, value in zip(powers, values, strict=True):
            factor *= value**power
        total += factor
    return total
